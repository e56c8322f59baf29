package org.chatpress.cli;

import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.chatpress.approval.CustomEmojiSync;
import org.chatpress.approval.MessageReviewer;
import org.chatpress.approval.SlackFeedback;
import org.chatpress.config.DatabaseSettings;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.ReloadingSettings;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.cycle.BackgroundTasks;
import org.chatpress.cycle.ChannelRegistry;
import org.chatpress.cycle.ClosingTimeRecorder;
import org.chatpress.cycle.Cycle;
import org.chatpress.cycle.OfflineCycle;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.interactive.InteractionHandler;
import org.chatpress.media.ClipPipeline;
import org.chatpress.media.ClipProcessor;
import org.chatpress.media.CmsClient;
import org.chatpress.media.ImageMirror;
import org.chatpress.media.PhotoFetcher;
import org.chatpress.media.PhotoPipeline;
import org.chatpress.model.Secret;
import org.chatpress.notify.Notifier;
import org.chatpress.poll.ChannelPoller;
import org.chatpress.poll.EventDrivenPoller;
import org.chatpress.poll.EventDrivenPoller.EventQueue;
import org.chatpress.poll.PollScheduler;
import org.chatpress.poll.ThreadPoller;
import org.chatpress.publish.OwnershipCheck;
import org.chatpress.publish.PublishService;
import org.chatpress.purge.CdnPurger;
import org.chatpress.purge.DryRunPurger;
import org.chatpress.purge.PurgeSettings;
import org.chatpress.render.RenderService;
import org.chatpress.slack.OfflineSlackReader;
import org.chatpress.slack.ProxySettings;
import org.chatpress.slack.RateLimiter;
import org.chatpress.slack.RateLimiter.SlackMethod;
import org.chatpress.slack.SlackClient;
import org.chatpress.slack.SlackInteractionClient;
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SocketModeClient;
import org.chatpress.slack.SocketModeClient.InteractionListener;
import org.chatpress.slack.WebApiSlackClient;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import org.chatpress.text.EmojiTable;
import org.chatpress.text.MessageFormatter;

/**
 * Builds the program's objects, for the program and for its tests. The verbs open and close what it builds.
 */
public final class Application {
    private static final Duration MAX_WAIT_OF_ONCE = Duration.ofMinutes(1);
    private static final String EPOCH_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int EPOCH_LENGTH = 8;

    private Application() {}

    static Clock clock() {
        return Clock.systemUTC();
    }

    static Map<String, String> environment() {
        return System.getenv();
    }

    /** The settings as they are now. */
    static Settings settings(Path file) {
        return reloadingSettings(file, settings -> {}).current();
    }

    /** The settings as far as they can be read, for {@code status}. */
    static SettingsLoader.Reading settingsDespiteProblems(Path file) {
        return SettingsLoader.readDespiteProblems(file, environment());
    }

    /** Settings that are read again when their file changes. */
    static ReloadingSettings reloadingSettings(Path file) {
        return reloadingSettings(file, settings -> CheckCommand.checkCron(settings, file));
    }

    private static ReloadingSettings reloadingSettings(Path file, Consumer<Settings> check) {
        return new ReloadingSettings(file, environment(), check, clock(), time -> Thread.sleep(time.toMillis()));
    }

