package org.chatpress.approval.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;

/**
 * What is approved of a message that nothing hides: what it says now, what it said before an edit, or nothing. Reactions
 * carry no time, so a mark counts for a changed text only if some reading since the change did not show it yet.
 */
final class ApprovalEvaluator {
    private static final Set<Verdict> HIDDEN =
            Set.of(Verdict.DELETED, Verdict.WITHDRAWN, Verdict.PRIVATE, Verdict.REJECTED);

    private final ReviewContext one;
    private final AnnotationRules instructions;
    private final ApprovalRule rule;
    private final EditKind edit;
    private final Set<EditorReaction> stale;
    private final Optional<JsonNode> approved;

    /** What became of the content since the last judgement. */
    private enum EditKind {
        /** Nothing, nothing that counts, or the message was not known before. */
        NONE,
        /** An approver's own edit, whose mark alone would do. */
        BY_APPROVER,
        /** Anybody else's, or what can't be told apart from that. */
        BY_OTHERS,
        /** Slack has not told us yet who the editor is. */
        BY_UNKNOWN
    }

    private ApprovalEvaluator(ReviewContext one, ChannelPolicy rule) {
        this.one = one;
        this.instructions = rule.instructions();
        this.rule = rule.approval();
        this.edit = edit();
        this.stale = staleMarks();
        this.approved = approvedByMarks();
    }

    private ApprovalEvaluator(ReviewContext one, ChannelPolicy rule, JsonNode approved) {
        this.one = one;
        this.instructions = rule.instructions();
        this.rule = rule.approval();
        this.edit = EditKind.NONE;
        this.stale = Set.of();
        this.approved = Optional.of(approved);
    }

    /** What the marks that it bears approve. */
    static ApprovalEvaluator byMarks(ReviewContext one, ChannelPolicy rule) {
        return new ApprovalEvaluator(one, rule);
    }

    /** It needs no marks: what it says now is approved. */
    static ApprovalEvaluator byItself(ReviewContext one, ChannelPolicy rule) {
        return new ApprovalEvaluator(one, rule, one.message().json());
    }

    /** The approved content, as a raw message. */
    Optional<JsonNode> approved() {
        return approved;
    }

    /** Readers see nothing; what is approved stays so. */
    Decision unseen(Verdict verdict, String reason) {
        return new Decision(verdict, reason, Optional.empty(), memory(verdict), isSettled());
    }

    Decision seen(SlackMessage shown, String reason) {
        return new Decision(Verdict.APPROVED, reason, Optional.of(shown), memory(Verdict.APPROVED), isSettled());
    }

    /** Why it is approved, or what it waits for. */
    String why() {
        if (approved.isEmpty()) {
            return whyPending();
        }
        return rule.required() ? EditorReactions.by("approved by", one.marks().approving) : "no approval required";
    }

    private String whyPending() {
        if (!stale.isEmpty()) {
            return switch (one.last()) {
                case REJECTED, WITHDRAWN, DELETED -> "was taken down; needs a new approval";
                default ->
                    one.message().editedAt().isPresent()
                            ? "edited around its approval; needs a new approval"
                            : "changed or taken down after its approval; needs a new approval";
            };
        }
        int people = EditorReactions.people(one.marks().approving);
        return people == 0 ? "waits for an approval" : "approved by " + people + " of " + rule.count() + " people";
    }

    private boolean isSettled() {
        return one.marks().isSettled() && edit != EditKind.BY_UNKNOWN;
    }

    private ReviewState memory(Verdict verdict) {
        String seen = one.digest();
        String editedTs = one.editedTs();
        if (rule.required() && !one.marks().namesApprovers() && makesAllStale()) {
            // A mark that was there at an edit must not pass for a new one once its owner is known.
            seen = ReviewState.UNCLEAR;
        } else if (edit == EditKind.BY_UNKNOWN) {
            ReviewState before = one.before().orElseThrow();
            seen = before.content();
            editedTs = before.editedTs();
        }
        return new ReviewState(verdict, rule.required(), seen, editedTs, one.marks().judged, stale, approved);
    }

