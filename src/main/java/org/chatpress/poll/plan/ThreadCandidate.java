package org.chatpress.poll.plan;

import java.time.Instant;
import java.util.Optional;
import org.chatpress.model.MessageTs;

/**
 * A thread that may be worth a call.
 *
 * @param root the message that started the thread
 * @param latest its newest reply
 * @param replyMarker the reply count and newest reply that the root last reported, to be stored once the thread is read
 * @param triedAt the last attempt to read it; empty if there was none
 * @param failures failed attempts since the last success
 */
public record ThreadCandidate(
        MessageTs root, MessageTs latest, String replyMarker, Optional<Instant> triedAt, int failures, Reason reason) {
    /** Why the thread may be worth a call. */
    public enum Reason {
        /** Its root reports other replies than when the thread was last read. */
        CHANGED,
        /** The delay of one of its replies may be over; the reply is published only as a later page shows it. */
        DELAYED,
        /** It is one of the newest threads; the channel's history does not show edits of replies or reactions to them. */
        NEWEST,
        /** Its last attempt is longer ago than that of any other thread. */
        LONGEST_UNREAD
    }
}
