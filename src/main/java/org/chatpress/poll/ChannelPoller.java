package org.chatpress.poll;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.config.Channel;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.poll.plan.MissingMessages;
import org.chatpress.poll.plan.PageRequest;
import org.chatpress.poll.plan.PollPlan;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.ChannelRepository.PollResult;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads channels from Slack into the store, as each one's plan says, and asks Slack about what a reading lacks. */
public final class ChannelPoller {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelPoller.class);

    /** More suspects than this at once are told: it may be a clean-up, or something odd. */
    private static final int FEW = 5;

    /** One message that Slack cannot tell about must not stand in the way of the next; a silent Slack may. */
    private static final int PATIENCE = 3;

    private final SlackReader slack;
    private final Store store;
    private final Map<ChannelId, PollPlan> unswept = new HashMap<>();
    private final Set<ChannelId> readWhole = new HashSet<>();
    private final Set<ChannelId> toldOfRetention = new HashSet<>();
    private final Set<ChannelId> toldOfOddOnes = new HashSet<>();
    private final Map<ChannelId, Integer> toldOfMissing = new HashMap<>();

    public ChannelPoller(SlackReader slack, Store store) {
        this.slack = slack;
        this.store = store;
    }

    /** A channel's turn: its newest messages, and whatever lies between them and what was read before. */
    public void poll(Channel channel, CycleContext context) {
        ChannelId id = channel.id();
        var position = store.channels().position(id);
        boolean isNew = position.range().isEmpty();
        if (isNew) {
            readWhole.add(id);
        }
        int before = context.report().messagesRead();
        boolean done = attempt(channel, context, () -> {
            Instant delayed = context.now().minus(channel.approval().delay());
            PollPlan plan = PollPlan.start(
                    position, channel.source().since(), store.messages().oldestDelayed(id, delayed));
            Optional<PageRequest> next = plan.nextRequest();
            while (next.filter(request -> request.purpose() != PageRequest.Purpose.RESCAN)
                    .isPresent()) {
                plan = poll(channel, plan, next.get(), context);
                next = plan.nextRequest();
            }
            if (next.isPresent()) {
                unswept.put(id, plan);
            } else {
                unswept.remove(id);
            }
        });
        if (done) {
            context.report().addSuccess(channel.slug().value());
        }
        verifyMissing(channel, context);
        boolean news = !isNew && context.report().messagesRead() > before;
        context.report()
                .addPoll(id, news ? PollResult.NEW_MESSAGES : done ? PollResult.NO_NEW_MESSAGES : PollResult.FAILED);
    }

    /** One page of older messages, of the channel that has waited longest for it, of those read since their last. */
    public void rescan(CycleContext context) {
        Optional<Channel> longest = context.channels().stream()
                .filter(channel -> unswept.containsKey(channel.id()))
                .min(Comparator.comparing(channel ->
                        store.channels().timestamp(sweepOf(channel.id())).orElse(Instant.MIN)));
        if (longest.isPresent()) {
            Channel channel = longest.get();
            PollPlan plan = unswept.remove(channel.id());
            attempt(channel, context, () -> {
                poll(channel, plan, plan.nextRequest().orElseThrow(), context);
                context.report().addRescan(sweepOf(channel.id()));
            });
            verifyMissing(channel, context);
        }
    }

    /** Reads a channel from its end to {@code since} once more, unless this process has done so already. */
    public void rescanAll(Channel channel, CycleContext context) {
        if (!readWhole.contains(channel.id())) {
            store.channels().forgetRange(channel.id());
            poll(channel, context);
        }
    }

    private PollPlan poll(Channel channel, PollPlan plan, PageRequest request, CycleContext context) {
        HistoryPage page = slack.history(channel.id(), request.until(), request.limit());
        PollPlan rest = plan.advancedBy(request, page);
        // What is missing is noted before the position moves on: a sweep comes by again only much later.
        MissingMessages absences =
                store.messages().missingFrom(page, channel.source().since());
        store.messages().markMissing(channel.id(), absences.missing());
        context.report()
                .addMessagesRead(
                        store.messages().savePage(page, channel.source().since(), plan.position(), rest.position()));
        if (!absences.beyondRetention().isEmpty() && toldOfRetention.add(channel.id())) {
            LOG.warn(
                    "{}: Slack no longer shows {} old messages; they stay published, as a plan's retention hides messages",
                    channel.slug(),
                    absences.beyondRetention().size());
        }
        if (page.unusable() > 0 && toldOfOddOnes.add(channel.id())) {
            LOG.warn("{}: skipped {} entries without a usable ts", channel.slug(), page.unusable());
        }
        boolean nothingThere = page.messages().isEmpty() && !page.hasMore();
        if (nothingThere && !absences.missing().isEmpty()) {
            // If Slack says that the newest message is gone, the rest is to be asked for too.
            if (isGone(channel.id(), absences.missing().get(0))) {
                store.messages().markAllMissing(channel.id(), page.range());
            }
        }
        return rest;
    }

    /** Whatever became of the channel's reading: a takedown waits for nothing but Slack's word on that message. */
    void verifyMissing(Channel channel, CycleContext context) {
        List<MessageTs> suspects = store.messages().missing(channel.id());
        int told = suspects.isEmpty() ? 0 : toldOfMissing.getOrDefault(channel.id(), 0);
        toldOfMissing.put(channel.id(), Math.max(told, suspects.size()));
        if (suspects.size() > Math.max(FEW, told)) {
            LOG.warn("{}: {} messages are missing at once; asking Slack for each", channel.slug(), suspects.size());
        }
        int failures = 0;
        for (MessageTs ts : suspects) {
            try {
                isGone(channel.id(), ts);
            } catch (RemoteException e) {
                context.report().addFailure(channel.slug().value(), e);
                if (++failures == PATIENCE) {
                    return;
                }
            }
        }
    }

    private boolean isGone(ChannelId channel, MessageTs ts) {
        SlackReader.MessageLookup lookup = slack.lookUpMessage(channel, ts);
        switch (lookup.state()) {
            case FOUND -> store.messages().markPresent(channel, lookup.message().orElseThrow());
            case DELETED -> store.messages().markDeleted(channel, ts);
            case UNKNOWN -> {}
        }
        return lookup.state() == SlackReader.MessageLookup.State.DELETED;
    }

    private boolean attempt(Channel channel, CycleContext context, Runnable work) {
        try {
            work.run();
            store.channels().setLastError(channel.id(), "");
            return true;
        } catch (RemoteException e) {
            store.channels().setLastError(channel.id(), e.getMessage());
            context.report().addFailure(channel.slug().value(), e);
            return false;
        }
    }

    private static String sweepOf(ChannelId channel) {
        return "sweep " + channel;
    }
}
