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
     * @param situation of the reply that is the note
     * @param root the message that it answers; empty if that is not known
     */
    Decision judge(MessageSnapshot situation, ThreadCommand note, Optional<SlackMessage> root) {
        var one = new ReviewContext(situation, rule, standings);
        String name = note.key() + ": ";
        if (situation.deleted()) {
            return one.hidden(Verdict.DELETED, "deleted in Slack");
        }
        if (rule.withdrawn().contains(note.ts())) {
            return one.hidden(Verdict.WITHDRAWN, "listed under withdraw in the settings");
        }
        Optional<String> rejection = one.marks().rejection();
        if (rejection.isPresent()) {
            return one.hidden(Verdict.REJECTED, rejection.get());
        }

        ReviewerRole standing = standing(one, note);
        if (standing == ReviewerRole.UNKNOWN) {
            return one.unsettled(Verdict.PENDING, name + "waits until Slack says who wrote it");
        }
        note.author().ifPresent(author -> one.marks().judged.put(note.mark(author), standing));
        boolean byAuthor = root.flatMap(SlackMessage::author)
                .filter(author -> standing != ReviewerRole.BOT && note.author().equals(Optional.of(author)))
                .isPresent();
        if (!approval.mayInstruct(standing) && !(byAuthor && note.isAboutPhotos())) {
            return one.hidden(Verdict.IGNORED, name + "only approvers may write this note");
        }
        if (note.isUnclear()) {
            return one.hidden(Verdict.IGNORED, name + "says neither yes nor no");
        }
        Optional<String> hold = one.marks().hold(one.message());
        if (hold.isPresent()) {
            return one.hidden(Verdict.HELD, name + hold.get());
        }

        if (!note.key().equals(ThreadCommand.EDIT) || publishesAlone(byAuthor)) {
            return ApprovalEvaluator.byItself(one, rule).unseen(Verdict.NOTE, name + "holds");
        }
        // Where one mark won't do, the note itself is approved like a message, and what was approved of it holds.
        ApprovalEvaluator consent = ApprovalEvaluator.byMarks(one, rule);
        return consent.approved().isPresent()
                ? consent.unseen(Verdict.NOTE, name + "holds, " + consent.why())
                : consent.unseen(Verdict.PENDING, name + consent.why());
    }

    private ReviewerRole standing(ReviewContext one, ThreadCommand note) {
        if (one.message().bot().isPresent() || note.author().isEmpty()) {
            return ReviewerRole.BOT;
        }
        UserId author = note.author().get();
        return one.before()
                .filter(before -> before.content().equals(one.digest()))
                .map(before -> before.marks().get(note.mark(author)))
                .orElseGet(() -> standings.apply(author));
    }

    /** An approver's new words for a message are public only if his mark alone would make them so. */
    private boolean publishesAlone(boolean ownMessage) {
        return !approval.required() || approval.count() == 1 && (approval.selfApprove() || !ownMessage);
    }
}
