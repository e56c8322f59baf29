package org.chatpress.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.chatpress.cli.Verb.Progress;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.ReloadingSettings;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.cycle.Cycle;
import org.chatpress.cycle.CycleScheduler;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.StoreException;
import org.chatpress.health.PrometheusTextfile;
import org.chatpress.poll.EventDrivenPoller.EventQueue;
import org.chatpress.slack.RateLimiter;
import org.chatpress.slack.SlackClient;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** Runs cycles until it is stopped. */
@Command(name = "run", description = "Runs cycles on the schedule until it is stopped (SIGTERM, Ctrl-C): chatpress run")
final class RunCommand extends Verb {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    private final AtomicBoolean stopping = new AtomicBoolean();
    private final IncidentLog incidents = new IncidentLog();
    private final PrometheusTextfile metrics = new PrometheusTextfile();
    private boolean isActive;
    private Runnable stop = () -> {};
    private int exitCode = ChatpressCommand.OK;

    @Override
    public Integer call() {
        ReloadingSettings settings = Application.reloadingSettings(chatpress().config());
        Settings atStart = settings.current();
        RateLimiter limiter = Application.nonBlockingLimiter();
        try (ShutdownHook shutdown = ShutdownHook.install()) {
            shutdown.onStop(() -> stopping.set(true), () -> {});
            while (!stopping.get()) {
                if (atStart.database() instanceof PostgresqlServer) {
                    metrics.delete(settings.current());
                }
                String holder = Application.lockHolder("run", atStart.database());
                try {
                    Store.openAsLeader(atStart.database(), holder, stopping::get)
                            .ifPresent(store -> lead(store, settings, limiter, shutdown));
                } catch (StoreException e) {
                    standByAgain(e);
                }
            }
            LOG.info("stopped");
        }
        return exitCode;
    }

    /**
     * Runs cycles until the program must stop, or until this process no longer leads.
     *
     * @param opened is closed at the end
     */
    private void lead(Store opened, ReloadingSettings settings, RateLimiter limiter, ShutdownHook shutdown) {
        Settings atStart = settings.current();
        var events = new EventQueue();
        var isLockLost = new AtomicBoolean();
        try (Store store = opened;
                SlackClient slack = Application.slack(atStart, limiter);
                Application.Cycles cycles = Application.build(
                        new Application.Environment(
                                settings::current,
                                Application.clock(),
                                slack,
                                events,
                                Application.RemainingCalls.of(limiter),
                                store,
                                StorageSettings::storage,
                                Application.epochs(),
                                () -> stopping.get() || isLockLost.get(),
                                Optional.empty()),
                        CycleMode.CONTINUOUS);
                Progress progress = Progress.start(cycles.cycle()::inProgress, Application.clock())) {
            var scheduler = new CycleScheduler(
                    () -> {
                        if (!isLockLost.get() && holdsLock(store)) {
                            runCycle(cycles.cycle(), settings, atStart, store);
                        }
                    },
                    () -> interval(settings),
                    Application.clock());
            stop = () -> {
                stopping.set(true);
                scheduler.stop();
            };
            shutdown.onStop(stop, slack::cancelCalls);
            store.onLockLost(() -> {
                isLockLost.set(true);
                scheduler.stop();
                slack.cancelCalls();
            });
            store.recordLeader(Application.clock().instant());
            LOG.info(
                    "publishing {} channels to {} storages",
                    atStart.channels().size(),
                    atStart.storages().size());
            events.onArrival(scheduler::runNow);
            Optional<Application.SocketMode> socketMode =
                    Application.socketMode(settings, limiter, slack, events, store);
            try {
                socketMode.ifPresent(Application.SocketMode::start);
                scheduler.runUntilStopped();
            } finally {
                socketMode.ifPresent(Application.SocketMode::close);
            }
        } catch (StoreException e) {
            if (!isLockLost.get()) {
                throw e;
            }
            LOG.info("a transaction was not committed: {}", e.getMessage());
        } finally {
            shutdown.onStop(() -> stopping.set(true), () -> {});
        }
    }

    /** The session with the lock ended before a cycle could report it. */
    private static void standByAgain(StoreException e) {
        if (!e.isSessionEnded()) {
            throw e;
        }
        LOG.warn("{}; standing by again", e.getMessage());
        LockSupport.parkNanos(RETRY_INTERVAL.toNanos());
    }

    /**
     * False if a file of SQLite was moved, deleted or replaced: its memory is lost, and another process may use the new
     * one. A process that no longer leads finds out by itself.
     */
    private boolean holdsLock(Store store) {
        try {
            store.verifyLock();
            return true;
        } catch (StoreException e) {
            if (store.isShared()) {
                LOG.warn("{}", e.getMessage());
                return false;
            }
            LOG.error("{}. {} Chatpress stops.", e.getMessage(), e.hint());
            exitCode = ChatpressCommand.WORK_FAILED;
            stop.run();
            return false;
        }
    }

    private CycleInterval interval(ReloadingSettings settings) {
        CycleInterval interval = settings.current().interval();
        return isActive ? interval.whileActive() : interval;
    }

    private void runCycle(Cycle cycle, ReloadingSettings settings, Settings atStart, Store store) {
        try {
            CycleReport report;
            do {
                report = cycle.run();
                isActive = report.isActive();
                incidents.log(report);
                if (report.hasNews()) {
                    LOG.info("cycle: {}", report.summary());
                }
                metrics.write(
                        settings.current(),
                        store,
                        report.startedAt(),
                        Application.clock().instant());
            } while (!report.backlog().isEmpty() && !stopping.get());
        } catch (StoreException e) {
            incidents.log(e);
        } catch (CancellationException e) {
            LOG.debug("the cycle ended early, because Chatpress stops: {}", e.getMessage());
            return;
        }
        settings.problem()
                .ifPresent(problem -> LOG.error(
                        "{}\nKeeping the last valid settings until the file is fixed.", problem.getMessage()));
        incidents.logRestartNeeded(atStart, settings.current());
    }
}
