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
import org.chatpress.poll.plan.PollPlan.ReadPosition;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SlackReader.MessageLookup;
import org.chatpress.slack.SocketModeClient;
import org.chatpress.store.Store;

/**
 * Fetches the messages that socket events name. Messages that the store knows are looked up at once. New messages come
 * with a poll of their channel; if the rate limit of {@code conversations.history} leaves no call for it, each is fetched
 * on its own with {@code conversations.replies}, which has a limit of its own. A message fetched that way proves nothing
 * about its neighbours, so the channel's read position stays as it is.
 */
public final class EventDrivenPoller {
    private final SlackReader slack;
    private final Store store;
    private final ChannelPoller channelPoller;
    private final EventQueue events;
    private final IntSupplier callsLeft;
    private final Map<ChannelId, Set<MessageTs>> newMessages = new LinkedHashMap<>();

    /** @param callsLeft calls of conversations.replies that Slack's rate limit allows now */
    public EventDrivenPoller(
            SlackReader slack, Store store, ChannelPoller channelPoller, EventQueue events, IntSupplier callsLeft) {
        this.slack = slack;
        this.store = store;
        this.channelPoller = channelPoller;
        this.events = events;
        this.callsLeft = callsLeft;
    }

    /**
     * Drains the event queue and looks up the messages in it that the store knows; the others are kept for a poll or for
     * {@link #fetchNew}.
     *
     * @return the channels of the messages looked up
     */
    public Set<Channel> fetchKnown(CycleContext context) {
        List<Channel> channels = context.channels();
        Map<ChannelId, Set<MessageTs>> received = events.drain();
        newMessages.keySet().retainAll(channels.stream().map(Channel::id).toList());
        var refreshed = new LinkedHashSet<Channel>();
        for (Channel channel : channels) {
            MessageTs oldest = MessageTs.at(channel.source().since());
            Set<MessageTs> unknown = new TreeSet<>(received.getOrDefault(channel.id(), Set.of()));
            unknown.removeIf(ts -> ts.isBefore(oldest));
            List<MessageTs> known = unknown.stream()
                    .filter(ts -> store.messages().has(channel.id(), ts))
                    .toList();
            known.forEach(unknown::remove);
            if (!unknown.isEmpty()) {
                newMessages.computeIfAbsent(channel.id(), id -> new TreeSet<>()).addAll(unknown);
            }
            if (!known.isEmpty()) {
                // The mark is stored, so a lookup that fails is repeated in a later cycle.
                store.messages().markForRefresh(channel.id(), known);
                channelPoller.refreshMarked(channel, context);
                refreshed.add(channel);
            }
        }
        return refreshed;
    }

    /** The channels with events that name messages not read yet. */
    public Set<ChannelId> channelsWithUnreadEvents() {
        return Set.copyOf(newMessages.keySet());
    }

    /**
     * Fetches new messages on their own, in the channels that were not polled in this cycle.
     *
     * @return the channels whose new messages were all fetched
     */
    public Set<Channel> fetchNew(CycleContext context) {
        newMessages.keySet().removeAll(context.report().pollResults().keySet());
        var fetched = new LinkedHashSet<Channel>();
        for (Channel channel : context.channels()) {
            Set<MessageTs> pending = newMessages.getOrDefault(channel.id(), Set.of());
            if (pending.isEmpty()) {
                continue;
            }
            ReadPosition position = store.channels().position(channel.id());
            if (position.isBehind(channel.source().since())) {
                continue;
            }
            boolean all = true;
            for (MessageTs ts : List.copyOf(pending)) {
                if (callsLeft.getAsInt() <= ThreadPollPlan.RESERVED_FOR_TAKEDOWNS) {
                    return fetched;
                }
                // Tried once; a message that this call does not return comes with the channel's next poll.
                pending.remove(ts);
                Optional<HistoryPage> page = fetch(channel, ts, context);
                page.ifPresent(one -> context.report()
                        .addMessagesRead(
                                store.messages().savePage(one, channel.source().since(), position, position)));
                all &= page.isPresent();
            }
            if (all) {
                newMessages.remove(channel.id());
                context.report().markActive();
                fetched.add(channel);
            }
        }
        return fetched;
    }

    private Optional<HistoryPage> fetch(Channel channel, MessageTs ts, CycleContext context) {
        try {
            MessageLookup lookup = slack.lookUpMessage(channel.id(), ts);
            return lookup.message()
                    // Left to the poll: a reply that was also sent to the channel is complete only on a history page.
                    .filter(message -> message.root().isEmpty())
                    .map(message -> HistoryPage.ofOne(channel.id(), message, lookup.readAt()));
        } catch (RemoteException e) {
            context.report().addFailure(channel.slug().value(), e);
            return Optional.empty();
        }
    }

    /**
     * The messages that socket events have named since the last cycle. Thread-safe. Only in memory: a lost event only delays
     * an update, because polling finds it too.
     */
    public static final class EventQueue implements SocketModeClient.SocketEventListener {
        private final Map<ChannelId, Set<MessageTs>> received = new LinkedHashMap<>();
        private boolean isConnected;
        private Runnable listener = () -> {};

        /** Sets what is run at each event, on the thread of the socket: it should start a cycle. */
        public synchronized void onArrival(Runnable startCycle) {
            listener = startCycle;
        }

        @Override
        public void onEvent(ChannelId channel, MessageTs ts) {
            Runnable startCycle;
            synchronized (this) {
                received.computeIfAbsent(channel, id -> new TreeSet<>()).add(ts);
                startCycle = listener;
            }
            startCycle.run();
        }

        @Override
        public synchronized void onConnectionChange(boolean connected) {
            isConnected = connected;
        }

        /** True while Slack sends events, so that channels can be polled less often. */
        synchronized boolean isConnected() {
            return isConnected;
        }

        /** Removes and returns the messages named since the last call. */
        synchronized Map<ChannelId, Set<MessageTs>> drain() {
            var all = Map.copyOf(received);
            received.clear();
            return all;
        }
    }
}
