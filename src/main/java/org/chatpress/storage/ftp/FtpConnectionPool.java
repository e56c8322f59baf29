package org.chatpress.storage.ftp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The connections to one server, opened when they are needed and kept for as long as the server keeps them. Many servers
 * let a user in only so many times: where one more is refused, those that are there must do.
 */
final class FtpConnectionPool {
    static final int MAX_CONNECTIONS = 4;

    private final FtpSettings settings;
    private final Supplier<SSLContext> trust;
    private final Duration answering;
    private final Deque<FtpConnection> idle = new ArrayDeque<>();
    private int open;
    private int allowed = MAX_CONNECTIONS;

    /** @param answering as for {@link FtpConnection#connect} */
    FtpConnectionPool(FtpSettings settings, Supplier<SSLContext> trust, Duration answering) {
        this.settings = settings;
        this.trust = trust;
        this.answering = answering;
    }

    interface Work<T> {
        T on(FtpConnection ftp) throws IOException;
    }

    interface Recovery {
        void on(FtpConnection ftp) throws IOException;
    }

    private record Lease(FtpConnection ftp, boolean isReused) {}

    /**
     * Does what may be done twice: a kept connection that turns out to be dead costs one more try.
     *
     * @throws FtpReplyException if the server said no; the connection is still good
     */
    <T> T use(Work<T> work) throws IOException {
        while (true) {
            Lease taken = take();
            boolean isGood = false;
            try {
                T result = work.on(taken.ftp());
                isGood = true;
                return result;
            } catch (FtpReplyException refusal) {
                isGood = true;
                throw refusal;
            } catch (IOException e) {
                if (!taken.isReused()) {
                    throw e;
                }
            } finally {
                giveBack(taken.ftp(), isGood);
            }
        }
    }

    /** Mends on a new connection what was begun on one that broke. */
    void recover(Recovery work) throws IOException {
        FtpConnection ftp = FtpConnection.connect(settings, trust, answering);
        try {
            work.on(ftp);
        } finally {
            ftp.close();
        }
    }

    /** Says good-bye on all that are not in use. */
    synchronized void close() {
        open -= idle.size();
        idle.forEach(FtpConnection::close);
        idle.clear();
        allowed = MAX_CONNECTIONS;
    }

    private Lease take() throws IOException {
        while (true) {
            FtpConnection kept = keptOrNone();
            if (kept != null) {
                return new Lease(kept, true);
            }
            try {
                return new Lease(FtpConnection.connect(settings, trust, answering), false);
            } catch (IOException e) {
                if (!othersMustDo(e)) {
                    throw e;
                }
            }
        }
    }

    /** Waits for one to be given back where no more are allowed; none: the caller may open one. */
    private synchronized FtpConnection keptOrNone() throws IOException {
        while (idle.isEmpty() && open >= allowed) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
        if (idle.isEmpty()) {
            open++;
        }
        return idle.poll();
    }

    private synchronized boolean othersMustDo(IOException refused) {
        open--;
        notifyAll();
        // A server that is silent is no server that has enough of us
        if (open == 0 || refused instanceof SocketTimeoutException) {
            return false;
        }
        allowed = open;
        return true;
    }

    private synchronized void giveBack(FtpConnection ftp, boolean isGood) {
        if (isGood) {
            idle.push(ftp);
        } else {
            // Those that were idle for longer are dead too
            idle.forEach(FtpConnection::disconnect);
            ftp.disconnect();
            open -= idle.size() + 1;
            idle.clear();
        }
        if (open == 0) {
            allowed = MAX_CONNECTIONS;
        }
        notifyAll();
    }
}
