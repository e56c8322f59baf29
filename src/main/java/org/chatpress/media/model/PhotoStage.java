package org.chatpress.media.model;

/**
 * How far a photo is.
 *
 * <pre>
 *     WANTED --fetched, turned upright, shrunk, stripped--> READY --put in the drop--> DROPPED --the CMS shows it--> LIVE
 *        \                                                    \-----------published beside the chat-----------------^
 *         \_____________ hopeless, or out of patience _________\___________________________/ -> FAILED
 * </pre>
 */
public enum PhotoStage {
    /** Slack has it. */
    WANTED,
    /** It is as readers may have it. */
    READY,
    /** The CMS can take it. */
    DROPPED,
    /** Readers can see it. */
    LIVE,
    /** It will not come. */
    FAILED;

    /** True if nothing will happen to it any more. */
    public boolean isTerminal() {
        return this == LIVE || this == FAILED;
    }
}
