package org.chatpress.approval.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is remembered of a message between two readings, because Slack's reactions carry no time.
 *
 * @param verdict the last verdict
 * @param ruleDigest whether approval was required when it was given
 * @param content the digest of the content last seen, or {@link #UNCLEAR}
 * @param editedTs Slack's {@code edited.ts} as last seen; empty if it was never edited
 * @param reactions the marks last seen, each with its owner's standing when the mark was first seen; unknown ones are left out
 * @param stale approving marks that don't count for the content last seen: every reading since it changed, or since
 *     the message was rejected or withdrawn, has shown them
 * @param approved the raw message as it was approved; empty if nothing is approved
 */
public record ReviewState(
        Verdict verdict,
        boolean ruleDigest,
        String content,
        String editedTs,
        Map<EditorReaction, ReviewerRole> reactions,
        Set<EditorReaction> stale,
        Optional<JsonNode> approved) {
    /**
     * The content changed while Slack did not say who had approved it by then: until it says so, every approving mark
     * counts as older than the change.
     */
    static final String UNCLEAR = "";

    public ReviewState {
        reactions = Map.copyOf(reactions);
        stale = Set.copyOf(stale);
    }
}
