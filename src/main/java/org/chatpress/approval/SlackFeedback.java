package org.chatpress.approval;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SlackReader.ThreadPage;
import org.chatpress.slack.SlackWriter;
import org.chatpress.store.FeedbackRepository.FeedbackKind;
import org.chatpress.store.FeedbackRepository.FeedbackTask;
import org.chatpress.store.FeedbackRepository.Presence;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds and removes our bot's reactions in Slack, and posts its replies, until each message has the feedback that it
 * should have. What may have been added is saved before the call, so that a crash neither leaves a reaction behind nor
 * posts a reply twice. Calls that Slack refuses are tried again later; no other work waits for them.
 */
public final class SlackFeedback {
    private static final Logger LOG = LoggerFactory.getLogger(SlackFeedback.class);

    private static final Duration RETRY_AFTER_REFUSAL = Duration.ofMinutes(10);
    private static final Duration LOG_INTERVAL = Duration.ofDays(1);
    private static final int MAX_QUOTE = 60;

    private final SlackReader reader;
    private final SlackWriter writer;
    private final Store store;
    private final BiFunction<ChannelId, MessageTs, BotFeedback> desired;
    private final BooleanSupplier stopping;
    private final Map<CallTarget, Instant> refusedUntil = new HashMap<>();
    private Optional<UserId> bot = Optional.empty();

    private enum Call {
        ADD_REACTION,
        REMOVE_REACTION,
        REPLY
    }

    /** What Slack allows or refuses as a whole: one kind of call in one channel. */
    private record CallTarget(Call call, ChannelId channel) {}

    /** @param root the first message of the thread to post in; Slack threads take no replies to replies */
    private record ThreadReply(MessageTs root, String text) {}

    /** @param stopping asked before each message: true ends a run early */
    public SlackFeedback(SlackReader reader, SlackWriter writer, Store store, BooleanSupplier stopping) {
        this(
                reader,
                writer,
                store,
                (channel, ts) -> EditorFeedback.onMedia(
                                store.photos().of(channel, ts), store.clips().of(channel, ts))
                        .plus(store.feedback().feedback(channel, ts)),
                stopping);
    }

    /** @param desired the feedback that a message should have now */
    public SlackFeedback(
            SlackReader reader,
            SlackWriter writer,
            Store store,
            BiFunction<ChannelId, MessageTs, BotFeedback> desired,
            BooleanSupplier stopping) {
        this.reader = reader;
        this.writer = writer;
        this.store = store;
        this.desired = desired;
        this.stopping = stopping;
    }

    /** Brings the messages up to date whose feedback may have changed. */
    public void runPending(CycleContext context) {
        refusedUntil.values().removeIf(until -> !until.isAfter(context.now()));
        var run = new Run(context.now());
        for (FeedbackTask task : store.feedback().due()) {
            if (stopping.getAsBoolean() || run.exhausted.size() == Call.values().length) {
                return;
            }
            if (run.update(task.channel(), task.ts(), desired.apply(task.channel(), task.ts()))) {
                store.feedback().complete(task);
            }
        }
    }

    /** One run. It makes no call again that Slack's rate limit denied, and posts one reply per channel at most. */
    private final class Run {
        private final Instant now;
        private final Set<Call> exhausted = EnumSet.noneOf(Call.class);
        private final Set<ChannelId> repliedIn = new HashSet<>();

        Run(Instant now) {
            this.now = now;
        }

        /** Returns true if the message has the desired feedback, or Slack will never accept it. */
        boolean update(ChannelId channel, MessageTs ts, BotFeedback feedback) {
            Map<String, Presence> reactions = store.feedback().given(channel, ts, FeedbackKind.EMOJI);
            Map<String, Presence> replies = store.feedback().given(channel, ts, FeedbackKind.REPLY);
            boolean done = true;
            for (String emoji : feedback.emoji()) {
                if (reactions.get(emoji) != Presence.CONFIRMED) {
                    done &= attempt(Call.ADD_REACTION, channel, () -> addReaction(channel, ts, emoji));
                }
            }
            for (String emoji : reactions.keySet()) {
                if (!feedback.emoji().contains(emoji)) {
                    done &= attempt(Call.REMOVE_REACTION, channel, () -> removeReaction(channel, ts, emoji));
                }
            }
            for (Map.Entry<String, String> reply : feedback.replies().entrySet()) {
                String name = reply.getKey();
                if (replies.get(name) != Presence.CONFIRMED) {
                    boolean mayBePosted = replies.containsKey(name);
                    done &= attempt(
                            Call.REPLY,
                            channel,
                            () -> post(threadReply(channel, ts, reply.getValue()), channel, ts, name, mayBePosted));
                }
            }
            return done;
        }

