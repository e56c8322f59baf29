package org.chatpress.poll;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.IntSupplier;
import org.chatpress.config.Channel;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.model.MessageTs;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadCandidate;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadRescan;
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

    /**
     * Reads the threads that are due in these channels, then looks up the replies that they lack. A thread of several pages
     * is read in parts, so that it takes no calls from the others: its newest replies at once, the older ones as calls are
     * left.
     */
    public void poll(Collection<Channel> channels, CycleContext context) {
        for (Channel channel : channels) {
            Instant posted = context.now().minus(channel.approval().delay());
            List<ThreadCandidate> candidates = store.threads().candidates(channel.id(), posted);
            if (!candidates.isEmpty()) {
                readNewest(channel, candidates, posted, context);
                lookUpMissing(channel, context);
                rescanOlder(channel, context);
            }
        }
    }

    private void readNewest(Channel channel, List<ThreadCandidate> candidates, Instant posted, CycleContext context) {
        Queue<PartlyRead> behind = new ArrayDeque<>();
        int failures = 0;
        for (ThreadCandidate thread : ThreadPollPlan.threadsToPoll(candidates, context.now(), callsLeft.getAsInt())) {
            if (failures < MAX_FAILURES && !readPage(channel, firstPage(channel, thread, posted), behind, context)) {
                failures++;
            }
        }
        while (!behind.isEmpty() && failures < MAX_FAILURES && ThreadPollPlan.mayReadMore(callsLeft.getAsInt())) {
            if (!readPage(channel, behind.remove(), behind, context)) {
                failures++;
            }
        }
    }

    /**
     * A thread whose newest replies are being read.
     *
     * @param start where the first page began; empty: with the first reply
     * @param readUpTo where the next page begins
     */
    private record PartlyRead(ThreadCandidate thread, Optional<MessageTs> start, Optional<MessageTs> readUpTo) {}

    private PartlyRead firstPage(Channel channel, ThreadCandidate thread, Instant posted) {
        Optional<MessageTs> start = store.threads().startOfNewest(channel.id(), thread.root(), posted);
        return new PartlyRead(thread, start, start);
    }

    /** Reads the next page, and adds the thread to those behind if there are more. False if it failed. */
    private boolean readPage(Channel channel, PartlyRead from, Queue<PartlyRead> behind, CycleContext context) {
        return attempt(
                channel,
                from.thread().root(),
                context,
                () -> readPage(channel, from, context).ifPresent(behind::add));
    }

    /** Reads the next page; empty if it is the last one. */
    private Optional<PartlyRead> readPage(Channel channel, PartlyRead from, CycleContext context) {
        ThreadCandidate thread = from.thread();
        Optional<ThreadPage> page = slack.thread(channel.id(), thread.root(), from.readUpTo(), Optional.empty());
        save(channel, thread.root(), page, context);
        if (page.filter(ThreadPage::hasMore).isPresent()) {
            return Optional.of(new PartlyRead(thread, from.start(), page.get().upTo()));
        }
        if (page.isPresent() && from.start().isPresent()) {
            store.threads().recordNewestRead(channel.id(), thread, from.start().get(), context.now());
        } else {
            store.threads().recordRead(channel.id(), thread, context.now());
        }
        return Optional.empty();
    }

    private void rescanOlder(Channel channel, CycleContext context) {
        int failures = 0;
        for (ThreadRescan rescan : store.threads().rescans(channel.id())) {
            if (failures < MAX_FAILURES && !rescan(channel, rescan, context)) {
                failures++;
            }
        }
    }

    /** False if it failed. */
    private boolean rescan(Channel channel, ThreadRescan first, CycleContext context) {
        Optional<ThreadRescan> next = Optional.of(first);
        for (int pages = ThreadPollPlan.pagesToRescan(first, context.now());
                pages > 0 && next.isPresent() && ThreadPollPlan.mayReadMore(callsLeft.getAsInt());
                pages--) {
            ThreadRescan page = next.get();
            if (!attempt(channel, page.root(), context, () -> rescanPage(channel, page, context))) {
                return false;
            }
            lookUpMissing(channel, context);
            // A search ends as soon as nothing is missing.
            next = store.threads().rescans(channel.id()).stream()
                    .filter(other -> other.root().equals(first.root()) && other.isSearch() == first.isSearch())
                    .findFirst();
        }
        return true;
    }

    private void rescanPage(Channel channel, ThreadRescan rescan, CycleContext context) {
        Optional<MessageTs> after = rescan.after();
        Optional<ThreadPage> page;
        do {
            page = slack.thread(channel.id(), rescan.root(), after, Optional.of(rescan.upTo()));
            save(channel, rescan.root(), page, context);
            after = page.flatMap(ThreadPage::upTo);
        } while (page.filter(ThreadPage::hasMore).isPresent());
        if (page.isPresent()) {
            store.threads().recordRescan(channel.id(), rescan, context.now());
        } else {
            store.threads().endRescan(channel.id(), rescan.root());
        }
    }

    private void save(Channel channel, MessageTs root, Optional<ThreadPage> page, CycleContext context) {
        page.ifPresentOrElse(
                replies -> context.report().addMessagesRead(store.messages().savePage(replies)),
                () -> store.messages().markForRefresh(channel.id(), List.of(root)));
    }

    private void lookUpMissing(Channel channel, CycleContext context) {
        channelPoller.refreshMarked(channel, context);
        store.threads().recordComplete(channel.id());
    }

    private boolean attempt(Channel channel, MessageTs root, CycleContext context, Runnable work) {
        try {
            work.run();
            return true;
        } catch (RemoteException e) {
            if (!e.isNotSent()) {
                store.threads().recordFailure(channel.id(), root, context.now());
            }
            context.report().addFailure(channel.slug().value(), e);
            return false;
        }
    }
}
