package org.chatpress.storage.ftp;

import java.io.IOException;

/** The server answered, and the answer was no. The connection can be used on. */
final class FtpReplyException extends IOException {
    private final int code;

    /** @param reply the server's last line, with its code and without line breaks; its full stop is left out */
    FtpReplyException(int code, String reply) {
        super(reply.endsWith(".") ? reply.substring(0, reply.length() - 1) : reply);
        this.code = code;
    }

    int code() {
        return code;
    }
}
