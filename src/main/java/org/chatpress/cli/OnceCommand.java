package org.chatpress.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsFile;
import org.chatpress.cycle.BackRoom.Pace;
import org.chatpress.cycle.Bells;
import org.chatpress.cycle.CycleReport;
import org.chatpress.cycle.DeliveryRoom.Waiting;
import org.chatpress.cycle.Rounds.Manner;
import org.chatpress.cycle.Scout.Arrival;
import org.chatpress.slack.Limiter;
import org.chatpress.slack.Slack;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** One cycle. */
@Command(
        name = "once",
        description = "Runs one cycle, for cron and Kubernetes: chatpress once",
        mixinStandardHelpOptions = true)
final class OnceCommand implements Callable<Integer> {
    @ParentCommand
    private ChatpressCommand chatpress;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Settings settings = SettingsFile.read(chatpress.config(), Wiring.environment());
        Limiter limiter = Wiring.limiterThatWaits();
        boolean dry = chatpress.isDryRun();
        if (dry) {
            chatpress.tellTroublesOnly();
        }
        Function<StorageSettings, Storage> storages = dry ? Wiring.printing(out) : StorageSettings::storage;
        try (Store store =
                        dry ? Store.copy(settings.database()) : Store.open(settings.database(), Wiring.holder("once"));
                Slack slack = Wiring.slack(settings, limiter);
                Wiring.Press press = Wiring.press(
                        () -> settings,
                        Wiring.clock(),
                        slack,
                        new Bells(),
                        Manner.ALL,
                        Wiring.CallsLeft.of(limiter),
                        store,
                        storages,
                        Waiting.IGNORED,
                        Arrival.WAITS,
                        dry ? Pace.NEVER : Pace.WITHIN_THE_CYCLE,
                        () -> false)) {
            CycleReport report = press.cycle().run();
            new TroubleLog().tell(report);
            if (!dry) {
                new MetricsFile().write(settings, store, report.startedAt());
            }
            String line = report.line();
            out.println(line.isEmpty() ? "nothing new" : (dry ? "would be: " : "") + line);
            return report.isGood() ? ChatpressCommand.FINE : ChatpressCommand.WORK_FAILED;
        }
    }
}
