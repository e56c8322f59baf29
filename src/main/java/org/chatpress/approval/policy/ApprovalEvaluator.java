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

    private final ReviewContext context;
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

    private ApprovalEvaluator(ReviewContext context, ChannelPolicy rule) {
        this.context = context;
        this.instructions = rule.annotations();
        this.rule = rule.approval();
        this.edit = edit();
        this.stale = staleMarks();
        this.approved = approvedByMarks();
    }

    private ApprovalEvaluator(ReviewContext context, ChannelPolicy rule, JsonNode approved) {
        this.context = context;
        this.instructions = rule.annotations();
        this.rule = rule.approval();
        this.edit = EditKind.NONE;
        this.stale = Set.of();
        this.approved = Optional.of(approved);
    }

    /** What the marks that it bears approve. */
    static ApprovalEvaluator byReactions(ReviewContext context, ChannelPolicy rule) {
        return new ApprovalEvaluator(context, rule);
    }

    /** It needs no marks: what it says now is approved. */
    static ApprovalEvaluator withoutApproval(ReviewContext context, ChannelPolicy rule) {
        return new ApprovalEvaluator(context, rule, context.message().json());
    }

    /** The approved content, as a raw message. */
    Optional<JsonNode> approved() {
        return approved;
    }

    /** Readers see nothing; what is approved stays so. */
    Decision notPublic(Verdict verdict, String reason) {
        return new Decision(verdict, reason, Optional.empty(), memory(verdict), isSettled());
    }

    Decision publicAs(SlackMessage shown, String reason) {
        return new Decision(Verdict.APPROVED, reason, Optional.of(shown), memory(Verdict.APPROVED), isSettled());
    }

    /** Why it is approved, or what it waits for. */
    String reason() {
        if (approved.isEmpty()) {
            return whyPending();
        }
        return rule.required()
                ? EditorReactions.reason("approved by", context.reactions().approving)
                : "no approval required";
    }

    private String whyPending() {
        if (!stale.isEmpty()) {
            return switch (context.lastReview()) {
                case REJECTED, WITHDRAWN, DELETED -> "was taken down; needs a new approval";
                default ->
                    context.message().editedAt().isPresent()
                            ? "edited around its approval; needs a new approval"
                            : "changed or taken down after its approval; needs a new approval";
            };
        }
        int people = EditorReactions.users(context.reactions().approving);
        return people == 0 ? "waits for an approval" : "approved by " + people + " of " + rule.count() + " people";
    }

    private boolean isSettled() {
        return context.reactions().isFinal() && edit != EditKind.BY_UNKNOWN;
    }

    private ReviewState memory(Verdict verdict) {
        String seen = context.digest();
        String editedTs = context.editedTs();
        if (rule.required() && !context.reactions().hasKnownApprovers() && makesAllStale()) {
            // A mark that was there at an edit must not pass for a new one once its owner is known.
            seen = ReviewState.UNCLEAR;
        } else if (edit == EditKind.BY_UNKNOWN) {
            ReviewState before = context.previous().orElseThrow();
            seen = before.content();
            editedTs = before.editedTs();
        }
        return new ReviewState(verdict, rule.required(), seen, editedTs, context.reactions().seen, stale, approved);
    }

    private EditKind edit() {
        Optional<ReviewState> before = context.previous();
        if (!rule.required() || before.isEmpty()) {
            return EditKind.NONE;
        }
        if (before.get().content().equals(ReviewState.UNCLEAR)) {
            return EditKind.BY_OTHERS;
        }
        boolean changed = !context.digest().equals(before.get().content());
        if (!changed
                || !holdsEdits()
                || before.get().approved().filter(this::onlyFilesWentSince).isPresent()) {
            return EditKind.NONE;
        }
        return editor(before.get());
    }

    private EditKind editor(ReviewState before) {
        SlackMessage message = context.message();
        boolean isNewEdit = context.editedTs().compareTo(before.editedTs()) > 0;
        Optional<UserId> editor = message.editor()
                .filter(user -> rule.selfApprove() || !message.author().equals(Optional.of(user)));
        if (!isNewEdit || editor.isEmpty() || rule.count() > 1) {
            return EditKind.BY_OTHERS;
        }
        return switch (context.roleOf(editor.get())) {
            case APPROVER -> EditKind.BY_APPROVER;
            case NOT_APPROVER, BOT -> EditKind.BY_OTHERS;
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
        Set<EditorReaction> approving = context.reactions().approving;
        if (makesAllStale()) {
            return approving;
        }
        var stillStale =
                new HashSet<>(context.previous().map(ReviewState::stale).orElse(Set.of()));
        stillStale.retainAll(approving);
        return stillStale;
    }

    /** True if every mark that is there may be older than what the message says now. */
    private boolean makesAllStale() {
        Optional<ReviewState> before = context.previous();
        if (before.isEmpty()) {
            return HIDDEN.contains(context.lastReview())
                    || (holdsEdits() && context.message().editedAt().isPresent());
        }
        boolean cameBack = before.get().verdict() == Verdict.DELETED;
        return cameBack || edit == EditKind.BY_OTHERS || edit == EditKind.BY_UNKNOWN;
    }

    private Optional<JsonNode> approvedByMarks() {
        Optional<JsonNode> now = Optional.of(context.message().json());
        if (!rule.required()) {
            return now;
        }
        Set<EditorReaction> approving = context.reactions().approving;
        var fresh = new HashSet<>(approving);
        fresh.removeAll(stale);
        if (EditorReactions.users(fresh) >= rule.count()) {
            return context.previous()
                    .filter(reviewState -> reviewState.content().equals(context.digest()))
                    .flatMap(ReviewState::approved)
                    .filter(this::onlyFilesWentSince)
                    .or(() -> now);
        }
        Optional<JsonNode> was =
                context.previous().flatMap(ReviewState::approved).filter(this::isOfItsKind);
        if (was.isEmpty() || EditorReactions.users(approving) < rule.count()) {
            return Optional.empty();
        }
        return !holdsEdits() || edit == EditKind.BY_APPROVER ? now : was;
    }

    /** A note that was edited into plain words never comes out as the note that was approved. */
    private boolean isOfItsKind(JsonNode was) {
        return isNote(context.message())
                || !isNote(new SlackMessage(context.message().ts(), was));
    }

    private boolean isNote(SlackMessage message) {
        return ThreadCommand.parse(message, instructions).isPresent();
    }

    /** True if the message shows nothing beside what was approved. */
    private boolean onlyFilesWentSince(JsonNode was) {
        return context.content()
                .addsNothingTo(
                        ContentFingerprint.of(new SlackMessage(context.message().ts(), was)));
    }
}
