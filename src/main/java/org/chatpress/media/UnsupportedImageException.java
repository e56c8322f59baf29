package org.chatpress.media;

/** These bytes make no photo; the message says why. */
final class UnsupportedImageException extends Exception {
    private final Fallback fallback;

    /** What could help. */
    enum Fallback {
        NONE,
        /** Slack may have made a copy of it in a format that we can read. */
        THUMBNAIL
    }

    UnsupportedImageException(String reason, Fallback remedy) {
        super(reason);
        this.fallback = remedy;
    }

    UnsupportedImageException(String reason, Fallback remedy, Throwable cause) {
        super(reason, cause);
        this.fallback = remedy;
    }

    Fallback fallback() {
        return fallback;
    }
}
