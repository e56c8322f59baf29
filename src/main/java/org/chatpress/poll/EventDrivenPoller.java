package org.chatpress.poll;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.chatpress.config.Channel;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.poll.plan.ReadPosition;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.Store;

/**
 * Answers the doorbell. A message that is known is asked for at once. A new one stands on its channel's first page; where
 * no call is left for that, it is asked for alone, of which Slack allows as many calls again. That is a reading of this
 * message and of nothing else: it says nothing of its neighbours, and how far the channel has been read stays as it was.
 */
public final class EventDrivenPoller {
    private final SlackReader slack;
    private final Store store;
    private final ChannelPoller channelPoller;
    private final EventQueue events;
    private final IntSupplier callsLeft;
    private final Map<ChannelId, Set<MessageTs>> channelsWithUnreadEvents = new LinkedHashMap<>();

    /** @param callsLeft how many messages Slack's rate limit lets be asked for now */
    public EventDrivenPoller(
            SlackReader slack, Store store, ChannelPoller channelPoller, EventQueue events, IntSupplier callsLeft) {
        this.slack = slack;
        this.store = store;
        this.channelPoller = channelPoller;
        this.events = events;
        this.callsLeft = callsLeft;
    }

    /**
     * Asks Slack for each message that it rang for and that is known already.
     *
     * @return their channels
     */
    public Set<Channel> fetchKnown(CycleContext context) {
        List<Channel> channels = context.channels();
        Map<ChannelId, Set<MessageTs>> rung = events.drain();
        channelsWithUnreadEvents
                .keySet()
                .retainAll(channels.stream().map(Channel::id).toList());
        var answered = new LinkedHashSet<Channel>();
        for (Channel channel : channels) {
            MessageTs oldest = MessageTs.at(channel.source().since());
            Set<MessageTs> wanted = new TreeSet<>(rung.getOrDefault(channel.id(), Set.of()));
            wanted.removeIf(ts -> ts.isBefore(oldest));
            List<MessageTs> known = wanted.stream()
                    .filter(ts -> store.messages().has(channel.id(), ts))
                    .toList();
            known.forEach(wanted::remove);
            if (!wanted.isEmpty()) {
                channelsWithUnreadEvents
                        .computeIfAbsent(channel.id(), id -> new TreeSet<>())
                        .addAll(wanted);
            }
            if (!known.isEmpty()) {
                store.messages().markMissing(channel.id(), known);
                channelPoller.verifyMissing(channel, context);
                answered.add(channel);
            }
        }
        return answered;
    }

    /** The channels in which Slack rang for messages that have not been read. */
    public Set<ChannelId> channelsWithUnreadEvents() {
        return Set.copyOf(channelsWithUnreadEvents.keySet());
    }

    /**
     * Asks for new messages alone, in channels whose first page was not read in this cycle.
     *
     * @return the channels of which some were read
     */
    public Set<Channel> fetchNew(CycleContext context) {
        channelsWithUnreadEvents
                .keySet()
                .removeAll(context.report().pollResults().keySet());
        var read = new LinkedHashSet<Channel>();
        for (Channel channel : context.channels()) {
            Set<MessageTs> wanted = channelsWithUnreadEvents.getOrDefault(channel.id(), Set.of());
            ReadPosition position = store.channels().position(channel.id());
            if (wanted.isEmpty() || !position.reaches(channel.source().since())) {
                continue;
            }
            boolean all = true;
            for (MessageTs ts : List.copyOf(wanted)) {
                if (callsLeft.getAsInt() <= ThreadPollPlan.RESERVED_FOR_TAKEDOWNS) {
                    return read;
                }
                // Asked for once: what Slack does not give alone waits for the first page.
                wanted.remove(ts);
                Optional<HistoryPage> page = alone(channel, ts, context);
                page.ifPresent(one -> context.report()
                        .addMessagesRead(
                                store.messages().savePage(one, channel.source().since(), position, position)));
                all &= page.isPresent();
            }
            if (all) {
                channelsWithUnreadEvents.remove(channel.id());
                context.report().markActive();
                read.add(channel);
            }
        }
        return read;
    }

    private Optional<HistoryPage> alone(Channel channel, MessageTs ts, CycleContext context) {
        try {
            SlackReader.MessageLookup lookup = slack.lookUpMessage(channel.id(), ts);
            return lookup.message()
                    // A reply says more of itself on the channel's page.
                    .filter(message -> message.root().isEmpty())
                    .map(message -> HistoryPage.ofOne(channel.id(), message, lookup.readAt()));
        } catch (RemoteException e) {
            context.report().addFailure(channel.slug().value(), e);
            return Optional.empty();
        }
    }
}
