package org.chatpress.approval;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chatpress.approval.policy.ApprovalPolicy;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
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
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.ClosingTime;
import org.chatpress.store.MessageRepository.ReviewScope;
import org.chatpress.store.PublicMessageRepository.ReviewedMessage;
import org.chatpress.store.Store;
import org.chatpress.text.MessageFormatter;

/** The review of one channel's messages in a cycle, batch by batch, each of which is saved in a transaction of its own. */
final class ChannelReview {
    /** So many messages are in memory at a time. */
    private static final int BATCH = 500;

    private final Channel channel;
    private final SlackReader slack;
    private final Store store;
    private final UserDirectory directory;
    private final CustomEmojiSync customEmoji;
    private final MessageFormatter text;
    private final CycleContext context;
    private final ChannelPolicy rules;
    private final String digest;
    private final Optional<MessageTs> upTo;
    private boolean isPublicDue;
    private boolean rulesChanged;
    private boolean hasMore;
    private Optional<MessageTs> last;

    /** @param start the message that an unfinished review ended with; empty: starts with the oldest message */
    ChannelReview(
            Channel channel,
            ChannelRow row,
            Optional<MessageTs> start,
            SlackReader slack,
            Store store,
            UserDirectory directory,
            CustomEmojiSync customEmoji,
            MessageFormatter text,
            CycleContext context) {
        this.channel = channel;
        this.slack = slack;
        this.store = store;
        this.directory = directory;
        this.customEmoji = customEmoji;
        this.text = text;
        this.context = context;
        this.rules = rules(channel, row, context);
        this.digest = digest(rules, channel.presentation().reactions());
        this.upTo = upTo(row);
        this.rulesChanged = !row.policyDigest().equals(digest);
        this.isPublicDue = rulesChanged || start.isPresent();
        this.last = start;
    }

    ChannelId channel() {
        return channel.id();
    }

    /**
     * True if there may be something to review.
     *
     * @param changed the channels with messages that need a review
     */
    boolean isNeeded(Set<ChannelId> changed) {
        return isPublicDue || changed.contains(channel.id());
    }

    /** True if the last batch did not reach the newest message. */
    boolean hasMore() {
        return hasMore;
    }

    Optional<MessageTs> lastReviewed() {
        return last;
    }

    /** Reviews the next messages, oldest first; returns how many. Takedowns do not wait behind new messages. */
    int reviewBatch() {
        if (isPublicDue) {
            reviewChangedPublic();
            isPublicDue = false;
        }
        if (rulesChanged) {
            reviewUnchangedPublic();
            store.channels().setPolicyDigest(channel.id(), digest);
            rulesChanged = false;
        }
        List<MessageSnapshot> changed =
                store.messages().needingReview(channel.id(), ReviewScope.ALL, last, upTo, BATCH);
        hasMore = changed.size() == BATCH;
        reviewChanged(changed, hasMore);
        last = lastOf(changed);
        return changed.size();
    }

    private void reviewChangedPublic() {
        Optional<MessageTs> after = Optional.empty();
        do {
            List<MessageSnapshot> changed =
                    store.messages().needingReview(channel.id(), ReviewScope.PUBLIC, after, upTo, BATCH);
            reviewChanged(changed, true);
            after = lastOf(changed);
        } while (after.isPresent());
    }

    private void reviewUnchangedPublic() {
        Optional<MessageTs> after = Optional.empty();
        do {
            List<MessageSnapshot> unchanged = store.messages().reviewedPublic(channel.id(), after, BATCH);
            review(new TreeMap<>(), unchanged);
            after = lastOf(unchanged);
        } while (after.isPresent());
    }

    /** @param isPart whether there may be more changed messages, replies in their threads among them */
    private void reviewChanged(List<MessageSnapshot> changed, boolean isPart) {
        SortedMap<MessageTs, MessageSnapshot> toReview = withRoots(changed);
        if (isPart) {
            addReplies(toReview);
        }
        removeThoseWithUnreadThread(toReview);
        ApprovalPolicy policy = policy(toReview.values().stream());
        toReview.replaceAll((ts, snapshot) -> withAllReactions(snapshot, policy));
        review(toReview, List.of());
    }

    /** Reviews messages once everything that the policy needs has been fetched. */
    private void review(SortedMap<MessageTs, MessageSnapshot> changed, List<MessageSnapshot> unchanged) {
        if (changed.isEmpty() && unchanged.isEmpty()) {
            return;
        }
        ReviewBatch batch = ReviewBatch.load(store, channel.id(), changed, unchanged);
        ApprovalPolicy policy = policy(batch.snapshots());
        Map<UserId, ReviewerRole> roles = directory.roles(batch.usersToLookUp(policy), rules.approval());
        var builder = new PublicMessageBuilder(channel, policy.customEmoji(), store, directory, text, context);
        List<ReviewedMessage> reviewed =
                batch.decide(policy, roles).stream().map(builder::build).toList();
        store.inTransaction(() -> {
            int changes = store.publicMessages().applyDecisions(channel.id(), reviewed, context.now());
            context.report().addPublicChanges(changes);
            context.report().addMessagesReviewed(changed.size());
            saveFeedback(reviewed, changed.keySet());
        });
        directory
                .failures()
                .forEach(failure -> context.report().addFailure(channel.slug().value(), failure));
    }

