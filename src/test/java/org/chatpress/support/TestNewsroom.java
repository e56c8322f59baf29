package org.chatpress.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.chatpress.approval.SlackFeedback;
import org.chatpress.cli.Application;
import org.chatpress.config.ReloadingSettings;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.cycle.context.CycleMode.Background;
import org.chatpress.cycle.context.CycleMode.Conflicts;
import org.chatpress.cycle.context.CycleMode.History;
import org.chatpress.cycle.context.CycleMode.Polling;
import org.chatpress.cycle.context.CycleMode.Retries;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.poll.EventDrivenPoller.EventQueue;
import org.chatpress.slack.ProxySettings;
import org.chatpress.slack.RateLimiter;
import org.chatpress.slack.SlackClient;
import org.chatpress.slack.WebApiSlackClient;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;

/**
 * A newsroom in one process: a fake Slack, settings, the real store, storages in memory, and a clock that stands still
 * until it is moved. {@link #cycle} is one cycle of a program that runs on; {@link #restart} is a new process on the same
 * database.
 */
public final class TestNewsroom implements AutoCloseable {
    public static final Instant START = Instant.parse("2026-11-03T18:00:00Z");
    public static final String CHANNEL = "C0ELECTION";
    public static final String SLUG = "election-night";
    public static final String REPORTER = "U0REPORTER";
    public static final String EDITOR = "U0EDITOR";
    public static final String SECOND_EDITOR = "U0SECOND";

    public final FakeClock clock;
    public final FakeWorkspace slack;
    public final FakeSlackServer slackServer;
    public final FaultInjector faults;
    private final Map<String, MemoryStorage> storages;
    private int parallelUploads = 1;
    private final AtomicInteger epochs;
    private final Path folder;
    private final boolean isTwin;
    private final ShiftedClock slackClock;
    private Supplier<Store> opening;
    private UnaryOperator<SlackClient> slackThrough = UnaryOperator.identity();
    private UnaryOperator<Storage> storagesThrough = UnaryOperator.identity();
    private Optional<BiFunction<ChannelId, MessageTs, BotFeedback>> feedbackWanted = Optional.empty();
    private Conflicts conflicts = Conflicts.TAKE_OVER;
    private String head = "";
    private String channels = channel(CHANNEL, SLUG, "approval: none");
    private String publish = "directory: memory";
    private Optional<String> written = Optional.empty();
    private Runnable betweenLooks = () -> {};
    private final EventQueue events = new EventQueue();
    private Polling polling = Polling.ALL_CHANNELS;
    private Duration maxWait = Duration.ofHours(1);
    private Background background = Background.WITHIN_CYCLE;
    private ReloadingSettings reloading;
    private Running running;

    /** Everything that ends with a process. */
    private record Running(
            Store store, SlackClient slack, Application.Cycles cycles, Optional<SlackFeedback> feedback) {
        CycleReport cycle(Settings settings, Instant now) {
            CycleReport report = cycles.cycle().run();
            feedback.filter(other -> settings.feedback())
                    .ifPresent(other -> other.runPending(new CycleContext(settings, now)));
            return report;
        }

        void close() {
            cycles.close();
            slack.close();
            store.close();
        }
    }

    /** @param folder for the settings and the database */
    public TestNewsroom(Path folder) {
        this.folder = folder;
        this.opening = () -> TestDatabase.open(database(), "a test");
        this.clock = new FakeClock(START.plus(Duration.ofHours(1)));
        this.slackClock = new ShiftedClock(clock);
        this.slackServer = FakeSlackServer.start(slackClock);
        this.slack = slackServer.workspace();
        this.faults = slackServer.faults();
        this.storages = new LinkedHashMap<>();
        this.epochs = new AtomicInteger();
        this.isTwin = false;
        slack.channel(CHANNEL);
        slack.person(REPORTER, "Rosa Reporter");
        slack.person(EDITOR, "Edda Editor");
        slack.person(SECOND_EDITOR, "Sven Second");
    }

    private TestNewsroom(Path folder, TestNewsroom other) {
        this.folder = folder;
        this.opening = () -> TestDatabase.open(database(), "a test");
        this.clock = other.clock;
        this.slackClock = other.slackClock;
        this.slackServer = other.slackServer;
        this.slack = other.slack;
        this.faults = other.faults;
        this.storages = other.storages;
        this.epochs = other.epochs;
        this.isTwin = true;
    }

