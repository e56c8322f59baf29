package org.chatpress.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends one receiver what there is to send, on a thread of its own. */
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private static final Duration MAX_IDLE = Duration.ofSeconds(1);

    private final String receiver;
    private final BooleanSupplier step;
    private final IntFunction<Duration> waitAfterFailures;
    private volatile boolean isClosed;

    // All guarded by this.
    private boolean isRequested;
    private boolean isRunning;
    private CycleReport done = new CycleReport(Instant.EPOCH);

    /**
     * @param receiver its name in reports
     * @param step sends one thing; returns false if there is none, and throws {@link RemoteException} if that failed
     * @param waitAfterFailures how long to wait before the next step after so many failures in a row
     */
    Worker(String receiver, BooleanSupplier step, IntFunction<Duration> waitAfterFailures) {
        this.receiver = receiver;
        this.step = step;
        this.waitAfterFailures = waitAfterFailures;
    }

    /** Looks at once for something to send; starts the thread if there is none. */
    synchronized void start(Executor threads, boolean untilIdle) {
        isRequested = true;
        notifyAll();
        if (!isRunning && !isClosed) {
            isRunning = true;
            threads.execute(() -> run(untilIdle));
        }
    }

    /** Waits until this time for the thread to end; false if it has not. */
    synchronized boolean hasEnded(long nanoTime) {
        waitWhile(() -> isRunning, nanoTime);
        return !isRunning;
    }

    /** What the worker did since the last call. */
    synchronized CycleReport takeDone() {
        CycleReport taken = done;
        done = new CycleReport(Instant.EPOCH);
        return taken;
    }

    /** Starts no other request. To end the current one, interrupt its thread. */
    synchronized void close() {
        isClosed = true;
        notifyAll();
    }

    private void run(boolean untilIdle) {
        int failures = 0;
        try {
            while (!isClosed && !Thread.currentThread().isInterrupted()) {
                try {
                    if (step.getAsBoolean()) {
                        failures = 0;
                        addSuccess();
                    } else if (untilIdle) {
                        return;
                    } else {
                        waitForRequest();
                    }
                } catch (RemoteException e) {
                    addFailure(e);
                    Duration wait = waitAfterFailures.apply(failures++);
                    if (untilIdle && !wait.isZero()) {
                        return;
                    }
                    waitFor(wait);
                } catch (StoreException e) {
                    // The cycles report it.
                    LOG.debug("cannot read what to send: {}", e.getMessage());
                    waitFor(MAX_IDLE);
                }
            }
        } finally {
            synchronized (this) {
                isRunning = false;
                notifyAll();
            }
        }
    }

    private synchronized void addSuccess() {
        done.addSuccess(receiver);
    }

    private synchronized void addFailure(RemoteException e) {
        if (!isClosed) {
            done.addFailure(receiver, e);
        }
    }

    private synchronized void waitForRequest() {
        waitWhile(() -> !isRequested && !isClosed, System.nanoTime() + MAX_IDLE.toNanos());
        isRequested = false;
    }

    /** Requests do not shorten the wait after a failure. */
    private synchronized void waitFor(Duration wait) {
        waitWhile(() -> !isClosed, System.nanoTime() + wait.toNanos());
    }

    private synchronized void waitWhile(BooleanSupplier condition, long end) {
        try {
            for (long left = end - System.nanoTime();
                    left > 0 && condition.getAsBoolean();
                    left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
