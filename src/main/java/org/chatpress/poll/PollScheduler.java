package org.chatpress.poll;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode.Polling;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.ChannelId;
import org.chatpress.poll.EventDrivenPoller.EventQueue;
import org.chatpress.poll.plan.PollIntervals;
import org.chatpress.poll.plan.PollIntervals.Activity;
import org.chatpress.poll.plan.PollIntervals.PollCandidate;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.PollRecord;
import org.chatpress.store.Store;

/** Decides which channels a cycle polls, and stores when each channel was last polled. */
public final class PollScheduler {
    /**
     * Calls of conversations.history a minute. Slack allows 50; the rest is a margin, because Slack's minute does not
     * start with ours.
     */
    public static final int CALLS_PER_MINUTE = 45;

    /** The calls a minute for channels that are due, while Socket Mode is connected; events may use the others. */
    private static final int CALLS_PER_MINUTE_WITH_EVENTS = 32;

    /** While Socket Mode is connected, channels that are due leave this many of the remaining calls to events. */
    private static final int RESERVED_FOR_EVENTS = 4;

    /** How long a channel counts as active after its last activity. */
    private static final Duration ACTIVE_FOR = Duration.ofMinutes(2);

    /** Cycles that poll nothing store their time no more often than this. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final Store store;
    private final Polling polling;
    private final EventQueue events;
    private final IntSupplier callsLeft;
    private final BooleanSupplier isSlackResponding;
    private final TokenBucket tokens = new TokenBucket();
    private final TokenBucket catchUpTokens = new TokenBucket();
    private PollIntervals intervals = PollIntervals.of(0, 0, 0, CALLS_PER_MINUTE);
    private Instant lastRescan = Instant.MIN;
    private Instant lastCycle = Instant.MAX;
    private Instant recordedAt = Instant.MIN;

    /**
     * @param callsLeft calls of conversations.history that Slack's rate limit allows now
     * @param isSlackResponding false while calls of conversations.history are not made because the last ones got no
     *     response
     */
    public PollScheduler(
            Store store, EventQueue events, Polling polling, IntSupplier callsLeft, BooleanSupplier isSlackResponding) {
        this.store = store;
        this.events = events;
        this.polling = polling;
        this.callsLeft = callsLeft;
        this.isSlackResponding = isSlackResponding;
    }

    /**
     * The channels to poll in this cycle, most urgent first: those that would exceed the maximum interval, those with
     * unread events, then those that are due. The rate limit and whether Slack responds are checked again before each
     * channel, so iterate once and poll as you go.
     */
    public Iterable<Channel> channelsToPoll(CycleContext context, Set<ChannelId> withUnreadEvents) {
        Instant now = context.now();
        Duration sinceLastCycle = sinceLastCycle(now);
        tokens.refill(sinceLastCycle, CALLS_PER_MINUTE);
        // With Socket Mode connected, activity does not shorten a channel's polling interval.
        Duration activeFor = events.isConnected() ? Duration.ZERO : ACTIVE_FOR;
        List<PollCandidate> candidates = candidates(context.settings(), store, now, activeFor, lastPoll());
        intervals =
                PollIntervals.of(candidates, events.isConnected() ? CALLS_PER_MINUTE_WITH_EVENTS : CALLS_PER_MINUTE);
        catchUpTokens.refill(sinceLastCycle, intervals.catchUpPerMinute());
        if (candidates.stream()
                .map(PollCandidate::activity)
                .anyMatch(activity -> activity == Activity.ACTIVE || activity == Activity.CATCHING_UP)) {
            context.report().markActive();
        }
        Map<ChannelId, BooleanSupplier> mayPoll = switch (polling) {
            case ALL_CHANNELS -> allChannels(candidates);
            case WHEN_DUE -> channelsDue(candidates, withUnreadEvents, sinceLastCycle);
        };
        Map<ChannelId, Channel> channels = context.channels().stream().collect(toMap(Channel::id, channel -> channel));
        return () -> mayPoll.keySet().stream()
                .filter(channel -> mayPoll.get(channel).getAsBoolean())
                .map(channels::get)
                .iterator();
    }

