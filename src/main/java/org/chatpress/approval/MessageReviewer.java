package org.chatpress.approval;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.chatpress.approval.policy.ApprovalPolicy;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.ChannelPolicy;
import org.chatpress.config.Channel;
import org.chatpress.config.Channel.ShownReactions;
import org.chatpress.config.Channel.Threads;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage.Reaction;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.ClosingTime;
import org.chatpress.store.PublicMessageRepository.ReviewedMessage;
import org.chatpress.store.Store;
import org.chatpress.text.MessageFormatter;

/** Reviews new and changed messages: decides which of them are public, and saves what readers see. */
public final class MessageReviewer {
    private final SlackReader slack;
    private final Store store;
    private final MessageFormatter text;
    private final UserDirectory.TokenOwner tokenOwner = new UserDirectory.TokenOwner();
    private final UserDirectory.GroupCallTimes groupCallTimes = new UserDirectory.GroupCallTimes();

    public MessageReviewer(SlackReader slack, Store store, MessageFormatter text) {
        this.slack = slack;
        this.store = store;
        this.text = text;
    }

    /** Reviews what changed in these channels, and saves the verdicts and the public messages. */
    public void review(Collection<Channel> channels, CycleContext context) {
        var directory = new UserDirectory(slack, store, tokenOwner, groupCallTimes, context);
        var builder = new PublicMessageBuilder(store, directory, text, context);
        directory.refreshProfiles();
        for (Channel channel : channels) {
            review(channel, directory, builder, context);
        }
    }

    /** Takes down the messages that the settings withdraw, without Slack; their next review saves the verdict. */
    public void withdraw(CycleContext context) {
        for (Channel channel : context.channels()) {
            int changes = store.publicMessages()
                    .withdraw(channel.id(), channel.approval().withdrawn(), context.now());
            context.report().addPublicChanges(changes);
        }
    }

    private void review(Channel channel, UserDirectory directory, PublicMessageBuilder builder, CycleContext context) {
        ChannelRow row = store.channels().row(channel.id()).orElseThrow();
        ChannelPolicy rules = rules(channel, row, context);
        String digest = digest(rules, channel.presentation().reactions());
        boolean rulesChanged = !row.policyDigest().equals(digest);
        List<MessageSnapshot> changed = store.messages().needingReview(channel.id(), upTo(channel, row));
        if (changed.isEmpty() && !rulesChanged) {
            return;
        }

        // Everything that the policy needs is fetched before the policy is asked.
        SortedMap<MessageTs, MessageSnapshot> toReview = snapshotsToReview(channel.id(), rules.approval(), changed);
        toReview.replaceAll((ts, snapshot) -> withAllReactions(channel, rules, snapshot, context));
        List<MessageSnapshot> unchanged =
                rulesChanged ? otherPublicMessages(channel.id(), toReview.keySet()) : List.of();
        ReviewBatch batch = ReviewBatch.load(store, channel.id(), toReview, unchanged);
        var policy = new ApprovalPolicy(rules);
        Map<UserId, ReviewerRole> roles = directory.roles(batch.usersToLookUp(policy), rules.approval());

        List<ReviewedMessage> reviewed = batch.decide(policy, roles).stream()
                .map(decided -> builder.build(channel, decided))
                .toList();
        store.inTransaction(() -> {
            int changes = store.publicMessages().applyDecisions(channel.id(), digest, reviewed, context.now());
            context.report().addPublicChanges(changes);
            saveFeedback(channel, reviewed, rules.photos());
        });
        directory
                .failures()
                .forEach(failure -> context.report().addFailure(channel.slug().value(), failure));
    }

    /** While it is not known when a chat was closed, messages wait that are newer than all that certainly precede it. */
    private Optional<MessageTs> upTo(Channel channel, ChannelRow row) {
        if (!channel.publishing().closing().isClosed() || row.closing().time().isPresent()) {
            return Optional.empty();
        }
        Stream<MessageTs> onSites = row.closing().state() == ClosingTime.State.UNKNOWN
                ? row.closing().at().map(MessageTs::at).stream()
                : Stream.of();
        return Stream.concat(onSites, store.publicMessages().newest(channel.id()).stream())
                .max(Comparator.naturalOrder())
                .or(() -> Optional.of(MessageTs.at(Instant.EPOCH)));
    }

