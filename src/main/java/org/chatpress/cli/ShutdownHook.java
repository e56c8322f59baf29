package org.chatpress.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A clean end on SIGTERM and Ctrl-C: the program is asked to stop, given time to finish what it has in hand and to close
 * what is open, and exits with 0. Java would end it with 143 and in the middle of things.
 *
 * <p>Make it first, so that it is closed last.
 */
final class ShutdownHook implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stopAndWait, "shutdown");
    private Runnable stop = () -> {};
    private boolean signalled;

    private ShutdownHook() {}

    static ShutdownHook install() {
        var shutdown = new ShutdownHook();
        Runtime.getRuntime().addShutdownHook(shutdown.hook);
        return shutdown;
    }

    /** A signal runs this, then waits until everything is closed; a signal that has come already runs it now. */
    synchronized void onStop(Runnable work) {
        stop = work;
        if (signalled) {
            work.run();
        }
    }

    /** Everything is closed. */
    @Override
    public void close() {
        over.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // A signal came: the hook is at work, and ends the program.
        }
    }

    private synchronized void stopNow() {
        signalled = true;
        stop.run();
    }

    private void stopAndWait() {
        stopNow();
        try {
            over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(ChatpressCommand.OK);
    }
}
