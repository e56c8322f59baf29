package org.chatpress.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the program cleanly on SIGTERM and Ctrl-C: asks it to stop, cuts the calls that are still in progress after two
 * seconds, waits until everything is closed, and exits with 0. A program that does not end within ten seconds is halted,
 * with 1. Without the hook, Java would exit with 143 in the middle of the work.
 *
 * <p>Install it first, so that it is closed last.
 */
final class ShutdownHook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShutdownHook.class);

    private static final long CUT_AFTER_SECONDS = 2;

    /** Less than {@code stop_grace_period} in examples/compose and than the grace period of Kubernetes, 30 s. */
    private static final long HALT_AFTER_SECONDS = 10;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stopAndWait, "shutdown");
    private Runnable stop = () -> {};
    private volatile Runnable cut = () -> {};
    private boolean signalled;

    private ShutdownHook() {}

    static ShutdownHook install() {
        var shutdown = new ShutdownHook();
        Runtime.getRuntime().addShutdownHook(shutdown.hook);
        return shutdown;
    }

    /**
     * Sets what a signal runs; runs it at once if a signal has already arrived.
     *
     * @param stopAction starts no other work
     * @param cutAction cuts the calls in progress
     */
    synchronized void onStop(Runnable stopAction, Runnable cutAction) {
        stop = stopAction;
        cut = cutAction;
        if (signalled) {
            stopAction.run();
        }
    }

    /** To be called once everything else is closed; lets a waiting signal end the program. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // A signal has arrived: the hook is running and ends the program.
        }
    }

    private synchronized void stopNow() {
        signalled = true;
        stop.run();
    }

    private void stopAndWait() {
        stopNow();
        boolean isClosed = awaitClose(CUT_AFTER_SECONDS);
        if (!isClosed) {
            cut.run();
            isClosed = awaitClose(HALT_AFTER_SECONDS - CUT_AFTER_SECONDS);
        }
        if (!isClosed) {
            LOG.error(
                    "not stopped after {} s, so the process is halted; the next start continues the work",
                    HALT_AFTER_SECONDS);
        }
        Runtime.getRuntime().halt(isClosed ? ChatpressCommand.OK : ChatpressCommand.WORK_FAILED);
    }

    private boolean awaitClose(long seconds) {
        try {
            return closed.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
