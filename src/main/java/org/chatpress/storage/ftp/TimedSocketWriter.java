package org.chatpress.storage.ftp;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Writes to a socket with a timeout, which Java lacks: a server that stops reading would block a write forever. */
final class TimedSocketWriter {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final Duration timeout;
    private volatile Socket socket = new Socket();

    /** @param timeout for each chunk */
    TimedSocketWriter(Duration timeout) {
        this.timeout = timeout;
    }

    /** Sets the socket below the streams that are written to, which is closed after a timeout. */
    void watch(Socket opened) {
        socket = opened;
    }

    /** Writes in chunks. If one takes too long, closes the socket, which makes the write fail. */
    void write(OutputStream data, byte[] bytes) throws IOException {
        for (int from = 0; from < bytes.length; from += CHUNK_BYTES) {
            var written = new CompletableFuture<Void>();
            written.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).exceptionally(timedOut -> closeSocket());
            try {
                data.write(bytes, from, Math.min(CHUNK_BYTES, bytes.length - from));
                data.flush();
            } finally {
                written.complete(null);
            }
        }
    }

    private Void closeSocket() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed in any case.
        }
        return null;
    }
}
