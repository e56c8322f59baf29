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
    private final String receiver;
    private volatile boolean isClosed;

    /** Set when a cycle interrupts the request in progress, which got no response in time. */
    private volatile boolean hasTimedOut;

    private volatile Optional<Long> lastStepNanos = Optional.empty();
    private int failures;

    // All guarded by this.
    private boolean isRequested;
    private boolean isRunning;
    private Optional<Thread> threadInCycle = Optional.empty();
    private CycleReport done = new CycleReport(Instant.EPOCH);

    /**
     * @param what the name of its work in reports
     * @param receiver the name of the receiver in messages; contains no secret
     */
    protected BackgroundWorker(String what, String receiver) {
        this.what = what;
        this.receiver = receiver;
    }

    /**
     * Sends the next thing. Returns false if there is none.
     *
     * @throws RemoteException if that failed
     */
    protected abstract boolean step();

    /**
     * Saves that a step failed. Not called after the worker was closed, and not for a request that was given up because
     * the program ends.
     */
    protected void saveFailure(RemoteException failure) {}

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

    /** True if no request may be started: the worker was closed, or the time that it has in a cycle is over. */
    protected final boolean mustStop() {
        boolean isTooLate =
                lastStepNanos.filter(last -> System.nanoTime() - last >= 0).isPresent();
        return isClosed || hasTimedOut || isTooLate || Thread.currentThread().isInterrupted();
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

    /**
     * Takes steps on this thread until there is nothing to send, until a failure, or until it is too late for another step.
     *
     * @param lastStep the time until then
     */
    final void runInCycle(Duration lastStep) {
        synchronized (this) {
            if (threadInCycle.isPresent()) {
                // The run of an earlier cycle, which saves a failure longer than that cycle waited.
                done.deferWork();
                return;
            }
            threadInCycle = Optional.of(Thread.currentThread());
            hasTimedOut = false;
        }
        lastStepNanos = Optional.of(System.nanoTime() + lastStep.toNanos());
        try {
            runUntilIdle();
        } finally {
            synchronized (this) {
                threadInCycle = Optional.empty();
            }
        }
    }

    /** Ends the run in a cycle now: a request in progress has failed, since it had at least a second. */
    final synchronized void endInCycle() {
        hasTimedOut = true;
        threadInCycle.ifPresent(Thread::interrupt);
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

    /**
     * Takes steps until there is nothing to send, or until a failure.
     *
     * @return how long to wait after the failure; empty if there was none
     */
    private Optional<Duration> runUntilIdle() {
        while (!mustStop()) {
            try {
                if (!step()) {
                    return Optional.empty();
                }
                failures = 0;
                addSuccess();
            } catch (RemoteException e) {
                if (!hasTimedOut && Thread.currentThread().isInterrupted()) {
                    return Optional.empty();
                }
                RemoteException failure = e;
                if (hasTimedOut) {
                    // Not an interrupt of what follows.
                    Thread.interrupted();
                    failure = RemoteException.transientFailure(receiver + " does not answer in time", e);
                }
                addFailure(failure);
                Duration wait = waitAfter(failure, failures++);
                if (!wait.isZero()) {
                    return Optional.of(wait);
                }
            } catch (StoreException e) {
                // The cycles report it.
                LOG.debug("{} cannot read what to send: {}", what, e.getMessage());
                return Optional.of(MAX_IDLE);
            }
        }
        deferWork();
        return Optional.empty();
    }

    private synchronized void addSuccess() {
        done.addSuccess(what);
    }

    /** The settings may no longer name the receiver of a worker that was closed. */
    private synchronized void addFailure(RemoteException e) {
        if (!isClosed) {
            saveFailure(e);
            done.addFailure(what, e);
        }
    }

    private synchronized void deferWork() {
        done.deferWork();
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