    /** Another process with a database of its own, for the same Slack and the same storages. */
    public TestNewsroom twin(Path itsFolder) {
        return new TestNewsroom(itsFolder, this);
    }

    /** A channel's entry in the settings: {@code extra} holds further members, joined by commas. */
    public static String channel(String id, String slug, String extra) {
        return "{id: %s, slug: %s, since: 2026-11-03T18:00:00Z, headline: Election night, %s}"
                .formatted(id, slug, extra);
    }

    /** An approval section with one editor, and further members. */
    public static String approval(String extra) {
        return "approval: {approvers: [%s, %s]%s}"
                .formatted(EDITOR, SECOND_EDITOR, extra.isEmpty() ? "" : ", " + extra);
    }

    /** The settings' only channel says this too from now on. */
    public TestNewsroom says(String extra) {
        return lists(channel(CHANNEL, SLUG, extra));
    }

    /** The settings list these channels from now on. */
    public TestNewsroom lists(String... entries) {
        channels = String.join(", ", entries);
        return this;
    }

    /** Storages in memory that are made from now on are used by so many threads at once. */
    public TestNewsroom parallelUploads(int count) {
        parallelUploads = count;
        return this;
    }

    /** The settings name these storages, all in memory, from now on. */
    public TestNewsroom publishesTo(String... names) {
        publish = "directory: " + String.join("}, {directory: ", names);
        return this;
    }

    /** The settings name these storages from now on: entries as in channels.yml, of real ones. */
    public TestNewsroom publishesToReal(String... entries) {
        publish = String.join("}, {", entries);
        return this;
    }

    /** The settings say this too at their top from now on: whole lines. */
    public TestNewsroom saysAtTheTop(String lines) {
        head = lines;
        return this;
    }

    /** What our bot should put under messages, whatever happens to them. */
    public TestNewsroom wants(BiFunction<ChannelId, MessageTs, BotFeedback> marks) {
        feedbackWanted = Optional.of(marks);
        return this;
    }

    /** Slack's clock is ahead of the program's from now on; behind it if negative. */
    public TestNewsroom slackIsAheadBy(Duration ahead) {
        slackClock.shiftBy(ahead);
        return this;
    }

    /** The editor saves the settings now; otherwise a change is saved at the start of the next cycle. */
    public TestNewsroom savesSettings() {
        writeSettings();
        return this;
    }

    /** What happens while the process waits before it looks at changed settings again. */
    public TestNewsroom betweenLooksAtTheSettings(Runnable happens) {
        betweenLooks = happens;
        return this;
    }

    /** The settings' file holds this from now on, whatever it is; empty: what the newsroom says, again. */
    public TestNewsroom writes(Optional<String> file) {
        written = file;
        return this;
    }

    /** How a process opens its database; a real file unless a test says otherwise. */
    public TestNewsroom opens(Supplier<Store> how) {
        opening = how;
        return this;
    }

    /** The socket events of the running process. */
    public EventQueue events() {
        return events;
    }

    /** Channels are polled when they are due, as {@code run} does; otherwise every cycle polls every channel. */
    public TestNewsroom pollsWhenDue() {
        polling = Polling.WHEN_DUE;
        return this;
    }

    /** From its next start, a process that polls every channel waits so long in all for Slack's rate limits. */
    public TestNewsroom waitsForRateLimits(Duration max) {
        maxWait = max;
        return this;
    }

    /** From its next start, a process waits neither for storages nor for background tasks, as {@code run}. */
    public TestNewsroom worksBesideCycles() {
        background = Background.BESIDE_CYCLES;
        return this;
    }

    /** From its next start, a process publishes nothing where another instance does, as {@code once}. */
    public TestNewsroom stopsAtConflicts() {
        conflicts = Conflicts.STOP;
        return this;
    }

    /** From its next start, a process takes over from another instance, as {@code run}. */
    public TestNewsroom takesOver() {
        conflicts = Conflicts.TAKE_OVER;
        return this;
    }

    /** What lies between a process and Slack. */
    public TestNewsroom asksSlackThrough(UnaryOperator<SlackClient> through) {
        slackThrough = through;
        return this;
    }

