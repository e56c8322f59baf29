package org.chatpress.cli;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.DaemonThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a line every ten seconds while a cycle, an import or a rendering takes longer than that. */
final class ProgressLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Future<?> logging;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DaemonThreadFactory("progress"));

    /** @param inProgress the report of the current work; empty if there is none */
    ProgressLog(Supplier<Optional<CycleReport>> inProgress, Clock clock) {
        logging = timer.scheduleAtFixedRate(
                () -> line(inProgress.get(), clock).ifPresent(LOG::info),
                INTERVAL.toSeconds(),
                INTERVAL.toSeconds(),
                TimeUnit.SECONDS);
    }

    /** The line to log now; empty if no work has taken long. */
    static Optional<String> line(Optional<CycleReport> inProgress, Clock clock) {
        return inProgress.flatMap(report -> {
            Duration age = Duration.between(report.startedAt(), clock.instant());
            // The timer may be a little early.
            if (age.plusSeconds(1).compareTo(INTERVAL) < 0) {
                return Optional.empty();
            }
            String done = report.summary();
            return Optional.of("still working after %d s: %s"
                    .formatted(age.toSeconds(), done.isEmpty() ? "nothing new yet" : done));
        });
    }

    @Override
    public void close() {
        logging.cancel(false);
        timer.shutdownNow();
    }
}
