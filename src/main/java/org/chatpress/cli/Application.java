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
import org.chatpress.cycle.ChannelRegistry;
import org.chatpress.cycle.Cycle;
import org.chatpress.cycle.OfflineCycle;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.media.CmsClient;
import org.chatpress.media.CustomEmojiSync;
import org.chatpress.media.ImageMirror;
import org.chatpress.media.PhotoFetcher;
import org.chatpress.media.PhotoPipeline;
import org.chatpress.poll.ChannelPoller;
import org.chatpress.poll.EventDrivenPoller;
import org.chatpress.poll.EventQueue;
import org.chatpress.poll.PollScheduler;
import org.chatpress.poll.ThreadPoller;
import org.chatpress.publish.OwnershipCheck;
import org.chatpress.publish.PublishService;
import org.chatpress.render.RenderService;
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
 * Builds the program's objects, by hand, for the program and for its tests. The verbs open and close what it builds.
 */
public final class Application {
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

    /** How many calls Slack's rate limits allow at this moment, by method. */
    public record RemainingCalls(IntSupplier history, IntSupplier replies) {
        /** For a Slack that counts no calls. */
        public static final RemainingCalls UNLIMITED =
                new RemainingCalls(() -> Integer.MAX_VALUE, () -> Integer.MAX_VALUE);

        public static RemainingCalls of(RateLimiter limiter) {
            return new RemainingCalls(
                    () -> limiter.remaining(SlackMethod.HISTORY), () -> limiter.remaining(SlackMethod.REPLIES));
        }
    }

    /**
     * What the objects of a cycle are built from.
     *
     * @param settings read at the start of each cycle
     * @param slack the Slack client; stays the caller's to close
     * @param store the open database; stays the caller's to close
     * @param storages creates the storage for its settings; opens no connection
     * @param epochs returns a new random word at each call
     * @param stopping true once the program must end
     */
    public record Environment(
            Supplier<Settings> settings,
            Clock clock,
            SlackClient slack,
            EventQueue events,
            RemainingCalls remainingCalls,
            Store store,
            Function<StorageSettings, Storage> storages,
            Supplier<String> epochs,
            BooleanSupplier stopping) {
        /** The environment of a verb that runs to its end with one set of settings. */
        static Environment of(
                Settings settings, SlackClient slack, Store store, Function<StorageSettings, Storage> storages) {
            return new Environment(
                    () -> settings,
                    Application.clock(),
                    slack,
                    new EventQueue(),
                    RemainingCalls.UNLIMITED,
                    store,
                    storages,
                    Application.epochs(),
                    () -> false);
        }

        Environment withRemainingCalls(RemainingCalls calls) {
            return new Environment(settings, clock, slack, events, calls, store, storages, epochs, stopping);
        }
    }

    static MessageFormatter messageFormatter() {
        return new MessageFormatter(EmojiTable.standard());
    }

    /** The objects that run cycles. Closing it waits for uploads and background tasks that are under way. */
    public record Cycles(Cycle cycle, PublishService publishing, BackgroundTasks background) implements AutoCloseable {
        @Override
        public void close() {
            background.close();
            publishing.close();
        }
    }

    public static Cycles build(Environment environment, CycleMode mode) {
        SlackClient slack = environment.slack();
        Store store = environment.store();
        RemainingCalls calls = environment.remainingCalls();
        MessageFormatter text = messageFormatter();
        var channelPoller = new ChannelPoller(slack, store);
        var publishing = publishing(store, environment.storages(), environment.epochs(), mode, environment.stopping());
        var background = new BackgroundTasks(
                environment.clock(),
                new SlackFeedback(slack, slack, store, environment.stopping()),
                new PhotoPipeline(
                        environment.clock(),
                        new PhotoFetcher(slack),
                        new CmsClient(),
                        store,
                        environment.storages(),
                        environment.stopping()),
                new CustomEmojiSync(slack, store, text),
                new ImageMirror(slack, store),
                mode.background());
        var cycle = new Cycle(
                environment.settings(),
                environment.clock(),
                new ChannelRegistry(store, environment.epochs()),
                new EventDrivenPoller(slack, store, channelPoller, environment.events(), calls.replies()),
                new PollScheduler(store, environment.events(), mode.polling(), calls.history()),
                channelPoller,
                new ThreadPoller(slack, store, channelPoller, calls.replies()),
                new MessageReviewer(slack, store, text),
                new RenderService(store, mode.history()),
                publishing,
                background);
        return new Cycles(cycle, publishing, background);
    }

    /** The objects that run a cycle without Slack. */
    record OfflineCycles(OfflineCycle cycle, PublishService publishing) implements AutoCloseable {
        @Override
        public void close() {
            publishing.close();
        }
    }

    static OfflineCycles buildOffline(Settings settings, Store store, Function<StorageSettings, Storage> storages) {
        CycleMode mode = CycleMode.OFFLINE;
        Supplier<String> epochs = epochs();
        var publishing = publishing(store, storages, epochs, mode, () -> false);
        var cycle = new OfflineCycle(
                () -> settings,
                clock(),
                store,
                new ChannelRegistry(store, epochs),
                new MessageReviewer(new OfflineSlackClient(), store, messageFormatter()),
                new RenderService(store, mode.history()),
                publishing);
        return new OfflineCycles(cycle, publishing);
    }

    private static PublishService publishing(
            Store store,
            Function<StorageSettings, Storage> storages,
            Supplier<String> epochs,
            CycleMode mode,
            BooleanSupplier stopping) {
        var ownership = new OwnershipCheck(store, epochs, mode.conflicts());
        return new PublishService(store, storages, ownership, mode.retries(), stopping);
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
