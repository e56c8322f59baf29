package org.chatpress.approval.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.approval.policy.ReviewState.EditorReaction;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;

/**
 * Which content of a message is approved: the current one, the one before an edit, or none.
 *
 * <p>Slack's reactions carry no time. An approval therefore counts for changed content only if an earlier review saw the
 * change without the approval.
 */
final class ApprovalEvaluator {
    private static final Set<Verdict> HIDDEN =
            Set.of(Verdict.DELETED, Verdict.WITHDRAWN, Verdict.PRIVATE, Verdict.REJECTED);

    private final ReviewContext context;
    private final Edit edit;
    private final Set<EditorReaction> stale;
    private final Optional<JsonNode> content;

    /** How the content changed since the last review. */
    private enum Edit {
        /** Not at all, in a way that needs no approval, or there was no review. */
        NONE,
        /** By an approver, and one approval by that person is enough. */
        BY_APPROVER,
        /** By another person, or it is not certain by whom. */
        BY_OTHERS,
        /** By a user whose role is not known yet. */
        BY_UNKNOWN
    }

    private ApprovalEvaluator(ReviewContext context, Edit edit, Set<EditorReaction> stale, Optional<JsonNode> content) {
        this.context = context;
        this.edit = edit;
        this.stale = stale;
        this.content = content;
    }

    /** Evaluates the reactions, if the rules require an approval. */
    static ApprovalEvaluator byReactions(ReviewContext context) {
        if (!context.rule().required()) {
            return withoutApproval(context);
        }
        Edit edit = edit(context);
        Set<EditorReaction> stale = staleApprovals(context, edit);
        return new ApprovalEvaluator(context, edit, stale, approvedContent(context, edit, stale));
    }

    /** Takes the current content as approved. */
    static ApprovalEvaluator withoutApproval(ReviewContext context) {
        return new ApprovalEvaluator(
                context, Edit.NONE, Set.of(), Optional.of(context.message().json()));
    }

    /** The editor whose role decides whether an edit needs an approval; empty if no role changes that. */
    static Optional<UserId> decidingEditor(ReviewContext context) {
        if (!isContentChanged(context)) {
            return Optional.empty();
        }
        ReviewState before = context.previous().orElseThrow();
        boolean isNewEdit = context.editedTs().compareTo(before.editedTs()) > 0;
        boolean isTimeKnown = !before.content().equals(ReviewState.UNCLEAR);
        if (!isNewEdit || !isTimeKnown || context.rule().count() > 1) {
            return Optional.empty();
        }
        SlackMessage message = context.message();
        return message.editor()
                .filter(editor ->
                        context.rule().selfApprove() || !message.author().equals(Optional.of(editor)));
    }

    /** The approved content as Slack's JSON of a message; empty if nothing is approved. */
    Optional<JsonNode> content() {
        return content;
    }

    /** Hides the message, and keeps what is approved. */
    Decision notPublic(Verdict verdict, String reason) {
        return Decision.notPublic(reason, reviewState(verdict), isFinal());
    }

    Decision publishedAs(SlackMessage version, String reason) {
        return Decision.published(version, reason, reviewState(Verdict.APPROVED), isFinal());
    }

    /** Says who approved the content, or what it waits for. */
    String reason() {
        if (content.isEmpty()) {
            return reasonToWait();
        }
        return context.rule().required()
                ? EditorReactions.reason("approved by", context.reactions().approving())
                : "no approval required";
    }

    private String reasonToWait() {
        EditorReactions reactions = context.reactions();
        if (reactions.approving().stream().anyMatch(stale::contains)) {
            return switch (context.lastVerdict()) {
                case REJECTED, WITHDRAWN, DELETED -> "was taken down; needs a new approval";
                default ->
                    context.message().editedAt().isPresent()
                            ? "may have been approved before its last edit; needs a new approval"
                            : "was changed or hidden after its approval; needs a new approval";
            };
        }
        int people = EditorReactions.people(reactions.approving());
        String missing = people == 0
                ? "waits for an approval"
                : "approved by " + people + " of " + context.rule().count() + " people";
        return Stream.of(Optional.of(missing), reactions.notByApprovers(), reactions.uncountedAliases())
                .flatMap(Optional::stream)
                .collect(Collectors.joining("; "));
    }

    private boolean isFinal() {
        return context.reactions().isComplete() && edit != Edit.BY_UNKNOWN;
    }

