package org.chatpress.approval;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.chatpress.approval.ReviewBatch.StoredThread;
import org.chatpress.approval.policy.ApprovalPolicy;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.approval.policy.ThreadCommand;
import org.chatpress.approval.policy.ThreadCommands;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;

/**
 * The decisions on the replies of one thread, and what they add to its first message.
 *
 * @param replies those that were evaluated, oldest first
 * @param commands the commands that are in effect
 * @param isFinal false if it is not known yet whether a command is in effect
 */
record ThreadReview(List<ReviewedReply> replies, ThreadCommands commands, boolean isFinal) {
    static final ThreadReview EMPTY = new ThreadReview(List.of(), ThreadCommands.NONE, true);

    ThreadReview {
        replies = List.copyOf(replies);
    }

    /**
     * A reply and the decision on it.
     *
     * @param isChanged whether the reply is new or has changed in Slack since its last review
     */
    record ReviewedReply(MessageSnapshot snapshot, Decision decision, boolean isChanged) {
        /** True if the reply is the same as before, and has another verdict because the rules changed. */
        boolean isChangedByRules() {
            return !isChanged
                    && snapshot.reviewState()
                            .filter(before -> before.verdict() == decision.verdict())
                            .isEmpty();
        }
    }

    /** Evaluates the replies of a thread. A pure function. */
    static ThreadReview of(StoredThread thread, ApprovalPolicy policy, Map<UserId, ReviewerRole> roles) {
        var replies = new ArrayList<ReviewedReply>();
        var commands = new ArrayList<ThreadCommand>();
        boolean isFinal = true;
        for (MessageSnapshot reply : thread.replies()) {
            Decision decision = policy.evaluateReply(reply, thread.root(), roles);
            replies.add(new ReviewedReply(reply, decision, thread.isChanged(reply)));
            commands.addAll(policy.commandsInEffect(reply, decision));
            isFinal &= decision.isFinal() || !policy.isThreadCommand(reply.message());
        }
        return new ThreadReview(replies, new ThreadCommands(commands), isFinal);
    }

    /** The replies to show below the thread's first message. One that was also sent to the channel is a message itself. */
    List<ReviewedReply> publicReplies() {
        return replies.stream()
                .filter(reply -> reply.snapshot().message().isReply())
                .filter(reply -> reply.decision().publicVersion().isPresent())
                .toList();
    }

    Decision decisionOn(MessageTs ts) {
        return replies.stream()
                .filter(reply -> reply.snapshot().message().ts().equals(ts))
                .findFirst()
                .orElseThrow()
                .decision();
    }

    /** True if a change of the rules ended the effect of a command. */
    boolean lostCommand() {
        return replies.stream()
                .filter(ReviewedReply::isChangedByRules)
                .flatMap(reply -> reply.snapshot().reviewState().stream())
                .anyMatch(before -> before.verdict() == Verdict.COMMAND);
    }
}
