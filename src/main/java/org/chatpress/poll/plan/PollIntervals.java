package org.chatpress.poll.plan;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ChannelId;

/**
 * How often channels are read, all of them out of one number of calls a minute. No channel waits longer than a minute,
 * or two seconds for each channel there is, whichever is more; what that leaves goes to those in which people are
 * talking, and what they cannot use to the quiet ones and to the sweep.
 *
 * @param longest what no channel waits longer than, but for closed ones
 * @param active the pause between two readings of a channel in which something happened lately
 * @param idle likewise, of any other
 * @param closed likewise, of one whose chat is over: withdrawals and late approvals can wait that long
 * @param rescan the pause between two pages of older messages, of whatever channel
 */
public record PollIntervals(Duration longest, Duration active, Duration idle, Duration closed, Duration rescan) {
    /** Nobody types faster, and a lonely channel leaves calls for its sweep. */
    static final Duration SHORTEST = Duration.ofSeconds(2);

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    /** A little less than the two seconds that are promised: a channel may have to wait a moment behind others. */
    private static final Duration EACH_CHANNEL = Duration.ofMillis(1800);

    private static final Duration CLOSED = Duration.ofMinutes(10);
    private static final Duration EACH_CLOSED = Duration.ofSeconds(10);

    /** Calls a minute that the sweep has in any case, and those it never has more of. */
    private static final int SWEEP_AT_LEAST = 2;

    private static final int SWEEP_AT_MOST = 9;

    /** A clock that ticks a little early makes nobody wait for the next tick. */
    private static final Duration A_MOMENT = Duration.ofMillis(100);

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    /** How a channel is to be read. */
    public enum Activity {
        ACTIVE,
        IDLE,
        CLOSED
    }

    /**
     * A channel that waits for its turn.
     *
     * @param waited since its last turn; empty: it never had one
     */
    public record PollCandidate(ChannelId channel, Activity activity, Optional<Duration> waited) {}

    /**
     * The pauses that fit so many channels.
     *
     * @param callsPerMinute for readings and sweep together
     */
    public static PollIntervals of(int talking, int quiet, int closed, int callsPerMinute) {
        Duration longest = longest(talking + quiet);
        Duration closedPause = longer(CLOSED, EACH_CLOSED.multipliedBy(closed));
        double calls = callsPerMinute - SWEEP_AT_LEAST - perMinute(closed, closedPause);

        Duration talkingPause = interval(talking, calls - perMinute(quiet, longest), longest);
        Duration quietPause = interval(quiet, calls - perMinute(talking, talkingPause), longest);

        double left = calls - perMinute(talking, talkingPause) - perMinute(quiet, quietPause);
        double swept = Math.min(SWEEP_AT_MOST, SWEEP_AT_LEAST + Math.max(0, left));
        return new PollIntervals(longest, talkingPause, quietPause, closedPause, interval(1, swept, A_MINUTE));
    }

    /** Likewise, for these channels. */
    public static PollIntervals of(Collection<PollCandidate> channels, int callsPerMinute) {
        return of(
                count(channels, Activity.ACTIVE),
                count(channels, Activity.IDLE),
                count(channels, Activity.CLOSED),
                callsPerMinute);
    }

    /** How many are read at this pace. */
    public static int count(Collection<PollCandidate> channels, Activity activity) {
        return (int) channels.stream()
                .filter(channel -> channel.activity() == activity)
                .count();
    }

    /** Those that have waited longest first. */
    public static List<PollCandidate> longestWaitingFirst(Collection<PollCandidate> channels) {
        return channels.stream()
                .sorted(Comparator.comparing(PollIntervals::waitOf, Comparator.reverseOrder()))
                .toList();
    }

    /**
     * Those that have to be read now: if they are, and the others evenly one after the other from now on, nobody waits
     * longer than the longest. So channels that were once read together are not late together.
     */
    public List<PollCandidate> overdue(Collection<PollCandidate> channels) {
        List<PollCandidate> open = longestWaitingFirst(channels).stream()
                .filter(channel -> channel.activity() != Activity.CLOSED)
                .toList();
        double each = seconds(longest) / open.size();
        int pressing = 0;
        for (int before = 0; before < open.size(); before++) {
            double left = seconds(longest) - seconds(waitOf(open.get(before)).plus(A_MOMENT));
            pressing = Math.max(pressing, before + 1 - (int) Math.ceil(Math.max(0, left) / each));
        }
        return open.subList(0, pressing);
    }

    /**
     * Those whose turn it is, the most overdue first; only one of each pace for each second that has gone by. Channels
     * that are read together are due together ever after, and keep others waiting.
     *
     * @param time since this was last asked
     */
    public List<PollCandidate> due(Collection<PollCandidate> channels, Duration time) {
        long ofEachPace = Math.max(1, Math.round(seconds(time)));
        var taken = new EnumMap<Activity, Long>(Activity.class);
        return channels.stream()
                .filter(this::isDue)
                .sorted(Comparator.comparing(this::overdue, Comparator.reverseOrder()))
                .filter(channel -> taken.merge(channel.activity(), 1L, Long::sum) <= ofEachPace)
                .toList();
    }

    /** True if it is the channel's turn. */
    public boolean isDue(PollCandidate channel) {
        return overdue(channel) >= 1;
    }

    /** True if so long after its last page the sweep may read another. */
    public boolean isRescanDue(Duration waited) {
        return waited.plus(A_MOMENT).compareTo(rescan) >= 0;
    }

    /** The pause between two readings of a channel at this pace. */
    public Duration interval(Activity activity) {
        return switch (activity) {
            case ACTIVE -> active;
            case IDLE -> idle;
            case CLOSED -> closed;
        };
    }

    private double overdue(PollCandidate channel) {
        return seconds(waitOf(channel).plus(A_MOMENT)) / seconds(interval(channel.activity()));
    }

    private static Duration waitOf(PollCandidate channel) {
        return channel.waited().orElse(FOR_EVER);
    }

    private static Duration longest(int channels) {
        return longer(A_MINUTE, EACH_CHANNEL.multipliedBy(channels));
    }

    /** What so many channels have to wait when they share so many calls a minute. */
    private static Duration interval(int channels, double calls, Duration longest) {
        if (calls <= 0 || channels == 0) {
            return longest;
        }
        Duration fair = Duration.ofMillis(Math.round(channels * 60_000 / calls));
        return longer(SHORTEST, fair.compareTo(longest) < 0 ? fair : longest);
    }

    private static double perMinute(int channels, Duration pause) {
        return channels * 60 / seconds(pause);
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
