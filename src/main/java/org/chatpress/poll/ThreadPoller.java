package org.chatpress.poll;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.chatpress.config.Channel;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.model.slack.ThreadPage;
import org.chatpress.poll.plan.ThreadCandidate;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.Store;

/** Reads threads from Slack into the store, as each channel's plan says: editors' notes are there, and replies. */
public final class ThreadPoller {
    /** One thread that Slack cannot give must not stand in the way of the next; a silent Slack may. */
    private static final int PATIENCE = 3;

    private final SlackReader slack;
    private final Store store;
    private final ChannelPoller channelPoller;
    private final IntSupplier callsLeft;

    /**
     * @param channelPoller asks Slack for replies that are missing
     * @param callsLeft how many threads Slack's rate limit lets be read now
     */
    public ThreadPoller(SlackReader slack, Store store, ChannelPoller channelPoller, IntSupplier callsLeft) {
        this.slack = slack;
        this.store = store;
        this.channelPoller = channelPoller;
        this.callsLeft = callsLeft;
    }

    public void poll(Collection<Channel> channelsRead, CycleContext context) {
        for (Channel channel : channelsRead) {
            List<ThreadCandidate> known = store.threads()
                    .candidates(
                            channel.id(), context.now().minus(channel.approval().delay()));
            int failures = 0;
            for (ThreadCandidate thread : ThreadPollPlan.threadsToPoll(known, context.now(), callsLeft.getAsInt())) {
                if (failures < PATIENCE && !poll(channel, thread, context)) {
                    failures++;
                }
            }
            if (!known.isEmpty()) {
                channelPoller.verifyMissing(channel, context);
            }
        }
    }

    private boolean poll(Channel channel, ThreadCandidate thread, CycleContext context) {
        try {
            Optional<ThreadPage> page = slack.thread(channel.id(), thread.root());
            page.ifPresentOrElse(
                    there -> context.report().addMessagesRead(store.messages().savePage(there)),
                    () -> store.messages().markMissing(channel.id(), List.of(thread.root())));
            store.threads().recordRead(channel.id(), thread, context.now());
            return true;
        } catch (RemoteException e) {
            store.threads().recordFailure(channel.id(), thread.root(), context.now());
            context.report().addFailure(channel.slug().value(), e);
            return false;
        }
    }
}
