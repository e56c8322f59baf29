package org.chatpress.photo;

/**
 * What came of taking a photo a stage further.
 *
 * @param reason why it is no further; empty if it is
 */
public record Outcome(Kind kind, String reason) {
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

    public static final Outcome DEVELOPED = new Outcome(Kind.DEVELOPED, "");
    public static final Outcome DROPPED = new Outcome(Kind.DROPPED, "");
    public static final Outcome SHOWN = new Outcome(Kind.SHOWN, "");

    public static Outcome notYet(String reason) {
        return new Outcome(Kind.NOT_YET, reason);
    }

    public static Outcome hopeless(String reason) {
        return new Outcome(Kind.HOPELESS, reason);
    }
}
