package org.chatpress.approval.policy;

/** Whether somebody's mark counts. */
public enum ReviewerRole {
    /** Listed, a member of a listed group, or anybody where anybody may approve. */
    APPROVER,
    /** A person whose mark doesn't approve. */
    NOT_APPROVER,
    /** A bot, our own included: never counts for anything. */
    BOT,
    /** Slack has not told us yet; nothing is approved or withdrawn by such a mark. */
    UNKNOWN
}
