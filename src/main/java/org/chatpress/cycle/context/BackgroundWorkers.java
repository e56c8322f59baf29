package org.chatpress.cycle.context;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.chatpress.cycle.context.CycleMode.Background;
import org.chatpress.error.ErrorMessages;
import org.chatpress.model.DaemonThreadFactory;

/**
 * A worker for each receiver in the settings, each on a thread of its own: a receiver that does not answer delays neither
 * a cycle nor another receiver.
 *
 * @param <K> identifies a receiver by its settings
 */
public final class BackgroundWorkers<K> implements AutoCloseable {
    private static final Duration MAX_IN_CYCLE = Duration.ofSeconds(5);

    private final ExecutorService threads;
    private final Background mode;
    private final Map<K, BackgroundWorker> workers = new HashMap<>();

    /** @param mode if the workers do not work beside the cycles, each cycle waits for them for a few seconds */
    public BackgroundWorkers(String threadName, Background mode) {
        this.threads = Executors.newCachedThreadPool(new DaemonThreadFactory(threadName));
        this.mode = mode;
    }

    /** Closes the workers of receivers that are gone from the settings, and makes those of new receivers. */
    public void update(Map<K, Supplier<BackgroundWorker>> receivers) {
        workers.entrySet().removeIf(entry -> {
            boolean isRemoved = !receivers.containsKey(entry.getKey());
            if (isRemoved) {
                entry.getValue().close();
            }
            return isRemoved;
        });
        receivers.forEach((receiver, worker) -> workers.computeIfAbsent(receiver, added -> worker.get()));
    }

    /** Lets the workers send what there is to send, and reports what they did since the last cycle. */
    public void run(CycleReport report) {
        if (mode == Background.BESIDE_CYCLES) {
            workers.values().forEach(worker -> worker.start(threads));
        } else if (!runWithinCycle()) {
            report.deferWork();
        }
        workers.values().forEach(worker -> report.addAll(worker.takeDone()));
    }

    /** Gives up the requests in progress. */
    @Override
    public void close() {
        workers.values().forEach(BackgroundWorker::close);
        threads.shutdownNow();
    }

    /** False if a worker did not end in time and was interrupted. */
    private boolean runWithinCycle() {
        List<Callable<Optional<Duration>>> runs = workers.values().stream()
                .<Callable<Optional<Duration>>>map(worker -> worker::runUntilIdle)
                .toList();
        boolean isComplete = true;
        try {
            for (Future<?> run : threads.invokeAll(runs, MAX_IN_CYCLE.toMillis(), TimeUnit.MILLISECONDS)) {
                if (run.isCancelled()) {
                    isComplete = false;
                } else {
                    run.get();
                }
            }
            return isComplete;
        } catch (ExecutionException e) {
            throw ErrorMessages.unchecked(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