    private EditKind edit() {
        Optional<ReviewState> before = one.before();
        if (!rule.required() || before.isEmpty()) {
            return EditKind.NONE;
        }
        if (before.get().content().equals(ReviewState.UNCLEAR)) {
            return EditKind.BY_OTHERS;
        }
        boolean changed = !one.digest().equals(before.get().content());
        if (!changed
                || !holdsEdits()
                || before.get().approved().filter(this::onlyFilesWentSince).isPresent()) {
            return EditKind.NONE;
        }
        return editor(before.get());
    }

    private EditKind editor(ReviewState before) {
        SlackMessage message = one.message();
        boolean isNewEdit = one.editedTs().compareTo(before.editedTs()) > 0;
        Optional<UserId> editor = message.editor()
                .filter(user -> rule.selfApprove() || !message.author().equals(Optional.of(user)));
        if (!isNewEdit || editor.isEmpty() || rule.count() > 1) {
            return EditKind.BY_OTHERS;
        }
        return switch (one.standing(editor.get())) {
            case APPROVER -> EditKind.BY_APPROVER;
            case SOMEBODY, BOT -> EditKind.BY_OTHERS;
            case UNKNOWN -> EditKind.BY_UNKNOWN;
        };
    }

    private boolean holdsEdits() {
        return rule.onEdit() == ApprovalRule.OnEdit.HOLD;
    }

    /** Approving marks that don't count for the content as it is now. */
    private Set<EditorReaction> staleMarks() {
        if (!rule.required()) {
            return Set.of();
        }
        Set<EditorReaction> approving = one.marks().approving;
        if (makesAllStale()) {
            return approving;
        }
        var stillStale = new HashSet<>(one.before().map(ReviewState::stale).orElse(Set.of()));
        stillStale.retainAll(approving);
        return stillStale;
    }

    /** True if every mark that is there may be older than what the message says now. */
    private boolean makesAllStale() {
        Optional<ReviewState> before = one.before();
        if (before.isEmpty()) {
            return HIDDEN.contains(one.last())
                    || holdsEdits() && one.message().editedAt().isPresent();
        }
        boolean cameBack = before.get().verdict() == Verdict.DELETED;
        return cameBack || edit == EditKind.BY_OTHERS || edit == EditKind.BY_UNKNOWN;
    }

    private Optional<JsonNode> approvedByMarks() {
        Optional<JsonNode> now = Optional.of(one.message().json());
        if (!rule.required()) {
            return now;
        }
        Set<EditorReaction> approving = one.marks().approving;
        var fresh = new HashSet<>(approving);
        fresh.removeAll(stale);
        if (EditorReactions.people(fresh) >= rule.count()) {
            return one.before()
                    .filter(memory -> memory.content().equals(one.digest()))
                    .flatMap(ReviewState::approved)
                    .filter(this::onlyFilesWentSince)
                    .or(() -> now);
        }
        Optional<JsonNode> was = one.before().flatMap(ReviewState::approved).filter(this::isOfItsKind);
        if (was.isEmpty() || EditorReactions.people(approving) < rule.count()) {
            return Optional.empty();
        }
        return !holdsEdits() || edit == EditKind.BY_APPROVER ? now : was;
    }

    /** A note that was edited into plain words never comes out as the note that was approved. */
    private boolean isOfItsKind(JsonNode was) {
        return isNote(one.message()) || !isNote(new SlackMessage(one.message().ts(), was));
    }

    private boolean isNote(SlackMessage message) {
        return ThreadCommand.in(message, instructions).isPresent();
    }

    /** True if the message shows nothing beside what was approved. */
    private boolean onlyFilesWentSince(JsonNode was) {
        return one.content()
                .addsNothingTo(
                        ContentFingerprint.of(new SlackMessage(one.message().ts(), was)));
    }
}
