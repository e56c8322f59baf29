package org.chatpress.poll.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.MessageTs;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadCandidate.Reason;
import org.chatpress.slack.SlackReader;

/**
 * Decides which threads to read now. Roots report new and deleted replies in the channel's history; edits of replies and
 * reactions to them show only in the thread itself. Threads share the calls of {@code conversations.replies} with
 * lookups of missing messages, and leave some for those: takedowns come first.
 */
public final class ThreadPollPlan {
    /** Calls a minute that only lookups for takedowns may use. */
    public static final int RESERVED_FOR_TAKEDOWNS = 10;

    /** Threads without a reported change leave this many calls for threads with one, and for takedowns. */
    static final int RESERVED_FOR_CHANGES = 25;

    /** How many of a channel's newest threads are read once a minute. */
    public static final int NEWEST = 10;

    /** After so many failed attempts, a message that needs no approval is published without its thread. */
    public static final int MAX_FAILURES = 5;

    /** The replies of a rescan's page; the root and a reply that was not stored yet have place too. */
    public static final int REPLIES_PER_PAGE = SlackReader.MAX_REPLIES - 2;

    /** Known replies on the page with a thread's newest replies; the rest of it is for new ones. */
    public static final int OVERLAP = SlackReader.MAX_REPLIES - 10;

    /** With a page every four seconds, the rescan of a thread takes a third of Slack's calls at most. */
    private static final Duration RESCAN_INTERVAL = Duration.ofSeconds(4);

    private static final int MAX_RESCAN_PAGES = 15;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final Duration NEWEST_INTERVAL = Duration.ofMinutes(1);
    private static final Duration OTHERS_INTERVAL = Duration.ofMinutes(10);

    private ThreadPollPlan() {}

    /**
     * The threads of a channel to read, most urgent first, each once.
     *
     * @param candidates may list a thread several times, for several reasons
     * @param callsLeft calls that Slack's rate limit allows now
     */
    public static List<ThreadCandidate> threadsToPoll(List<ThreadCandidate> candidates, Instant now, int callsLeft) {
        var plan = new ArrayList<ThreadCandidate>();
        Comparator<ThreadCandidate> urgency = Comparator.comparingInt(ThreadCandidate::failures)
                .thenComparing(Comparator.comparing(ThreadCandidate::latest).reversed());
        candidates.stream()
                .filter(thread -> isUrgent(thread, now))
                .sorted(urgency)
                .forEach(thread -> add(thread, plan, callsLeft - RESERVED_FOR_TAKEDOWNS));
        candidates.stream()
                .filter(thread -> thread.reason() == Reason.NEWEST && waited(thread, now, NEWEST_INTERVAL))
                .sorted(longestWaitingFirst())
                .forEach(thread -> add(thread, plan, callsLeft - RESERVED_FOR_CHANGES));
        candidates.stream()
                .filter(thread -> thread.reason() == Reason.LONGEST_UNREAD && waited(thread, now, OTHERS_INTERVAL))
                .min(longestWaitingFirst())
                .ifPresent(thread -> add(thread, plan, callsLeft - RESERVED_FOR_CHANGES));
        return plan;
    }

    /** True if another page of a thread that was read in part may be read now. */
    public static boolean mayReadMore(int callsLeft) {
        return callsLeft > RESERVED_FOR_CHANGES;
    }

    /** How many pages of a rescan to read now, as far as {@link #mayReadMore} allows. */
    public static int pagesToRescan(ThreadRescan rescan, Instant now) {
        if (rescan.isSearch()) {
            return Integer.MAX_VALUE;
        }
        return rescan.at()
                .filter(at -> !at.isAfter(now))
                .map(at -> Duration.between(at, now).dividedBy(RESCAN_INTERVAL))
                .map(pages -> (int) Math.min(pages, MAX_RESCAN_PAGES))
                .orElse(1);
    }

    private static boolean isUrgent(ThreadCandidate thread, Instant now) {
        boolean urgent = Set.of(Reason.CHANGED, Reason.DELAYED).contains(thread.reason());
        Duration interval = thread.failures() < MAX_FAILURES ? RETRY_AFTER : NEWEST_INTERVAL;
        return urgent && (thread.failures() == 0 || waited(thread, now, interval));
    }

    private static boolean waited(ThreadCandidate thread, Instant now, Duration interval) {
        return thread.triedAt()
                .filter(at -> !at.isAfter(now))
                .map(at -> !at.plus(interval).isAfter(now))
                .orElse(true);
    }

    private static Comparator<ThreadCandidate> longestWaitingFirst() {
        return Comparator.comparing((ThreadCandidate thread) -> thread.triedAt().orElse(Instant.MIN));
    }

    private static void add(ThreadCandidate thread, List<ThreadCandidate> plan, int maxSize) {
        List<MessageTs> planned = plan.stream().map(ThreadCandidate::root).toList();
        if (plan.size() < maxSize && !planned.contains(thread.root())) {
            plan.add(thread);
        }
    }

    /**
     * The next page of a rescan: older replies of a thread are read again, newest first.
     *
     * @param after the page begins after this reply; empty: it is the last page
     * @param upTo the page ends with this reply
     * @param isSearch whether the root reports a change that the newest replies do not explain: probably a deleted reply
     * @param at when the page before was read, also by the rescan before; empty if there was none
     */
    public record ThreadRescan(
            MessageTs root, Optional<MessageTs> after, MessageTs upTo, boolean isSearch, Optional<Instant> at) {}

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
            MessageTs root,
            MessageTs latest,
            String replyMarker,
            Optional<Instant> triedAt,
            int failures,
            Reason reason) {
        /** Why the thread may be worth a call. */
        public enum Reason {
            /** Its root reports other replies than when its newest replies were last read. */
            CHANGED,
            /** The delay of one of its replies may be over; the reply is published only as a later page shows it. */
            DELAYED,
            /** It is one of the newest threads; the channel's history does not show edits of replies or reactions to them. */
            NEWEST,
            /** Its last attempt is longer ago than that of any other thread. */
            LONGEST_UNREAD
        }
    }
}