    /** Describes this process to a process that finds the database locked. */
    static String lockHolder(String verb, DatabaseSettings database) {
        String process =
                "chatpress " + verb + ", process " + ProcessHandle.current().pid();
        return database instanceof PostgresqlServer
                ? process + " on " + hostName()
                : process + ", since " + clock().instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static String hostName() {
        String name = environment().get("HOSTNAME");
        if (name != null && !name.isEmpty()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "an unknown host";
        }
    }

    /** For {@code run}: a call beyond the rate limit fails, and is made in a later cycle. */
    static RateLimiter nonBlockingLimiter() {
        return RateLimiter.nonBlocking(clock());
    }

    /** For {@code once} and {@code check}: calls wait for the rate limit, for at most a minute in all. */
    static RateLimiter blockingLimiter() {
        return RateLimiter.blocking(clock(), time -> Thread.sleep(time.toMillis()), MAX_WAIT_OF_ONCE);
    }

    static SlackClient slack(Settings settings, RateLimiter limiter) {
        return slack(settings.slack().token(), settings.slack().apiUrl(), limiter);
    }

    static WebApiSlackClient slack(Secret token, URI apiUrl, RateLimiter limiter) {
        return new WebApiSlackClient(token, apiUrl, limiter, clock(), proxy());
    }

    private static ProxySettings proxy() {
        return ProxySettings.of(environment());
    }

    /** A connection of Socket Mode for a check; empty if the settings have no app-level token. */
    static Optional<SocketModeClient> socketMode(Settings settings, RateLimiter limiter) {
        return settings.slack()
                .appToken()
                .map(token -> socketMode(token, settings, limiter, new EventQueue(), InteractionListener.NONE));
    }

    private static SocketModeClient socketMode(
            Secret token, Settings settings, RateLimiter limiter, EventQueue events, InteractionListener interactions) {
        return new SocketModeClient(token, settings.slack().apiUrl(), limiter, clock(), proxy(), events, interactions);
    }

    /** Receives events and requests of people by Socket Mode, and answers the requests from the database. */
    record SocketMode(SocketModeClient client, InteractionHandler handler, SlackInteractionClient answers, Store store)
            implements AutoCloseable {
        void start() {
            client.start();
            handler.start();
        }

        @Override
        public void close() {
            client.close();
            handler.close();
            answers.close();
            store.close();
        }
    }

    static SlackInteractionClient interactions(Settings settings, RateLimiter limiter) {
        return new SlackInteractionClient(
                settings.slack().token(), settings.slack().apiUrl(), limiter, clock(), proxy());
    }

    /**
     * Opens a second connection to the database, for reading, so that no answer waits for a cycle.
     *
     * @param opened closed by the caller
     * @return empty if the settings have no app-level token
     */
    static Optional<SocketMode> socketMode(
            ReloadingSettings settings, RateLimiter limiter, SlackReader slack, EventQueue events, Store opened) {
        Settings atStart = settings.last();
        return atStart.slack().appToken().map(token -> {
            Store store = opened.openReader();
            SlackInteractionClient answers = interactions(atStart, limiter);
            var handler = new InteractionHandler(settings::last, store, slack, answers, clock());
            return new SocketMode(socketMode(token, atStart, limiter, events, handler), handler, answers, store);
        });
    }

    /**
     * The calls that can be made now, by method.
     *
     * @param isSlackResponding false while none is made because the last ones got no response
     */
    public record RemainingCalls(IntSupplier history, IntSupplier replies, BooleanSupplier isSlackResponding) {
        /** For a replay of Slack, which has no rate limits. */
        public static final RemainingCalls UNLIMITED =
                new RemainingCalls(() -> Integer.MAX_VALUE, () -> Integer.MAX_VALUE, () -> true);

        public static RemainingCalls of(RateLimiter limiter) {
            return new RemainingCalls(
                    () -> limiter.remaining(SlackMethod.HISTORY),
                    () -> limiter.remaining(SlackMethod.REPLIES),
                    () -> limiter.isResponding(SlackMethod.HISTORY));
        }
    }

    /**
     * What the objects of a cycle are built from.
     *
     * @param settings read at the start of each cycle
     * @param slack closed by the caller
     * @param store the open database, closed by the caller
     * @param storages creates the storage for its settings; opens no connection
     * @param epochs returns a new random word at each call
     * @param stopping true once the program must end
     * @param dryRun where a dry run prints the requests to CDNs and webhooks; empty: they are sent
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
            BooleanSupplier stopping,
            Optional<PrintWriter> dryRun) {}

    static MessageFormatter messageFormatter() {
        return new MessageFormatter(EmojiTable.standard());
    }

    /** The objects that run cycles. Closing waits for the current uploads and background tasks. */
    public record Cycles(Cycle cycle, PublishService publishing, BackgroundTasks background, Notifier notifier)
            implements AutoCloseable {
        @Override
        public void close() {
            notifier.close();
            background.close();
            publishing.close();
        }
    }

    /** Builds the objects that run cycles. */
    public static Cycles build(Environment environment, CycleMode mode) {
        SlackClient slack = environment.slack();
        Store store = environment.store();
        RemainingCalls calls = environment.remainingCalls();
        MessageFormatter text = messageFormatter();
        var customEmoji = new CustomEmojiSync(slack, store, text);
        var channelPoller = new ChannelPoller(slack, store, calls.replies(), mode.polling());
        var publishing = new PublishService(
                store,
                environment.storages(),
                provider -> purger(provider, environment.dryRun()),
                new OwnershipCheck(store, environment.epochs(), mode.conflicts()),
                environment.clock(),
                mode,
                environment.stopping());
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
                new ClipPipeline(
                        environment.clock(),
                        slack,
                        new ClipProcessor(),
                        store,
                        environment.storages(),
                        environment.stopping()),
                customEmoji,
                new ImageMirror(slack, store),
                mode.background());
        var notifier = new Notifier(store, environment.clock(), mode.background(), environment.dryRun());
        var cycle = new Cycle(
                environment.settings(),
                environment.clock(),
                new ChannelRegistry(store, environment.epochs()),
                new EventDrivenPoller(slack, store, channelPoller, environment.events(), calls.replies()),
                new PollScheduler(
                        store, environment.events(), mode.polling(), calls.history(), calls.isSlackResponding()),
                channelPoller,
                new ThreadPoller(slack, store, channelPoller, calls.replies()),
                new ClosingTimeRecorder(store, slack::clockDifference),
                new MessageReviewer(slack, store, text, customEmoji, mode.polling()),
                new RenderService(store, mode.history(), mode.polling()),
                publishing,
                background,
                notifier);
        return new Cycles(cycle, publishing, background, notifier);
    }

    private static CdnPurger purger(PurgeSettings.Provider provider, Optional<PrintWriter> dryRun) {
        CdnPurger purger = provider.purger();
        return dryRun.<CdnPurger>map(out -> new DryRunPurger(purger.name(), out))
                .orElse(purger);
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
        var slack = new OfflineSlackReader();
        MessageFormatter text = messageFormatter();
        var publishing = new PublishService(
                store,
                storages,
                PurgeSettings.Provider::purger,
                new OwnershipCheck(store, epochs, mode.conflicts()),
                clock(),
                mode,
                () -> false);
        var cycle = new OfflineCycle(
                () -> settings,
                clock(),
                store,
                new ChannelRegistry(store, epochs),
                new ClosingTimeRecorder(store, slack::clockDifference),
                new MessageReviewer(slack, store, text, new CustomEmojiSync(slack, store, text), mode.polling()),
                new RenderService(store, mode.history(), mode.polling()),
                publishing);
        return new OfflineCycles(cycle, publishing);
    }

    /** Random words, one for each new chat: readers of a chat start over when its epoch changes. */
    static Supplier<String> epochs() {
        var random = new SecureRandom();
        return () -> random.ints(EPOCH_LENGTH, 0, EPOCH_CHARACTERS.length())
                .collect(
                        StringBuilder::new, (word, i) -> word.append(EPOCH_CHARACTERS.charAt(i)), StringBuilder::append)
                .toString();
    }
}
