package org.chatpress.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.chatpress.approval.MessageReviewer;
import org.chatpress.approval.SlackFeedback;
import org.chatpress.config.ReloadingSettings;
import org.chatpress.config.Settings;
import org.chatpress.cycle.BackgroundTasks;
import org.chatpress.cycle.BackgroundTasks.ExecutionMode;
import org.chatpress.cycle.ChannelRegistry;
import org.chatpress.cycle.Cycle;
import org.chatpress.cycle.OfflineCycle;
import org.chatpress.media.AvatarMirror;
import org.chatpress.media.CustomEmojiSync;
import org.chatpress.media.PhotoFetcher;
import org.chatpress.media.PhotoPipeline;
import org.chatpress.poll.ChannelPoller;
import org.chatpress.poll.EventDrivenPoller;
import org.chatpress.poll.EventQueue;
import org.chatpress.poll.PollScheduler;
import org.chatpress.poll.PollScheduler.PollMode;
import org.chatpress.poll.ThreadPoller;
import org.chatpress.publish.OwnershipCheck;
import org.chatpress.publish.OwnershipCheck.ConflictPolicy;
import org.chatpress.publish.PublishService;
import org.chatpress.publish.PublishService.RetryPolicy;
import org.chatpress.render.RenderService;
import org.chatpress.render.RenderService.Completeness;
import org.chatpress.slack.OfflineSlackClient;
import org.chatpress.slack.RateLimiter;
import org.chatpress.slack.SlackClient;
import org.chatpress.slack.SlackMethod;
import org.chatpress.slack.SocketModeClient;
import org.chatpress.slack.WebApiSlackClient;
import org.chatpress.storage.DryRunStorage;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.Store;
import org.chatpress.text.EmojiTable;
import org.chatpress.text.MessageFormatter;

/**
 * Builds the program's objects, from top to bottom, by hand. Opening and closing what it made is the verbs' business.
 */
final class Application {
    private static final Duration ONCE_WAITS = Duration.ofMinutes(1);
    private static final String EPOCH_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int EPOCH_LENGTH = 8;

    private Application() {}

    static Clock clock() {
        return Clock.systemUTC();
    }

    static Map<String, String> environment() {
        return System.getenv();
    }

    /** The settings of a program that runs on: they follow their file. */
    static ReloadingSettings liveSettings(Path file) {
        return new ReloadingSettings(file, environment(), settings -> CheckCommand.cron(settings, file));
    }

    /** Who we are, for whoever finds the database locked. */
    static String holder(String verb) {
        return "chatpress " + verb + ", process " + ProcessHandle.current().pid() + ", since "
                + clock().instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** For {@code run}: a call that Slack does not allow now is made in a later cycle. */
    static RateLimiter limiterThatNeverWaits() {
        return RateLimiter.neverWaits(clock());
    }

    /** For {@code once}: waits for Slack a minute at most. */
    static RateLimiter limiterThatWaits() {
        return RateLimiter.waits(clock(), time -> Thread.sleep(time.toMillis()), ONCE_WAITS);
    }

    static SlackClient slack(Settings settings, RateLimiter limiter) {
        return new WebApiSlackClient(settings.slack().token(), settings.slack().apiUrl(), limiter, clock(), noProxy());
    }

    private static String noProxy() {
        return environment().getOrDefault("NO_PROXY", environment().getOrDefault("no_proxy", ""));
    }

    /** Empty without an app token. */
    static Optional<SocketModeClient> doorbell(Settings settings, RateLimiter limiter, EventQueue bells) {
        return settings.slack()
                .appToken()
                .map(token ->
                        new SocketModeClient(token, settings.slack().apiUrl(), limiter, clock(), noProxy(), bells));
    }

    /** What Slack's rate limits leave in this minute: for reading channels, and for reading threads. */
    record RateLimitView(IntSupplier forChannels, IntSupplier forThreads) {
        /** Where nobody counts calls. */
        static final RateLimitView UNLIMITED = new RateLimitView(() -> Integer.MAX_VALUE, () -> Integer.MAX_VALUE);

        static RateLimitView of(RateLimiter limiter) {
            return new RateLimitView(() -> limiter.left(SlackMethod.HISTORY), () -> limiter.left(SlackMethod.REPLIES));
        }
    }

    static MessageFormatter messageText() {
        return new MessageFormatter(EmojiTable.standard());
    }

    /** The rooms of a cycle, joined by one store; those that hold threads are the caller's to close. */
    record RunningApplication(Cycle cycle, PublishService delivery, BackgroundTasks back) implements AutoCloseable {
        @Override
        public void close() {
            back.close();
            delivery.close();
        }
    }

    static RunningApplication press(
            Supplier<Settings> settings,
            Clock clock,
            SlackClient slack,
            EventQueue bells,
            PollMode manner,
            RateLimitView callsLeft,
            Store store,
            Function<StorageSettings, Storage> storages,
            RetryPolicy waiting,
            ConflictPolicy arrival,
            ExecutionMode pace,
            BooleanSupplier stopping) {
        Supplier<String> epochs = epochs();
        var roster = new ChannelRegistry(store, epochs);
        var rounds = new PollScheduler(store, bells, manner, callsLeft.forChannels());
        var reader = new ChannelPoller(slack, store);
        var doorman = new EventDrivenPoller(slack, store, reader, bells, callsLeft.forThreads());
        var threads = new ThreadPoller(slack, store, reader, callsLeft.forThreads());
        var desk = new MessageReviewer(slack, store, messageText());
        var press = new RenderService(store, Completeness.REQUIRED);
        var delivery =
                new PublishService(store, storages, new OwnershipCheck(store, epochs, arrival), waiting, stopping);
        var marks = new SlackFeedback(slack, store, stopping);
        var photos = new PhotoPipeline(clock, new PhotoFetcher(slack), store, storages, stopping);
        var emoji = new CustomEmojiSync(slack, store, messageText());
        var back = new BackgroundTasks(clock, marks, photos, emoji, new AvatarMirror(slack, store), pace);
        var cycle = new Cycle(settings, clock, roster, doorman, rounds, reader, threads, desk, press, delivery, back);
        return new RunningApplication(cycle, delivery, back);
    }

    /** The rooms of a cycle without Slack. */
    record OfflineApplication(OfflineCycle cycle, PublishService delivery) implements AutoCloseable {
        @Override
        public void close() {
            delivery.close();
        }
    }

    static OfflineApplication offline(Store store, Function<StorageSettings, Storage> storages) {
        Supplier<String> epochs = epochs();
        var roster = new ChannelRegistry(store, epochs);
        var desk = new MessageReviewer(new OfflineSlackClient(), store, messageText());
        var press = new RenderService(store, Completeness.AS_IT_IS);
        var delivery = new PublishService(
                store,
                storages,
                new OwnershipCheck(store, epochs, ConflictPolicy.TAKES_OVER),
                RetryPolicy.IGNORED,
                () -> false);
        return new OfflineApplication(new OfflineCycle(store, roster, desk, press, delivery), delivery);
    }

    static Supplier<String> epochs() {
        var random = new SecureRandom();
        return () -> random.ints(EPOCH_LENGTH, 0, EPOCH_LETTERS.length())
                .collect(StringBuilder::new, (word, i) -> word.append(EPOCH_LETTERS.charAt(i)), StringBuilder::append)
                .toString();
    }

    /** Each storage as it would be, printing and doing nothing. */
    static Function<StorageSettings, Storage> printing(PrintWriter out) {
        var made = new HashMap<StorageSettings, Storage>();
        return settings -> made.computeIfAbsent(settings, place -> new DryRunStorage(place.storage(), out));
    }
}
