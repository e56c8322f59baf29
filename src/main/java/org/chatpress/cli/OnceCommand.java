package org.chatpress.cli;

import java.util.Optional;
import org.chatpress.cli.Verb.DryRunOption;
import org.chatpress.cli.Verb.Progress;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.StoreException;
import org.chatpress.health.PrometheusTextfile;
import org.chatpress.poll.EventDrivenPoller.EventQueue;
import org.chatpress.slack.RateLimiter;
import org.chatpress.slack.SlackClient;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs one cycle. */
@Command(name = "once", description = "Runs one cycle and exits, for cron and Kubernetes: chatpress once")
final class OnceCommand extends Verb {
    @Mixin
    private DryRunOption dryRun;

    @Override
    public Integer call() {
        Settings settings = readSettings();
        RateLimiter limiter = Application.blockingLimiter();
        if (dryRun.isSet()) {
            chatpress().logWarningsOnly();
        }
        try (Store store = dryRun.openStore(settings, "once");
                SlackClient slack = Application.slack(settings, limiter);
                Application.Cycles cycles = Application.build(
                        new Application.Environment(
                                () -> settings,
                                Application.clock(),
                                slack,
                                new EventQueue(),
                                Application.RemainingCalls.of(limiter),
                                store,
                                dryRun.storages(out(), StorageSettings::storage),
                                Application.epochs(),
                                () -> false,
                                dryRun.isSet() ? Optional.of(out()) : Optional.empty()),
                        dryRun.isSet() ? CycleMode.DRY_RUN : CycleMode.ONCE);
                Progress progress = Progress.start(cycles.cycle()::inProgress, Application.clock())) {
            CycleReport report = cycles.cycle().run();
            progress.close();
            if (dryRun.isSet()) {
                report.incidents().forEach(incident -> out().println("failed: " + incident.descriptionWithHint()));
                out().println("dry run: " + report.dryRunSummary());
            } else {
                new IncidentLog().log(report);
                new PrometheusTextfile()
                        .write(
                                settings,
                                store,
                                report.startedAt(),
                                Application.clock().instant());
                out().println(report.summary().isEmpty() ? "nothing new" : report.summary());
            }
            return report.isComplete() ? ChatpressCommand.OK : ChatpressCommand.WORK_FAILED;
        } catch (StoreException e) {
            if (!e.isInUse() || !(settings.database() instanceof PostgresqlServer)) {
                throw e;
            }
            // Several processes may share it; the one that leads does the work.
            out().println(e.getMessage() + ", which runs the cycles; nothing to do");
            return ChatpressCommand.OK;
        }
    }
}
