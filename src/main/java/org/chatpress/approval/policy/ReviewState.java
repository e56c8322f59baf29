package org.chatpress.approval.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.model.UserId;

/**
 * What a review saves for the next one, because Slack's reactions carry no time.
 *
 * @param verdict the verdict of the review
 * @param approvalRequired whether the rules required an approval
 * @param content the digest of the content that the review saw, or {@link #UNCLEAR}
 * @param editedTs Slack's {@code edited.ts} that the review saw; empty if the message was never edited
 * @param reactions the reactions that the review saw, each with the role of its user at the first review that saw it;
 *     without those of users whose role was not known
 * @param stale reactions that do not approve {@code content}, whatever their emoji: they may be older than its last
 *     change, or than the takedown of the message
 * @param approved Slack's JSON of the message as it was approved; empty if nothing is approved
 */
public record ReviewState(
        Verdict verdict,
        boolean approvalRequired,
        String content,
        String editedTs,
        Map<EditorReaction, ReviewerRole> reactions,
        Set<EditorReaction> stale,
        Optional<JsonNode> approved) {
    /**
     * In place of a digest: the content changed while it was not known who had approved it. Every approval counts as
     * older than the change.
     */
    static final String UNCLEAR = "";

    public ReviewState {
        reactions = Map.copyOf(reactions);
        stale = Set.copyOf(stale);
    }

    /** One user's emoji under a message; for the author of a thread command, its key and a colon. */
    public record EditorReaction(UserId user, String emoji) {}
}
