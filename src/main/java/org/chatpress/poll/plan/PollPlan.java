package org.chatpress.poll.plan;

import java.time.Instant;
import java.util.Optional;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.poll.plan.PollPlan.PageRequest.Purpose;
import org.chatpress.poll.plan.PollPlan.ReadPosition.Range;

/**
 * One poll of a channel: which page to read next, and how far the channel has been read after each page. A poll
 *
 * <ol>
 *   <li>reads the newest page (HEAD),
 *   <li>pages back until it overlaps with what was read before (GAP); only then does the newest end of the range move,
 *   <li>reads on back to {@code since} (BACKFILL),
 *   <li>offers one page of older messages to read again (RESCAN).
 * </ol>
 *
 * <p>Immutable: {@link #advancedBy} returns the plan for the rest.
 */
public final class PollPlan {
    /** Slack recommends no more than 200 results at a time (https://docs.slack.dev/reference/methods/conversations.history). */
    static final int HEAD_LIMIT = 200;

    /** The most that Slack returns; a page costs one call whatever its size. */
    static final int RESCAN_LIMIT = 999;

    private final ReadPosition position;
    private final MessageTs since;
    private final Optional<MessageTs> mustInclude;
    private final boolean rescanned;
    private final Optional<MessageTs> newest;
    private final Optional<MessageTs> readBackTo;
    private final StopReason stopReason;

    private PollPlan(
            ReadPosition position,
            MessageTs since,
            Optional<MessageTs> mustInclude,
            boolean rescanned,
            Optional<MessageTs> newest,
            Optional<MessageTs> readBackTo,
            StopReason stopReason) {
        this.position = position;
        this.since = since;
        this.mustInclude = mustInclude;
        this.rescanned = rescanned;
        this.newest = newest;
        this.readBackTo = readBackTo;
        this.stopReason = stopReason;
    }

    /**
     * The plan of a new poll.
     *
     * @param mustInclude the poll reads back to this message at least, because its delay may be over; empty: no such
     *     message
     */
    public static PollPlan start(ReadPosition position, Instant since, Optional<MessageTs> mustInclude) {
        return new PollPlan(
                position, MessageTs.at(since), mustInclude, false, Optional.empty(), Optional.empty(), StopReason.NONE);
    }

    /** How far the channel has been read by now. */
    public ReadPosition position() {
        return position;
    }

    /** The page to read next; empty at the end of the poll. */
    public Optional<PageRequest> nextRequest() {
        if (stopReason == StopReason.STOP) {
            return Optional.empty();
        }
        if (readBackTo.isEmpty()) {
            return Optional.of(new PageRequest(Purpose.HEAD, Optional.empty(), HEAD_LIMIT));
        }
        MessageTs low = readBackTo.get();
        if (!overlaps()) {
            return Optional.of(new PageRequest(Purpose.GAP, Optional.of(low), HEAD_LIMIT));
        }
        MessageTs oldest = position.range().orElseThrow().oldest();
        if (since.isBefore(oldest)) {
            return Optional.of(new PageRequest(Purpose.BACKFILL, Optional.of(oldest), RESCAN_LIMIT));
        }
        if (!rescanned && since.isBefore(low)) {
            MessageTs from = position.rescanCursor()
                    .filter(cursor -> cursor.isBefore(low))
                    .orElse(low);
            return Optional.of(new PageRequest(Purpose.RESCAN, Optional.of(from), RESCAN_LIMIT));
        }
        return Optional.empty();
    }

    /** The plan for the rest of the poll, once this page has been read. */
    public PollPlan advancedBy(PageRequest request, HistoryPage page) {
        if (page.messages().isEmpty() && page.hasMore()) {
            // A page without messages has no oldest message to page back from.
            return stopped(StopReason.STOP);
        }
        PollPlan rest = accepting(request, page);
        boolean extendsRange = !rest.position.range().equals(position.range());
        if (page.messages().isEmpty() && extendsRange && stopReason == StopReason.NONE) {
            // An empty page may be an error on Slack's side. Before it counts as the end of the history, ask again.
            return stopped(StopReason.ASK_AGAIN);
        }
        return rest;
    }

    private PollPlan accepting(PageRequest request, HistoryPage page) {
        MessageTs low = page.range().from().orElse(ReadPosition.BEGINNING);
        return switch (request.purpose()) {
            case HEAD, GAP -> afterHeadOrGap(page, low);
            case BACKFILL -> {
                MessageTs newestRead = position.range().orElseThrow().newest();
                Range range = new Range(notBeforeSince(low, newestRead), newestRead);
                yield with(new ReadPosition(Optional.of(range), position.rescanCursor()), rescanned);
            }
            case RESCAN -> {
                Optional<MessageTs> cursor = since.isBefore(low) ? Optional.of(low) : Optional.empty();
                yield with(new ReadPosition(position.range(), cursor), true);
            }
        };
    }

    private PollPlan afterHeadOrGap(HistoryPage page, MessageTs low) {
        Optional<MessageTs> newestInPoll = newest.or(page::newest);
        Optional<Range> range = position.range();
        if (range.isEmpty()) {
            MessageTs newestRead = newestInPoll.orElse(low);
            range = Optional.of(new Range(notBeforeSince(low, newestRead), newestRead));
        } else if (reachesBack(low)) {
            range = Optional.of(joined(range.get(), low, newestInPoll));
        }
        return new PollPlan(
                new ReadPosition(range, position.rescanCursor()),
                since,
                mustInclude,
                rescanned,
                newestInPoll,
                Optional.of(low),
                StopReason.NONE);
    }

    private Range joined(Range range, MessageTs low, Optional<MessageTs> newestInPoll) {
        MessageTs newestRead = newestInPoll.filter(range.newest()::isBefore).orElse(range.newest());
        MessageTs oldestStored = notBeforeSince(low, newestRead);
        boolean touches = !range.newest().isBefore(oldestStored);
        return new Range(touches && range.oldest().isBefore(oldestStored) ? range.oldest() : oldestStored, newestRead);
    }

    /** Messages before {@code since} are not stored, so the range must not claim them: {@code since} may move back. */
    private MessageTs notBeforeSince(MessageTs low, MessageTs newestRead) {
        if (since.isBefore(low)) {
            return low;
        }
        return since.isBefore(newestRead) ? since : newestRead;
    }

    /** True once this poll has read back to the messages read before, and to the one that it must include. */
    private boolean overlaps() {
        MessageTs low = readBackTo.orElseThrow();
        boolean includes = mustInclude.map(ts -> !ts.isBefore(low)).orElse(true) || !since.isBefore(low);
        return includes && position.range().isPresent() && reachesBack(low);
    }

    /** True if reading back to {@code low} meets the messages read before, or {@code since}. */
    private boolean reachesBack(MessageTs low) {
        return !since.isBefore(low) || !position.range().orElseThrow().newest().isBefore(low);
    }

    private PollPlan stopped(StopReason reason) {
        return new PollPlan(position, since, mustInclude, rescanned, newest, readBackTo, reason);
    }

    /** Whether an empty page interrupts the poll. */
    private enum StopReason {
        NONE,
        ASK_AGAIN,
        STOP
    }

    private PollPlan with(ReadPosition changed, boolean rescanDone) {
        return new PollPlan(changed, since, mustInclude, rescanDone, newest, readBackTo, StopReason.NONE);
    }

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
}
