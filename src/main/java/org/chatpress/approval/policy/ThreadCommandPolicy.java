package org.chatpress.approval.policy;

import java.util.Optional;
import java.util.function.Function;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;

/**
 * What an editor's note is worth, by a channel's rule. Whether its author may write it is judged when it is first seen, as
 * marks are.
 */
final class ThreadCommandPolicy {
    private final ChannelPolicy rule;
    private final ApprovalRule approval;
    private final Function<UserId, ReviewerRole> standings;

    /** @param standings as for {@link ApprovalPolicy} */
    ThreadCommandPolicy(ChannelPolicy rule, Function<UserId, ReviewerRole> standings) {
        this.rule = rule;
        this.approval = rule.approval();
        this.standings = standings;
    }

    /**
     * @param snapshot of the reply that is the note
     * @param root the message that it answers; empty if that is not known
     */
    Decision evaluate(MessageSnapshot snapshot, ThreadCommand command, Optional<SlackMessage> root) {
        var context = new ReviewContext(snapshot, rule, standings);
        String name = command.key() + ": ";
        if (snapshot.deleted()) {
            return context.hidden(Verdict.DELETED, "deleted in Slack");
        }
        if (rule.withdrawn().contains(command.ts())) {
            return context.hidden(Verdict.WITHDRAWN, "listed under withdraw in the settings");
        }
        Optional<String> rejection = context.reactions().rejection();
        if (rejection.isPresent()) {
            return context.hidden(Verdict.REJECTED, rejection.get());
        }

        ReviewerRole role = standing(context, command);
        if (role == ReviewerRole.UNKNOWN) {
            return context.notFinal(Verdict.PENDING, name + "waits until Slack says who wrote it");
        }
        command.author().ifPresent(author -> context.reactions().seen.put(command.reactionOf(author), role));
        boolean byAuthor = root.flatMap(SlackMessage::author)
                .filter(author -> role != ReviewerRole.BOT && command.author().equals(Optional.of(author)))
                .isPresent();
        if (!approval.mayCommand(role) && !(byAuthor && command.isAboutPhotos())) {
            return context.hidden(Verdict.IGNORED, name + "only approvers may write this note");
        }
        if (command.isUnclear()) {
            return context.hidden(Verdict.IGNORED, name + "says neither yes nor no");
        }
        Optional<String> hold = context.reactions().hold(context.message());
        if (hold.isPresent()) {
            return context.hidden(Verdict.HELD, name + hold.get());
        }

        if (!command.key().equals(ThreadCommand.EDIT) || publishesAlone(byAuthor)) {
            return ApprovalEvaluator.withoutApproval(context, rule).notPublic(Verdict.NOTE, name + "holds");
        }
        // Where one mark won't do, the note itself is approved like a message, and what was approved of it holds.
        ApprovalEvaluator evaluator = ApprovalEvaluator.byReactions(context, rule);
        return evaluator.approved().isPresent()
                ? evaluator.notPublic(Verdict.NOTE, name + "holds, " + evaluator.reason())
                : evaluator.notPublic(Verdict.PENDING, name + evaluator.reason());
    }

    private ReviewerRole standing(ReviewContext context, ThreadCommand command) {
        if (context.message().bot().isPresent() || command.author().isEmpty()) {
            return ReviewerRole.BOT;
        }
        UserId author = command.author().get();
        return context.previous()
                .filter(before -> before.content().equals(context.digest()))
                .map(before -> before.reactions().get(command.reactionOf(author)))
                .orElseGet(() -> standings.apply(author));
    }

    /** An approver's new words for a message are public only if his mark alone would make them so. */
    private boolean publishesAlone(boolean ownMessage) {
        return !approval.required() || (approval.count() == 1 && (approval.selfApprove() || !ownMessage));
    }
}
