package org.chatpress.poll;

import static java.util.stream.Collectors.toCollection;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.chatpress.config.Channel;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode.Polling;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.poll.plan.MissingMessages;
import org.chatpress.poll.plan.PollPlan;
import org.chatpress.poll.plan.PollPlan.PageRequest;
import org.chatpress.poll.plan.PollPlan.PageRequest.Purpose;
import org.chatpress.poll.plan.PollPlan.ReadPosition;
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SlackReader.MessageLookup;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.PollResult;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the history of channels from Slack into the store. A poll reads the newest messages; catching up reads what lies
 * between them and the messages read before, and back to {@code since}; a rescan reads older messages again. A message
 * that a page lacks is looked up on its own before it counts as deleted.
 */
public final class ChannelPoller {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelPoller.class);

    /** More missing messages than this are logged: they may be a clean-up, or an error on Slack's side. */
    private static final int WARN_ABOVE = 5;

    /** One failed lookup must not hold up the others; after this many, Slack itself is probably down. */
    private static final int MAX_FAILURES = 3;

    private static final int RESERVED_REPLIES = 25;

    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(10);

    private final SlackReader slack;
    private final Store store;
    private final IntSupplier repliesLeft;
    private final Polling polling;
    private final Map<ChannelId, PollPlan> rescanPlans = new HashMap<>();

    /** Of each channel's last page of a gap or backfill: how many such pages had been read in all channels. */
    private final Map<ChannelId, Long> pageNumbers = new HashMap<>();

    private long catchUpPages;
    private final Map<ChannelId, Instant> progressLogged = new HashMap<>();

    /** The channels whose whole history this process reads. */
    private final Set<ChannelId> readFromTheStart = new HashSet<>();

    private final Set<ChannelId> warnedAboutRetention = new HashSet<>();
    private final Set<ChannelId> warnedAboutInvalidTs = new HashSet<>();
    private final Map<ChannelId, Integer> warnedAboutMissing = new HashMap<>();

    /** @param repliesLeft calls of conversations.replies that Slack's rate limit allows now */
    public ChannelPoller(SlackReader slack, Store store, IntSupplier repliesLeft, Polling polling) {
        this.slack = slack;
        this.repliesLeft = repliesLeft;
        this.polling = polling;
        this.store = store;
    }

    /**
     * Reads a channel's new messages, in a single cycle also a page of its gap or backfill, then looks up the messages
     * marked for a refresh.
     */
    public void poll(Channel channel, CycleContext context) {
        ChannelId id = channel.id();
        var position = store.channels().position(id);
        boolean isFirstPoll = position.range().isEmpty();
        if (isFirstPoll) {
            readFromTheStart.add(id);
        }
        int readBefore = context.report().messagesRead();
        boolean succeeded = attempt(channel, context, () -> {
            Instant delayed = context.now().minus(channel.approval().delay());
            PollPlan plan = PollPlan.start(
                    position, channel.source().since(), store.messages().oldestDelayed(id, delayed));
            Optional<PageRequest> next = plan.nextRequest();
            while (next.filter(request -> Set.of(Purpose.HEAD, Purpose.DELAYED).contains(request.purpose()))
                    .isPresent()) {
                plan = readPage(channel, plan, next.get(), context);
                next = plan.nextRequest();
            }
            if (next.filter(request -> request.purpose() == Purpose.RESCAN).isPresent()) {
                rescanPlans.put(id, plan);
            } else {
                rescanPlans.remove(id);
            }
        });
        if (succeeded) {
            context.report().addSuccess(channel.slug().value());
        }
        if (succeeded && polling == Polling.ALL_CHANNELS && isBehind(channel)) {
            // A single cycle of many channels may have no call left after their polls, and never catch up.
            catchUp(channel, context);
        }
        // Even if the poll failed: deleted messages must not stay public until it succeeds.
        refreshMarked(channel, context);
        boolean hasNews = !isFirstPoll && context.report().messagesRead() > readBefore;
        context.report()
                .addPoll(
                        id,
                        hasNews ? PollResult.NEW_MESSAGES : succeeded ? PollResult.NO_NEW_MESSAGES : PollResult.FAILED);
    }

    /**
     * Reads pages of the gaps and backfills of all channels in turn, as long as there are any and one may be read.
     *
     * @param mayRead true if a page may be read now; asked before each
     * @return the channels of these pages
     */
    public Set<Channel> catchUp(CycleContext context, BooleanSupplier mayRead) {
        var read = new LinkedHashSet<Channel>();
        Queue<Channel> behind = channelsBehind(context);
        while (!behind.isEmpty() && mayRead.getAsBoolean()) {
            Channel channel = behind.remove();
            if (catchUp(channel, context)) {
                behind.add(channel);
            }
            refreshMarked(channel, context);
            read.add(channel);
        }
        return read;
    }

    /** Without those that failed in their last poll; the one whose last page is longest ago comes first. */
    private Queue<Channel> channelsBehind(CycleContext context) {
        Map<ChannelId, ChannelRow> rows = store.channels().byId();
        return context.channels().stream()
                .filter(channel -> Optional.ofNullable(rows.get(channel.id()))
                        .filter(row ->
                                row.range().isPresent() && row.lastError().isEmpty())
                        .filter(row -> row.isBehind(channel.source().since()))
                        .isPresent())
                .sorted(Comparator.comparing(channel -> pageNumbers.getOrDefault(channel.id(), 0L)))
                .collect(toCollection(ArrayDeque::new));
    }

    private boolean isBehind(Channel channel) {
        return store.channels().position(channel.id()).isBehind(channel.source().since());
    }

    /** Reads one page of a channel's gap or backfill; two, if the first is empty. True if there are more. */
    private boolean catchUp(Channel channel, CycleContext context) {
        pageNumbers.put(channel.id(), ++catchUpPages);
        Instant since = channel.source().since();
        ReadPosition position = store.channels().position(channel.id());
        boolean succeeded = attempt(channel, context, () -> {
            Instant delayed = context.now().minus(channel.approval().delay());
            PollPlan plan = PollPlan.catchUp(position, since, store.messages().oldestDelayed(channel.id(), delayed));
            while (plan.position().equals(position) && plan.nextRequest().isPresent()) {
                plan = readPage(channel, plan, plan.nextRequest().get(), context);
            }
        });
        ReadPosition reached = store.channels().position(channel.id());
        if (!reached.equals(position)) {
            logProgress(channel, reached, context.now());
        }
        return succeeded && !reached.equals(position) && reached.isBehind(since);
    }

    private void logProgress(Channel channel, ReadPosition position, Instant now) {
        Instant last = progressLogged.getOrDefault(channel.id(), Instant.MIN);
        boolean isRecent = !last.isAfter(now) && last.isAfter(now.minus(PROGRESS_INTERVAL));
        Optional<String> progress =
                progress(channel.id(), position, channel.source().since(), store);
        if (progress.isPresent() && !isRecent) {
            progressLogged.put(channel.id(), now);
            LOG.info("{}: {}", channel.slug(), progress.get());
        } else if (progress.isEmpty() && progressLogged.remove(channel.id()) != null) {
            LOG.info("{}: caught up", channel.slug());
        }
    }

    /** How far a channel has caught up, for people; empty if it is not behind. */
    public static Optional<String> progress(ChannelId channel, ReadPosition position, Instant since, Store store) {
        return position.catchingUp(since)
                .map(range -> String.format(
                        Locale.ROOT,
                        "catching up: %,d messages read, back to %s",
                        store.messages().count(channel, range),
                        range.oldest().instant().truncatedTo(ChronoUnit.SECONDS)));
    }

    /** Reads one page of older messages again, in the channel whose last rescan is longest ago. */
    public void rescan(CycleContext context) {
        Optional<Channel> next = context.channels().stream()
                .filter(channel -> rescanPlans.containsKey(channel.id()))
                .min(Comparator.comparing(channel ->
                        store.channels().timestamp(rescanKey(channel.id())).orElse(Instant.MIN)));
        if (next.isPresent()) {
            Channel channel = next.get();
            PollPlan plan = rescanPlans.remove(channel.id());
            attempt(channel, context, () -> {
                readPage(channel, plan, plan.nextRequest().orElseThrow(), context);
                context.report().addRescan(rescanKey(channel.id()));
            });
            refreshMarked(channel, context);
        }
    }

    /** Reads a channel's whole history back to {@code since} again, at most once in the life of this process. */
    public void rescanAll(Channel channel, CycleContext context) {
        if (!readFromTheStart.contains(channel.id())) {
            store.channels().forgetRange(channel.id());
            poll(channel, context);
            boolean hasMore = isBehind(channel);
            while (hasMore) {
                hasMore = catchUp(channel, context);
            }
        }
    }

    private PollPlan readPage(Channel channel, PollPlan plan, PageRequest request, CycleContext context) {
        HistoryPage page = slack.history(channel.id(), request.until(), request.limit());
        PollPlan rest = plan.advancedBy(request, page);
        MissingMessages lacking =
                store.messages().missingFrom(page, channel.source().since());
        // Before the position advances: after a crash in between, only a later rescan would notice.
        store.messages().saveMissing(channel.id(), page.readAt(), lacking);
        context.report()
                .addMessagesRead(
                        store.messages().savePage(page, channel.source().since(), plan.position(), rest.position()));
        if (!lacking.beyondRetention().isEmpty() && warnedAboutRetention.add(channel.id())) {
            LOG.warn(
                    "{}: Slack no longer returns old messages ({} so far), probably because of the workspace's retention; they"
                            + " stay published",
                    channel.slug(),
                    lacking.beyondRetention().size());
        }
        if (page.unusable() > 0 && warnedAboutInvalidTs.add(channel.id())) {
            LOG.warn("{}: skipped {} messages without a valid ts", channel.slug(), page.unusable());
        }
        boolean isEmpty = page.messages().isEmpty() && !page.hasMore();
        if (isEmpty && lacking.missing().stream().anyMatch(store.messages().needingRefresh(channel.id())::contains)) {
            // The page lacks everything. If the newest message really is deleted, look up the others too.
            MessageLookup.State newest = refresh(channel, lacking.missing().get(0));
            if (newest == MessageLookup.State.DELETED) {
                store.messages()
                        .markAllForRefresh(
                                channel.id(),
                                page.range(),
                                lacking.beyondRetention().stream().findFirst());
            }
        }
        return rest;
    }

    /** Looks up the messages that are marked for a refresh: those that a page lacked, and those that events named. */
    void refreshMarked(Channel channel, CycleContext context) {
        var marked = new ArrayList<>(store.messages().needingRefresh(channel.id()));
        int warnedAbout = marked.isEmpty() ? 0 : warnedAboutMissing.getOrDefault(channel.id(), 0);
        warnedAboutMissing.put(channel.id(), Math.max(warnedAbout, marked.size()));
        if (marked.size() > Math.max(WARN_ABOVE, warnedAbout)) {
            LOG.warn("{}: {} messages are missing; looking up each of them in Slack", channel.slug(), marked.size());
        }
        // Messages without a result leave most calls to other lookups and to threads.
        int spare = repliesLeft.getAsInt() - marked.size() - RESERVED_REPLIES;
        store.messages().needingAnotherLookup(channel.id()).stream()
                .limit(Math.max(0, spare))
                .forEach(marked::add);
        int failures = 0;
        for (MessageTs ts : marked) {
            try {
                refresh(channel, ts);
            } catch (RemoteException e) {
                context.report().addFailure(channel.slug().value(), e);
                if (++failures == MAX_FAILURES) {
                    return;
                }
            }
        }
    }

    /** Looks up one message and stores it as it is now, or that it was deleted. Clears its mark. */
    private MessageLookup.State refresh(Channel channel, MessageTs ts) {
        MessageLookup lookup = slack.lookUpMessage(channel.id(), ts);
        switch (lookup.state()) {
            case FOUND ->
                store.messages().markPresent(channel.id(), lookup.message().orElseThrow());
            case DELETED -> store.messages().markDeleted(channel.id(), ts);
            case UNKNOWN -> {
                if (store.messages().recordLookupWithoutResult(channel.id(), ts, lookup.readAt())) {
                    LOG.warn(
                            "{}: Slack no longer returns message {}; it is not published until Slack does",
                            channel.slug(),
                            ts);
                }
            }
        }
        return lookup.state();
    }

    private boolean attempt(Channel channel, CycleContext context, Runnable work) {
        try {
            work.run();
            store.channels().setLastError(channel.id(), "");
            return true;
        } catch (RemoteException e) {
            store.channels().setLastError(channel.id(), e.messageWithHint());
            context.report().addFailure(channel.slug().value(), e);
            return false;
        }
    }

    private static String rescanKey(ChannelId channel) {
        return "rescan " + channel;
    }
}
