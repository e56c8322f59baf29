package org.chatpress.poll.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.poll.plan.PollPlan.PageRequest.Purpose;
import org.chatpress.poll.plan.PollPlan.ReadPosition.Gap;
import org.chatpress.poll.plan.PollPlan.ReadPosition.Range;

/**
 * One poll of a channel: which page to read next, and how far the channel has been read after each page. A poll
 *
 * <ol>
 *   <li>reads the newest page (HEAD), and on back to a message whose delay may be over (DELAYED),
 *   <li>pages back from the newest messages until it overlaps with the range read before (GAP); only then does the newest
 *       end of the range move,
 *   <li>reads on back to {@code since} (BACKFILL),
 *   <li>offers one page of older messages to read again (RESCAN).
 * </ol>
 *
 * <p>The position after each page says where GAP and BACKFILL go on, so a later poll can go on there, without a head page.
 *
 * <p>Immutable: {@link #advancedBy} returns the plan for the rest.
 */
public final class PollPlan {
    /** Slack recommends no more than 200 results at a time (https://docs.slack.dev/reference/methods/conversations.history). */
    static final int HEAD_LIMIT = 200;

    /** The most that Slack returns; a page costs one call whatever its size. */
    static final int MAX_LIMIT = 999;

    private final ReadPosition position;
    private final MessageTs since;
    private final Optional<MessageTs> mustInclude;
    private final boolean readsHead;
    private final boolean rescanned;
    private final Optional<MessageTs> readBackTo;
    private final StopReason stopReason;

    private PollPlan(
            ReadPosition position,
            MessageTs since,
            Optional<MessageTs> mustInclude,
            boolean readsHead,
            boolean rescanned,
            Optional<MessageTs> readBackTo,
            StopReason stopReason) {
        this.position = position;
        this.since = since;
        this.mustInclude = mustInclude;
        this.readsHead = readsHead;
        this.rescanned = rescanned;
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
        return new PollPlan(position, MessageTs.at(since), mustInclude, true, false, Optional.empty(), StopReason.NONE);
    }

