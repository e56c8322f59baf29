package org.chatpress.approval;

import java.util.Optional;
import java.util.function.Function;
import org.chatpress.model.Message;
import org.chatpress.model.UserId;

/**
 * What an editor's note is worth, by a channel's rule. Whether its author may write it is judged when it is first seen, as
 * marks are.
 */
final class NoteApproval {
    private final ChannelRule rule;
    private final ApprovalRule approval;
    private final Function<UserId, Standing> standings;

    /** @param standings as for {@link Approval} */
    NoteApproval(ChannelRule rule, Function<UserId, Standing> standings) {
        this.rule = rule;
        this.approval = rule.approval();
        this.standings = standings;
    }

    /**
     * @param situation of the reply that is the note
     * @param root the message that it answers; empty if that is not known
     */
    Judgement judge(Situation situation, Note note, Optional<Message> root) {
        var one = new Case(situation, rule, standings);
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

        Standing standing = standing(one, note);
        if (standing == Standing.UNKNOWN) {
            return one.unsettled(Verdict.PENDING, name + "waits until Slack says who wrote it");
        }
        note.author().ifPresent(author -> one.marks().judged.put(note.mark(author), standing));
        boolean byAuthor = root.flatMap(Message::author)
                .filter(author -> standing != Standing.BOT && note.author().equals(Optional.of(author)))
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

        if (!note.key().equals(Note.EDIT) || publishesAlone(byAuthor)) {
            return Consent.byItself(one, rule).unseen(Verdict.NOTE, name + "holds");
        }
        // Where one mark won't do, the note itself is approved like a message, and what was approved of it holds.
        Consent consent = Consent.byMarks(one, rule);
        return consent.approved().isPresent()
                ? consent.unseen(Verdict.NOTE, name + "holds, " + consent.why())
                : consent.unseen(Verdict.PENDING, name + consent.why());
    }

    private Standing standing(Case one, Note note) {
        if (one.message().bot().isPresent() || note.author().isEmpty()) {
            return Standing.BOT;
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
