package org.chatpress.media.model;

/**
 * What came of taking a photo a stage further.
 *
 * @param reason why it is no further; empty if it is
 */
public record PhotoEvent(Kind kind, String reason) {
    /** What happened. */
    public enum Kind {
        /** It was fetched and made ready. */
        PROCESSED,
        /** It is in the drop. */
        DROPPED,
        /** Readers can see it. */
        FOUND,
        /** Not this time. */
        RETRY,
        /** Never. */
        FAILED
    }

    public static final PhotoEvent PROCESSED = new PhotoEvent(Kind.PROCESSED, "");
    public static final PhotoEvent DROPPED = new PhotoEvent(Kind.DROPPED, "");
    public static final PhotoEvent FOUND = new PhotoEvent(Kind.FOUND, "");

    public static PhotoEvent retry(String reason) {
        return new PhotoEvent(Kind.RETRY, reason);
    }

    public static PhotoEvent failed(String reason) {
        return new PhotoEvent(Kind.FAILED, reason);
    }
}
