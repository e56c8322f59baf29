package org.chatpress.approval;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chatpress.approval.policy.ApprovalPolicy;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.store.Store;

/**
 * What is reviewed together in one channel: messages and the threads that belong to them. Together with the roles of
 * {@link #usersToLookUp} it is all that the policy needs.
 *
 * @param messages new and changed messages, and messages with a new or changed reply; oldest first
 * @param unchanged public messages to review because the rules changed; oldest first
 * @param threads by the ts of the thread's first message
 */
record ReviewBatch(
        List<MessageSnapshot> messages, List<MessageSnapshot> unchanged, Map<MessageTs, StoredThread> threads) {
    private static final Set<Verdict> ADDING_TO_ROOT = EnumSet.of(Verdict.APPROVED, Verdict.COMMAND);

    /**
     * A thread as it is stored.
     *
     * @param root the thread's first message; empty if it is not stored
     * @param replies those to evaluate, oldest first: the changed ones, and those that add something to the root
     * @param changed the replies that are new or have changed in Slack since their last review
     */
    record StoredThread(Optional<SlackMessage> root, List<MessageSnapshot> replies, Set<MessageTs> changed) {
        StoredThread {
            replies = List.copyOf(replies);
        }

        boolean isChanged(MessageSnapshot reply) {
            return changed.contains(reply.message().ts());
        }
    }

    /**
     * A message or reply and the decision on it.
     *
     * @param thread what its thread adds to a message; empty for a reply
     */
    record DecidedMessage(MessageSnapshot snapshot, Decision decision, ThreadReview thread, Update update) {}

    /** What a decision does with a public message. */
    enum Update {
        /** Builds it from what is approved now. */
        REBUILD,
        /** Removes what the rules no longer allow. Rules that become looser publish nothing by themselves. */
        REDUCE,
        /** Nothing: a reply is a part of the public message of its thread's root. */
        WITH_ROOT
    }

    /**
     * Loads the threads that belong to messages and replies.
     *
     * @param changed new and changed messages and replies, and messages with such a reply
     * @param unchanged public messages to review because the rules changed
     */
    static ReviewBatch load(
            Store store,
            ChannelId channel,
            SortedMap<MessageTs, MessageSnapshot> changed,
            List<MessageSnapshot> unchanged) {
        List<MessageSnapshot> messages = changed.values().stream()
                .filter(snapshot -> !snapshot.message().isReply())
                .toList();
        Map<MessageTs, SortedMap<MessageTs, MessageSnapshot>> threads = new TreeMap<>();
        for (MessageSnapshot reply : concat(changed.values(), unchanged)) {
            reply.message().root().ifPresent(root -> addReply(threads, root, reply));
        }

        // A message is decided on with its whole thread. Changed replies are in the map, with all their reactions.
        Map<MessageTs, SlackMessage> roots = new TreeMap<>();
        for (MessageSnapshot snapshot : concat(messages, unchanged)) {
            SlackMessage root = snapshot.message();
            roots.put(root.ts(), root);
            if (threads.containsKey(root.ts()) || hasThread(root)) {
                store.messages().replies(channel, root.ts()).stream()
                        .filter(ReviewBatch::addsToRoot)
                        .forEach(reply -> addReply(threads, root.ts(), reply));
            }
        }

        Set<MessageTs> changedTs = Set.copyOf(changed.keySet());
        Map<MessageTs, StoredThread> stored = new TreeMap<>();
        threads.forEach((ts, replies) -> {
            Optional<SlackMessage> root = Optional.ofNullable(roots.get(ts))
                    .or(() -> store.messages().snapshot(channel, ts).map(MessageSnapshot::message));
            stored.put(ts, new StoredThread(root, List.copyOf(replies.values()), changedTs));
        });
        return new ReviewBatch(messages, unchanged, stored);
    }

    /** All messages and replies to decide on; some may be there twice. */
    Stream<MessageSnapshot> snapshots() {
        Stream<MessageSnapshot> replies = threads.values().stream().flatMap(thread -> thread.replies().stream());
        return Stream.concat(replies, concat(messages, unchanged).stream());
    }

    /** Returns the users whose roles the evaluation needs. */
    Set<UserId> usersToLookUp(ApprovalPolicy policy) {
        return snapshots()
                .flatMap(snapshot -> policy.usersToLookUp(snapshot).stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Decides on all messages and replies. A pure function. */
    List<DecidedMessage> decide(ApprovalPolicy policy, Map<UserId, ReviewerRole> roles) {
        // Threads first: a message is decided on with the commands in its thread.
        Map<MessageTs, ThreadReview> reviews = new TreeMap<>();
        threads.forEach((ts, thread) -> reviews.put(ts, ThreadReview.of(thread, policy, roles)));

        Map<MessageTs, DecidedMessage> decided = new LinkedHashMap<>();
        for (MessageSnapshot snapshot : messages) {
            MessageTs ts = snapshot.message().ts();
            ThreadReview thread = reviews.getOrDefault(ts, ThreadReview.EMPTY);
            // A message that is not public waits until it is known which commands are in effect.
            if (snapshot.isPublic() || thread.isFinal()) {
                Decision decision = decide(snapshot, thread, reviews, policy, roles);
                decided.put(
                        ts,
                        new DecidedMessage(snapshot, finalIfKnown(decision, snapshot, policy), thread, Update.REBUILD));
            }
        }
        for (MessageSnapshot snapshot : unchanged) {
            MessageTs ts = snapshot.message().ts();
            ThreadReview thread = reviews.getOrDefault(ts, ThreadReview.EMPTY);
            Decision decision = decide(snapshot, thread, reviews, policy, roles);
            Update update = thread.lostCommand() ? Update.REBUILD : Update.REDUCE;
            decided.put(ts, new DecidedMessage(snapshot, decision, thread, update));
        }
        reviews.values().stream()
                .flatMap(thread -> thread.replies().stream())
                .filter(reply -> reply.isChangedByRules()
                        || (reply.isChanged() && reply.snapshot().message().isReply()))
                .map(reply -> new DecidedMessage(
                        reply.snapshot(),
                        reply.isChanged() ? finalIfKnown(reply.decision(), reply.snapshot(), policy) : reply.decision(),
                        ThreadReview.EMPTY,
                        Update.WITH_ROOT))
                .forEach(reply -> decided.putIfAbsent(reply.snapshot().message().ts(), reply));
        return List.copyOf(decided.values());
    }

    private static Decision finalIfKnown(Decision decision, MessageSnapshot snapshot, ApprovalPolicy policy) {
        return policy.knowsEmojiOf(snapshot) ? decision : decision.notFinal();
    }

    private static Decision decide(
            MessageSnapshot snapshot,
            ThreadReview thread,
            Map<MessageTs, ThreadReview> reviews,
            ApprovalPolicy policy,
            Map<UserId, ReviewerRole> roles) {
        // A reply that was also sent to the channel was decided on with its thread.
        return snapshot.message()
                .root()
                .map(root -> reviews.get(root).decisionOn(snapshot.message().ts()))
                .orElseGet(() -> policy.evaluate(snapshot, thread.commands(), roles));
    }

    static boolean hasThread(SlackMessage message) {
        return message.thread().isPresent() && message.root().isEmpty();
    }

    private static boolean addsToRoot(MessageSnapshot reply) {
        return reply.reviewState()
                .filter(before -> ADDING_TO_ROOT.contains(before.verdict()))
                .isPresent();
    }

    private static void addReply(
            Map<MessageTs, SortedMap<MessageTs, MessageSnapshot>> threads, MessageTs root, MessageSnapshot reply) {
        threads.computeIfAbsent(root, ts -> new TreeMap<>())
                .putIfAbsent(reply.message().ts(), reply);
    }

    private static List<MessageSnapshot> concat(Collection<MessageSnapshot> first, Collection<MessageSnapshot> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
