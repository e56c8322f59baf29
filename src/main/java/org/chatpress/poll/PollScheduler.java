package org.chatpress.poll;

import static java.util.stream.Collectors.toMap;

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
import org.chatpress.poll.plan.PollIntervals;
import org.chatpress.poll.plan.PollIntervals.Activity;
import org.chatpress.poll.plan.PollIntervals.PollCandidate;
import org.chatpress.poll.plan.ReadPosition;
import org.chatpress.store.ChannelRepository.PollRecord;
import org.chatpress.store.Store;

/** Says which channels have their turn in a cycle, and remembers in the store when each had its last. */
public final class PollScheduler {
    /** Calls of conversations.history a minute; Slack allows 50, and its minute and ours don't start together. */
    public static final int CALLS_PER_MINUTE = 45;

    /** Likewise, while the doorbell is on: the others are for channels in which it rings. */
    private static final int BESIDE_THE_BELL = 32;

    /** Likewise, of those that are left in any minute. */
    private static final int KEPT_FOR_RINGS = 4;

    /** So long after the last thing that happened in it a channel counts as talking. */
    private static final Duration TALK = Duration.ofMinutes(2);

    /** How long a cycle in which nothing was read may leave the heartbeat as it is. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final Store store;
    private final Polling polling;
    private final EventQueue events;
    private final IntSupplier callsLeft;
    private final TokenBucket allowance = new TokenBucket(CALLS_PER_MINUTE);
    private PollIntervals turns = PollIntervals.of(0, 0, 0, CALLS_PER_MINUTE);
    private Instant sweptAt = Instant.MIN;
    private Instant lastCycle = Instant.MAX;
    private Instant notedAt = Instant.MIN;

    /** @param callsLeft how many calls of conversations.history Slack's rate limit allows at this moment */
    public PollScheduler(Store store, EventQueue events, Polling polling, IntSupplier callsLeft) {
        this.store = store;
        this.events = events;
        this.polling = polling;
        this.callsLeft = callsLeft;
    }

    /**
     * The channels to read in this cycle: those that would be forgotten otherwise, those in which Slack rang, then the
     * most overdue; each only if Slack's rate limit leaves a call for it when its turn comes.
     */
    public Iterable<Channel> channelsToPoll(CycleContext context, Set<ChannelId> called) {
        Instant now = context.now();
        Duration time = sinceLastCycle(now);
        allowance.refill(time);
        // Where Slack rings, nobody need be read the more often because he talks.
        List<PollCandidate> waiting =
                candidates(context.settings(), store, now, events.isConnected() ? Duration.ZERO : TALK, lastTurn());
        turns = PollIntervals.of(waiting, events.isConnected() ? BESIDE_THE_BELL : CALLS_PER_MINUTE);
        if (PollIntervals.count(waiting, Activity.ACTIVE) > 0) {
            context.report().markActive();
        }
        Map<ChannelId, Channel> channels = context.channels().stream().collect(toMap(Channel::id, channel -> channel));

        var due = new LinkedHashMap<ChannelId, BooleanSupplier>();
        switch (polling) {
            case ALL_CHANNELS ->
                PollIntervals.longestWaitingFirst(waiting).stream()
                        .filter(channel -> channel.activity() != Activity.CLOSED || turns.isDue(channel))
                        .forEach(channel -> due.put(channel.channel(), () -> true));
            case WHEN_DUE -> {
                turns.overdue(waiting).forEach(channel -> due.putIfAbsent(channel.channel(), () -> mayCall(0)));
                called.forEach(channel -> due.putIfAbsent(channel, () -> mayCall(0)));
                turns.due(waiting, time).forEach(channel -> due.putIfAbsent(channel.channel(), this::mayPoll));
            }
        }
        return () -> due.keySet().stream()
                .filter(channel -> due.get(channel).getAsBoolean())
                .map(channels::get)
                .iterator();
    }

    /** True if Slack's rate limit leaves a call for a page of older messages. */
    public boolean mayRescan(CycleContext context) {
        Instant now = context.now();
        boolean isTime = polling == Polling.ALL_CHANNELS
                || sweptAt.isAfter(now)
                || sweptAt.equals(Instant.MIN)
                || turns.isRescanDue(Duration.between(sweptAt, now));
        boolean may = isTime && (polling == Polling.ALL_CHANNELS ? callsLeft.getAsInt() > 0 : mayPoll());
        sweptAt = may ? now : sweptAt;
        return may;
    }

    /** Writes down when what was last done, at once for the whole cycle. */
    public void recordPolls(CycleContext context) {
        CycleReport report = context.report();
        Instant now = context.now();
        boolean isFresh = !notedAt.isAfter(now) && now.isBefore(notedAt.plus(HEARTBEAT));
        if (report.didNothing() && isFresh) {
            return;
        }
        store.inTransaction(() -> {
            report.pollResults().forEach((channel, turn) -> store.channels().recordPoll(channel, turn, now));
            report.rescans().forEach(what -> store.channels().recordTimestamp(what, now));
            store.channels().recordTimestamp("cycle", now);
            if (report.isComplete()) {
                store.channels().recordTimestamp("good cycle", now);
            }
        });
        notedAt = now;
    }

    /** Every channel of the settings with its pace and its wait. */
    public static List<PollCandidate> candidates(Settings settings, Store store, Instant now) {
        return candidates(settings, store, now, TALK, PollRecord::attemptedAt);
    }

    /** A single cycle may have no call left for its last channels; they come first in the next one. */
    private Function<PollRecord, Optional<Instant>> lastTurn() {
        return switch (polling) {
            case ALL_CHANNELS -> PollRecord::succeededAt;
            case WHEN_DUE -> PollRecord::attemptedAt;
        };
    }

    private static List<PollCandidate> candidates(
            Settings settings,
            Store store,
            Instant now,
            Duration talk,
            Function<PollRecord, Optional<Instant>> lastTurn) {
        Map<ChannelId, PollRecord> turns = store.channels().polls();
        return settings.channels().stream()
                .map(channel -> {
                    PollRecord turn = turns.getOrDefault(channel.id(), PollRecord.NONE);
                    // A turn in the future was noted before the clock was set back.
                    var last = lastTurn.apply(turn).filter(at -> !at.isAfter(now));
                    return new PollCandidate(
                            channel.id(),
                            pace(channel, turn, talk, store, now),
                            last.map(at -> Duration.between(at, now)));
                })
                .toList();
    }

    private static Activity pace(Channel channel, PollRecord turn, Duration talk, Store store, Instant now) {
        if (channel.publishing().closed()) {
            return Activity.CLOSED;
        }
        boolean talks =
                turn.lastActivityAt().filter(at -> now.isBefore(at.plus(talk))).isPresent()
                        || isUnfinished(channel, store)
                        || store.messages().hasMissing(channel.id())
                        || isDelayOver(channel, store, now);
        return talks ? Activity.ACTIVE : Activity.IDLE;
    }

    /** True while it is being read back to {@code since}; one that cannot be read must not take others' turns. */
    private static boolean isUnfinished(Channel channel, Store store) {
        return store.channels()
                .row(channel.id())
                .filter(row -> row.lastError().isEmpty())
                .filter(row -> !new ReadPosition(row.range(), Optional.empty())
                        .reaches(channel.source().since()))
                .isPresent();
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

    private boolean mayPoll() {
        return mayCall(events.isConnected() ? KEPT_FOR_RINGS : 0);
    }

    private boolean mayCall(int kept) {
        return callsLeft.getAsInt() > kept && allowance.tryTake();
    }
}
