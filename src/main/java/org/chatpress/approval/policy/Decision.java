package org.chatpress.approval.policy;

import java.util.Optional;
import org.chatpress.model.slack.SlackMessage;

/**
 * What was decided of a message, why, and what to remember.
 *
 * @param reason for people: {@code approved by U1 (white_check_mark)}
 * @param publicVersion the message as readers may see it, present exactly when the verdict is APPROVED; older than what Slack
 *     has now while an edit waits
 * @param isFinal false if something could not be asked yet: judge again in the next cycle
 */
public record Decision(
        Verdict verdict,
        String reason,
        Optional<SlackMessage> publicVersion,
        ReviewState reviewState,
        boolean isFinal) {}
