package org.chatpress.approval;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.Message;
import org.chatpress.model.Reaction;

/**
 * A message as it stands before judgement.
 *
 * @param message what Slack said last
 * @param reactions who reacted: the message's own, completed by {@code reactions.get} where that was asked
 * @param deleted Slack said that it is gone
 * @param readAt Slack's clock at the reading that showed the message in this cycle; empty if none did
 * @param before what is remembered; empty if it was never judged
 */
public record Situation(
        Message message, List<Reaction> reactions, boolean deleted, Optional<Instant> readAt, Optional<Memory> before) {
    public Situation {
        reactions = List.copyOf(reactions);
    }
}
