package org.chatpress.cycle;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.config.Settings.Channel;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Reading;
import org.chatpress.pull.Absences;
import org.chatpress.pull.PullPlan;
import org.chatpress.pull.Stretch;
import org.chatpress.slack.Slack;
import org.chatpress.store.Channels.Outcome;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads channels from Slack into the store, as each one's plan says, and asks Slack about what a reading lacks. */
public final class ChannelReader {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelReader.class);

    /** More suspects than this at once are told: it may be a clean-up, or something odd. */
    private static final int FEW = 5;

    /** One message that Slack cannot tell about must not stand in the way of the next; a silent Slack may. */
    private static final int PATIENCE = 3;

    private final Slack slack;
    private final Store store;
    private final Map<ChannelId, PullPlan> unswept = new HashMap<>();
    private final Set<ChannelId> readWhole = new HashSet<>();
    private final Set<ChannelId> toldOfRetention = new HashSet<>();
    private final Set<ChannelId> toldOfOddOnes = new HashSet<>();
    private final Map<ChannelId, Integer> toldOfMissing = new HashMap<>();

    public ChannelReader(Slack slack, Store store) {
        this.slack = slack;
        this.store = store;
    }

    /** A channel's turn: its newest messages, and whatever lies between them and what was read before. */
    void read(Channel channel, CycleReport report) {
        ChannelId id = channel.id();
        var position = store.channels().position(id);
        boolean isNew = position.range().isEmpty();
        if (isNew) {
            readWhole.add(id);
        }
        int before = report.read();
        boolean done = attempt(channel, report, () -> {
            Instant delayed = report.startedAt().minus(channel.delay());
            PullPlan plan =
                    PullPlan.turn(position, channel.since(), store.messages().oldestDelayed(id, delayed));
            Optional<Stretch> next = plan.next();
            while (next.filter(stretch -> stretch.purpose() != Stretch.Purpose.SWEEP)
                    .isPresent()) {
                plan = read(channel, plan, next.get(), report);
                next = plan.next();
            }
            if (next.isPresent()) {
                unswept.put(id, plan);
            } else {
                unswept.remove(id);
            }
        });
        if (done) {
            report.good(channel.slug().value());
        }
        askForSuspects(channel, report);
        boolean news = !isNew && report.read() > before;
        report.turn(id, news ? Outcome.NEWS : done ? Outcome.NOTHING_NEW : Outcome.FAILED);
    }

    /** One page of older messages, of the channel that has waited longest for it, of those read since their last. */
    void sweep(List<Channel> channels, CycleReport report) {
        Optional<Channel> longest = channels.stream()
                .filter(channel -> unswept.containsKey(channel.id()))
                .min(Comparator.comparing(channel ->
                        store.channels().lastBeat(sweepOf(channel.id())).orElse(Instant.MIN)));
        if (longest.isPresent()) {
            Channel channel = longest.get();
            PullPlan plan = unswept.remove(channel.id());
            attempt(channel, report, () -> {
                read(channel, plan, plan.next().orElseThrow(), report);
                report.beat(sweepOf(channel.id()));
            });
            askForSuspects(channel, report);
        }
    }

    /** Reads a channel from its end to {@code since} once more, unless this process has done so already. */
    void readAnew(Channel channel, CycleReport report) {
        if (!readWhole.contains(channel.id())) {
            store.channels().forgetRange(channel.id());
            read(channel, report);
        }
    }

    private PullPlan read(Channel channel, PullPlan plan, Stretch stretch, CycleReport report) {
        Reading reading = slack.history(channel.id(), stretch.until(), stretch.limit());
        PullPlan rest = plan.after(stretch, reading);
        // What is missing is noted before the position moves on: a sweep comes by again only much later.
        Absences absences = store.messages().absences(reading, channel.since());
        store.messages().suspect(channel.id(), absences.suspects());
        report.addRead(store.messages().keep(reading, channel.since(), plan.position(), rest.position()));
        if (!absences.beyondRetention().isEmpty() && toldOfRetention.add(channel.id())) {
            LOG.warn(
                    "{}: Slack no longer shows {} old messages; they stay published, as a plan's retention hides messages",
                    channel.slug(),
                    absences.beyondRetention().size());
        }
        if (reading.unusable() > 0 && toldOfOddOnes.add(channel.id())) {
            LOG.warn("{}: skipped {} entries without a usable ts", channel.slug(), reading.unusable());
        }
        boolean nothingThere = reading.messages().isEmpty() && !reading.more();
        if (nothingThere && !absences.suspects().isEmpty()) {
            // If Slack says that the newest message is gone, the rest is to be asked for too.
            if (isGone(channel.id(), absences.suspects().get(0))) {
                store.messages().suspectAll(channel.id(), reading.window());
            }
        }
        return rest;
    }

    /** Whatever became of the channel's reading: a takedown waits for nothing but Slack's word on that message. */
    void askForSuspects(Channel channel, CycleReport report) {
        List<MessageTs> suspects = store.messages().suspects(channel.id());
        int told = suspects.isEmpty() ? 0 : toldOfMissing.getOrDefault(channel.id(), 0);
        toldOfMissing.put(channel.id(), Math.max(told, suspects.size()));
        if (suspects.size() > Math.max(FEW, told)) {
            LOG.warn("{}: {} messages are missing at once; asking Slack for each", channel.slug(), suspects.size());
        }
        int failures = 0;
        for (MessageTs ts : suspects) {
            try {
                isGone(channel.id(), ts);
            } catch (RemoteFailure e) {
                report.add(channel.slug().value(), e);
                if (++failures == PATIENCE) {
                    return;
                }
            }
        }
    }

    private boolean isGone(ChannelId channel, MessageTs ts) {
        Slack.Whereabouts whereabouts = slack.message(channel, ts);
        switch (whereabouts.state()) {
            case THERE -> store.messages().there(channel, whereabouts.message().orElseThrow());
            case GONE -> store.messages().deleted(channel, ts);
            case UNKNOWN -> {}
        }
        return whereabouts.state() == Slack.Whereabouts.State.GONE;
    }

    private boolean attempt(Channel channel, CycleReport report, Runnable work) {
        try {
            work.run();
            store.channels().setTrouble(channel.id(), "");
            return true;
        } catch (RemoteFailure e) {
            store.channels().setTrouble(channel.id(), e.getMessage());
            report.add(channel.slug().value(), e);
            return false;
        }
    }

    private static String sweepOf(ChannelId channel) {
        return "sweep " + channel;
    }
}
