package org.chatpress.approval.policy;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;

/** A message before the judge: what it says now, the marks it bears, and what is remembered of it. */
final class ReviewContext {
    private final MessageSnapshot situation;
    private final ApprovalRule approval;
    private final Function<UserId, ReviewerRole> standings;
    private final EditorReactions marks;
    private final ContentFingerprint content;
    private final String digest;

    /** @param standings who somebody is now; asked only for what was not there before */
    ReviewContext(MessageSnapshot situation, ChannelPolicy rule, Function<UserId, ReviewerRole> standings) {
        this.situation = situation;
        this.approval = rule.approval();
        this.standings = standings;
        this.marks = new EditorReactions(
                situation, rule, standings, before().map(ReviewState::marks).orElse(Map.of()));
        this.content = ContentFingerprint.of(situation.message());
        this.digest = content.digest();
    }

    SlackMessage message() {
        return situation.message();
    }

    EditorReactions marks() {
        return marks;
    }

    ContentFingerprint content() {
        return content;
    }

    /** The content's. */
    String digest() {
        return digest;
    }

    /** What is remembered, where it was judged under the same kind of rule. */
    Optional<ReviewState> before() {
        return situation.before().filter(before -> before.underRule() == approval.required());
    }

    /** The last verdict, under whatever rule. */
    Verdict last() {
        return situation.before().map(ReviewState::verdict).orElse(Verdict.PENDING);
    }

    /** Slack's time of the last edit; empty if there was none. */
    String editedTs() {
        return message().json().path("edited").path("ts").asText("");
    }

    ReviewerRole standing(UserId user) {
        return standings.apply(user);
    }

    /** Hidden whatever else it bears, and it needs a new approval to come back. */
    Decision hidden(Verdict verdict, String reason) {
        return hidden(verdict, reason, marks.isSettled());
    }

    /** Likewise, until Slack answers. */
    Decision unsettled(Verdict verdict, String reason) {
        return hidden(verdict, reason, false);
    }

    private Decision hidden(Verdict verdict, String reason, boolean settled) {
        Optional<ReviewState> same = situation
                .before()
                .filter(before ->
                        before.verdict() == verdict && before.content().equals(digest));
        var stale = new HashSet<>(marks.approving);
        same.ifPresent(before -> stale.retainAll(before.stale()));
        String seen = same.isPresent() || marks.namesApprovers() ? digest : ReviewState.UNCLEAR;
        var memory =
                new ReviewState(verdict, approval.required(), seen, editedTs(), marks.judged, stale, Optional.empty());
        return new Decision(verdict, reason, Optional.empty(), memory, settled);
    }
}
