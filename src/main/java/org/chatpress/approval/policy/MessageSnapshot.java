package org.chatpress.approval.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;

/**
 * A message as it is stored when its review starts.
 *
 * @param message as Slack last sent it
 * @param reactions the message's own, or those of {@code reactions.get} where the message named only some users
 * @param deleted true if Slack said that the message no longer exists
 * @param readAt Slack's time when it sent the page that showed the message in this cycle; empty if no page did
 * @param reviewState what the last review saved; empty if there was none
 */
public record MessageSnapshot(
        SlackMessage message,
        List<Reaction> reactions,
        boolean deleted,
        Optional<Instant> readAt,
        Optional<ReviewState> reviewState) {
    public MessageSnapshot {
        reactions = List.copyOf(reactions);
    }

    /** The same message with other reactions. */
    public MessageSnapshot withReactions(List<Reaction> complete) {
        return new MessageSnapshot(message, complete, deleted, readAt, reviewState);
    }

    /** True if the last review made the message public. */
    public boolean isPublic() {
        return reviewState
                .filter(before -> before.verdict() == Verdict.APPROVED)
                .isPresent();
    }
}
