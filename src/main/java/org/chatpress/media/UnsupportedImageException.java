package org.chatpress.media;

/** These bytes make no photo; the message says why. */
final class UnsupportedImageException extends Exception {
    private final Remedy remedy;

    /** What could help. */
    enum Remedy {
        NONE,
        /** Slack may have made a copy of it in a format that we can read. */
        THUMBNAIL
    }

    UnsupportedImageException(String reason, Remedy remedy) {
        super(reason);
        this.remedy = remedy;
    }

    UnsupportedImageException(String reason, Remedy remedy, Throwable cause) {
        super(reason, cause);
        this.remedy = remedy;
    }

    Remedy remedy() {
        return remedy;
    }
}
