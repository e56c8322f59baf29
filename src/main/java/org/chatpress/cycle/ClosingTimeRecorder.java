package org.chatpress.cycle;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.chatpress.config.Channel;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.publish.PublishedClosings;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.ClosingTime;
import org.chatpress.store.ChannelRepository.ClosingTime.State;
import org.chatpress.store.ChannelRepository.PollRecord;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores when chats were closed, by Slack's clock, and ends them at that time. The settings may name the time; with
 * {@code closed: true} it is the time at which Chatpress first reads that, or at which the file was changed if that is
 * later than the last poll of the open channel.
 *
 * <p>A lost or restored database does not know that a chat was closed long ago, and must not publish what was posted
 * since. So a new process reads the published files: they show the time, or that the database is current.
 * Otherwise a person must name the time; until then, messages newer than the public ones wait for their review.
 */
public final class ClosingTimeRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(ClosingTimeRecorder.class);

    private final Store store;
    private final Supplier<Optional<Duration>> clockDifference;

    /** Channels that were open in this process: if one is closed now, it happened now, whatever the database says. */
    private final Set<ChannelId> open = new HashSet<>();

    /** When {@code closed: true} was first read, by this machine's clock, while Slack's time is not known. */
    private final Map<ChannelId, Instant> firstRead = new HashMap<>();

    private final Map<ChannelId, Channel.Closing> ended = new HashMap<>();
    private final Set<ChannelId> warnedAbout = new HashSet<>();

    /** What files of a newer database showed. It corrects the time of an older closing, and not that of a later one. */
    private final Map<ChannelId, PublishedClosings> newer = new HashMap<>();

    /** @param clockDifference how far Slack's clock is ahead of this machine's; empty while that is not known */
    public ClosingTimeRecorder(Store store, Supplier<Optional<Duration>> clockDifference) {
        this.store = store;
        this.clockDifference = clockDifference;
    }

    /** Ends the chats that are over. To be called after polling, which shows Slack's time, and before the review. */
    void record(CycleContext context) {
        for (Channel channel : context.channels()) {
            if (!channel.publishing().closing().isClosed()) {
                open.add(channel.id());
                ended.remove(channel.id());
            } else if (!channel.publishing().closing().equals(ended.get(channel.id()))) {
                record(channel, context);
            }
        }
        Set<ChannelId> listed = new HashSet<>();
        context.channels().forEach(channel -> listed.add(channel.id()));
        open.retainAll(listed);
        firstRead.keySet().retainAll(listed);
        ended.keySet().retainAll(listed);
    }

    /**
     * Stores what the published files show of closings whose time is not certain.
     *
     * @return the channels of which more messages may be reviewed now
     */
    Set<ChannelId> confirm(CycleContext context, Function<ChannelId, PublishedClosings> closings) {
        Set<ChannelId> changed = new HashSet<>();
        for (Channel channel : context.channels()) {
            ChannelId id = channel.id();
            Channel.Closing closing = channel.publishing().closing();
            PublishedClosings published = closings.apply(id);
            boolean isNewer = published.contradictDatabase() && !published.equals(newer.put(id, published));
            if (!closing.isClosed()
                    || (closing.equals(ended.get(id)) && !isNewer)
                    || closing.at().isPresent()) {
                continue;
            }
            ClosingTime before = stored(id);
            ClosingTime after = notBeforePublic(id, confirmed(before, published));
            if (!after.equals(before)) {
                store.channels().setClosing(id, after);
                before.time().ifPresent(time -> store.messages().reviewIgnoredAgain(id, MessageTs.at(time)));
                end(channel, context);
                changed.add(id);
            }
        }
        warnAboutUnknownTimes(context);
        return changed;
    }

    /** Asks the operator for the unknown times, once in the life of this process. */
    private void warnAboutUnknownTimes(CycleContext context) {
        for (Channel channel : context.channels()) {
            boolean isUnknown = channel.publishing().closing().isClosed()
                    && !ended.containsKey(channel.id())
                    && stored(channel.id()).state() == State.UNKNOWN;
            if (isUnknown && warnedAbout.add(channel.id())) {
                LOG.warn(
                        "{}: neither the database nor the published files show when this chat was closed. Messages newer"
                                + " than the public ones wait. Write closed: <time> in channels.yml",
                        channel.slug());
            }
        }
    }

    private void record(Channel channel, CycleContext context) {
        ChannelId id = channel.id();
        if (stored(id).state() == State.NONE) {
            ClosingTime closing = notBeforePublic(id, asFirstRead(id, context));
            if (closing.state() != State.NONE) {
                store.channels().setClosing(id, closing);
                open.remove(id);
                firstRead.remove(id);
            }
        }
        end(channel, context);
    }

    private ClosingTime stored(ChannelId channel) {
        return store.channels().row(channel).orElseThrow().closing();
    }

    /** When {@code closed: true} was first read, by Slack's clock; NONE while that clock is not known. */
    private ClosingTime asFirstRead(ChannelId channel, CycleContext context) {
        Optional<Instant> lastPoll =
                Optional.ofNullable(store.channels().polls().get(channel)).flatMap(PollRecord::succeededAt);
        if (lastPoll.isEmpty() && !open.contains(channel)) {
            return ClosingTime.UNKNOWN;
        }
        Instant modifiedAt = context.settings().modifiedAt();
        boolean isSincePoll = lastPoll.filter(modifiedAt::isAfter).isPresent() && !modifiedAt.isAfter(context.now());
        Instant read = firstRead.computeIfAbsent(channel, id -> isSincePoll ? modifiedAt : context.now());
        State state = open.contains(channel) ? State.KNOWN : State.UNCONFIRMED;
        return clockDifference
                .get()
                .map(difference -> new ClosingTime(state, Optional.of(read.plus(difference))))
                .orElse(ClosingTime.NONE);
    }

    private static ClosingTime confirmed(ClosingTime closing, PublishedClosings published) {
        Optional<Instant> closedAt = published.closedAt();
        if (closedAt.isPresent()) {
            return ClosingTime.at(closedAt.get());
        }
        if (closing.state() == State.UNKNOWN || published.contradictDatabase()) {
            Stream<Instant> bounds = Stream.concat(
                    closing.state() == State.UNKNOWN ? closing.at().stream() : Stream.of(),
                    published.newestMessage().map(MessageTs::instant).stream());
            return new ClosingTime(State.UNKNOWN, bounds.max(Comparator.naturalOrder()));
        }
        return closing.state() == State.UNCONFIRMED && published.confirmDatabase()
                ? new ClosingTime(State.KNOWN, closing.at())
                : closing;
    }

    /** What is public was posted before the closing, whatever the clocks say. In whole seconds, as it is published. */
    private ClosingTime notBeforePublic(ChannelId channel, ClosingTime closing) {
        Optional<Instant> newest = store.publicMessages().newest(channel).map(MessageTs::instant);
        return closing.time()
                .map(time -> ClosingTime.at(
                        wholeSeconds(newest.filter(time::isBefore).orElse(time))))
                .orElse(closing);
    }

    private static Instant wholeSeconds(Instant time) {
        Instant second = time.truncatedTo(ChronoUnit.SECONDS);
        return second.equals(time) ? time : second.plusSeconds(1);
    }

    /** Shows readers that the chat is over, if it is by now. */
    private void end(Channel channel, CycleContext context) {
        ChannelRow row = store.channels().row(channel.id()).orElseThrow();
        ChatMetadata metadata = row.metadata().orElseThrow();
        Channel.Closing closing = channel.publishing().closing();
        Optional<Instant> slackTime = clockDifference.get().map(context.now()::plus);
        boolean isOver = closing.at()
                .map(end -> slackTime.map(time -> !time.isBefore(end)).orElse(!metadata.live()))
                .orElse(true);
        ChatMetadata wanted = isOver ? metadata.asEnded(row.closing().time()) : metadata.asLive();
        if (!wanted.equals(metadata)) {
            store.publicMessages().setMetadata(channel.id(), wanted, context.now());
            wanted.closedAt()
                    .ifPresent(time -> LOG.info(
                            "{}: closed at {}; messages posted later are not published", channel.slug(), time));
        }
        if (isOver && row.closing().time().isPresent()) {
            ended.put(channel.id(), closing);
        }
    }
}
