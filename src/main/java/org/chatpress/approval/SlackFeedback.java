package org.chatpress.approval;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.ThreadPage;
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SlackWriter;
import org.chatpress.store.FeedbackRepository.FeedbackKind;
import org.chatpress.store.FeedbackRepository.FeedbackTask;
import org.chatpress.store.FeedbackRepository.Presence;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings our bot's marks in Slack in line with what is wanted. A mark that may have been given is noted first, so that
 * no crash leaves one behind or gives it twice. Nobody waits for marks: what Slack refuses is told once and tried again.
 */
public final class SlackFeedback {
    private static final Logger LOG = LoggerFactory.getLogger(SlackFeedback.class);

    private static final Duration UNTIL_TRIED_AGAIN = Duration.ofMinutes(10);
    private static final Duration UNTIL_TOLD_AGAIN = Duration.ofDays(1);

    private final SlackReader reader;
    private final SlackWriter writer;
    private final Store store;
    private final BiFunction<ChannelId, MessageTs, BotFeedback> wanted;
    private final BooleanSupplier stopping;
    private final Map<CallTarget, Instant> closed = new HashMap<>();
    private Optional<UserId> bot = Optional.empty();
    private FeedbackRun turn;

    /** What Slack may deny in one channel: calls of one kind. */
    private record CallTarget(Call call, ChannelId channel) {}

    private enum Call {
        ADD_REACTION,
        REMOVE_REACTION,
        REPLY
    }

    /** One turn: a call that Slack has no room for now is not made again in it, and each channel gets one note a turn. */
    private record FeedbackRun(Instant now, Set<Call> exhausted, Set<ChannelId> repliedIn) {}

    /** @param stopping asked between two messages: true ends the turn early */
    public SlackFeedback(SlackReader reader, SlackWriter writer, Store store, BooleanSupplier stopping) {
        this(
                reader,
                writer,
                store,
                (channel, ts) -> DesiredFeedback.forPhotos(store.photos().of(channel, ts))
                        .plus(store.feedback().feedback(channel, ts)),
                stopping);
    }

    /** @param wanted what a message should bear, by what the store knows now */
    public SlackFeedback(
            SlackReader reader,
            SlackWriter writer,
            Store store,
            BiFunction<ChannelId, MessageTs, BotFeedback> wanted,
            BooleanSupplier stopping) {
        this.reader = reader;
        this.writer = writer;
        this.store = store;
        this.wanted = wanted;
        this.stopping = stopping;
    }

    /** Goes through the messages that are due. */
    public void runPending(CycleContext context) {
        Instant now = context.now();
        turn = new FeedbackRun(now, EnumSet.noneOf(Call.class), new HashSet<>());
        closed.values().removeIf(until -> !until.isAfter(now));
        for (FeedbackTask due : store.feedback().due()) {
            if (stopping.getAsBoolean() || turn.exhausted.size() == Call.values().length) {
                return;
            }
            if (bring(due.channel(), due.ts(), wanted.apply(due.channel(), due.ts()))) {
                store.feedback().complete(due);
            }
        }
    }

    /** True if the message bears what is wanted, as far as that can be. */
    private boolean bring(ChannelId channel, MessageTs ts, BotFeedback marks) {
        Map<String, Presence> emoji = store.feedback().given(channel, ts, FeedbackKind.EMOJI);
        Map<String, Presence> notes = store.feedback().given(channel, ts, FeedbackKind.REPLY);
        boolean done = true;
        for (String name : marks.emoji()) {
            if (emoji.get(name) != Presence.CONFIRMED) {
                done &= attempt(Call.ADD_REACTION, channel, () -> react(channel, ts, name));
            }
        }
        for (String name : emoji.keySet()) {
            if (!marks.emoji().contains(name)) {
                done &= attempt(Call.REMOVE_REACTION, channel, () -> unreact(channel, ts, name));
            }
        }
        for (Map.Entry<String, String> note : marks.replies().entrySet()) {
            if (notes.get(note.getKey()) != Presence.CONFIRMED) {
                boolean maySaid = notes.containsKey(note.getKey());
                done &= attempt(Call.REPLY, channel, () -> reply(channel, ts, note.getKey(), note.getValue(), maySaid));
            }
        }
        return done;
    }

    private void react(ChannelId channel, MessageTs ts, String name) {
        store.feedback().recordAdded(channel, ts, FeedbackKind.EMOJI, name, Presence.UNCONFIRMED);
        writer.addReaction(channel, ts, name);
        store.feedback().recordAdded(channel, ts, FeedbackKind.EMOJI, name, Presence.CONFIRMED);
    }

    private void unreact(ChannelId channel, MessageTs ts, String name) {
        writer.removeReaction(channel, ts, name);
        store.feedback().recordRemoved(channel, ts, FeedbackKind.EMOJI, name);
    }

    /** Slack says a thing as often as it is told to: what may have been said already is looked for first. */
    private void reply(ChannelId channel, MessageTs ts, String name, String text, boolean maySaid) {
        if (!maySaid || !hasSaid(channel, ts, text)) {
            store.feedback().recordAdded(channel, ts, FeedbackKind.REPLY, name, Presence.UNCONFIRMED);
            writer.postReply(channel, ts, text);
        }
        store.feedback().recordAdded(channel, ts, FeedbackKind.REPLY, name, Presence.CONFIRMED);
    }

    private boolean hasSaid(ChannelId channel, MessageTs ts, String text) {
        if (bot.isEmpty()) {
            bot = Optional.of(reader.identity().user());
        }
        return reader.thread(channel, ts).map(ThreadPage::replies).orElse(List.of()).stream()
                .anyMatch(message -> message.author().equals(bot)
                        && message.text()
                                .replace("&lt;", "<")
                                .replace("&gt;", ">")
                                .replace("&amp;", "&")
                                .equals(text));
    }

    /** False if it is to be tried again. */
    private boolean attempt(Call call, ChannelId channel, Runnable work) {
        boolean mayCall = !turn.exhausted.contains(call)
                && !closed.containsKey(new CallTarget(call, channel))
                && (call != Call.REPLY || turn.repliedIn.add(channel));
        if (!mayCall) {
            return false;
        }
        try {
            work.run();
            return true;
        } catch (RemoteException e) {
            return switch (e.kind()) {
                case TRANSIENT -> {
                    turn.exhausted.add(call);
                    yield false;
                }
                case ACTION_REQUIRED -> {
                    closed.put(new CallTarget(call, channel), turn.now.plus(UNTIL_TRIED_AGAIN));
                    tell(e);
                    yield false;
                }
                case REJECTED -> {
                    // The message is gone, or can bear no more.
                    LOG.debug("no mark: {}", e.getMessage());
                    yield true;
                }
            };
        }
    }

    /** Once a day at most, by whichever process. */
    private void tell(RemoteException e) {
        String told = "told: " + e.hint();
        boolean lately = store.channels()
                .timestamp(told)
                .filter(at -> at.plus(UNTIL_TOLD_AGAIN).isAfter(turn.now))
                .isPresent();
        if (!lately) {
            store.channels().recordTimestamp(told, turn.now);
            LOG.error("no marks in Slack: {}. {} Or write marks: false.", e.getMessage(), e.hint());
        }
    }
}
