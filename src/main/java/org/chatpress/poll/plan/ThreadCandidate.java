package org.chatpress.poll.plan;

import java.time.Instant;
import java.util.Optional;
import org.chatpress.model.MessageTs;

/**
 * A thread that may be worth a call.
 *
 * @param root the message that began it
 * @param latest its newest reply
 * @param replyMarker what its root last said of it, for whoever notes that it was read
 * @param triedAt when Slack was last asked for it; empty if never
 * @param failures how often in a row Slack did not give it
 */
public record ThreadCandidate(
        MessageTs root, MessageTs latest, String replyMarker, Optional<Instant> triedAt, int failures, Reason reason) {
    /** Why it may be worth it. */
    public enum Reason {
        /** Its root says something else of it than when it was last read. */
        CHANGED,
        /** The delay of one of its replies may be over, and a reading has to show it. */
        DELAYED,
        /** It is one of the newest, and edits and reactions in it show nowhere else. */
        NEWEST,
        /** Nobody has looked at it for the longest time. */
        LONGEST_UNREAD
    }
}
