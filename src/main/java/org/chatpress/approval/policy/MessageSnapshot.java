package org.chatpress.approval.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.slack.Reaction;
import org.chatpress.model.slack.SlackMessage;

/**
 * A message as it stands before judgement.
 *
 * @param message what Slack said last
 * @param reactions who reacted: the message's own, completed by {@code reactions.get} where that was asked
 * @param deleted Slack said that it is gone
 * @param readAt Slack's clock at the reading that showed the message in this cycle; empty if none did
 * @param reviewState what is remembered; empty if it was never judged
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
}
