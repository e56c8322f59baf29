package org.chatpress.approval;

import java.util.List;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.MessageSnapshot;
import org.chatpress.approval.policy.ThreadCommands;

/**
 * What was decided of the replies to a message.
 *
 * @param commands the editors' notes that hold
 * @param replies those that readers may see, oldest first
 * @param isFinal false while Slack could not say yet who wrote a note
 */
record ReviewedThread(ThreadCommands commands, List<ReviewedReply> replies, boolean isFinal) {
    static final ReviewedThread EMPTY = new ReviewedThread(ThreadCommands.NONE, List.of(), true);

    ReviewedThread {
        replies = List.copyOf(replies);
    }

    /** A reply and its judgement. */
    record ReviewedReply(MessageSnapshot snapshot, Decision decision) {}
}