        /** Returns false if the call is to be tried again. */
        private boolean attempt(Call call, ChannelId channel, Runnable work) {
            boolean mayCall = !exhausted.contains(call)
                    && !refusedUntil.containsKey(new CallTarget(call, channel))
                    && (call != Call.REPLY || repliedIn.add(channel));
            if (!mayCall) {
                return false;
            }
            try {
                work.run();
                return true;
            } catch (RemoteException e) {
                return switch (e.kind()) {
                    case TRANSIENT -> {
                        exhausted.add(call);
                        yield false;
                    }
                    case ACTION_REQUIRED -> {
                        refusedUntil.put(new CallTarget(call, channel), now.plus(RETRY_AFTER_REFUSAL));
                        logOnceADay(e, now);
                        yield false;
                    }
                    case REJECTED -> {
                        // The message was deleted, or has as many reactions as Slack allows.
                        LOG.debug("cannot add feedback: {}", e.getMessage());
                        yield true;
                    }
                };
            }
        }
    }

    private void addReaction(ChannelId channel, MessageTs ts, String emoji) {
        store.feedback().recordAdded(channel, ts, FeedbackKind.EMOJI, emoji, Presence.UNCONFIRMED);
        writer.addReaction(channel, ts, emoji);
        store.feedback().recordAdded(channel, ts, FeedbackKind.EMOJI, emoji, Presence.CONFIRMED);
    }

    private void removeReaction(ChannelId channel, MessageTs ts, String emoji) {
        writer.removeReaction(channel, ts, emoji);
        store.feedback().recordRemoved(channel, ts, FeedbackKind.EMOJI, emoji);
    }

    /** Feedback on a reply quotes it, because a thread may have feedback on several. */
    private ThreadReply threadReply(ChannelId channel, MessageTs ts, String text) {
        Optional<SlackMessage> reply = store.messages()
                .snapshot(channel, ts)
                .map(MessageSnapshot::message)
                .filter(message -> message.root().isPresent());
        String quote = reply.map(SlackFeedback::firstWords).orElse("");
        return new ThreadReply(
                reply.flatMap(SlackMessage::root).orElse(ts),
                quote.isEmpty() ? text : "\u201C" + quote + "\u201D: " + text);
    }

    /** The start of a message's text, without the references to people and channels, which Slack would show as ids. */
    private static String firstWords(SlackMessage message) {
        String text = VisibleText.line(SlackEscapes.unescape(message.text().replaceAll("<[^>]*>", "\u2026")));
        return text.codePointCount(0, text.length()) <= MAX_QUOTE
                ? text
                : text.substring(0, text.offsetByCodePoints(0, MAX_QUOTE)) + "\u2026";
    }

    /** @param mayBePosted true if an earlier call may have posted it: Slack does not refuse a second one */
    private void post(ThreadReply reply, ChannelId channel, MessageTs ts, String name, boolean mayBePosted) {
        if (!mayBePosted || !isPosted(reply, channel)) {
            store.feedback().recordAdded(channel, ts, FeedbackKind.REPLY, name, Presence.UNCONFIRMED);
            writer.postReply(channel, reply.root(), reply.text());
        }
        store.feedback().recordAdded(channel, ts, FeedbackKind.REPLY, name, Presence.CONFIRMED);
    }

    private boolean isPosted(ThreadReply reply, ChannelId channel) {
        if (bot.isEmpty()) {
            bot = Optional.of(reader.identity().user());
        }
        Optional<ThreadPage> page = reader.thread(channel, reply.root(), Optional.empty(), Optional.empty());
        while (page.isPresent()) {
            if (page.get().replies().stream()
                    .anyMatch(message -> message.author().equals(bot)
                            && SlackEscapes.unescape(message.text()).equals(reply.text()))) {
                return true;
            }
            page = page.filter(ThreadPage::hasMore)
                    .flatMap(last -> reader.thread(channel, reply.root(), last.upTo(), Optional.empty()));
        }
        return false;
    }

    /** The time is stored, so that short processes do not log it again and again. */
    private void logOnceADay(RemoteException e, Instant now) {
        String key = "feedback error: " + e.hint();
        boolean isLogged = store.channels()
                .timestamp(key)
                .filter(at -> at.plus(LOG_INTERVAL).isAfter(now))
                .isPresent();
        if (!isLogged) {
            store.channels().recordTimestamp(key, now);
            LOG.error(
                    "cannot add reactions or replies in Slack: {}. {} Or set marks: false.", e.getMessage(), e.hint());
        }
    }
}
