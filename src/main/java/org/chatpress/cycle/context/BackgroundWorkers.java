package org.chatpress.cycle.context;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    /** How long a cycle waits for the workers. */
    private static final Duration MAX_IN_CYCLE = Duration.ofSeconds(5);

    /** Until when they take steps then, so that each request has a second. */
    private static final Duration LAST_STEP_IN_CYCLE = Duration.ofSeconds(4);

    private static final Duration TO_SAVE_A_FAILURE = Duration.ofSeconds(1);

    private final ExecutorService threads;
    private final Background mode;
    private final Map<K, BackgroundWorker> workers = new HashMap<>();
    private final Map<BackgroundWorker, Future<?>> inCycle = new HashMap<>();
    private long startNanos;

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

    /** Lets the workers send what there is to send. */
    public void start() {
        startNanos = System.nanoTime();
        for (BackgroundWorker worker : workers.values()) {
            if (mode == Background.BESIDE_CYCLES) {
                worker.start(threads);
            } else {
                inCycle.put(worker, threads.submit(() -> worker.runInCycle(LAST_STEP_IN_CYCLE)));
            }
        }
    }

    /**
     * Reports what the workers did since the last call. Unless they work beside the cycles, waits for them until a few
     * seconds after {@link #start}; a request that has no response by then has failed.
     */
    public void finish(CycleReport report) {
        for (BackgroundWorker worker : inCycle.keySet()) {
            if (!hasEnded(worker, MAX_IN_CYCLE)) {
                worker.endInCycle();
            }
        }
        for (BackgroundWorker worker : inCycle.keySet()) {
            if (!hasEnded(worker, MAX_IN_CYCLE.plus(TO_SAVE_A_FAILURE))) {
                report.deferWork();
            }
        }
        inCycle.clear();
        workers.values().forEach(worker -> report.addAll(worker.takeDone()));
    }

    /** Waits for a worker until this time after the start. */
    private boolean hasEnded(BackgroundWorker worker, Duration afterStart) {
        long left = afterStart.toNanos() - (System.nanoTime() - startNanos);
        try {
            inCycle.get(worker).get(left, TimeUnit.NANOSECONDS);
            return true;
        } catch (CancellationException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw ErrorMessages.unchecked(e.getCause());
        } catch (InterruptedException e) {
            // Not a failure of the receiver: the program ends.
            inCycle.get(worker).cancel(true);
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Gives up the requests in progress. */
    @Override
    public void close() {
        workers.values().forEach(BackgroundWorker::close);
        threads.shutdownNow();
    }
}
