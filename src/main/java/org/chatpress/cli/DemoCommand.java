package org.chatpress.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.chatpress.config.DatabaseSettings;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.config.SettingsLoader;
import org.chatpress.cycle.CycleScheduler;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.poll.EventDrivenPoller.EventQueue;
import org.chatpress.slack.SlackReader.ChannelInfo;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.slackexport.ReplaySlackClient;
import org.chatpress.slackexport.SlackExport;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.Storage;
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
                Store store = open(new SqliteFile(temporary.path().resolve("demo.db")))) {
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
                                    stopping::get,
                                    Optional.empty()),
                            CycleMode.DEMO);
                    DemoServer server = serve(published, newsroom)) {
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
                printInstructions(server, published, settings, slack.channels().size());
                scheduler.runUntilStopped();
            }
        }
        return ChatpressCommand.OK;
    }

    private static Store open(DatabaseSettings database) {
        return Store.open(database, Application.lockHolder("demo", database));
    }

    private DemoServer serve(Path published, DemoNewsroom newsroom) {
        try {
            return readers ? DemoServer.start(published, port) : DemoServer.start(published, port, newsroom);
        } catch (UncheckedIOException e) {
            throw usageError("%s. To use another port: %s demo --port %d"
                    .formatted(e.getMessage(), ChatpressCommand.program(), port == 65535 ? 0 : port + 1));
        }
    }

    private void checkOptions() {
        if (port < 0 || port > 65535) {
            throw usageError("--port must be between 0 and 65535, not " + port + ".");
        }
        if (minutes < 1) {
            throw usageError("--minutes must be at least 1, not " + minutes + ".");
        }
        if (to != null) {
            try (Storage storage = new DirectorySettings(to).storage()) {
                storage.check();
            } catch (RemoteException e) {
                throw usageError("--to: " + e.messageWithHint());
            }
        }
    }

    /** @param channels how many the export has */
    private void printInstructions(DemoServer server, Path published, Settings settings, int channels) {
        PrintWriter out = out();
        out.printf(
                readers
                        ? "Open %s in a browser to watch the chat. It goes on for about %d min.%n"
                        : "Open %s in a browser: the newsroom beside its readers. It goes on for about %d min.%n",
                server.address(),
                minutes);
        int shown = settings.channels().size();
        if (export != null && shown < channels) {
            out.printf("It shows the %d busiest of %d channels.%n", shown, channels);
        }
        Slug slug = settings.channels().get(0).slug();
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

    /** The settings of a demo: those of the made-up meeting, or settings for the busiest channels of an export. */
    private static final class DemoSettings {
        private static final String MEETING = "/org/chatpress/demo/channels.yml";
        private static final int MAX_CHANNELS = 10;
        private static final int START_HOUR = 19;
        private static final ChannelId MEETING_CHANNEL = new ChannelId("C07LARKMEET");
        private static final UserId KEIKO = new UserId("U07K8KYMN4W");
        private static final UserId RUTH = new UserId("U06C3RCST9Z");
        private static final String TOUR_MESSAGE = "The gavel is missing. Mayor Brandt last saw it on the windowsill,"
                + " beside a gull. The council votes by *show of hands* until one of them returns.";

        private DemoSettings() {}

        /** @param start the start of the replay; becomes {@code since} of the channels */
        static Settings forStory(Path folder, Instant start) {
            try (InputStream in = DemoSettings.class.getResourceAsStream(MEETING)) {
                String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                return read(
                        folder,
                        yaml.replaceAll("since: .*", "since: " + since(start))
                                .replaceAll("time-zone: .*", "time-zone: " + zoneOfEvening(start)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Lists the busiest channels of the export, without approval: old exports contain no reactions. */
        static Settings forExport(Path folder, ReplaySlackClient slack, Instant start) {
            var yaml = new StringBuilder("slack: {token: demo}\npublish: [{directory: public}]\nchannels:\n");
            Set<String> slugs = new HashSet<>();
            List<ChannelInfo> busiest =
                    slack.channels().stream().limit(MAX_CHANNELS).toList();
            for (ChannelInfo channel : busiest) {
                yaml.append("  - {id: ").append(channel.id());
                yaml.append(", slug: \"").append(slug(channel, slugs)).append('"');
                yaml.append(", headline: \"").append(headline(channel)).append('"');
                yaml.append(", since: ").append(since(start)).append(", threads: publish, approval: none}\n");
            }
            return read(folder, yaml.toString());
        }

        /** In the meeting, the visitor writes as a reporter, approves as an editor, and finds a message for the tour. */
        static DemoNewsroom.Visitor visitorOfStory(ReplaySlackClient slack) {
            MessageTs tour = slack.post(MEETING_CHANNEL, KEIKO, TOUR_MESSAGE);
            return new DemoNewsroom.Visitor(KEIKO, RUTH, Optional.of(tour));
        }

        /** In an export, the visitor does not act as another user. */
        static DemoNewsroom.Visitor visitorOfExport(ReplaySlackClient slack) {
            var you = new UserProfile(new UserId("U0VISITOR"), "You", "", "", false);
            slack.addUser(you);
            return new DemoNewsroom.Visitor(you.id(), you.id(), Optional.empty());
        }

        private static String slug(ChannelInfo channel, Set<String> taken) {
            String name = channel.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
            String slug = Slug.isValid(name) && taken.add(name)
                    ? name
                    : channel.id().value().toLowerCase(Locale.ROOT);
            taken.add(slug);
            return slug;
        }

        private static String headline(ChannelInfo channel) {
            return "#" + channel.name().replaceAll("[^\\p{L}\\p{N} ._-]", "");
        }

        /** A zone in which it is about eight in the evening, as in the words of the reporters. */
        private static String zoneOfEvening(Instant now) {
            int utcHour = now.atOffset(ZoneOffset.UTC).getHour();
            int hoursEast = Math.floorMod(START_HOUR - utcHour + 12, 24) - 12;
            // The signs of these zones are reversed: Etc/GMT+5 is five hours west of Greenwich.
            return "Etc/GMT" + (hoursEast > 0 ? "-" : "+") + Math.abs(hoursEast);
        }

        private static String since(Instant start) {
            return start.minus(Duration.ofMinutes(1)).toString();
        }

        private static Settings read(Path folder, String yaml) {
            Path file = folder.resolve("channels.yml");
            try {
                Files.writeString(file, yaml);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return SettingsLoader.read(file, Map.of());
        }
    }
}
