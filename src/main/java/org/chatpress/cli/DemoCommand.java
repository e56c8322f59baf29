package org.chatpress.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.cycle.CycleScheduler;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.model.Slug;
import org.chatpress.poll.EventDrivenPoller.EventQueue;
import org.chatpress.slackexport.ReplaySlackClient;
import org.chatpress.slackexport.SlackExport;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replays a chat without Slack and serves both its newsroom and its readers' page to a browser. */
@Command(
        name = "demo",
        description = {
            "Replays a chat as if it happened now and shows it in a browser: chatpress demo",
            "The page shows the newsroom's channel, where you can write and approve, beside what readers get.",
            "Without EXPORT, replays a made-up council meeting. Needs neither Slack nor settings."
        })
final class DemoCommand extends Verb {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    /** How much of the replay has happened when the demo starts, so that the first look shows a chat. */
    private static final Duration ALREADY_POSTED = Duration.ofMinutes(20);

    @Parameters(arity = "0..1", paramLabel = "EXPORT", description = "a Slack export (zip or folder)")
    private Path export;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description = "publish to this folder and keep the files (default: a temporary folder)")
    private Path to;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8000",
            description = "the port to serve on (default: 8000; 0: any free port)")
    private int port;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "10",
            description = "how long the replay goes on (default: 10); its first 20 minutes are there at the start")
    private int minutes;

    @Option(names = "--readers", description = "show only the readers' page")
    private boolean readers;

    @Override
    public Integer call() {
        checkOptions();
        if (!chatpress().isVerbose()) {
            // A line for each file every two seconds would push the page's address off the screen.
            chatpress().logWarningsOnly();
        }
        Clock clock = Application.clock();
        Instant start = clock.instant().minus(ALREADY_POSTED);
        Duration length = ALREADY_POSTED.plusMinutes(minutes);
        var stopping = new AtomicBoolean();
        try (ShutdownHook shutdown = ShutdownHook.install();
                TemporaryDirectory temporary = TemporaryDirectory.create("chatpress-demo");
                SlackExport source = export == null ? SlackExport.demo() : SlackExport.open(export);
                var slack = ReplaySlackClient.withLength(length, source, clock, start);
                Store store = Store.open(temporary.path().resolve("demo.db"), Application.lockHolder("demo"))) {
            Path folder = temporary.path();
            Path published = to == null ? folder.resolve("public") : to;
            Settings demo = export == null
                    ? DemoSettings.forStory(folder, start)
                    : DemoSettings.forExport(folder, slack, start);
            Settings settings = demo.withStorages(List.of(new DirectorySettings(published)));
            DemoNewsroom.Visitor visitor =
                    export == null ? DemoSettings.visitorOfStory(slack) : DemoSettings.visitorOfExport(slack);
            var events = new EventQueue();
            var newsroom = new DemoNewsroom(settings, slack, store, events, visitor);
            try (Application.Cycles cycles = Application.build(
                            new Application.Environment(
                                    () -> settings,
                                    clock,
                                    slack,
                                    events,
                                    Application.RemainingCalls.UNLIMITED,
                                    store,
                                    StorageSettings::storage,
                                    Application.epochs(),
                                    stopping::get),
                            CycleMode.DEMO);
                    DemoServer server =
                            readers ? DemoServer.start(published, port) : DemoServer.start(published, port, newsroom)) {
                var incidents = new IncidentLog();
                var scheduler = new CycleScheduler(
                        () -> incidents.log(cycles.cycle().run()),
                        () -> new CycleInterval(Optional.of(INTERVAL), Optional.empty()),
                        Application.clock());
                events.onArrival(scheduler::runNow);
                Runnable stop = () -> {
                    stopping.set(true);
                    scheduler.stop();
                };
                shutdown.onStop(stop, () -> {});
                printInstructions(server, published, settings.channels().get(0).slug());
                scheduler.runUntilStopped();
            }
        }
        return ChatpressCommand.OK;
    }

    private void checkOptions() {
        if (port < 0 || port > 65535) {
            throw usageError("--port must be between 0 and 65535, not " + port + ".");
        }
        if (minutes < 1) {
            throw usageError("--minutes must be at least 1, not " + minutes + ".");
        }
    }

    private void printInstructions(DemoServer server, Path published, Slug slug) {
        PrintWriter out = out();
        out.printf(
                readers
                        ? "Open %s in a browser to watch the chat. It goes on for about %d min.%n"
                        : "Open %s in a browser: the newsroom beside its readers. It goes on for about %d min.%n",
                server.address(),
                minutes);
        out.printf("The chat for a page of your own: %schats/%s/live.json%n", server.address(), slug);
        out.printf("The published files are in %s%n", published.toAbsolutePath());
        out.println(
                to == null
                        ? "Press Ctrl-C to stop the demo and delete them; --to DIR keeps them."
                        : "Press Ctrl-C to stop the demo.");
    }

    /** A temporary folder, deleted when it is closed. */
    private static final class TemporaryDirectory implements AutoCloseable {
        private final Path path;

        private TemporaryDirectory(Path path) {
            this.path = path;
        }

        static TemporaryDirectory create(String prefix) {
            try {
                return new TemporaryDirectory(Files.createTempDirectory(prefix));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Path path() {
            return path;
        }

        /** Deletes the folder and everything in it. */
        @Override
        public void close() {
            try (Stream<Path> files = Files.walk(path)) {
                List<Path> deepestFirst =
                        files.sorted(Comparator.reverseOrder()).toList();
                for (Path file : deepestFirst) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete " + path, e);
            }
        }
    }
}