    /** Every channel, except closed ones that are not due; each with the check to make before its poll. */
    private Map<ChannelId, BooleanSupplier> allChannels(List<PollCandidate> candidates) {
        var mayPoll = new LinkedHashMap<ChannelId, BooleanSupplier>();
        PollIntervals.longestWaitingFirst(candidates).stream()
                .filter(candidate -> candidate.activity() != Activity.CLOSED || intervals.isDue(candidate))
                .forEach(candidate -> mayPoll.put(candidate.channel(), isSlackResponding));
        return mayPoll;
    }

    /** The channels that are due or have events; each with the check to make before its poll. */
    private Map<ChannelId, BooleanSupplier> channelsDue(
            List<PollCandidate> candidates, Set<ChannelId> withUnreadEvents, Duration sinceLastCycle) {
        Set<ChannelId> catchingUp = candidates.stream()
                .filter(candidate -> candidate.activity() == Activity.CATCHING_UP)
                .map(PollCandidate::channel)
                .collect(toSet());
        var mayPoll = new LinkedHashMap<ChannelId, BooleanSupplier>();
        intervals
                .mustPollNow(candidates)
                .forEach(candidate -> mayPoll.putIfAbsent(candidate.channel(), () -> takeCall(0)));
        withUnreadEvents.stream()
                .filter(channel -> !catchingUp.contains(channel))
                .forEach(channel -> mayPoll.putIfAbsent(channel, () -> takeCall(0)));
        intervals
                .due(candidates, sinceLastCycle)
                .forEach(candidate -> mayPoll.putIfAbsent(candidate.channel(), this::takeUnreservedCall));
        return mayPoll;
    }

    /** True if a page of a gap or a backfill may be read now; counts it. */
    public boolean mayCatchUp() {
        return switch (polling) {
            case ALL_CHANNELS -> isSlackResponding.getAsBoolean();
            case WHEN_DUE -> catchUpTokens.tryTake(this::takeUnreservedCall);
        };
    }

    /** True if a page of older messages is due and Slack's rate limit leaves a call for it. */
    public boolean mayRescan(CycleContext context) {
        Instant now = context.now();
        boolean isDue = polling == Polling.ALL_CHANNELS
                || lastRescan.isAfter(now)
                || lastRescan.equals(Instant.MIN)
                || intervals.isRescanDue(Duration.between(lastRescan, now));
        boolean may = isDue && (polling == Polling.ALL_CHANNELS ? callsLeft.getAsInt() > 0 : takeUnreservedCall());
        lastRescan = may ? now : lastRescan;
        return may;
    }

    /** Stores the times of the cycle, its polls and its rescan, in one transaction. */
    public void recordPolls(CycleContext context) {
        CycleReport report = context.report();
        Instant now = context.now();
        boolean isRecent = !recordedAt.isAfter(now) && now.isBefore(recordedAt.plus(HEARTBEAT));
        if (report.didNothing() && isRecent) {
            return;
        }
        store.inTransaction(() -> {
            report.pollResults().forEach((channel, result) -> store.channels().recordPoll(channel, result, now));
            report.rescans().forEach(key -> store.channels().recordTimestamp(key, now));
            store.channels().recordTimestamp("cycle", now);
            if (report.isComplete()) {
                store.channels().recordTimestamp("good cycle", now);
            }
        });
        recordedAt = now;
    }

    /** Every channel of the settings, with its activity and the time since its last poll. */
    public static List<PollCandidate> candidates(Settings settings, Store store, Instant now) {
        return candidates(settings, store, now, ACTIVE_FOR, PollRecord::attemptedAt);
    }

    /** A single cycle may run out of calls before its last channels, so the next one starts with those. */
    private Function<PollRecord, Optional<Instant>> lastPoll() {
        return switch (polling) {
            case ALL_CHANNELS -> PollRecord::succeededAt;
            case WHEN_DUE -> PollRecord::attemptedAt;
        };
    }

