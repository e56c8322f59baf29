package org.chatpress.approval.policy;

/** What a user's reactions count for under a channel's rules. */
public enum ReviewerRole {
    /** Listed under approvers, a member of a listed group, or any person where anyone may approve. */
    APPROVER,
    /** A person whose reactions do not approve. */
    NOT_APPROVER,
    /** A bot, ours included: its reactions count for nothing. */
    BOT,
    /** Not known, because a call to Slack failed: such a reaction neither publishes nor hides a message. */
    UNKNOWN
}
