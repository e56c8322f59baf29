package org.chatpress.approval.policy;

import java.util.List;
import java.util.Optional;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.model.slack.SlackMessage;

/**
 * Whether a message is public, why, and what the next review needs to know.
 *
 * @param reason for people, such as {@code approved by U1 (white_check_mark)}
 * @param publicVersion the message to show to readers, present exactly if the verdict is APPROVED; older than Slack's
 *     while an edit waits
 * @param isFinal false if a user or an emoji that matters is not known yet: the next cycle decides again
 */
public record Decision(
        Verdict verdict,
        String reason,
        Optional<SlackMessage> publicVersion,
        ReviewState reviewState,
        boolean isFinal) {
    static Decision published(SlackMessage version, String reason, ReviewState state, boolean isFinal) {
        return new Decision(state.verdict(), reason, Optional.of(version), state, isFinal);
    }

    static Decision notPublic(String reason, ReviewState state, boolean isFinal) {
        return new Decision(state.verdict(), reason, Optional.empty(), state, isFinal);
    }

    /** The same decision, to be made again in the next cycle. */
    public Decision notFinal() {
        return new Decision(verdict, reason, publicVersion, reviewState, false);
    }

    /** The aliases by which approvers reacted, and which do not approve the message: Slack's names between colons. */
    public List<String> uncountedAliases(ChannelPolicy rules) {
        return reviewState.reactions().entrySet().stream()
                .filter(reaction -> reaction.getValue() == ReviewerRole.APPROVER)
                .map(reaction -> reaction.getKey().emoji())
                .filter(emoji -> rules.mayBeAlias(emoji) && !emoji.endsWith(":"))
                .map(emoji -> ":" + emoji + ":")
                .distinct()
                .sorted()
                .toList();
    }

    /** What a review decided. Only an {@link #APPROVED} message is public. */
    public enum Verdict {
        /** It no longer exists in Slack. */
        DELETED,
        /** A thread command in effect: it changes what readers see of another message, and is never public itself. */
        COMMAND,
        /** Never published, such as a join notice, a post of an unlisted bot, or a thread command that is not in effect. */
        IGNORED,
        /** Listed under {@code withdraw} in the settings. */
        WITHDRAWN,
        /** Starts with the private prefix. */
        PRIVATE,
        /** Has a rejecting reaction. */
        REJECTED,
        /** Slack no longer returns it and does not say why. */
        MISSING,
        /** Has a holding reaction. */
        HELD,
        /** Approved, but public only after the channel's delay. */
        DELAYED,
        /** Public. */
        APPROVED,
        /** Waits for an approval. */
        PENDING
    }
}
