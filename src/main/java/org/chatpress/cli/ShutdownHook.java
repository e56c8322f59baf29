package org.chatpress.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the program cleanly on SIGTERM and Ctrl-C: asks it to stop, waits until it has finished its current work and closed
 * everything, and exits with 0. Without it, Java would exit with 143 in the middle of the work.
 *
 * <p>Install it first, so that it is closed last.
 */
final class ShutdownHook implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 60;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stopAndWait, "shutdown");
    private Runnable stop = () -> {};
    private boolean signalled;

    private ShutdownHook() {}

    static ShutdownHook install() {
        var shutdown = new ShutdownHook();
        Runtime.getRuntime().addShutdownHook(shutdown.hook);
        return shutdown;
    }

    /** Sets what a signal runs before it waits for the close; runs it at once if a signal has already arrived. */
    synchronized void onStop(Runnable action) {
        stop = action;
        if (signalled) {
            action.run();
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
        try {
            closed.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(ChatpressCommand.OK);
    }
}
