package org.chatpress.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.chatpress.config.ReloadingSettings;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.cycle.Cycle;
import org.chatpress.cycle.CycleScheduler;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.StoreException;
import org.chatpress.poll.EventQueue;
import org.chatpress.slack.RateLimiter;
import org.chatpress.slack.SlackClient;
import org.chatpress.slack.SocketModeClient;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Cycles until it is told to stop. */
@Command(
        name = "run",
        description = "Runs cycles on the schedule until it is stopped (SIGTERM, Ctrl-C): chatpress run",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @ParentCommand
    private ChatpressCommand chatpress;

    @Spec
    private CommandSpec spec;

    private final AtomicBoolean stopping = new AtomicBoolean();
    private final IncidentLog incidents = new IncidentLog();
    private final PrometheusTextfile metrics = new PrometheusTextfile();
    private boolean talking;

    @Override
    public Integer call() {
        if (chatpress.isDryRun()) {
            throw ChatpressCommand.usageError(
                    spec, "run --dry-run cannot be. Use once --dry-run to see what a cycle would do.");
        }
        ReloadingSettings reloading = Application.reloadingSettings(chatpress.config());
        Settings first = reloading.current();
        RateLimiter limiter = Application.nonBlockingLimiter();
        var events = new EventQueue();
        try (ShutdownHook shutdown = ShutdownHook.install();
                Store store = Store.open(first.database(), Application.lockHolder("run"));
                SlackClient slack = Application.slack(first, limiter);
                Application.Cycles cycles = Application.build(
                        new Application.Environment(
                                reloading::current,
                                Application.clock(),
                                slack,
                                events,
                                Application.RemainingCalls.of(limiter),
                                store,
                                StorageSettings::storage,
                                Application.epochs(),
                                stopping::get),
                        CycleMode.CONTINUOUS)) {
            Optional<SocketModeClient> socketMode = Application.socketMode(first, limiter, events);
            var schedule = new CycleScheduler(
                    () -> turn(cycles.cycle(), reloading, first, store), () -> cadence(reloading), Application.clock());
            shutdown.onStop(() -> {
                stopping.set(true);
                schedule.stop();
            });
            LOG.info(
                    "publishing {} channels to {} storages",
                    first.channels().size(),
                    first.storages().size());
            events.onArrival(schedule::runNow);
            socketMode.ifPresent(SocketModeClient::start);
            try {
                schedule.runUntilStopped();
            } finally {
                socketMode.ifPresent(SocketModeClient::close);
            }
            LOG.info("stopped");
        }
        return ChatpressCommand.OK;
    }

    private CycleInterval cadence(ReloadingSettings reloading) {
        CycleInterval interval = reloading.current().interval();
        return talking ? interval.whileActive() : interval;
    }

    private void turn(Cycle cycle, ReloadingSettings reloading, Settings first, Store store) {
        try {
            CycleReport report = cycle.run();
            talking = report.isActive();
            incidents.log(report);
            if (report.hasNews()) {
                LOG.info("cycle: {}", report.summary());
            }
            metrics.write(reloading.current(), store, report.startedAt());
        } catch (StoreException e) {
            incidents.log(e);
        }
        reloading
                .problem()
                .ifPresent(broken -> LOG.error(
                        "{}\nThe settings that were read last stay in force until the file is mended.",
                        broken.getMessage()));
        incidents.logRestartNeeded(first, reloading.current());
    }
}
