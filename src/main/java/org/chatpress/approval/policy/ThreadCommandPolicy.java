package org.chatpress.approval.policy;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;

/**
 * Decides whether the thread commands of a reply are in effect. The role of its author counts as it was when the reply was
 * first seen, as with reactions.
 */
final class ThreadCommandPolicy {
    private final ChannelPolicy rules;
    private final ApprovalRule rule;

    ThreadCommandPolicy(ChannelPolicy rules) {
        this.rules = rules;
        this.rule = rules.approval();
    }

    /**
     * Decides on a reply that consists of commands.
     *
     * @param root the thread's first message; empty if it is not stored
     */
    Decision evaluate(ReviewContext reply, CommandReply command, Optional<SlackMessage> root) {
        Optional<Decision> hidden = hidden(reply);
        if (hidden.isPresent()) {
            return hidden.get();
        }

        String key = command.label() + ": ";
        ReviewerRole role = savedRole(reply, command)
                .orElseGet(() -> reply.roleOf(command.author().orElseThrow()));
        if (role == ReviewerRole.UNKNOWN) {
            return reply.hidden(Verdict.PENDING, key + "waits for Slack to say who wrote it")
                    .notFinal();
        }
        ReviewContext context = command.author()
                .map(author -> reply.saving(command.reactionOf(author), role))
                .orElse(reply);

        boolean isByRootAuthor = role != ReviewerRole.BOT
                && root.flatMap(SlackMessage::author)
                        .filter(author -> command.author().equals(Optional.of(author)))
                        .isPresent();
        if (!rule.mayCommand(role) && !(isByRootAuthor && command.isAboutPhotos())) {
            return context.hidden(Verdict.IGNORED, key + "only approvers may set it");
        }
        if (command.commands().isEmpty()) {
            return context.hidden(Verdict.IGNORED, "a note without a key that this channel accepts");
        }
        if (command.isUnclear()) {
            return context.hidden(Verdict.IGNORED, key + "is neither yes nor no");
        }
        Optional<String> hold = context.reactions().hold();
        if (hold.isPresent()) {
            return context.hidden(Verdict.HELD, key + hold.get());
        }
        if (!command.bringsWords() || needsNoReaction(isByRootAuthor)) {
            return ApprovalEvaluator.withoutApproval(context).notPublic(Verdict.COMMAND, key + "in effect");
        }

        // One person's approval is not enough, so the command is approved as a message is.
        ApprovalEvaluator approval = ApprovalEvaluator.byReactions(context);
        return approval.content().isPresent()
                ? approval.notPublic(Verdict.COMMAND, key + "in effect, " + approval.reason())
                : approval.notPublic(Verdict.PENDING, key + approval.reason());
    }

    /** The users beside those who reacted whose roles an evaluation needs and the last review did not save. */
    Set<UserId> usersToLookUp(ReviewContext reply, CommandReply command) {
        if (hidden(reply).isPresent()) {
            return Set.of();
        }
        var users = new LinkedHashSet<UserId>();
        if (savedRole(reply, command).isEmpty()) {
            users.add(command.author().orElseThrow());
        }
        if (command.bringsWords()) {
            ApprovalEvaluator.decidingEditor(reply).ifPresent(users::add);
        }
        return users;
    }

    private Optional<Decision> hidden(ReviewContext reply) {
        if (reply.isDeleted()) {
            return Optional.of(reply.hidden(Verdict.DELETED, "deleted in Slack"));
        }
        if (rules.withdrawn().contains(reply.message().ts())) {
            return Optional.of(reply.hidden(Verdict.WITHDRAWN, "listed under withdraw in the settings"));
        }
        return reply.reactions().rejection().map(reason -> reply.hidden(Verdict.REJECTED, reason));
    }

    /** The author's role if it needs no lookup; empty if the command is new or was edited. */
    private static Optional<ReviewerRole> savedRole(ReviewContext reply, CommandReply command) {
        if (reply.message().bot().isPresent() || command.author().isEmpty()) {
            return Optional.of(ReviewerRole.BOT);
        }
        return reply.previous()
                .filter(before -> before.content().equals(reply.content().digest()))
                .map(before -> before.reactions()
                        .get(command.reactionOf(command.author().get())));
    }

    /** True if the reaction of the command's author alone would be enough to publish a message. */
    private boolean needsNoReaction(boolean isByRootAuthor) {
        return !rule.required() || (rule.count() == 1 && (rule.selfApprove() || !isByRootAuthor));
    }
}
