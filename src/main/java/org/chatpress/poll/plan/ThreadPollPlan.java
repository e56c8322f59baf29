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

    /** A thread of several calls is read so seldom that it takes a third of Slack's calls at most. */
    private static final Duration INTERVAL_PER_CALL = Duration.ofSeconds(4);

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
                .thenComparing(ThreadCandidate::calls)
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

    private static boolean isUrgent(ThreadCandidate thread, Instant now) {
        boolean urgent = Set.of(Reason.CHANGED, Reason.DELAYED).contains(thread.reason());
        Duration afterFailure = thread.failures() < MAX_FAILURES ? RETRY_AFTER : NEWEST_INTERVAL;
        return urgent && waited(thread, now, thread.failures() == 0 ? Duration.ZERO : afterFailure);
    }

    private static boolean waited(ThreadCandidate thread, Instant now, Duration least) {
        Duration byCalls = thread.calls() == 1 ? Duration.ZERO : INTERVAL_PER_CALL.multipliedBy(thread.calls());
        Duration interval = byCalls.compareTo(least) > 0 ? byCalls : least;
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
        /** The number of calls that reading the thread takes; a page starts with the thread's root. */
        public int calls() {
            int end = replyMarker.indexOf(' ');
            int replies = end < 0 ? 0 : Integer.parseInt(replyMarker.substring(0, end));
            return replies / SlackReader.MAX_REPLIES + 1;
        }

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
}
