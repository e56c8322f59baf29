package org.chatpress.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.chatpress.config.LiveSettings;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.Cadence;
import org.chatpress.cycle.BackRoom.Pace;
import org.chatpress.cycle.Bells;
import org.chatpress.cycle.Cycle;
import org.chatpress.cycle.CycleReport;
import org.chatpress.cycle.DeliveryRoom.Waiting;
import org.chatpress.cycle.Rounds.Manner;
import org.chatpress.cycle.Scout.Arrival;
import org.chatpress.failure.StoreFailure;
import org.chatpress.schedule.Schedule;
import org.chatpress.slack.Doorbell;
import org.chatpress.slack.Limiter;
import org.chatpress.slack.Slack;
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
    private final TroubleLog troubles = new TroubleLog();
    private final MetricsFile metrics = new MetricsFile();
    private boolean talking;

    @Override
    public Integer call() {
        if (chatpress.isDryRun()) {
            throw ChatpressCommand.badCall(
                    spec, "run --dry-run cannot be. Use once --dry-run to see what a cycle would do.");
        }
        LiveSettings live = Wiring.liveSettings(chatpress.config());
        Settings first = live.current();
        Limiter limiter = Wiring.limiterThatNeverWaits();
        var bells = new Bells();
        try (Shutdown shutdown = Shutdown.prepared();
                Store store = Store.open(first.database(), Wiring.holder("run"));
                Slack slack = Wiring.slack(first, limiter);
                Wiring.Press press = Wiring.press(
                        live::current,
                        Wiring.clock(),
                        slack,
                        bells,
                        Manner.IN_TURN,
                        Wiring.CallsLeft.of(limiter),
                        store,
                        StorageSettings::storage,
                        Waiting.RESPECTED,
                        Arrival.TAKES_OVER,
                        Pace.BESIDE_CYCLES,
                        stopping::get)) {
            Optional<Doorbell> doorbell = Wiring.doorbell(first, limiter, bells);
            var schedule =
                    new Schedule(() -> turn(press.cycle(), live, first, store), () -> cadence(live), Wiring.clock());
            shutdown.stopWith(() -> {
                stopping.set(true);
                schedule.stop();
            });
            LOG.info(
                    "publishing {} channels to {} storages",
                    first.channels().size(),
                    first.publish().size());
            bells.wakes(schedule::now);
            doorbell.ifPresent(Doorbell::start);
            try {
                schedule.runUntilStopped();
            } finally {
                doorbell.ifPresent(Doorbell::close);
            }
            LOG.info("stopped");
        }
        return ChatpressCommand.FINE;
    }

    private Cadence cadence(LiveSettings live) {
        Cadence cadence = live.current().cadence();
        return talking ? cadence.whileTalking() : cadence;
    }

    private void turn(Cycle cycle, LiveSettings live, Settings first, Store store) {
        try {
            CycleReport report = cycle.run();
            talking = report.isTalking();
            troubles.tell(report);
            if (report.hasNews()) {
                LOG.info("cycle: {}", report.line());
            }
            metrics.write(live.current(), store, report.startedAt());
        } catch (StoreFailure e) {
            troubles.tell(e);
        }
        live.trouble()
                .ifPresent(broken -> LOG.error(
                        "{}\nThe settings that were read last stay in force until the file is mended.",
                        broken.getMessage()));
        troubles.tellOfRestart(first, live.current());
    }
}
