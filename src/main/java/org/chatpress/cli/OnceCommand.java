package org.chatpress.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.slack.RateLimiter;
import org.chatpress.slack.SlackClient;
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
        Settings settings = SettingsLoader.read(chatpress.config(), Application.environment());
        RateLimiter limiter = Application.blockingLimiter();
        boolean dry = chatpress.isDryRun();
        if (dry) {
            chatpress.logWarningsOnly();
        }
        Function<StorageSettings, Storage> storages = dry ? Application.dryRunStorages(out) : StorageSettings::storage;
        try (Store store = dry
                        ? Store.copy(settings.database())
                        : Store.open(settings.database(), Application.lockHolder("once"));
                SlackClient slack = Application.slack(settings, limiter);
                Application.Cycles cycles = Application.build(
                        Application.Environment.of(settings, slack, store, storages)
                                .withRemainingCalls(Application.RemainingCalls.of(limiter)),
                        dry ? CycleMode.DRY_RUN : CycleMode.ONCE)) {
            CycleReport report = cycles.cycle().run();
            new IncidentLog().log(report);
            if (!dry) {
                new PrometheusTextfile().write(settings, store, report.startedAt());
            }
            String line = report.summary();
            out.println(line.isEmpty() ? "nothing new" : (dry ? "would be: " : "") + line);
            return report.isComplete() ? ChatpressCommand.OK : ChatpressCommand.WORK_FAILED;
        }
    }
}
