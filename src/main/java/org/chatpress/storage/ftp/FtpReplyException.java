package org.chatpress.storage.ftp;

import java.io.IOException;

/** The server replied with an error. The connection can still be used. */
final class FtpReplyException extends IOException {
    private final int code;

    /** @param reply the last line of the reply, with its code; a full stop at its end is removed */
    FtpReplyException(int code, String reply) {
        super(reply.endsWith(".") ? reply.substring(0, reply.length() - 1) : reply);
        this.code = code;
    }

    int code() {
        return code;
    }
}
