package org.chatpress.storage.ftp;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The line that a transfer goes over. Java knows no timeout for writing: a server that stops reading would hold us for ever. */
final class TimedSocketWriter {
    private static final int PIECE = 64 * 1024;

    private final Duration patience;
    private volatile Socket socket = new Socket();

    /** @param patience until a piece of a file must have got through */
    TimedSocketWriter(Duration patience) {
        this.patience = patience;
    }

    /** @param opened whatever is written goes through it in the end */
    void watch(Socket opened) {
        socket = opened;
    }

    /** Writes piece by piece; the line is closed as soon as one takes too long, which ends the writing. */
    void write(OutputStream data, byte[] bytes) throws IOException {
        for (int from = 0; from < bytes.length; from += PIECE) {
            var written = new CompletableFuture<Void>();
            written.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> hangUp());
            try {
                data.write(bytes, from, Math.min(PIECE, bytes.length - from));
                data.flush();
            } finally {
                written.complete(null);
            }
        }
    }

    private Void hangUp() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed already.
        }
        return null;
    }
}
