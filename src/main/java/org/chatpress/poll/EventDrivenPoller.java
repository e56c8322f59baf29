package org.chatpress.poll;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.chatpress.config.Settings.Channel;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.poll.plan.ReadPosition;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.slack.SlackClient;
import org.chatpress.store.Store;

/**
 * Answers the doorbell. A message that is known is asked for at once. A new one stands on its channel's first page; where
 * no call is left for that, it is asked for alone, of which Slack allows as many calls again. That is a reading of this
 * message and of nothing else: it says nothing of its neighbours, and how far the channel has been read stays as it was.
 */
public final class EventDrivenPoller {
    private final SlackClient slack;
    private final Store store;
    private final ChannelPoller reader;
    private final EventQueue bells;
    private final IntSupplier callsLeft;
    private final Map<ChannelId, Set<MessageTs>> called = new LinkedHashMap<>();

    /** @param callsLeft how many messages Slack's rate limit lets be asked for now */
    public EventDrivenPoller(
            SlackClient slack, Store store, ChannelPoller reader, EventQueue bells, IntSupplier callsLeft) {
        this.slack = slack;
        this.store = store;
        this.reader = reader;
        this.bells = bells;
        this.callsLeft = callsLeft;
    }

    /**
     * Asks Slack for each message that it rang for and that is known already.
     *
     * @return their channels
     */
    public Set<Channel> answer(List<Channel> channels, CycleReport report) {
        Map<ChannelId, Set<MessageTs>> rung = bells.take();
        called.keySet().retainAll(channels.stream().map(Channel::id).toList());
        var answered = new LinkedHashSet<Channel>();
        for (Channel channel : channels) {
            MessageTs oldest = MessageTs.at(channel.since());
            Set<MessageTs> wanted = new TreeSet<>(rung.getOrDefault(channel.id(), Set.of()));
            wanted.removeIf(ts -> ts.isBefore(oldest));
            List<MessageTs> known = wanted.stream()
                    .filter(ts -> store.messages().has(channel.id(), ts))
                    .toList();
            known.forEach(wanted::remove);
            if (!wanted.isEmpty()) {
                called.computeIfAbsent(channel.id(), id -> new TreeSet<>()).addAll(wanted);
            }
            if (!known.isEmpty()) {
                store.messages().suspect(channel.id(), known);
                reader.askForSuspects(channel, report);
                answered.add(channel);
            }
        }
        return answered;
    }

    /** The channels in which Slack rang for messages that have not been read. */
    public Set<ChannelId> called() {
        return Set.copyOf(called.keySet());
    }

    /**
     * Asks for new messages alone, in channels whose first page was not read in this cycle.
     *
     * @return the channels of which some were read
     */
    public Set<Channel> askAlone(List<Channel> channels, CycleReport report) {
        called.keySet().removeAll(report.turns().keySet());
        var read = new LinkedHashSet<Channel>();
        for (Channel channel : channels) {
            Set<MessageTs> wanted = called.getOrDefault(channel.id(), Set.of());
            ReadPosition position = store.channels().position(channel.id());
            if (wanted.isEmpty() || !position.reaches(channel.since())) {
                continue;
            }
            boolean all = true;
            for (MessageTs ts : List.copyOf(wanted)) {
                if (callsLeft.getAsInt() <= ThreadPollPlan.KEPT_FOR_TAKEDOWNS) {
                    return read;
                }
                // Asked for once: what Slack does not give alone waits for the first page.
                wanted.remove(ts);
                Optional<HistoryPage> reading = alone(channel, ts, report);
                reading.ifPresent(
                        one -> report.addRead(store.messages().keep(one, channel.since(), position, position)));
                all &= reading.isPresent();
            }
            if (all) {
                called.remove(channel.id());
                report.talking();
                read.add(channel);
            }
        }
        return read;
    }

    private Optional<HistoryPage> alone(Channel channel, MessageTs ts, CycleReport report) {
        try {
            SlackClient.MessageLookup whereabouts = slack.message(channel.id(), ts);
            return whereabouts
                    .message()
                    // A reply says more of itself on the channel's page.
                    .filter(message -> message.root().isEmpty())
                    .map(message -> HistoryPage.alone(channel.id(), message, whereabouts.at()));
        } catch (RemoteException e) {
            report.add(channel.slug().value(), e);
            return Optional.empty();
        }
    }
}
