package org.chatpress.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.cycle.CycleScheduler;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.poll.EventQueue;
import org.chatpress.slackexport.ReplaySlackClient;
import org.chatpress.slackexport.SlackExport;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A live chat without Slack. */
@Command(
        name = "demo",
        description = {
            "Replays a chat as if it happened now and shows it in a browser: chatpress demo",
            "Without EXPORT it is a made-up council meeting; no Slack and no settings are needed."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    @ParentCommand
    private ChatpressCommand chatpress;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "EXPORT", description = "a Slack export, zip or folder")
    private Path export;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description = "keep the published files there (default: a temporary folder)")
    private Path to;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8000",
            description = "on this port (default: 8000; 0: any)")
    private int port;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "10",
            description = "how long the replay takes (default: 10)")
    private int minutes;

    @Override
    public Integer call() {
        if (chatpress.isDryRun()) {
            throw ChatpressCommand.usageError(
                    spec, "demo --dry-run cannot be. A demo touches neither your Slack nor your storages as it is.");
        }
        refuseOddNumbers();
        // A line for each file, every two seconds, would push the page's address out of sight.
        chatpress.logWarningsOnly();
        Clock clock = Application.clock();
        Instant start = clock.instant();
        var stopping = new AtomicBoolean();
        try (ShutdownHook shutdown = ShutdownHook.install();
                TemporaryDirectory temporary = TemporaryDirectory.create("chatpress-demo");
                SlackExport source = export == null ? SlackExport.demo() : SlackExport.open(export);
                var slack = ReplaySlackClient.withLength(Duration.ofMinutes(minutes), source, clock, start);
                Store store = Store.open(temporary.path().resolve("demo.db"), Application.lockHolder("demo"))) {
            Path folder = temporary.path();
            Path published = to == null ? folder.resolve("public") : to;
            Settings demo = export == null
                    ? DemoSettings.forStory(folder, start)
                    : DemoSettings.forExport(folder, slack, start);
            Settings settings = demo.withStorages(List.of(new DirectorySettings(published)));
            try (Application.Cycles cycles = Application.build(
                            new Application.Environment(
                                    () -> settings,
                                    clock,
                                    slack,
                                    new EventQueue(),
                                    Application.RemainingCalls.UNLIMITED,
                                    store,
                                    StorageSettings::storage,
                                    Application.epochs(),
                                    stopping::get),
                            CycleMode.DEMO);
                    DemoServer server = DemoServer.start(published, port)) {
                var incidents = new IncidentLog();
                var schedule = new CycleScheduler(
                        () -> incidents.log(cycles.cycle().run()),
                        () -> new CycleInterval(Optional.of(PAUSE), Optional.empty()),
                        Application.clock());
                shutdown.onStop(() -> {
                    stopping.set(true);
                    schedule.stop();
                });
                tell(server, published);
                schedule.runUntilStopped();
            }
        }
        return ChatpressCommand.OK;
    }

    private void refuseOddNumbers() {
        if (port < 0 || port > 65535) {
            throw ChatpressCommand.usageError(spec, "--port " + port + " is no port. Write a number up to 65535.");
        }
        if (minutes < 1) {
            throw ChatpressCommand.usageError(spec, "--minutes " + minutes + " is no time. Write 1 or more.");
        }
    }

    private void tell(DemoServer server, Path published) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("Open %s in a browser: the chat happens there, for about %d min.%n", server.address(), minutes);
        out.printf("The published files are in %s%n", published.toAbsolutePath());
        out.println(
                to == null
                        ? "Ctrl-C ends the demo and removes them. --to DIR keeps them."
                        : "Ctrl-C ends the demo. The files stay.");
    }
}
