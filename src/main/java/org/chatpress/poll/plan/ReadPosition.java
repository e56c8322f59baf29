package org.chatpress.poll.plan;

import java.time.Instant;
import java.util.Optional;
import org.chatpress.model.MessageTs;

/**
 * How far a channel has been read: one contiguous range, and how far the rescan of that range has come.
 *
 * @param range empty until the first page has been read
 * @param rescanCursor the next rescan page ends before this ts; empty: the next rescan starts below the head page
 */
public record ReadPosition(Optional<Range> range, Optional<MessageTs> rescanCursor) {
    public static final ReadPosition UNREAD = new ReadPosition(Optional.empty(), Optional.empty());

    /** Older than every message. */
    static final MessageTs BEGINNING = new MessageTs("0000000000.000000");

    /**
     * Everything that Slack had between the two ends, both included, has been read and stored.
     *
     * @param oldest the older end; once {@code since} was reached, {@code since} as it was then
     */
    public record Range(MessageTs oldest, MessageTs newest) {}

    /** True once everything back to {@code since} has been read. */
    public boolean reaches(Instant since) {
        return range.map(r -> !MessageTs.at(since).isBefore(r.oldest())).orElse(false);
    }
}
