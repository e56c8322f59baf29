package org.chatpress.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.approval.policy.ReviewState;
import org.chatpress.approval.policy.ReviewState.EditorReaction;
import org.chatpress.model.UserId;

/**
 * The column {@code review_state}: a {@link ReviewState} without the verdict and the approved message, which have
 * columns of their own.
 *
 * @param reactions by user and emoji, as in {@code U0EDITOR white_check_mark}
 * @param stale likewise
 */
record StoredReviewState(
        boolean approvalRequired,
        String content,
        String editedTs,
        SortedMap<String, ReviewerRole> reactions,
        SortedSet<String> stale) {
    static StoredReviewState of(ReviewState state) {
        var reactions = new TreeMap<String, ReviewerRole>();
        state.reactions().forEach((reaction, role) -> reactions.put(text(reaction), role));
        var stale = new TreeSet<String>();
        state.stale().forEach(reaction -> stale.add(text(reaction)));
        return new StoredReviewState(state.approvalRequired(), state.content(), state.editedTs(), reactions, stale);
    }

    ReviewState with(Verdict verdict, Optional<JsonNode> approved) {
        Map<EditorReaction, ReviewerRole> reactionRoles = new HashMap<>();
        reactions.forEach((text, role) -> reactionRoles.put(reaction(text), role));
        Set<EditorReaction> staleReactions = new HashSet<>();
        stale.forEach(text -> staleReactions.add(reaction(text)));
        return new ReviewState(verdict, approvalRequired, content, editedTs, reactionRoles, staleReactions, approved);
    }

    private static String text(EditorReaction reaction) {
        return reaction.user() + " " + reaction.emoji();
    }

    private static EditorReaction reaction(String text) {
        int space = text.indexOf(' ');
        return new EditorReaction(new UserId(text.substring(0, space)), text.substring(space + 1));
    }
}
