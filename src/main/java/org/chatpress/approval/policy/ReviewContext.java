package org.chatpress.approval.policy;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.approval.policy.ReviewState.EditorReaction;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;

/** One message under review: its content and reactions, the rules, and what the last review saved. */
final class ReviewContext {
    private final MessageSnapshot snapshot;
    private final ChannelPolicy rules;
    private final Map<UserId, ReviewerRole> roles;
    private final EditorReactions reactions;
    private final Map<EditorReaction, ReviewerRole> rolesToSave;
    private ContentFingerprint content;

    /**
     * @param uncounted aliases of approving emoji in the reactions to the message, which do not approve it
     * @param roles the roles of users whose reactions, edits or commands are new
     */
    ReviewContext(
            MessageSnapshot snapshot, Set<String> uncounted, ChannelPolicy rules, Map<UserId, ReviewerRole> roles) {
        this.snapshot = snapshot;
        this.rules = rules;
        this.roles = roles;
        this.reactions = new EditorReactions(
                snapshot,
                uncounted,
                rules,
                previous().map(ReviewState::reactions).orElse(Map.of()),
                roles);
        this.rolesToSave = reactions.known();
    }

    private ReviewContext(ReviewContext other, Map<EditorReaction, ReviewerRole> rolesToSave) {
        this.snapshot = other.snapshot;
        this.rules = other.rules;
        this.roles = other.roles;
        this.reactions = other.reactions;
        this.content = other.content;
        this.rolesToSave = rolesToSave;
    }

    /** The same context; its review saves the role of a thread command's author, too. */
    ReviewContext saving(EditorReaction author, ReviewerRole role) {
        var more = new HashMap<>(rolesToSave);
        more.put(author, role);
        return new ReviewContext(this, more);
    }

    SlackMessage message() {
        return snapshot.message();
    }

    boolean isMissing() {
        return snapshot.missing();
    }

    boolean isDeleted() {
        return snapshot.deleted();
    }

    /** Slack's time when it sent the page that showed the message in this cycle; empty if no page did. */
    Optional<Instant> readAt() {
        return snapshot.readAt();
    }

    ChannelPolicy rules() {
        return rules;
    }

    ApprovalRule rule() {
        return rules.approval();
    }

    ReviewerRole roleOf(UserId user) {
        return roles.getOrDefault(user, ReviewerRole.UNKNOWN);
    }

    EditorReactions reactions() {
        return reactions;
    }

    /** Every reaction to the message, aliases as what they count as. */
    List<Reaction> allReactions() {
        return snapshot.reactions();
    }

    /** The reactions that the next review finds in {@link ReviewState#reactions}. */
    Map<EditorReaction, ReviewerRole> rolesToSave() {
        return rolesToSave;
    }

    /** What an approval covers. Computed on first use, because most messages need no digest to look up roles. */
    ContentFingerprint content() {
        if (content == null) {
            content = ContentFingerprint.of(message());
        }
        return content;
    }

    /** The last review if the rules required approval then as they do now; empty otherwise. */
    Optional<ReviewState> previous() {
        return snapshot.reviewState().filter(before -> before.approvalRequired() == rule().required());
    }

    /** The verdict of the last review under any rules; PENDING if there was none. */
    Verdict lastVerdict() {
        return snapshot.reviewState().map(ReviewState::verdict).orElse(Verdict.PENDING);
    }

    /** Slack's {@code edited.ts}; empty if the message was never edited. */
    String editedTs() {
        return message().json().path("edited").path("ts").asText("");
    }

    /** Hides the message whatever its approvals. To become public again it needs a new one. */
    Decision hidden(Verdict verdict, String reason) {
        String digest = content().digest();
        Optional<ReviewState> unchanged = snapshot.reviewState()
                .filter(before ->
                        before.verdict() == verdict && before.content().equals(digest));
        Set<EditorReaction> stale =
                unchanged.map(before -> reactions.stillPresent(before.stale())).orElseGet(reactions::all);
        boolean approversAreKnown = unchanged.isPresent() || reactions.hasKnownApprovers();
        var state = new ReviewState(
                verdict,
                rule().required(),
                approversAreKnown ? digest : ReviewState.UNCLEAR,
                editedTs(),
                rolesToSave,
                stale,
                Optional.empty());
        return Decision.notPublic(reason, state, reactions.isComplete());
    }
}
