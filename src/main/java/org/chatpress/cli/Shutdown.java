package org.chatpress.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A clean end on SIGTERM and Ctrl-C: the program is asked to stop, given time to finish what it has in hand, and exits
 * with 0. Java would end it with 143 and in the middle of things.
 */
final class Shutdown {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook;

    private Shutdown(Runnable stop) {
        this.hook = new Thread(
                () -> {
                    stop.run();
                    await();
                    Runtime.getRuntime().halt(ChatpressCommand.FINE);
                },
                "shutdown");
    }

    /** From now on a signal runs {@code stop}, then waits until everything is closed. */
    static Closing on(Runnable stop) {
        var shutdown = new Shutdown(stop);
        Runtime.getRuntime().addShutdownHook(shutdown.hook);
        return shutdown.new Closing();
    }

    private void await() {
        try {
            over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The other end of it: says when everything is closed. */
    final class Closing implements AutoCloseable {
        private Closing() {}

        @Override
        public void close() {
            over.countDown();
        }
    }
}
