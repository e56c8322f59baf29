package org.chatpress.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.chatpress.config.ReloadingSettings;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.cycle.BackgroundTasks.ExecutionMode;
import org.chatpress.cycle.Cycle;
import org.chatpress.cycle.CycleScheduler;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.StoreException;
import org.chatpress.poll.EventQueue;
import org.chatpress.poll.PollScheduler.PollMode;
import org.chatpress.publish.OwnershipCheck.ConflictPolicy;
import org.chatpress.publish.PublishService.RetryPolicy;
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
    private final IncidentLog troubles = new IncidentLog();
    private final PrometheusTextfile metrics = new PrometheusTextfile();
    private boolean talking;

    @Override
    public Integer call() {
        if (chatpress.isDryRun()) {
            throw ChatpressCommand.badCall(
                    spec, "run --dry-run cannot be. Use once --dry-run to see what a cycle would do.");
        }
        ReloadingSettings live = Application.liveSettings(chatpress.config());
        Settings first = live.current();
        RateLimiter limiter = Application.limiterThatNeverWaits();
        var bells = new EventQueue();
        try (ShutdownHook shutdown = ShutdownHook.prepared();
                Store store = Store.open(first.database(), Application.holder("run"));
                SlackClient slack = Application.slack(first, limiter);
                Application.RunningApplication press = Application.press(
                        live::current,
                        Application.clock(),
                        slack,
                        bells,
                        PollMode.IN_TURN,
                        Application.RateLimitView.of(limiter),
                        store,
                        StorageSettings::storage,
                        RetryPolicy.RESPECTED,
                        ConflictPolicy.TAKES_OVER,
                        ExecutionMode.BESIDE_CYCLES,
                        stopping::get)) {
            Optional<SocketModeClient> doorbell = Application.doorbell(first, limiter, bells);
            var schedule = new CycleScheduler(
                    () -> turn(press.cycle(), live, first, store), () -> cadence(live), Application.clock());
            shutdown.stopWith(() -> {
                stopping.set(true);
                schedule.stop();
            });
            LOG.info(
                    "publishing {} channels to {} storages",
                    first.channels().size(),
                    first.publish().size());
            bells.wakes(schedule::now);
            doorbell.ifPresent(SocketModeClient::start);
            try {
                schedule.runUntilStopped();
            } finally {
                doorbell.ifPresent(SocketModeClient::close);
            }
            LOG.info("stopped");
        }
        return ChatpressCommand.FINE;
    }

    private CycleInterval cadence(ReloadingSettings live) {
        CycleInterval cadence = live.current().cadence();
        return talking ? cadence.whileTalking() : cadence;
    }

    private void turn(Cycle cycle, ReloadingSettings live, Settings first, Store store) {
        try {
            CycleReport report = cycle.run();
            talking = report.isTalking();
            troubles.tell(report);
            if (report.hasNews()) {
                LOG.info("cycle: {}", report.line());
            }
            metrics.write(live.current(), store, report.startedAt());
        } catch (StoreException e) {
            troubles.tell(e);
        }
        live.trouble()
                .ifPresent(broken -> LOG.error(
                        "{}\nThe settings that were read last stay in force until the file is mended.",
                        broken.getMessage()));
        troubles.tellOfRestart(first, live.current());
    }
}