    private static ChannelPolicy rules(Channel channel, ChannelRow row, CycleContext context) {
        return new ChannelPolicy(
                channel.approval().rule(),
                channel.source().since(),
                channel.source().bots(),
                channel.source().privatePrefix(),
                channel.approval().withdrawn(),
                channel.approval().delay(),
                context.settings().photos().isPresent(),
                channel.source().threads() == Threads.PUBLISH,
                channel.approval().annotations(),
                row.closing().time());
    }

    private static String digest(ChannelPolicy rules, ShownReactions reactions) {
        return String.join(
                "|", rules.digest(), String.valueOf(reactions.all()), new TreeSet<>(reactions.emoji()).toString());
    }

    /**
     * Adds the first message of each thread with a changed reply. Leaves out messages that are not public and whose
     * thread could not be read yet: a command in it may replace their text.
     */
    private SortedMap<MessageTs, MessageSnapshot> snapshotsToReview(
            ChannelId channel, ApprovalRule rule, List<MessageSnapshot> changed) {
        var snapshots = new TreeMap<MessageTs, MessageSnapshot>();
        changed.stream()
                .flatMap(snapshot -> snapshot.message().root().stream())
                .distinct()
                .flatMap(root -> store.messages().snapshot(channel, root).stream())
                .filter(root -> root.reviewState().isPresent())
                .forEach(root -> snapshots.put(root.message().ts(), root));
        changed.forEach(snapshot -> snapshots.put(snapshot.message().ts(), snapshot));
        // Without approval, a thread that Slack fails to return must not hold its message back for ever.
        int maxFailures = rule.required() ? Integer.MAX_VALUE : ThreadPollPlan.MAX_FAILURES;
        if (store.threads().hasUnread(channel, maxFailures)) {
            snapshots.values().removeIf(snapshot -> waitsForThread(channel, snapshot, maxFailures));
        }
        return snapshots;
    }

    private boolean waitsForThread(ChannelId channel, MessageSnapshot snapshot, int maxFailures) {
        MessageTs ts = snapshot.message().ts();
        boolean waits =
                !snapshot.isPublic() && !snapshot.deleted() && store.threads().isUnread(channel, ts, maxFailures);
        if (waits) {
            store.messages()
                    .savePending(channel, ts, "waits until its thread can be read: a reply may replace its text");
        }
        return waits;
    }

    /** Asks Slack for all reactions to a message that names only some of the users whose reactions count. */
    private MessageSnapshot withAllReactions(
            Channel channel, ChannelPolicy rules, MessageSnapshot snapshot, CycleContext context) {
        boolean isComplete = snapshot.reactions().stream()
                .allMatch(reaction -> reaction.hasAllUsers() || !rules.usesEmoji(reaction.emoji()));
        if (isComplete || snapshot.deleted()) {
            return snapshot;
        }
        MessageTs ts = snapshot.message().ts();
        try {
            // Slack may count users whom reactions.get no longer returns. The users it returns are all there are.
            List<Reaction> reactions = slack.reactions(channel.id(), ts).stream()
                    .map(reaction -> new Reaction(
                            reaction.emoji(), reaction.users(), reaction.users().size()))
                    .toList();
            store.messages().saveReactions(channel.id(), ts, reactions);
            return snapshot.withReactions(reactions);
        } catch (RemoteException e) {
            context.report().addFailure(channel.slug().value(), e);
            return snapshot;
        }
    }

    private List<MessageSnapshot> otherPublicMessages(ChannelId channel, Set<MessageTs> changed) {
        return store.messages().publicSnapshots(channel).stream()
                .filter(snapshot -> !changed.contains(snapshot.message().ts()))
                .toList();
    }

    private void saveFeedback(Channel channel, List<ReviewedMessage> reviewed, boolean photos) {
        for (ReviewedMessage review : reviewed) {
            MessageSnapshot snapshot = review.snapshot();
            if (!snapshot.message().isReply()) {
                BotFeedback feedback = EditorFeedback.onReview(channel, snapshot.message(), review.decision(), photos);
                boolean mayHaveFeedback = snapshot.reviewState().isPresent();
                if (mayHaveFeedback || !feedback.equals(BotFeedback.NONE)) {
                    store.feedback()
                            .setFeedback(channel.id(), snapshot.message().ts(), feedback);
                }
            }
        }
    }
}
