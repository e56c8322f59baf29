package org.chatpress.poll.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.chatpress.model.MessageTs;
import org.chatpress.poll.plan.ThreadCandidate.Reason;

/**
 * Which threads to read now. A channel's history tells of new and deleted replies by its roots' figures; edits and
 * reactions in a thread show only to whoever reads it. All of it shares its calls with asking what became of missing
 * messages, and leaves some for that: a takedown comes first.
 */
public final class ThreadPollPlan {
    /** Calls in a minute that only takedowns may use. */
    public static final int RESERVED_FOR_TAKEDOWNS = 10;

    /** Threads that may not have changed at all are read while more calls than these are left. */
    static final int RESERVED_FOR_CHANGES = 25;

    /** How many of a channel's threads are looked at once a minute. */
    public static final int NEWEST = 10;

    /** A message whose thread could not be read so often is published without it. */
    public static final int MAX_FAILURES = 5;

    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(10);
    private static final Duration NEWEST_EVERY = Duration.ofMinutes(1);
    private static final Duration OTHERS_EVERY = Duration.ofMinutes(10);

    private ThreadPollPlan() {}

    /**
     * The threads of a channel to read, the most urgent first.
     *
     * @param known a thread may stand there for several causes
     * @param callsLeft how many calls Slack still allows in this minute
     */
    public static List<ThreadCandidate> threadsToPoll(List<ThreadCandidate> known, Instant now, int callsLeft) {
        var plan = new ArrayList<ThreadCandidate>();
        Comparator<ThreadCandidate> urgency = Comparator.comparingInt(ThreadCandidate::failures)
                .thenComparing(Comparator.comparing(ThreadCandidate::latest).reversed());
        known.stream()
                .filter(thread -> isUrgent(thread, now))
                .sorted(urgency)
                .forEach(thread -> add(thread, plan, callsLeft - RESERVED_FOR_TAKEDOWNS));
        known.stream()
                .filter(thread -> thread.reason() == Reason.NEWEST && waited(thread, now, NEWEST_EVERY))
                .sorted(longestFirst())
                .forEach(thread -> add(thread, plan, callsLeft - RESERVED_FOR_CHANGES));
        known.stream()
                .filter(thread -> thread.reason() == Reason.LONGEST_UNREAD && waited(thread, now, OTHERS_EVERY))
                .min(longestFirst())
                .ifPresent(thread -> add(thread, plan, callsLeft - RESERVED_FOR_CHANGES));
        return plan;
    }

    private static boolean isUrgent(ThreadCandidate thread, Instant now) {
        boolean urgent = Set.of(Reason.CHANGED, Reason.DELAYED).contains(thread.reason());
        Duration pause = thread.failures() < MAX_FAILURES ? AFTER_A_FAILURE : NEWEST_EVERY;
        return urgent && (thread.failures() == 0 || waited(thread, now, pause));
    }

    private static boolean waited(ThreadCandidate thread, Instant now, Duration pause) {
        return thread.triedAt()
                .filter(at -> !at.isAfter(now))
                .map(at -> !at.plus(pause).isAfter(now))
                .orElse(true);
    }

    private static Comparator<ThreadCandidate> longestFirst() {
        return Comparator.comparing((ThreadCandidate thread) -> thread.triedAt().orElse(Instant.MIN));
    }

    private static void add(ThreadCandidate thread, List<ThreadCandidate> plan, int most) {
        List<MessageTs> there = plan.stream().map(ThreadCandidate::root).toList();
        if (plan.size() < most && !there.contains(thread.root())) {
            plan.add(thread);
        }
    }
}