    /** The policy, with the custom emoji in the reactions to these messages. */
    private ApprovalPolicy policy(Stream<MessageSnapshot> snapshots) {
        Set<String> mayBeAliases = snapshots
                .flatMap(snapshot -> snapshot.reactions().stream())
                .map(Reaction::emoji)
                .filter(rules::mayBeAlias)
                .collect(Collectors.toSet());
        return new ApprovalPolicy(
                rules, mayBeAliases.isEmpty() ? Map.of() : customEmoji.aliases(mayBeAliases, context.now()));
    }

    /** While it is not known when a chat was closed, messages wait that are newer than all that certainly precede it. */
    private Optional<MessageTs> upTo(ChannelRow row) {
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
                context.settings().videos().isPresent(),
                channel.source().threads() == Threads.PUBLISH,
                channel.approval().annotations(),
                row.closing().time());
    }

    private static String digest(ChannelPolicy rules, ShownReactions reactions) {
        return String.join(
                "|", rules.digest(), String.valueOf(reactions.all()), new TreeSet<>(reactions.emoji()).toString());
    }

    /** Adds the first message of each thread with a changed reply. */
    private SortedMap<MessageTs, MessageSnapshot> withRoots(List<MessageSnapshot> changed) {
        var snapshots = new TreeMap<MessageTs, MessageSnapshot>();
        changed.stream()
                .flatMap(snapshot -> snapshot.message().root().stream())
                .distinct()
                .flatMap(root -> store.messages().snapshot(channel.id(), root).stream())
                .filter(root -> root.reviewState().isPresent())
                .forEach(root -> snapshots.put(root.message().ts(), root));
        changed.forEach(snapshot -> snapshots.put(snapshot.message().ts(), snapshot));
        return snapshots;
    }

    /** Adds the changed replies of each thread: a message must not be public before a command that replaces its text. */
    private void addReplies(SortedMap<MessageTs, MessageSnapshot> snapshots) {
        for (MessageSnapshot root : List.copyOf(snapshots.values())) {
            if (ReviewBatch.hasThread(root.message())) {
                store.messages()
                        .repliesNeedingReview(channel.id(), root.message().ts(), upTo)
                        .forEach(reply -> snapshots.putIfAbsent(reply.message().ts(), reply));
            }
        }
    }

    /** Messages that are not public wait until their thread has been read: a command in it may replace their text. */
    private void removeThoseWithUnreadThread(SortedMap<MessageTs, MessageSnapshot> snapshots) {
        // Without approval, a thread that Slack fails to return must not hold its message back for ever.
        int maxFailures = rules.approval().required() ? Integer.MAX_VALUE : ThreadPollPlan.MAX_FAILURES;
        if (!snapshots.isEmpty() && store.threads().hasUnread(channel.id(), maxFailures)) {
            snapshots.values().removeIf(snapshot -> waitsForThread(snapshot, maxFailures));
        }
    }

    private boolean waitsForThread(MessageSnapshot snapshot, int maxFailures) {
        MessageTs ts = snapshot.message().ts();
        boolean waits =
                !snapshot.isPublic() && !snapshot.deleted() && store.threads().isUnread(channel.id(), ts, maxFailures);
        if (waits) {
            store.messages()
                    .savePending(channel.id(), ts, "waits until its thread can be read: a reply may replace its text");
        }
        return waits;
    }

    /** Asks Slack for all reactions to a message that names only some of the users whose reactions count. */
    private MessageSnapshot withAllReactions(MessageSnapshot snapshot, ApprovalPolicy policy) {
        boolean isComplete = snapshot.reactions().stream()
                .allMatch(reaction -> reaction.hasAllUsers() || !policy.usesEmoji(reaction.emoji()));
        if (isComplete || snapshot.deleted()) {
            return snapshot;
        }
        MessageTs ts = snapshot.message().ts();
        try {
            SlackMessage newest = slack.messageWithReactions(channel.id(), ts);
            if (isEditedSince(snapshot.message(), newest)) {
                // Its reactions may approve the new text, which is not read yet.
                store.messages().markForRefresh(channel.id(), List.of(ts));
                return snapshot;
            }
            // Slack may count users whom reactions.get no longer returns. The users it returns are all there are.
            List<Reaction> reactions = newest.reactions().stream()
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

    private static boolean isEditedSince(SlackMessage read, SlackMessage newest) {
        return newest.editedAt()
                .filter(edit -> read.editedAt().filter(edit::equals).isEmpty())
                .isPresent();
    }

    /** A reply gets no feedback about a change of the settings: all replies of the channel would get it at once. */
    private void saveFeedback(List<ReviewedMessage> reviewed, Set<MessageTs> changed) {
        for (ReviewedMessage review : reviewed) {
            MessageSnapshot snapshot = review.snapshot();
            if (!snapshot.message().isReply()
                    || changed.contains(snapshot.message().ts())) {
                BotFeedback feedback = EditorFeedback.onReview(channel, snapshot.message(), review.decision(), rules);
                boolean mayHaveFeedback = snapshot.reviewState().isPresent();
                if (mayHaveFeedback || !feedback.equals(BotFeedback.NONE)) {
                    store.feedback()
                            .setFeedback(channel.id(), snapshot.message().ts(), feedback);
                }
            }
        }
    }

    private static Optional<MessageTs> lastOf(List<MessageSnapshot> snapshots) {
        return snapshots.isEmpty()
                ? Optional.empty()
                : Optional.of(snapshots.get(snapshots.size() - 1).message().ts());
    }
}
