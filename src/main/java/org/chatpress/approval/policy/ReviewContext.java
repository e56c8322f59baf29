package org.chatpress.approval.policy;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;

/** A message before the judge: what it says now, the marks it bears, and what is remembered of it. */
final class ReviewContext {
    private final MessageSnapshot snapshot;
    private final ApprovalRule approval;
    private final Function<UserId, ReviewerRole> standings;
    private final EditorReactions reactions;
    private final ContentFingerprint content;
    private final String digest;

    /** @param standings who somebody is now; asked only for what was not there before */
    ReviewContext(MessageSnapshot snapshot, ChannelPolicy rule, Function<UserId, ReviewerRole> standings) {
        this.snapshot = snapshot;
        this.approval = rule.approval();
        this.standings = standings;
        this.reactions = new EditorReactions(
                snapshot,
                rule,
                standings,
                previous().map(ReviewState::reactions).orElse(Map.of()));
        this.content = ContentFingerprint.of(snapshot.message());
        this.digest = content.digest();
    }

    SlackMessage message() {
        return snapshot.message();
    }

    EditorReactions reactions() {
        return reactions;
    }

    ContentFingerprint content() {
        return content;
    }

    /** The content's. */
    String digest() {
        return digest;
    }

    /** What is remembered, where it was judged under the same kind of rule. */
    Optional<ReviewState> previous() {
        return snapshot.reviewState().filter(before -> before.ruleDigest() == approval.required());
    }

    /** The last verdict, under whatever rule. */
    Verdict lastReview() {
        return snapshot.reviewState().map(ReviewState::verdict).orElse(Verdict.PENDING);
    }

    /** Slack's time of the last edit; empty if there was none. */
    String editedTs() {
        return message().json().path("edited").path("ts").asText("");
    }

    ReviewerRole roleOf(UserId user) {
        return standings.apply(user);
    }

    /** Hidden whatever else it bears, and it needs a new approval to come back. */
    Decision hidden(Verdict verdict, String reason) {
        return hidden(verdict, reason, reactions.isFinal());
    }

    /** Likewise, until Slack answers. */
    Decision notFinal(Verdict verdict, String reason) {
        return hidden(verdict, reason, false);
    }

    private Decision hidden(Verdict verdict, String reason, boolean settled) {
        Optional<ReviewState> same = snapshot.reviewState()
                .filter(before ->
                        before.verdict() == verdict && before.content().equals(digest));
        var stale = new HashSet<>(reactions.approving);
        same.ifPresent(before -> stale.retainAll(before.stale()));
        String seen = same.isPresent() || reactions.hasKnownApprovers() ? digest : ReviewState.UNCLEAR;
        var reviewState = new ReviewState(
                verdict, approval.required(), seen, editedTs(), reactions.seen, stale, Optional.empty());
        return new Decision(verdict, reason, Optional.empty(), reviewState, settled);
    }
}
