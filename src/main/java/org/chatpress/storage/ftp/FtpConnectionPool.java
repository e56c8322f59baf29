package org.chatpress.storage.ftp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.chatpress.storage.Storage.Content.ReadException;
import org.chatpress.storage.ftp.FtpConnection.FtpReplyException;

/**
 * Connections to one FTP server, opened on demand and kept open. Many servers limit the connections of a user: if one more
 * is refused, the pool makes do with those that are open.
 */
final class FtpConnectionPool {
    static final int MAX_CONNECTIONS = 4;

    private final FtpSettings settings;
    private final Supplier<SSLContext> sslContexts;
    private final Duration timeout;
    private final Deque<FtpConnection> idle = new ArrayDeque<>();
    private int open;
    private int maxOpen = MAX_CONNECTIONS;

    /** @param timeout see {@link FtpConnection#connect} */
    FtpConnectionPool(FtpSettings settings, Supplier<SSLContext> sslContexts, Duration timeout) {
        this.settings = settings;
        this.sslContexts = sslContexts;
        this.timeout = timeout;
    }

    interface Task<T> {
        T run(FtpConnection ftp) throws IOException;
    }

    interface RecoveryTask {
        void run(FtpConnection ftp) throws IOException;
    }

    private record Lease(FtpConnection ftp, boolean isReused) {}

    /**
     * Runs a task, which must be repeatable: if an idle connection turns out to be closed, the task runs again on another.
     *
     * @throws FtpReplyException if the server replied with an error; the connection is kept
     * @throws ReadException if the local file cannot be read; the connection is kept
     */
    <T> T run(Task<T> task) throws IOException {
        while (true) {
            Lease lease = acquire();
            boolean isUsable = false;
            try {
                T result = task.run(lease.ftp());
                isUsable = true;
                return result;
            } catch (IOException e) {
                IOException failure = lease.ftp().withReply(e);
                isUsable = (failure instanceof FtpReplyException reply && !reply.hasClosedConnection())
                        || failure instanceof ReadException;
                if (isUsable || !lease.isReused() || FtpErrors.isTimeout(failure)) {
                    throw failure;
                }
            } finally {
                release(lease.ftp(), isUsable);
            }
        }
    }

    /** Runs a task on a new connection, to clean up after one that broke. */
    void recover(RecoveryTask task) throws IOException {
        FtpConnection ftp = FtpConnection.connect(settings, sslContexts, timeout);
        try {
            task.run(ftp);
        } finally {
            ftp.close();
        }
    }

    /** Closes the connections that are not in use. */
    synchronized void close() {
        open -= idle.size();
        idle.forEach(FtpConnection::close);
        idle.clear();
        maxOpen = MAX_CONNECTIONS;
    }

    private Lease acquire() throws IOException {
        while (true) {
            FtpConnection connection = idleOrNull();
            if (connection != null) {
                return new Lease(connection, true);
            }
            try {
                return new Lease(FtpConnection.connect(settings, sslContexts, timeout), false);
            } catch (IOException e) {
                if (!lowersLimit(e)) {
                    throw e;
                }
            }
        }
    }

    /** Waits for a connection if no more may be opened; null: the caller opens one, which is counted already. */
    private synchronized FtpConnection idleOrNull() throws IOException {
        while (idle.isEmpty() && open >= maxOpen) {
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

    /** Whether the failure is taken for a limit of the server, so that the open connections have to do. */
    private synchronized boolean lowersLimit(IOException failure) {
        open--;
        notifyAll();
        // A timeout does not mean that the server limits connections
        if (open == 0 || FtpErrors.isTimeout(failure)) {
            return false;
        }
        maxOpen = open;
        return true;
    }

    private synchronized void release(FtpConnection ftp, boolean isUsable) {
        if (isUsable) {
            idle.push(ftp);
        } else {
            // The other idle connections are probably broken too
            idle.forEach(FtpConnection::disconnect);
            ftp.disconnect();
            open -= idle.size() + 1;
            idle.clear();
        }
        if (open == 0) {
            maxOpen = MAX_CONNECTIONS;
        }
        notifyAll();
    }
}