    /** The plan that goes on with the gap and the backfill, without a head page. */
    public static PollPlan catchUp(ReadPosition position, Instant since, Optional<MessageTs> mustInclude) {
        return new PollPlan(position, MessageTs.at(since), mustInclude, false, true, Optional.empty(), StopReason.NONE);
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
        if (readsHead && readBackTo.isEmpty()) {
            return Optional.of(new PageRequest(Purpose.HEAD, Optional.empty(), HEAD_LIMIT));
        }
        if (readsHead && !includes(readBackTo.get()) && isContiguous(mustInclude.get())) {
            return Optional.of(new PageRequest(Purpose.DELAYED, readBackTo, MAX_LIMIT));
        }
        if (position.gap().isPresent()) {
            return Optional.of(new PageRequest(
                    Purpose.GAP, Optional.of(position.gap().get().until()), MAX_LIMIT));
        }
        Optional<MessageTs> oldest = position.range().map(Range::oldest).filter(since::isBefore);
        if (oldest.isPresent()) {
            return Optional.of(new PageRequest(Purpose.BACKFILL, oldest, MAX_LIMIT));
        }
        if (!rescanned && since.isBefore(readBackTo.orElseThrow())) {
            MessageTs low = readBackTo.orElseThrow();
            MessageTs from = position.rescanCursor()
                    .filter(cursor -> cursor.isBefore(low))
                    .orElse(low);
            return Optional.of(new PageRequest(Purpose.RESCAN, Optional.of(from), MAX_LIMIT));
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
        boolean extendsRange = !rest.position.range().equals(position.range())
                || !rest.position.gap().equals(position.gap());
        if (page.messages().isEmpty() && extendsRange && stopReason == StopReason.NONE) {
            // An empty page may be an error on Slack's side. Before it counts as the end of the history, ask again.
            return stopped(StopReason.ASK_AGAIN);
        }
        return rest;
    }

    private PollPlan accepting(PageRequest request, HistoryPage page) {
        MessageTs low = page.range().from().orElse(ReadPosition.BEGINNING);
        return switch (request.purpose()) {
            case HEAD -> with(afterHead(page.newest(), low), Optional.of(low), rescanned);
            case DELAYED -> with(position, Optional.of(low), rescanned);
            case GAP -> with(afterGap(position.gap().orElseThrow(), low), Optional.of(low), rescanned);
            case BACKFILL -> {
                MessageTs newestRead = position.range().orElseThrow().newest();
                yield with(withRange(new Range(notBeforeSince(low, newestRead), newestRead)), readBackTo, rescanned);
            }
            case RESCAN -> {
                Optional<MessageTs> cursor = since.isBefore(low) ? Optional.of(low) : Optional.empty();
                yield with(new ReadPosition(position.range(), position.gap(), cursor), readBackTo, true);
            }
        };
    }

    private ReadPosition afterHead(Optional<MessageTs> newestInPage, MessageTs low) {
        Optional<Gap> gap = position.gap();
        if (position.range().isEmpty()) {
            MessageTs newestRead = newestInPage.orElse(low);
            return withRange(new Range(notBeforeSince(low, newestRead), newestRead));
        }
        MessageTs newest = Stream.concat(newestInPage.stream(), gap.map(Gap::newest).stream())
                .max(Comparator.naturalOrder())
                .orElse(low);
        if (reachesBack(low)) {
            return withRange(joined(low, newest));
        }
        // If the page does not overlap with the messages above the gap, they are read again.
        MessageTs until = gap.filter(above -> !above.newest().isBefore(low))
                .map(Gap::until)
                .filter(oldest -> oldest.isBefore(low))
                .orElse(low);
        return new ReadPosition(position.range(), Optional.of(new Gap(until, newest)), position.rescanCursor());
    }

    private ReadPosition afterGap(Gap gap, MessageTs low) {
        return reachesBack(low) && includes(low)
                ? withRange(joined(low, gap.newest()))
                : new ReadPosition(position.range(), Optional.of(new Gap(low, gap.newest())), position.rescanCursor());
    }

    private Range joined(MessageTs low, MessageTs newest) {
        Range range = position.range().orElseThrow();
        MessageTs newestRead = range.newest().isBefore(newest) ? newest : range.newest();
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

    /** True if reading back to {@code low} includes the message that the poll must include. */
    private boolean includes(MessageTs low) {
        return mustInclude.map(ts -> !ts.isBefore(low)).orElse(true) || !since.isBefore(low);
    }

    /** True if the message was read before, and later messages too. */
    private boolean isContiguous(MessageTs ts) {
        MessageTs low = position.gap()
                .map(Gap::until)
                .or(() -> position.range().map(Range::oldest))
                .orElse(ts);
        return !ts.isBefore(low);
    }

    /** True if reading back to {@code low} meets the range read before, or {@code since}. */
    private boolean reachesBack(MessageTs low) {
        return !since.isBefore(low) || !position.range().orElseThrow().newest().isBefore(low);
    }

    private ReadPosition withRange(Range range) {
        return new ReadPosition(Optional.of(range), Optional.empty(), position.rescanCursor());
    }

    private PollPlan stopped(StopReason reason) {
        return new PollPlan(position, since, mustInclude, readsHead, rescanned, readBackTo, reason);
    }

    private PollPlan with(ReadPosition changed, Optional<MessageTs> low, boolean rescanDone) {
        return new PollPlan(changed, since, mustInclude, readsHead, rescanDone, low, StopReason.NONE);
    }

    /** Whether an empty page interrupts the poll. */
    private enum StopReason {
        NONE,
        ASK_AGAIN,
        STOP
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
            /** From the head page back to a message that each poll must include. */
            DELAYED,
            /** Between the newest messages and the range read before. */
            GAP,
            /** Older than everything read so far, back to {@code since}. */
            BACKFILL,
            /** Read again, for edits, deletions and reactions on older messages. */
            RESCAN
        }
    }

    /**
     * How far a channel has been read: one contiguous range, the gap above it, and how far the rescan of the range has come.
     *
     * @param range empty until the first page has been read
     * @param gap empty while the newest message that has been read is in the range
     * @param rescanCursor the next rescan page ends before this ts; empty: the next rescan starts below the head page
     */
    public record ReadPosition(Optional<Range> range, Optional<Gap> gap, Optional<MessageTs> rescanCursor) {
        public static final ReadPosition UNREAD =
                new ReadPosition(Optional.empty(), Optional.empty(), Optional.empty());

        /** Older than every message. */
        static final MessageTs BEGINNING = new MessageTs("0000000000.000000");

        /**
         * Everything that Slack had between the two ends, both included, has been read and stored.
         *
         * @param oldest the older end; once {@code since} was reached, {@code since} as it was then
         */
        public record Range(MessageTs oldest, MessageTs newest) {}

        /**
         * Messages above the range have been read, but not those between them and the range.
         *
         * @param until the gap's upper end: everything from here up to {@code newest} has been read and stored
         */
        public record Gap(MessageTs until, MessageTs newest) {}

        /** True once everything back to {@code since} has been read. */
        public boolean reaches(Instant since) {
            return range.map(r -> !MessageTs.at(since).isBefore(r.oldest())).orElse(false);
        }

        /** What has been read above the part that is lacking; empty if nothing is. */
        public Optional<Range> catchingUp(Instant since) {
            return gap.map(above -> new Range(above.until(), above.newest()))
                    .or(() -> range.filter(all -> !reaches(since)));
        }

        /**
         * How much of the time between the newest message and the range read before, or {@code since}, has been read: from
         * 0 to 1. Slack does not say how many messages there are.
         */
        public double fractionRead(Instant since) {
            if (range.isEmpty()) {
                return 0;
            }
            Range all = range.get();
            Instant start = gap.isPresent() ? all.newest().instant() : since;
            Instant newest = gap.map(Gap::newest).orElse(all.newest()).instant();
            Instant readBackTo = gap.map(Gap::until).orElse(all.oldest()).instant();
            double total = Math.max(1, Duration.between(start, newest).toMillis());
            return Math.min(1, Duration.between(readBackTo, newest).toMillis() / total);
        }

        /** True if there is a gap, or the range does not reach back to {@code since}. */
        public boolean isBehind(Instant since) {
            return gap.isPresent() || !reaches(since);
        }
    }
}
