package org.chatpress.poll.plan;

import java.time.Instant;
import java.util.Optional;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.poll.plan.PageRequest.Purpose;
import org.chatpress.poll.plan.ReadPosition.Range;

/**
 * One turn at one channel: which page to read next, and how far the channel has been read after each. A turn reads the
 * head page, pages on until it overlaps with what was read before (only then the head moves), goes on down to
 * {@code since}, and offers to sweep one older page. An immutable value: {@link #advancedBy} gives the plan for the rest.
 */
public final class PollPlan {
    /** Slack recommends no more than 200 results at a time (https://docs.slack.dev/reference/methods/conversations.history). */
    static final int HEAD_LIMIT = 200;

    /** The most that Slack gives; a page costs one call whatever its size. */
    static final int RESCAN_LIMIT = 999;

    private final ReadPosition position;
    private final MessageTs since;
    private final Optional<MessageTs> mustShow;
    private final boolean swept;
    private final Optional<MessageTs> newest;
    private final Optional<MessageTs> readDownTo;
    private final StopReason halt;

    private PollPlan(
            ReadPosition position,
            MessageTs since,
            Optional<MessageTs> mustShow,
            boolean swept,
            Optional<MessageTs> newest,
            Optional<MessageTs> readDownTo,
            StopReason halt) {
        this.position = position;
        this.since = since;
        this.mustShow = mustShow;
        this.swept = swept;
        this.newest = newest;
        this.readDownTo = readDownTo;
        this.halt = halt;
    }

    /**
     * The plan of a new turn.
     *
     * @param mustShow the oldest message that this turn has to show, because its delay may be over; empty: none
     */
    public static PollPlan start(ReadPosition position, Instant since, Optional<MessageTs> mustShow) {
        return new PollPlan(
                position, MessageTs.at(since), mustShow, false, Optional.empty(), Optional.empty(), StopReason.NONE);
    }

    /** How far the channel has been read by now. */
    public ReadPosition position() {
        return position;
    }

    /** The page to read next; empty when the turn is over. */
    public Optional<PageRequest> nextRequest() {
        if (halt == StopReason.STOP) {
            return Optional.empty();
        }
        if (readDownTo.isEmpty()) {
            return Optional.of(new PageRequest(Purpose.HEAD, Optional.empty(), HEAD_LIMIT));
        }
        MessageTs low = readDownTo.get();
        if (!overlaps()) {
            return Optional.of(new PageRequest(Purpose.GAP, Optional.of(low), HEAD_LIMIT));
        }
        MessageTs bottom = position.range().orElseThrow().oldest();
        if (since.isBefore(bottom)) {
            return Optional.of(new PageRequest(Purpose.BACKFILL, Optional.of(bottom), RESCAN_LIMIT));
        }
        if (!swept && since.isBefore(low)) {
            MessageTs from =
                    position.rescanCursor().filter(s -> s.isBefore(low)).orElse(low);
            return Optional.of(new PageRequest(Purpose.RESCAN, Optional.of(from), RESCAN_LIMIT));
        }
        return Optional.empty();
    }

    /** The plan for what is left of the turn once this stretch has been read. */
    public PollPlan advancedBy(PageRequest request, HistoryPage page) {
        if (page.messages().isEmpty() && page.hasMore()) {
            // Slack may send fewer messages than there are; none at all leads nowhere.
            return halted(StopReason.STOP);
        }
        PollPlan rest = believing(request, page);
        boolean goesFarther = !rest.position.range().equals(position.range());
        if (page.messages().isEmpty() && goesFarther && halt == StopReason.NONE) {
            // An empty page may be a hiccup: where it would say that there is nothing left to read, a second is
            // believed.
            return halted(StopReason.ASK_AGAIN);
        }
        return rest;
    }

    private PollPlan believing(PageRequest request, HistoryPage page) {
        MessageTs low = page.range().from().orElse(ReadPosition.BEGINNING);
        return switch (request.purpose()) {
            case HEAD, GAP -> afterTop(page, low);
            case BACKFILL -> {
                MessageTs head = position.range().orElseThrow().newest();
                yield with(
                        new ReadPosition(Optional.of(new Range(kept(low, head), head)), position.rescanCursor()),
                        swept);
            }
            case RESCAN -> {
                Optional<MessageTs> goOn = since.isBefore(low) ? Optional.of(low) : Optional.empty();
                yield with(new ReadPosition(position.range(), goOn), true);
            }
        };
    }

    private PollPlan afterTop(HistoryPage page, MessageTs low) {
        Optional<MessageTs> top = newest.or(page::newest);
        Optional<Range> range = position.range();
        if (range.isEmpty()) {
            MessageTs head = top.orElse(low);
            range = Optional.of(new Range(kept(low, head), head));
        } else if (reachesDown(low)) {
            range = Optional.of(joined(range.get(), low, top));
        }
        return new PollPlan(
                new ReadPosition(range, position.rescanCursor()),
                since,
                mustShow,
                swept,
                top,
                Optional.of(low),
                StopReason.NONE);
    }

    private Range joined(Range range, MessageTs low, Optional<MessageTs> top) {
        MessageTs head = top.filter(range.newest()::isBefore).orElse(range.newest());
        MessageTs kept = kept(low, head);
        boolean touches = !range.newest().isBefore(kept);
        return new Range(touches && range.oldest().isBefore(kept) ? range.oldest() : kept, head);
    }

    /** How far down a reading counts: what is older than {@code since} is not stored, and may be wanted one day. */
    private MessageTs kept(MessageTs low, MessageTs head) {
        if (since.isBefore(low)) {
            return low;
        }
        return since.isBefore(head) ? since : head;
    }

    /** True once this turn has read down to what was read before, and to what it must show. */
    private boolean overlaps() {
        MessageTs low = readDownTo.orElseThrow();
        boolean shows = mustShow.map(ts -> !ts.isBefore(low)).orElse(true) || !since.isBefore(low);
        return shows && position.range().isPresent() && reachesDown(low);
    }

    /** Overlap means that the reading went down to what was read before, or to {@code since}. */
    private boolean reachesDown(MessageTs low) {
        return !since.isBefore(low) || !position.range().orElseThrow().newest().isBefore(low);
    }

    private PollPlan halted(StopReason how) {
        return new PollPlan(position, since, mustShow, swept, newest, readDownTo, how);
    }

    /** Whether the turn ends early. */
    private enum StopReason {
        NONE,
        ASK_AGAIN,
        STOP
    }

    private PollPlan with(ReadPosition changed, boolean sweepDone) {
        return new PollPlan(changed, since, mustShow, sweepDone, newest, readDownTo, StopReason.NONE);
    }
}
