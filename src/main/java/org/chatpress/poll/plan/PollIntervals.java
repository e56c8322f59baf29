package org.chatpress.poll.plan;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ChannelId;

/**
 * How often each channel is polled, so that all polls and rescans fit in a number of calls a minute. No channel waits
 * longer than a minute, or 1.8 seconds for each channel, whichever is more. Of the calls that are left, a third goes to
 * the pages of channels that are catching up; then active channels come first, idle ones and the rescan last.
 *
 * @param maxInterval the longest interval of a channel that is not closed
 * @param active the interval of a channel with recent activity
 * @param idle the interval of any other open channel
 * @param catchUp the interval between two pages of gaps and backfills, over all channels; of a channel's polls it is the
 *     maximum interval
 * @param closed the interval of a closed channel; takedowns and late approvals there can wait that long
 * @param rescan the interval between two pages of older messages, over all channels
 */
public record PollIntervals(
        Duration maxInterval, Duration active, Duration idle, Duration catchUp, Duration closed, Duration rescan) {
    /** The shortest interval. A single channel then takes 30 calls a minute, and leaves the others to its rescan. */
    static final Duration MIN_INTERVAL = Duration.ofSeconds(2);

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    /** A little less than the two seconds that the documents promise: a channel may have to wait behind others. */
    private static final Duration PER_CHANNEL = Duration.ofMillis(1800);

    private static final Duration CLOSED = Duration.ofMinutes(10);
    private static final Duration PER_CLOSED_CHANNEL = Duration.ofSeconds(10);

    /** Calls a minute that the rescan always has. */
    private static final int MIN_RESCANS = 2;

    /** Calls a minute that the rescan never exceeds. */
    private static final int MAX_RESCANS = 9;

    /** Beside active channels, catching up takes this fraction of the calls that idle channels leave. */
    private static final int CATCH_UP_DIVISOR = 3;

    /** A cycle that starts this much early still counts as on time; otherwise each channel would wait one more cycle. */
    private static final Duration TOLERANCE = Duration.ofMillis(100);

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    /** How often a channel is worth polling. */
    public enum Activity {
        ACTIVE,
        IDLE,
        /** It has a gap, or is not read back to {@code since}: its new messages are not published yet. */
        CATCHING_UP,
        CLOSED
    }

    /**
     * A channel that may be polled.
     *
     * @param waited the time since its last poll; empty if there was none
     */
    public record PollCandidate(ChannelId channel, Activity activity, Optional<Duration> waited) {}

    /** The intervals for so many active, idle and closed channels, none of which is catching up. */
    public static PollIntervals of(int active, int idle, int closed, int callsPerMinute) {
        return of(active, idle, 0, closed, callsPerMinute);
    }

    /**
     * The intervals for so many active, idle and closed channels, and others that are catching up.
     *
     * @param callsPerMinute for all calls together
     */
    public static PollIntervals of(int active, int idle, int catchingUp, int closed, int callsPerMinute) {
        Duration maxInterval = maxInterval(active + idle + catchingUp);
        Duration closedInterval = max(CLOSED, PER_CLOSED_CHANNEL.multipliedBy(closed));
        double calls =
                callsPerMinute - MIN_RESCANS - perMinute(closed, closedInterval) - perMinute(catchingUp, maxInterval);
        double spare = calls - perMinute(idle, maxInterval);
        double leftAtMaxInterval = spare - perMinute(active, maxInterval);
        double pages = active == 0 ? spare : Math.min(spare / CATCH_UP_DIVISOR, leftAtMaxInterval);
        Duration catchUp = interval(1, catchingUp == 0 ? 0 : pages, A_MINUTE);
        calls -= catchingUp == 0 ? 0 : perMinute(1, catchUp);

        Duration activeInterval = interval(active, calls - perMinute(idle, maxInterval), maxInterval);
        Duration idleInterval = interval(idle, calls - perMinute(active, activeInterval), maxInterval);

        double left = calls - perMinute(active, activeInterval) - perMinute(idle, idleInterval);
        double rescans = Math.min(MAX_RESCANS, MIN_RESCANS + Math.max(0, left));
        return new PollIntervals(
                maxInterval, activeInterval, idleInterval, catchUp, closedInterval, interval(1, rescans, A_MINUTE));
    }

    /** The intervals for these channels. */
    public static PollIntervals of(Collection<PollCandidate> channels, int callsPerMinute) {
        return of(
                count(channels, Activity.ACTIVE),
                count(channels, Activity.IDLE),
                count(channels, Activity.CATCHING_UP),
                count(channels, Activity.CLOSED),
                callsPerMinute);
    }

    /** How many of the channels have this activity. */
    public static int count(Collection<PollCandidate> channels, Activity activity) {
        return (int) channels.stream()
                .filter(channel -> channel.activity() == activity)
                .count();
    }

    /** The channels by the time they have waited, longest first. */
    public static List<PollCandidate> longestWaitingFirst(Collection<PollCandidate> channels) {
        return channels.stream()
                .sorted(Comparator.comparing(PollIntervals::waitOf, Comparator.reverseOrder()))
                .toList();
    }

    /**
     * The channels to poll now so that, polling the rest at an even rate, no channel exceeds the maximum interval. Spreads
     * channels that were last polled together.
     */
    public List<PollCandidate> mustPollNow(Collection<PollCandidate> channels) {
        List<PollCandidate> open = longestWaitingFirst(channels).stream()
                .filter(channel -> channel.activity() != Activity.CLOSED)
                .toList();
        double secondsPerPoll = seconds(maxInterval) / open.size();
        int mustPoll = 0;
        for (int before = 0; before < open.size(); before++) {
            double secondsLeft =
                    seconds(maxInterval) - seconds(waitOf(open.get(before)).plus(TOLERANCE));
            int pollsInTime = (int) Math.ceil(Math.max(0, secondsLeft) / secondsPerPoll);
            mustPoll = Math.max(mustPoll, before + 1 - pollsInTime);
        }
        return open.subList(0, mustPoll);
    }

    /**
     * The channels whose interval has passed, most overdue first, but of each activity only one for each second since the
     * last call. Otherwise channels that were polled together would be due together ever after, and hold up others.
     *
     * @param sinceLastCall the time since this was last called
     */
    public List<PollCandidate> due(Collection<PollCandidate> channels, Duration sinceLastCall) {
        long ofEachActivity = Math.max(1, Math.round(seconds(sinceLastCall)));
        var taken = new EnumMap<Activity, Long>(Activity.class);
        return channels.stream()
                .filter(this::isDue)
                .sorted(Comparator.comparing(this::intervalsWaited, Comparator.reverseOrder()))
                .filter(channel -> taken.merge(channel.activity(), 1L, Long::sum) <= ofEachActivity)
                .toList();
    }

    /** True if the channel's interval has passed since its last poll. */
    public boolean isDue(PollCandidate channel) {
        return intervalsWaited(channel) >= 1;
    }

    /** True if another page of older messages may be read so long after the last one. */
    public boolean isRescanDue(Duration waited) {
        return waited.plus(TOLERANCE).compareTo(rescan) >= 0;
    }

    /** The pages of gaps and backfills to read in a minute. */
    public double catchUpPerMinute() {
        return perMinute(1, catchUp);
    }

    /** The interval between two polls of a channel with this activity. */
    public Duration interval(Activity activity) {
        return switch (activity) {
            case ACTIVE -> active;
            case IDLE -> idle;
            case CATCHING_UP -> maxInterval;
            case CLOSED -> closed;
        };
    }

    private double intervalsWaited(PollCandidate channel) {
        return seconds(waitOf(channel).plus(TOLERANCE)) / seconds(interval(channel.activity()));
    }

    private static Duration waitOf(PollCandidate channel) {
        return channel.waited().orElse(FOR_EVER);
    }

    private static Duration maxInterval(int channels) {
        return max(A_MINUTE, PER_CHANNEL.multipliedBy(channels));
    }

    /** The interval at which so many channels share so many calls a minute, within its limits. */
    private static Duration interval(int channels, double calls, Duration maxInterval) {
        if (calls <= 0 || channels == 0) {
            return maxInterval;
        }
        Duration fair = Duration.ofMillis(Math.round(channels * 60_000 / calls));
        return max(MIN_INTERVAL, fair.compareTo(maxInterval) < 0 ? fair : maxInterval);
    }

    private static double perMinute(int channels, Duration interval) {
        return channels * 60 / seconds(interval);
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