    private static List<PollCandidate> candidates(
            Settings settings,
            Store store,
            Instant now,
            Duration activeFor,
            Function<PollRecord, Optional<Instant>> lastPoll) {
        Map<ChannelId, PollRecord> polls = store.channels().polls();
        // In a statement each: on a server, a statement for each channel would take most of a quiet cycle.
        Map<ChannelId, ChannelRow> rows = store.channels().byId();
        Set<ChannelId> needingRefresh = store.messages().channelsNeedingRefresh();
        return settings.channels().stream()
                .map(channel -> {
                    ChannelId id = channel.id();
                    PollRecord record = polls.getOrDefault(id, PollRecord.NONE);
                    // A time in the future was stored before the clock was set back.
                    var last = lastPoll.apply(record).filter(at -> !at.isAfter(now));
                    var state = new ChannelState(
                            channel, Optional.ofNullable(rows.get(id)), record, needingRefresh.contains(id));
                    return new PollCandidate(
                            id, activity(state, activeFor, store, now), last.map(at -> Duration.between(at, now)));
                })
                .toList();
    }

    /** What is known of a channel. */
    private record ChannelState(Channel channel, Optional<ChannelRow> row, PollRecord polls, boolean needsRefresh) {
        boolean isOver() {
            return channel.publishing().closing().isClosed()
                    && row.filter(stored -> !stored.isLive()).isPresent();
        }

        /** A channel whose polls fail must not slow down the others. */
        boolean isBehind() {
            return row.filter(stored -> stored.lastError().isEmpty())
                    .filter(stored -> stored.isBehind(channel.source().since()))
                    .isPresent();
        }
    }

    private static Activity activity(ChannelState state, Duration activeFor, Store store, Instant now) {
        if (state.isOver()) {
            return Activity.CLOSED;
        }
        if (state.needsRefresh()) {
            return Activity.ACTIVE;
        }
        if (state.isBehind()) {
            return Activity.CATCHING_UP;
        }
        boolean isActive = state.polls()
                        .lastActivityAt()
                        .filter(at -> now.isBefore(at.plus(activeFor)))
                        .isPresent()
                || isDelayOver(state.channel(), store, now);
        return isActive ? Activity.ACTIVE : Activity.IDLE;
    }

    private static boolean isDelayOver(Channel channel, Store store, Instant now) {
        return !channel.approval().delay().isZero()
                && store.messages()
                        .oldestDelayed(
                                channel.id(), now.minus(channel.approval().delay()))
                        .isPresent();
    }

    private Duration sinceLastCycle(Instant now) {
        Duration time = now.isAfter(lastCycle) ? Duration.between(lastCycle, now) : Duration.ZERO;
        lastCycle = now;
        return time;
    }

    private boolean takeUnreservedCall() {
        return takeCall(events.isConnected() ? RESERVED_FOR_EVENTS : 0);
    }

    private boolean takeCall(int reserved) {
        return callsLeft.getAsInt() > reserved && tokens.tryTake();
    }

    /** Spreads calls evenly: tokens arrive at a constant rate, and each call takes one. */
    private static final class TokenBucket {
        /** The most tokens kept for later; also how many there are at the start. */
        private static final double CAPACITY = 8;

        private double tokens = CAPACITY;

        /** Adds the tokens of this time, up to a minute's; more than the capacity are kept only until the next refill. */
        void refill(Duration time, double perMinute) {
            double added = Math.min(perMinute, time.toMillis() * perMinute / 60_000);
            tokens = Math.min(tokens + added, Math.max(CAPACITY, added));
        }

        /** Takes a token; false if there is none. */
        boolean tryTake() {
            return tryTake(() -> true);
        }

        /** Takes a token if there is one and this can be taken too. */
        boolean tryTake(BooleanSupplier other) {
            if (tokens < 1 || !other.getAsBoolean()) {
                return false;
            }
            tokens--;
            return true;
        }
    }
}
