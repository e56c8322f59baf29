package org.chatpress.cycle.context;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends one receiver what the database keeps for it, step by step, on a thread of {@link BackgroundWorkers}. */
public abstract class BackgroundWorker {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundWorker.class);

    private static final Duration MAX_IDLE = Duration.ofSeconds(1);

    private final String what;
    private volatile boolean isClosed;
    private int failures;

    // All guarded by this.
    private boolean isRequested;
    private boolean isRunning;
    private CycleReport done = new CycleReport(Instant.EPOCH);

    /** @param what the name of its work in reports */
    protected BackgroundWorker(String what) {
        this.what = what;
    }

    /**
     * Sends the next thing. Returns false if there is none.
     *
     * @throws RemoteException if that failed
     */
    protected abstract boolean step();

    /**
     * How long to wait before the next step.
     *
     * @param earlierFailures those in a row before this one
     */
    protected abstract Duration waitAfter(RemoteException failure, int earlierFailures);

    /** The thread has ended, or there was none. */
    protected void onEnd() {}

    protected final boolean isClosed() {
        return isClosed;
    }

    /** Works from now on until it is closed. Looks at once for something to send. */
    final synchronized void start(Executor threads) {
        isRequested = true;
        notifyAll();
        if (!isRunning && !isClosed) {
            isRunning = true;
            threads.execute(this::run);
        }
    }

    /** What the worker did since the last call. */
    final synchronized CycleReport takeDone() {
        CycleReport taken = done;
        done = new CycleReport(Instant.EPOCH);
        return taken;
    }

    /** Starts no other request. To end the current one, interrupt its thread. */
    final synchronized void close() {
        isClosed = true;
        notifyAll();
        if (!isRunning) {
            onEnd();
        }
    }

    private void run() {
        try {
            while (!mustStop()) {
                waitFor(runUntilIdle());
            }
        } finally {
            synchronized (this) {
                isRunning = false;
            }
            onEnd();
        }
    }

    private boolean mustStop() {
        return isClosed || Thread.currentThread().isInterrupted();
    }

    /**
     * Takes steps until there is nothing to send, or until a failure.
     *
     * @return how long to wait after the failure; empty if there was none
     */
    final Optional<Duration> runUntilIdle() {
        while (!mustStop()) {
            try {
                if (!step()) {
                    return Optional.empty();
                }
                failures = 0;
                addSuccess();
            } catch (RemoteException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return Optional.empty();
                }
                addFailure(e);
                Duration wait = waitAfter(e, failures++);
                if (!wait.isZero()) {
                    return Optional.of(wait);
                }
            } catch (StoreException e) {
                // The cycles report it.
                LOG.debug("{} cannot read what to send: {}", what, e.getMessage());
                return Optional.of(MAX_IDLE);
            }
        }
        return Optional.empty();
    }

    private synchronized void addSuccess() {
        done.addSuccess(what);
    }

    private synchronized void addFailure(RemoteException e) {
        done.addFailure(what, e);
    }

    /** After a failure, a request of a cycle does not shorten the wait. */
    private synchronized void waitFor(Optional<Duration> failureWait) {
        long end = System.nanoTime() + failureWait.orElse(MAX_IDLE).toNanos();
        try {
            for (long left = end - System.nanoTime();
                    left > 0 && !isClosed && !(isRequested && failureWait.isEmpty());
                    left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        isRequested = false;
    }
}
