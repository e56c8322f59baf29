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
    static ReloadingSettings reloadingSettings(Path file) {
        return new ReloadingSettings(file, environment(), settings -> CheckCommand.cron(settings, file));
    }

    /** Who we are, for whoever finds the database locked. */
    static String lockHolder(String verb) {
        return "chatpress " + verb + ", process " + ProcessHandle.current().pid() + ", since "
                + clock().instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** For {@code run}: a call that Slack does not allow now is made in a later cycle. */
    static RateLimiter nonBlockingLimiter() {
        return RateLimiter.nonBlocking(clock());
    }

    /** For {@code once}: waits for Slack a minute at most. */
    static RateLimiter blockingLimiter() {
        return RateLimiter.blocking(clock(), time -> Thread.sleep(time.toMillis()), ONCE_WAITS);
    }

    static SlackClient slack(Settings settings, RateLimiter limiter) {
        return new WebApiSlackClient(settings.slack().token(), settings.slack().apiUrl(), limiter, clock(), noProxy());
    }

    private static String noProxy() {
        return environment().getOrDefault("NO_PROXY", environment().getOrDefault("no_proxy", ""));
    }

    /** Empty without an app token. */
    static Optional<SocketModeClient> socketMode(Settings settings, RateLimiter limiter, EventQueue events) {
        return settings.slack()
                .appToken()
                .map(token ->
                        new SocketModeClient(token, settings.slack().apiUrl(), limiter, clock(), noProxy(), events));
    }

    /** What Slack's rate limits leave in this minute: for reading channels, and for reading threads. */
    record RateLimitView(IntSupplier forChannels, IntSupplier forThreads) {
        /** Where nobody counts calls. */
        static final RateLimitView UNLIMITED = new RateLimitView(() -> Integer.MAX_VALUE, () -> Integer.MAX_VALUE);

        static RateLimitView of(RateLimiter limiter) {
            return new RateLimitView(
                    () -> limiter.remaining(SlackMethod.HISTORY), () -> limiter.remaining(SlackMethod.REPLIES));
        }
    }

    static MessageFormatter messageFormatter() {
        return new MessageFormatter(EmojiTable.standard());
    }

    /** The rooms of a cycle, joined by one store; those that hold threads are the caller's to close. */
    record RunningApplication(Cycle cycle, PublishService publishing, BackgroundTasks background)
            implements AutoCloseable {
        @Override
        public void close() {
            background.close();
            publishing.close();
        }
    }

    static RunningApplication build(
            Supplier<Settings> settings,
            Clock clock,
            SlackClient slack,
            EventQueue events,
            PollMode pollMode,
            RateLimitView callsLeft,
            Store store,
            Function<StorageSettings, Storage> storages,
            RetryPolicy retryPolicy,
            ConflictPolicy conflictPolicy,
            ExecutionMode executionMode,
            BooleanSupplier stopping) {
        Supplier<String> epochs = epochs();
        var registry = new ChannelRegistry(store, epochs);
        var pollScheduler = new PollScheduler(store, events, pollMode, callsLeft.forChannels());
        var channelPoller = new ChannelPoller(slack, store);
        var eventPoller = new EventDrivenPoller(slack, store, channelPoller, events, callsLeft.forThreads());
        var threadPoller = new ThreadPoller(slack, store, channelPoller, callsLeft.forThreads());
        var reviewer = new MessageReviewer(slack, store, messageFormatter());
        var renderer = new RenderService(store, Completeness.REQUIRED);
        var publishing = new PublishService(
                store, storages, new OwnershipCheck(store, epochs, conflictPolicy), retryPolicy, stopping);
        var feedback = new SlackFeedback(slack, slack, store, stopping);
        var photoPipeline = new PhotoPipeline(clock, new PhotoFetcher(slack), store, storages, stopping);
        var customEmoji = new CustomEmojiSync(slack, store, messageFormatter());
        var background = new BackgroundTasks(
                clock, feedback, photoPipeline, customEmoji, new AvatarMirror(slack, store), executionMode);
        var cycle = new Cycle(
                settings,
                clock,
                registry,
                eventPoller,
                pollScheduler,
                channelPoller,
                threadPoller,
                reviewer,
                renderer,
                publishing,
                background);
        return new RunningApplication(cycle, publishing, background);
    }

    /** The rooms of a cycle without Slack. */
    record OfflineApplication(OfflineCycle cycle, PublishService publishing) implements AutoCloseable {
        @Override
        public void close() {
            publishing.close();
        }
    }

    static OfflineApplication buildOffline(Store store, Function<StorageSettings, Storage> storages) {
        Supplier<String> epochs = epochs();
        var registry = new ChannelRegistry(store, epochs);
        var reviewer = new MessageReviewer(new OfflineSlackClient(), store, messageFormatter());
        var renderer = new RenderService(store, Completeness.NOT_REQUIRED);
        var publishing = new PublishService(
                store,
                storages,
                new OwnershipCheck(store, epochs, ConflictPolicy.TAKE_OVER),
                RetryPolicy.IGNORE_BACKOFF,
                () -> false);
        return new OfflineApplication(new OfflineCycle(store, registry, reviewer, renderer, publishing), publishing);
    }

    static Supplier<String> epochs() {
        var random = new SecureRandom();
        return () -> random.ints(EPOCH_LENGTH, 0, EPOCH_LETTERS.length())
                .collect(StringBuilder::new, (word, i) -> word.append(EPOCH_LETTERS.charAt(i)), StringBuilder::append)
                .toString();
    }

    /** Each storage as it would be, printing and doing nothing. */
    static Function<StorageSettings, Storage> dryRunStorages(PrintWriter out) {
        var made = new HashMap<StorageSettings, Storage>();
        return settings -> made.computeIfAbsent(settings, place -> new DryRunStorage(place.storage(), out));
    }
}
