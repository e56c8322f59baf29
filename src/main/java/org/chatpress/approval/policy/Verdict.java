package org.chatpress.approval.policy;

/** What the approval rule says of a message. Only an {@link #APPROVED} one may be seen. */
public enum Verdict {
    /** Gone in Slack. */
    DELETED,
    /** An editor's note that holds: readers see what it says of another message, never the note. */
    NOTE,
    /** Not for readers by its kind: a join notice, a bot nobody listed, a note that does not hold, older than {@code since}. */
    IGNORED,
    /** Listed under {@code withdraw} in the settings. */
    WITHDRAWN,
    /** Begins with the private prefix. */
    PRIVATE,
    /** Bears a rejecting emoji. */
    REJECTED,
    /** Bears a holding emoji. */
    HELD,
    /** May be seen once its delay is over. */
    DELAYED,
    /** May be seen. */
    APPROVED,
    /** Waits for an approval. */
    PENDING
}
