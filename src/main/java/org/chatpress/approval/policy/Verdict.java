package org.chatpress.approval.policy;

/** What a review decided. Only an {@link #APPROVED} message is public. */
public enum Verdict {
    /** It no longer exists in Slack. */
    DELETED,
    /** A thread command in effect: it changes what readers see of another message, and is never public itself. */
    COMMAND,
    /** Never published, such as a join notice, a post of an unlisted bot, or a thread command that is not in effect. */
    IGNORED,
    /** Listed under {@code withdraw} in the settings. */
    WITHDRAWN,
    /** Starts with the private prefix. */
    PRIVATE,
    /** Has a rejecting reaction. */
    REJECTED,
    /** Has a holding reaction. */
    HELD,
    /** Approved, but public only after the channel's delay. */
    DELAYED,
    /** Public. */
    APPROVED,
    /** Waits for an approval. */
    PENDING
}
