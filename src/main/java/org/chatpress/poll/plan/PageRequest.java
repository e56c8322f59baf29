package org.chatpress.poll.plan;

import java.util.Optional;
import org.chatpress.model.MessageTs;

/**
 * One page to be read.
 *
 * @param until messages before this ts; empty: from now
 * @param limit how many at most
 */
public record PageRequest(Purpose purpose, Optional<MessageTs> until, int limit) {
    /** Why it is read. */
    public enum Purpose {
        /** The newest messages. */
        HEAD,
        /** Between the head page and what was read before. */
        GAP,
        /** Below everything read so far, down to {@code since}. */
        BACKFILL,
        /** Once more, for edits, deletions and reactions on older messages. */
        RESCAN
    }
}
