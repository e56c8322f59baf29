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
        DEVELOPED,
        /** It is in the drop. */
        DROPPED,
        /** Readers can see it. */
        SHOWN,
        /** Not this time. */
        NOT_YET,
        /** Never. */
        HOPELESS
    }

    public static final PhotoEvent DEVELOPED = new PhotoEvent(Kind.DEVELOPED, "");
    public static final PhotoEvent DROPPED = new PhotoEvent(Kind.DROPPED, "");
    public static final PhotoEvent SHOWN = new PhotoEvent(Kind.SHOWN, "");

    public static PhotoEvent notYet(String reason) {
        return new PhotoEvent(Kind.NOT_YET, reason);
    }

    public static PhotoEvent hopeless(String reason) {
        return new PhotoEvent(Kind.HOPELESS, reason);
    }
}