    private ReviewState reviewState(Verdict verdict) {
        ApprovalRule rule = context.rule();
        String digest = context.content().digest();
        String editedTs = context.editedTs();
        if (rule.required() && !context.reactions().hasKnownApprovers() && areAllStale(context, edit)) {
            // Once the approvers are known, reactions that were there at the edit must not count as new.
            digest = ReviewState.UNCLEAR;
        } else if (edit == Edit.BY_UNKNOWN) {
            // The next review sees the same edit again, and may know the editor.
            ReviewState before = context.previous().orElseThrow();
            digest = before.content();
            editedTs = before.editedTs();
        }
        return new ReviewState(verdict, rule.required(), digest, editedTs, context.rolesToSave(), stale, content);
    }

    private static Edit edit(ReviewContext context) {
        if (!isContentChanged(context)) {
            return Edit.NONE;
        }
        Optional<UserId> editor = decidingEditor(context);
        if (editor.isEmpty()) {
            return Edit.BY_OTHERS;
        }
        return switch (context.roleOf(editor.get())) {
            case APPROVER -> Edit.BY_APPROVER;
            case NOT_APPROVER, BOT -> Edit.BY_OTHERS;
            case UNKNOWN -> Edit.BY_UNKNOWN;
        };
    }

    /** True if the message shows more than the last review saw, and the rules hold edits back. */
    private static boolean isContentChanged(ReviewContext context) {
        Optional<ReviewState> before = context.previous();
        if (!context.rule().required() || before.isEmpty()) {
            return false;
        }
        if (before.get().content().equals(ReviewState.UNCLEAR)) {
            return true;
        }
        return holdsEdits(context)
                && !context.content().digest().equals(before.get().content())
                && before.get()
                        .approved()
                        .filter(approved -> addsNothingTo(approved, context))
                        .isEmpty();
    }

    /** The reactions that may be older than the current content. */
    private static Set<EditorReaction> staleApprovals(ReviewContext context, Edit edit) {
        return areAllStale(context, edit)
                ? context.reactions().all()
                : context.reactions()
                        .stillPresent(context.previous().map(ReviewState::stale).orElse(Set.of()));
    }

    private static boolean areAllStale(ReviewContext context, Edit edit) {
        Optional<ReviewState> before = context.previous();
        if (before.isEmpty()) {
            return HIDDEN.contains(context.lastVerdict())
                    || (holdsEdits(context) && context.message().editedAt().isPresent());
        }
        boolean reappeared = before.get().verdict() == Verdict.DELETED;
        return reappeared || edit == Edit.BY_OTHERS || edit == Edit.BY_UNKNOWN;
    }

    private static Optional<JsonNode> approvedContent(ReviewContext context, Edit edit, Set<EditorReaction> stale) {
        Set<EditorReaction> approving = context.reactions().approving();
        var fresh = new HashSet<>(approving);
        fresh.removeAll(stale);
        int required = context.rule().count();
        Optional<JsonNode> current = Optional.of(context.message().json());
        if (EditorReactions.people(fresh) >= required) {
            return unchangedApprovedContent(context).or(() -> current);
        }
        Optional<JsonNode> before = context.previous()
                .flatMap(ReviewState::approved)
                .filter(approved -> isCommand(context, context.message().json()) || !isCommand(context, approved));
        if (before.isEmpty() || EditorReactions.people(approving) < required) {
            return Optional.empty();
        }
        return !holdsEdits(context) || edit == Edit.BY_APPROVER ? current : before;
    }

    /** The content as it was approved, if only Slack's own additions changed since; it keeps the public message the same. */
    private static Optional<JsonNode> unchangedApprovedContent(ReviewContext context) {
        return context.previous()
                .filter(before -> before.content().equals(context.content().digest()))
                .flatMap(ReviewState::approved)
                .filter(approved -> addsNothingTo(approved, context));
    }

    /** A command that was edited into a plain reply must not be shown as the command that was approved. */
    private static boolean isCommand(ReviewContext context, JsonNode json) {
        var message = new SlackMessage(context.message().ts(), json);
        return CommandReply.parse(message, context.rules().annotations()).isPresent();
    }

    /** True if the message shows nothing beyond what was approved. */
    private static boolean addsNothingTo(JsonNode approved, ReviewContext context) {
        return context.content()
                .addsNothingTo(
                        ContentFingerprint.of(new SlackMessage(context.message().ts(), approved)));
    }

    private static boolean holdsEdits(ReviewContext context) {
        return context.rule().onEdit() == ApprovalRule.OnEdit.HOLD;
    }
}
