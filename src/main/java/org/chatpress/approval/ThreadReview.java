package org.chatpress.approval;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.chatpress.approval.policy.ApprovalPolicy;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.MessageSnapshot;
import org.chatpress.approval.policy.ReviewState;
import org.chatpress.approval.policy.ThreadCommand;
import org.chatpress.approval.policy.ThreadCommands;
import org.chatpress.approval.policy.Verdict;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.store.Store;

/** The replies of a channel as judged in this cycle, beside those that were judged before. */
final class ThreadReview {
    /** What can still add something to the message that a reply answers. */
    private static final Set<Verdict> MATTER = EnumSet.of(Verdict.APPROVED, Verdict.NOTE);

    private final ChannelId channel;
    private final ApprovalPolicy approval;
    private final Store store;
    private final Map<MessageTs, ReviewedThread.ReviewedReply> judged = new HashMap<>();
    private final Map<MessageTs, ReviewedThread.ReviewedReply> withdrawn = new TreeMap<>();
    private final Set<MessageTs> roots = new HashSet<>();

    ThreadReview(ChannelId channel, ApprovalPolicy approval, Store store) {
        this.channel = channel;
        this.approval = approval;
        this.store = store;
    }

    /** Judges a reply, sent to the channel too or not, that is new or has changed. */
    Decision review(MessageSnapshot reply) {
        MessageTs root = reply.message().root().orElseThrow();
        Optional<SlackMessage> answered =
                store.messages().snapshot(channel, root).map(MessageSnapshot::message);
        Decision decision = approval.evaluateReply(reply, answered);
        judged.put(reply.message().ts(), new ReviewedThread.ReviewedReply(reply, decision));
        roots.add(root);
        return decision;
    }

    /** The messages in whose threads something was judged. */
    Set<MessageTs> roots() {
        return Set.copyOf(roots);
    }

    /** What was decided of a reply in this cycle; empty if nothing was. */
    Optional<Decision> decisionFor(MessageSnapshot reply) {
        return Optional.ofNullable(judged.get(reply.message().ts())).map(ReviewedThread.ReviewedReply::decision);
    }

    /** Replies that a changed rule withdrew, as far as their threads were asked for. */
    List<ReviewedThread.ReviewedReply> withdrawn() {
        return List.copyOf(withdrawn.values());
    }

    /** True if a note that held in a message's thread was withdrawn by a changed rule. */
    boolean lostCommand(MessageTs root) {
        return withdrawn.values().stream()
                .map(ReviewedThread.ReviewedReply::snapshot)
                .filter(reply -> reply.message().root().equals(Optional.of(root)))
                .anyMatch(reply -> reply.reviewState().map(ReviewState::verdict).equals(Optional.of(Verdict.NOTE)));
    }

    /** All that was decided of the replies to a message. */
    ReviewedThread thread(MessageSnapshot root) {
        MessageTs ts = root.message().ts();
        if (root.message().thread().isEmpty() && !roots.contains(ts)) {
            return ReviewedThread.EMPTY;
        }
        var notes = new ArrayList<ThreadCommand>();
        var replies = new ArrayList<ReviewedThread.ReviewedReply>();
        boolean settled = true;
        for (MessageSnapshot stored : store.messages().replies(channel, ts)) {
            Optional<ReviewedThread.ReviewedReply> known =
                    Optional.ofNullable(judged.get(stored.message().ts())).or(() -> asBefore(stored, root.message()));
            if (known.isEmpty()) {
                continue;
            }
            ReviewedThread.ReviewedReply reply = known.get();
            approval.held(reply.decision(), stored.message()).ifPresent(notes::add);
            settled &= reply.decision().isFinal() || !approval.isThreadCommand(stored.message());
            if (stored.message().isReply() && reply.decision().publicVersion().isPresent()) {
                replies.add(reply);
            }
        }
        return new ReviewedThread(new ThreadCommands(notes), replies, settled);
    }

    /** A reply that nothing happened to; empty if it adds nothing. */
    private Optional<ReviewedThread.ReviewedReply> asBefore(MessageSnapshot reply, SlackMessage root) {
        return reply.reviewState()
                .map(ReviewState::verdict)
                .filter(MATTER::contains)
                .map(verdict -> {
                    var judgedAgain =
                            new ReviewedThread.ReviewedReply(reply, approval.evaluateReply(reply, Optional.of(root)));
                    if (judgedAgain.decision().verdict() != verdict) {
                        withdrawn.put(reply.message().ts(), judgedAgain);
                    }
                    return judgedAgain;
                });
    }
}
