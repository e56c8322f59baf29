package org.chatpress.approval;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.chatpress.approval.policy.ApprovalPolicy;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ChannelPolicy;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.MessageSnapshot;
import org.chatpress.approval.policy.Verdict;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.Channel;
import org.chatpress.config.Settings.ShownReactions;
import org.chatpress.config.Settings.Threads;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.slack.Reaction;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.slack.SlackClient;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.PublicMessageRepository.ReviewedMessage;
import org.chatpress.store.Store;
import org.chatpress.text.MessageFormatter;

/** Judges what changed in a channel, and writes down what readers may see of it. */
public final class MessageReviewer {
    private final SlackClient slack;
    private final Store store;
    private final UserDirectory directory;
    private final PublicMessageBuilder copyDesk;
    private boolean photos;

    public MessageReviewer(SlackClient slack, Store store, MessageFormatter text) {
        this.slack = slack;
        this.store = store;
        this.directory = new UserDirectory(slack, store);
        this.copyDesk = new PublicMessageBuilder(store, directory, text);
    }

    /** A new cycle begins. */
    public void open(Settings settings, Instant now) {
        directory.open(now);
        copyDesk.open(settings);
        photos = settings.photos().isPresent();
    }

    public void judge(Channel channel, Instant now, CycleReport report) {
        ChannelRow row = store.channels().row(channel.id()).orElseThrow();
        ChannelPolicy rule = rule(channel, row);
        String digest = digest(rule, channel.reactions());
        boolean ruleChanged = !row.rule().equals(digest);
        List<MessageSnapshot> situations = store.messages().toJudge(channel.id());
        if (situations.isEmpty() && !ruleChanged) {
            return;
        }
        var approval = new ApprovalPolicy(rule, user -> directory.standing(user, rule.approval()));
        var decisions = new ArrayList<ReviewedMessage>();

        // Replies first: a message is judged with the notes in its thread, and shown with its public replies.
        var replies = new ThreadReview(channel.id(), approval, store);
        for (MessageSnapshot situation : situations) {
            if (situation.message().root().isPresent()) {
                MessageSnapshot whole = completed(channel, rule, situation, report);
                Decision judgement = replies.judge(whole);
                if (whole.message().isReply()) {
                    decisions.add(new ReviewedMessage(
                            whole, judgement, Optional.empty(), List.of(), Optional.empty(), Optional.empty()));
                }
            }
        }
        List<MessageSnapshot> messages = withRoots(channel.id(), situations, replies.roots());
        boolean hasUnread = store.threads().hasUnread(channel.id());
        for (MessageSnapshot situation : messages) {
            ReviewedThread thread = replies.thread(situation);
            if (!waitsForThread(channel.id(), situation, thread, hasUnread)) {
                MessageSnapshot whole = completed(channel, rule, situation, report);
                Decision judgement = replies.judgementOf(whole).orElseGet(() -> approval.judge(whole, thread.notes()));
                decisions.add(decision(channel, whole, judgement, thread, now));
            }
        }
        for (MessageSnapshot situation :
                ruleChanged ? bystanders(channel.id(), messages) : List.<MessageSnapshot>of()) {
            ReviewedThread thread = replies.thread(situation);
            Decision judgement = situation.message().root().isPresent() && approval.isNote(situation.message())
                    ? replies.judge(situation)
                    : approval.judge(situation, thread.notes());
            // What a note said that no longer holds is gone from the message at once, by writing it anew.
            decisions.add(
                    replies.lostNote(situation.message().ts())
                            ? decision(channel, situation, judgement, thread, now)
                            : unlessWithdrawn(channel, situation, judgement, thread));
        }
        for (ReviewedThread.ReviewedReply reply : replies.fallen()) {
            decisions.add(new ReviewedMessage(
                    reply.situation(),
                    reply.judgement(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty()));
        }
        store.inTransaction(() -> {
            report.addChanged(store.chats().decide(channel.id(), digest, decisions, now));
            answer(channel, decisions);
        });
        directory.troubles().forEach(failure -> report.add(channel.slug().value(), failure));
    }

    private void answer(Channel channel, List<ReviewedMessage> decisions) {
        for (ReviewedMessage decision : decisions) {
            SlackMessage message = decision.situation().message();
            if (!message.isReply()) {
                BotFeedback answer = EditorFeedback.of(channel, decision.situation(), decision.judgement());
                boolean wasAnswered = decision.situation().before().isPresent();
                if (wasAnswered || !answer.equals(BotFeedback.NONE)) {
                    store.marks().answer(channel.id(), message.ts(), answer);
                }
            }
        }
    }

    /** The changed messages that are no mere replies, and those in whose threads something changed; oldest first. */
    private List<MessageSnapshot> withRoots(ChannelId channel, List<MessageSnapshot> changed, Set<MessageTs> roots) {
        Map<MessageTs, MessageSnapshot> messages = new TreeMap<>();
        roots.forEach(ts -> store.messages()
                .situation(channel, ts)
                .filter(root -> root.before().isPresent())
                .ifPresent(root -> messages.put(ts, root)));
        changed.stream()
                .filter(situation -> !situation.message().isReply())
                .forEach(situation -> messages.put(situation.message().ts(), situation));
        return List.copyOf(messages.values());
    }

    /**
     * True for a message that was never public while what its thread says of it is not known: an editor may have written
     * other words for it.
     *
     * @param hasUnread true if any thread of the channel is unread
     */
    private boolean waitsForThread(
            ChannelId channel, MessageSnapshot situation, ReviewedThread thread, boolean hasUnread) {
        boolean isPublic = situation
                .before()
                .filter(before -> before.verdict() == Verdict.APPROVED)
                .isPresent();
        return !isPublic
                && (!thread.settled()
                        || hasUnread
                                && store.threads()
                                        .isUnread(channel, situation.message().ts()));
    }

    /** Public messages that nothing happened to, but for the rule. */
    private List<MessageSnapshot> bystanders(ChannelId channel, List<MessageSnapshot> judged) {
        Set<MessageTs> seen = new HashSet<>();
        judged.forEach(situation -> seen.add(situation.message().ts()));
        return store.messages().ofPublic(channel).stream()
                .filter(situation -> !seen.contains(situation.message().ts()))
                .toList();
    }

    /** A tighter rule withdraws; a looser one publishes nothing by itself, not even an edit that waits. */
    private ReviewedMessage unlessWithdrawn(
            Channel channel, MessageSnapshot situation, Decision judgement, ReviewedThread thread) {
        Optional<PublicMessage> shown = judgement.shown().isPresent()
                ? store.chats()
                        .message(channel.id(), situation)
                        .map(message -> copyDesk.trimmed(channel, message, thread))
                : Optional.empty();
        return new ReviewedMessage(situation, judgement, shown, List.of(), Optional.empty(), Optional.empty());
    }

    /** Slack may name only some of those who reacted; where that matters, it is asked for all of them. */
    private MessageSnapshot completed(
            Channel channel, ChannelPolicy rule, MessageSnapshot situation, CycleReport report) {
        boolean whole = situation.reactions().stream()
                .allMatch(reaction -> reaction.namesEverybody() || !rule.caresFor(reaction.emoji()));
        if (whole || situation.deleted()) {
            return situation;
        }
        MessageTs ts = situation.message().ts();
        try {
            // Slack may count people whom it no longer names; this is everybody there is.
            List<Reaction> reactions = slack.reactions(channel.id(), ts).stream()
                    .map(reaction -> new Reaction(
                            reaction.emoji(), reaction.users(), reaction.users().size()))
                    .toList();
            store.messages().completeReactions(channel.id(), ts, reactions);
            return new MessageSnapshot(
                    situation.message(), reactions, situation.deleted(), situation.readAt(), situation.before());
        } catch (RemoteException e) {
            report.add(channel.slug().value(), e);
            return situation;
        }
    }

    private ReviewedMessage decision(
            Channel channel, MessageSnapshot situation, Decision judgement, ReviewedThread thread, Instant now) {
        if (judgement.shown().isEmpty()) {
            return new ReviewedMessage(
                    situation, judgement, Optional.empty(), List.of(), Optional.empty(), Optional.empty());
        }
        PublicMessageBuilder.BuiltMessage copy = copyDesk.write(channel, situation, judgement, thread, now);
        boolean settled = judgement.settled() && copy.complete();
        var settledJudgement =
                new Decision(judgement.verdict(), judgement.reason(), judgement.shown(), judgement.memory(), settled);
        return new ReviewedMessage(
                situation,
                settledJudgement,
                Optional.of(copy.message()),
                copy.authors(),
                Optional.of(copy.images()),
                Optional.of(copy.emoji()));
    }

    private ChannelPolicy rule(Channel channel, ChannelRow row) {
        return new ChannelPolicy(
                channel.approval(),
                channel.since(),
                channel.bots(),
                channel.privatePrefix(),
                channel.withdraw(),
                channel.delay(),
                photos,
                channel.threads() == Threads.PUBLISH,
                channel.instructions(),
                row.closedAt());
    }

    /** Everything in a rule that can withdraw a message or a part of one; not the approvers, for an approval outlives their shift. */
    private static String digest(ChannelPolicy rule, ShownReactions reactions) {
        ApprovalRule approval = rule.approval();
        return String.join(
                "|",
                String.valueOf(approval.required()),
                new TreeSet<>(approval.emoji()).toString(),
                String.valueOf(approval.count()),
                String.valueOf(approval.selfApprove()),
                new TreeSet<>(approval.reject()).toString(),
                new TreeSet<>(approval.hold()).toString(),
                rule.since().toString(),
                new TreeSet<>(rule.bots()).toString(),
                rule.privatePrefix(),
                new TreeSet<>(rule.withdrawn()).toString(),
                String.valueOf(rule.photos()),
                String.valueOf(rule.replies()),
                new TreeSet<>(rule.instructions().kwargs()).toString(),
                String.valueOf(reactions.all()),
                new TreeSet<>(reactions.emoji()).toString());
    }
}