    /** What lies between a process and each of its storages. */
    public TestNewsroom usesStoragesThrough(UnaryOperator<Storage> through) {
        storagesThrough = through;
        return this;
    }

    public Settings settings() {
        Path file = writeSettings();
        if (reloading == null) {
            reloading = new ReloadingSettings(file, Map.of(), any -> {}, clock, time -> betweenLooks.run());
        }
        return reloading.current();
    }

    private Path writeSettings() {
        String yaml = """
                slack: {token: %s, api-url: "%s"}
                database: %s
                publish: [{%s}]
                %s
                channels: [%s]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        TestDatabase.yaml(database()),
                        publish,
                        head,
                        channels);
        Path file = folder.resolve("channels.yml");
        String text = written.orElse(yaml);
        try {
            if (!Files.exists(file) || !Files.readString(file).equals(text)) {
                Files.createDirectories(folder);
                Files.writeString(file, text);
                Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** The settings' file as the process follows it. */
    public ReloadingSettings live() {
        settings();
        return reloading;
    }

    /** One cycle, ten seconds after the one before. */
    public CycleReport cycle() {
        clock.advance(Duration.ofSeconds(10));
        return cycleNow();
    }

    /** One cycle at the same moment as the one before. */
    public CycleReport cycleNow() {
        if (running == null) {
            running = start();
        }
        return running.cycle(settings(), clock.instant());
    }

    /** The report of the cycle that runs now, as far as it has come. */
    public Optional<CycleReport> inProgress() {
        return running.cycles().cycle().inProgress();
    }

    /** The process ends; the next cycle is a new process's first. */
    public TestNewsroom restart() {
        reloading = null;
        if (running != null) {
            Running ended = running;
            running = null;
            ended.close();
        }
        return this;
    }

    /** The database of the running process. */
    public Store store() {
        if (running == null) {
            running = start();
        }
        return running.store;
    }

    public Path database() {
        return folder.resolve("chatpress.db");
    }

    /** The process ends, and its database is lost. */
    public TestNewsroom losesItsDatabase() {
        restart();
        TestDatabase.delete(database());
        return this;
    }

    /** The process ends, and a copy of its database is kept. */
    public byte[] copiesItsDatabase() {
        restart();
        return TestDatabase.copy(database());
    }

    /** The process ends, and its database is replaced. */
    public TestNewsroom putsBack(byte[] copy) {
        losesItsDatabase();
        TestDatabase.write(database(), copy);
        return this;
    }

    /** The only storage. */
    public MemoryStorage storage() {
        return storage("memory");
    }

    public MemoryStorage storage(String name) {
        return storages.computeIfAbsent(name, added -> new MemoryStorage(added, parallelUploads));
    }

    /** A reader of the only chat. */
    public SiteReader reader() {
        return new SiteReader(storage(), SLUG);
    }

    public SiteReader reader(String storage, String slug) {
        return new SiteReader(storage(storage), slug);
    }

    @Override
    public void close() {
        restart();
        if (!isTwin) {
            slackServer.close();
        }
    }

    private Running start() {
        Store store = opening.get();
        RateLimiter limiter = polling == Polling.WHEN_DUE
                ? RateLimiter.nonBlocking(clock)
                : RateLimiter.blocking(clock, clock::advance, maxWait);
        SlackClient api = slackThrough.apply(
                new WebApiSlackClient(slackServer.token(), slackServer.apiUri(), limiter, clock, ProxySettings.NONE));
        var environment = new Application.Environment(
                this::settings,
                clock,
                api,
                events,
                Application.RemainingCalls.of(limiter),
                store,
                this::storage,
                () -> "epoch" + epochs.incrementAndGet(),
                () -> false,
                Optional.empty());
        var mode = new CycleMode(
                polling,
                Retries.AFTER_BACKOFF,
                conflicts,
                feedbackWanted.isPresent() ? Background.NEVER : background,
                History.BACK_TO_SINCE);
        Optional<SlackFeedback> feedback =
                feedbackWanted.map(wanted -> new SlackFeedback(api, api, store, wanted, () -> false));
        return new Running(store, api, Application.build(environment, mode), feedback);
    }

    private Storage storage(StorageSettings place) {
        if (place instanceof DirectorySettings memory && !memory.directory().isAbsolute()) {
            return storagesThrough.apply(storage(memory.directory().toString()));
        }
        return place.storage();
    }
}
