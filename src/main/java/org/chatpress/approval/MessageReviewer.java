package org.chatpress.approval;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
import org.chatpress.config.Channel;
import org.chatpress.config.Channel.ShownReactions;
import org.chatpress.config.Channel.Threads;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.slack.Reaction;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.PublicMessageRepository.ReviewedMessage;
import org.chatpress.store.Store;
import org.chatpress.text.MessageFormatter;

/** Judges what changed in a channel, and writes down what readers may see of it. */
public final class MessageReviewer {
    private final SlackReader slack;
    private final Store store;
    private final UserDirectory directory;
    private final PublicMessageBuilder builder;
    private boolean photos;

    public MessageReviewer(SlackReader slack, Store store, MessageFormatter text) {
        this.slack = slack;
        this.store = store;
        this.directory = new UserDirectory(slack, store);
        this.builder = new PublicMessageBuilder(store, directory, text);
    }

    /** Reviews what changed in these channels, and saves the verdicts and public messages. */
    public void review(Collection<Channel> channels, CycleContext context) {
        directory.beginCycle(context.now());
        builder.beginCycle(context.settings());
        photos = context.settings().photos().isPresent();
        for (Channel channel : channels) {
            review(channel, context);
        }
    }

    private void review(Channel channel, CycleContext context) {
        Instant now = context.now();
        ChannelRow row = store.channels().row(channel.id()).orElseThrow();
        ChannelPolicy rule = rule(channel, row);
        String digest = digest(rule, channel.presentation().reactions());
        boolean ruleChanged = !row.policyDigest().equals(digest);
        List<MessageSnapshot> situations = store.messages().needingReview(channel.id());
        if (situations.isEmpty() && !ruleChanged) {
            return;
        }
        var approval = new ApprovalPolicy(rule, user -> directory.roleOf(user, rule.approval()));
        var decisions = new ArrayList<ReviewedMessage>();

        // Replies first: a message is judged with the notes in its thread, and shown with its public replies.
        var replies = new ThreadReview(channel.id(), approval, store);
        for (MessageSnapshot snapshot : situations) {
            if (snapshot.message().root().isPresent()) {
                MessageSnapshot whole = completed(channel, rule, snapshot, context);
                Decision decision = replies.review(whole);
                if (whole.message().isReply()) {
                    decisions.add(new ReviewedMessage(
                            whole, decision, Optional.empty(), List.of(), Optional.empty(), Optional.empty()));
                }
            }
        }
        List<MessageSnapshot> messages = withRoots(channel.id(), situations, replies.roots());
        boolean hasUnread = store.threads().hasUnread(channel.id());
        for (MessageSnapshot snapshot : messages) {
            ReviewedThread thread = replies.thread(snapshot);
            if (!waitsForThread(channel.id(), snapshot, thread, hasUnread)) {
                MessageSnapshot whole = completed(channel, rule, snapshot, context);
                Decision decision =
                        replies.decisionFor(whole).orElseGet(() -> approval.evaluate(whole, thread.commands()));
                decisions.add(decision(channel, whole, decision, thread, now));
            }
        }
        for (MessageSnapshot snapshot : ruleChanged ? bystanders(channel.id(), messages) : List.<MessageSnapshot>of()) {
            ReviewedThread thread = replies.thread(snapshot);
            Decision decision = snapshot.message().root().isPresent() && approval.isThreadCommand(snapshot.message())
                    ? replies.review(snapshot)
                    : approval.evaluate(snapshot, thread.commands());
            // What a note said that no longer holds is gone from the message at once, by writing it anew.
            decisions.add(
                    replies.lostCommand(snapshot.message().ts())
                            ? decision(channel, snapshot, decision, thread, now)
                            : unlessWithdrawn(channel, snapshot, decision, thread));
        }
        for (ReviewedThread.ReviewedReply reply : replies.withdrawn()) {
            decisions.add(new ReviewedMessage(
                    reply.snapshot(),
                    reply.decision(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty()));
        }
        store.inTransaction(() -> {
            context.report()
                    .addPublicChanges(store.publicMessages().applyDecisions(channel.id(), digest, decisions, now));
            answer(channel, decisions);
        });
        directory
                .failures()
                .forEach(failure -> context.report().addFailure(channel.slug().value(), failure));
    }

    private void answer(Channel channel, List<ReviewedMessage> decisions) {
        for (ReviewedMessage decision : decisions) {
            SlackMessage message = decision.snapshot().message();
            if (!message.isReply()) {
                BotFeedback answer = EditorFeedback.feedbackFor(channel, decision.snapshot(), decision.decision());
                boolean wasAnswered = decision.snapshot().reviewState().isPresent();
                if (wasAnswered || !answer.equals(BotFeedback.NONE)) {
                    store.feedback().setFeedback(channel.id(), message.ts(), answer);
                }
            }
        }
    }

    /** The changed messages that are no mere replies, and those in whose threads something changed; oldest first. */
    private List<MessageSnapshot> withRoots(ChannelId channel, List<MessageSnapshot> changed, Set<MessageTs> roots) {
        Map<MessageTs, MessageSnapshot> messages = new TreeMap<>();
        roots.forEach(ts -> store.messages()
                .snapshot(channel, ts)
                .filter(root -> root.reviewState().isPresent())
                .ifPresent(root -> messages.put(ts, root)));
        changed.stream()
                .filter(snapshot -> !snapshot.message().isReply())
                .forEach(snapshot -> messages.put(snapshot.message().ts(), snapshot));
        return List.copyOf(messages.values());
    }

    /**
     * True for a message that was never public while what its thread says of it is not known: an editor may have written
     * other words for it.
     *
     * @param hasUnread true if any thread of the channel is unread
     */
    private boolean waitsForThread(
            ChannelId channel, MessageSnapshot snapshot, ReviewedThread thread, boolean hasUnread) {
        boolean isPublic = snapshot.reviewState()
                .filter(before -> before.verdict() == Verdict.APPROVED)
                .isPresent();
        return !isPublic
                && (!thread.isFinal()
                        || (hasUnread
                                && store.threads()
                                        .isUnread(channel, snapshot.message().ts())));
    }

    /** Public messages that nothing happened to, but for the rule. */
    private List<MessageSnapshot> bystanders(ChannelId channel, List<MessageSnapshot> judged) {
        Set<MessageTs> seen = new HashSet<>();
        judged.forEach(snapshot -> seen.add(snapshot.message().ts()));
        return store.messages().publicSnapshots(channel).stream()
                .filter(snapshot -> !seen.contains(snapshot.message().ts()))
                .toList();
    }

    /** A tighter rule withdraws; a looser one publishes nothing by itself, not even an edit that waits. */
    private ReviewedMessage unlessWithdrawn(
            Channel channel, MessageSnapshot snapshot, Decision decision, ReviewedThread thread) {
        Optional<PublicMessage> shown = decision.publicVersion().isPresent()
                ? store.publicMessages()
                        .message(channel.id(), snapshot)
                        .map(message -> builder.withoutHiddenParts(channel, message, thread))
                : Optional.empty();
        return new ReviewedMessage(snapshot, decision, shown, List.of(), Optional.empty(), Optional.empty());
    }

    /** Slack may name only some of those who reacted; where that matters, it is asked for all of them. */
    private MessageSnapshot completed(
            Channel channel, ChannelPolicy rule, MessageSnapshot snapshot, CycleContext context) {
        boolean whole = snapshot.reactions().stream()
                .allMatch(reaction -> reaction.hasAllUsers() || !rule.usesEmoji(reaction.emoji()));
        if (whole || snapshot.deleted()) {
            return snapshot;
        }
        MessageTs ts = snapshot.message().ts();
        try {
            // Slack may count people whom it no longer names; this is everybody there is.
            List<Reaction> reactions = slack.reactions(channel.id(), ts).stream()
                    .map(reaction -> new Reaction(
                            reaction.emoji(), reaction.users(), reaction.users().size()))
                    .toList();
            store.messages().saveReactions(channel.id(), ts, reactions);
            return new MessageSnapshot(
                    snapshot.message(), reactions, snapshot.deleted(), snapshot.readAt(), snapshot.reviewState());
        } catch (RemoteException e) {
            context.report().addFailure(channel.slug().value(), e);
            return snapshot;
        }
    }

    private ReviewedMessage decision(
            Channel channel, MessageSnapshot snapshot, Decision decision, ReviewedThread thread, Instant now) {
        if (decision.publicVersion().isEmpty()) {
            return new ReviewedMessage(
                    snapshot, decision, Optional.empty(), List.of(), Optional.empty(), Optional.empty());
        }
        PublicMessageBuilder.BuiltMessage copy = builder.build(channel, snapshot, decision, thread, now);
        boolean settled = decision.isFinal() && copy.complete();
        var settledJudgement = new Decision(
                decision.verdict(), decision.reason(), decision.publicVersion(), decision.reviewState(), settled);
        return new ReviewedMessage(
                snapshot,
                settledJudgement,
                Optional.of(copy.message()),
                copy.authors(),
                Optional.of(copy.images()),
                Optional.of(copy.emoji()));
    }

    private ChannelPolicy rule(Channel channel, ChannelRow row) {
        return new ChannelPolicy(
                channel.approval().rule(),
                channel.source().since(),
                channel.source().bots(),
                channel.source().privatePrefix(),
                channel.approval().withdrawn(),
                channel.approval().delay(),
                photos,
                channel.source().threads() == Threads.PUBLISH,
                channel.approval().annotations(),
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
                new TreeSet<>(rule.annotations().kwargs()).toString(),
                String.valueOf(reactions.all()),
                new TreeSet<>(reactions.emoji()).toString());
    }
}
