package org.chatpress.poll.plan;

import java.util.Optional;
import org.chatpress.model.MessageTs;

/**
 * A page of a channel's history to request.
 *
 * @param until only messages before this ts; empty: up to now
 * @param limit the maximum number of messages
 */
public record PageRequest(Purpose purpose, Optional<MessageTs> until, int limit) {
    /** Which part of the history the page belongs to. */
    public enum Purpose {
        /** The newest messages. */
        HEAD,
        /** Between the head page and the messages read before. */
        GAP,
        /** Older than everything read so far, back to {@code since}. */
        BACKFILL,
        /** Read again, for edits, deletions and reactions on older messages. */
        RESCAN
    }
}
