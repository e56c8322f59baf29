package org.chatpress.poll;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.chatpress.config.Channel;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadCandidate;
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SlackReader.ThreadPage;
import org.chatpress.store.Store;

/** Reads threads from Slack into the store: replies, and editors' commands among them. */
public final class ThreadPoller {
    /** One thread that fails must not hold up the others; after this many, Slack itself is probably down. */
    private static final int MAX_FAILURES = 3;

    private final SlackReader slack;
    private final Store store;
    private final ChannelPoller channelPoller;
    private final IntSupplier callsLeft;

    /**
     * @param channelPoller looks up the replies that a thread lacks
     * @param callsLeft calls of conversations.replies that Slack's rate limit allows now
     */
    public ThreadPoller(SlackReader slack, Store store, ChannelPoller channelPoller, IntSupplier callsLeft) {
        this.slack = slack;
        this.store = store;
        this.channelPoller = channelPoller;
        this.callsLeft = callsLeft;
    }

    /** Reads the threads that are due in these channels, then looks up the replies that they lack. */
    public void poll(Collection<Channel> channels, CycleContext context) {
        for (Channel channel : channels) {
            List<ThreadCandidate> candidates = store.threads()
                    .candidates(
                            channel.id(), context.now().minus(channel.approval().delay()));
            int failures = 0;
            for (ThreadCandidate thread :
                    ThreadPollPlan.threadsToPoll(candidates, context.now(), callsLeft.getAsInt())) {
                if (failures < MAX_FAILURES && !poll(channel, thread, context)) {
                    failures++;
                }
            }
            if (!candidates.isEmpty()) {
                channelPoller.refreshMarked(channel, context);
            }
        }
    }

    private boolean poll(Channel channel, ThreadCandidate thread, CycleContext context) {
        try {
            Optional<ThreadPage> page = slack.thread(channel.id(), thread.root());
            page.ifPresentOrElse(
                    replies -> context.report().addMessagesRead(store.messages().savePage(replies)),
                    () -> store.messages().markForRefresh(channel.id(), List.of(thread.root())));
            store.threads().recordRead(channel.id(), thread, context.now());
            return true;
        } catch (RemoteException e) {
            if (!e.isNotSent()) {
                store.threads().recordFailure(channel.id(), thread.root(), context.now());
            } else if (thread.calls() > 1) {
                // Read in part, until no call was left; other threads get the next ones.
                store.threads().recordAttempt(channel.id(), thread.root(), context.now());
            }
            context.report().addFailure(channel.slug().value(), e);
            return false;
        }
    }
}
