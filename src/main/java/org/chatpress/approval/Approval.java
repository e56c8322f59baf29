package org.chatpress.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chatpress.model.Message;
import org.chatpress.model.UserId;

/**
 * Judges messages and replies by a channel's rule. In order of strength: deleted, of no concern, withdrawn, private, rejected,
 * held, approved, pending.
 *
 * <p>What was approved stays what is public: an approval is of a {@link Content}, kept as a raw message.
 */
public final class Approval {
    private final ChannelRule rule;
    private final Function<UserId, Standing> standings;
    private final PrivatePrefix privatePrefix;
    private final NoteApproval notes;

    /** @param standings who somebody is now; asked only for marks that were not there before */
    public Approval(ChannelRule rule, Function<UserId, Standing> standings) {
        this.rule = rule;
        this.standings = standings;
        this.privatePrefix = new PrivatePrefix(rule.privatePrefix());
        this.notes = new NoteApproval(rule, standings);
    }

    /** The verdict, and what to remember of the message until its next change. */
    public Judgement judge(Situation situation) {
        return judge(situation, ThreadNotes.NONE);
    }

    /**
     * Likewise, of a reply, sent to the channel too or not: it may be an editor's note.
     *
     * @param root the message that it answers; empty if that is not known
     */
    public Judgement judgeReply(Situation situation, Optional<Message> root) {
        return Note.in(situation.message(), rule.instructions())
                .map(note -> notes.judge(situation, note, root))
                .orElseGet(() -> judge(situation));
    }

    /** Likewise, of a message with the notes in its thread: they change what is shown, and show nothing by themselves. */
    public Judgement judge(Situation situation, ThreadNotes inThread) {
        var one = new Case(situation, rule, standings);
        Message message = situation.message();
        if (situation.deleted()) {
            return one.hidden(Verdict.DELETED, "deleted in Slack");
        }
        Optional<String> noise = Noise.in(message, rule);
        if (noise.isPresent()) {
            return one.hidden(Verdict.IGNORED, noise.get());
        }
        if (rule.withdrawn().contains(message.ts())) {
            return one.hidden(Verdict.WITHDRAWN, "listed under withdraw in the settings");
        }
        if (privatePrefix.begins(message) || privatePrefix.begins(inThread.edited(message))) {
            return one.hidden(Verdict.PRIVATE, "begins with " + rule.privatePrefix());
        }
        Optional<String> rejection = one.marks().rejection();
        if (rejection.isPresent()) {
            return one.hidden(Verdict.REJECTED, rejection.get());
        }

        Consent consent = Consent.byMarks(one, rule);
        Optional<String> hold = one.marks().hold(message);
        if (hold.isPresent()) {
            return consent.unseen(Verdict.HELD, hold.get());
        }
        if (consent.approved().isEmpty()) {
            return consent.unseen(Verdict.PENDING, consent.why());
        }
        if (isDelayed(one, situation.readAt())) {
            Instant end = message.ts().instant().plus(rule.delay());
            return consent.unseen(Verdict.DELAYED, "approved, and public from " + end);
        }
        if (one.marks().mayHideMore() && one.last() != Verdict.APPROVED) {
            return consent.unseen(Verdict.PENDING, "waits until Slack says who rejects or holds it");
        }
        JsonNode approved = consent.approved().get();
        if (privatePrefix.begins(new Message(message.ts(), approved))) {
            return one.hidden(Verdict.PRIVATE, "begins with " + rule.privatePrefix());
        }
        String reason = consent.why()
                + instructed(one.marks())
                + (inThread.newest(Note.EDIT).isPresent() ? "; shows the words of an edit: note" : "")
                + (addsTo(message, approved) ? "; an edit waits for a new approval" : "");
        return consent.seen(inThread.edited(shown(message, approved)), reason);
    }

    /** True while readers see less of a public message than Slack has now, because an edit waits for a new approval. */
    public static boolean editWaits(Message now, Memory memory) {
        return memory.verdict() == Verdict.APPROVED
                && memory.approved().filter(approved -> addsTo(now, approved)).isPresent();
    }

    /** True for a reply that is a note, whether it holds or not. */
    public boolean isNote(Message reply) {
        return Note.in(reply, rule.instructions()).isPresent();
    }

    /** The note that holds by a judgement; empty if none does. */
    public Optional<Note> holding(Judgement judgement, Message reply) {
        return judgement.verdict() != Verdict.NOTE
                ? Optional.empty()
                : judgement
                        .memory()
                        .approved()
                        .flatMap(approved -> Note.in(new Message(reply.ts(), approved), rule.instructions()));
    }

    private boolean isDelayed(Case one, Optional<Instant> readAt) {
        if (rule.delay().isZero() || one.last() == Verdict.APPROVED) {
            return false;
        }
        // Without a reading there is no saying what happened since the last one: the next must show it.
        Instant over = one.message().ts().instant().plus(rule.delay());
        return readAt.map(at -> at.isBefore(over)).orElse(true);
    }

    private static boolean addsTo(Message now, JsonNode approved) {
        return !approved.equals(now.json())
                && !Content.of(now).addsNothingTo(Content.of(new Message(now.ts(), approved)));
    }

    /** The approved message, less the files that went since. */
    private static Message shown(Message now, JsonNode approved) {
        if (!approved.path("files").isArray()) {
            return new Message(now.ts(), approved);
        }
        Set<String> there = new HashSet<>();
        now.json().path("files").forEach(file -> {
            if (!Content.isGone(file)) {
                there.add(file.path("id").asText());
            }
        });
        ObjectNode copy = approved.deepCopy();
        ArrayNode files = copy.putArray("files");
        for (JsonNode file : approved.path("files")) {
            if (there.contains(file.path("id").asText())) {
                files.add(file);
            }
        }
        return new Message(now.ts(), copy);
    }

    /** Which emoji of whom say something beside. */
    private String instructed(Marks marks) {
        return marks.judged.entrySet().stream()
                .filter(mark -> rule.instructions().isEmoji(mark.getKey().emoji()))
                .filter(mark -> rule.approval().mayInstruct(mark.getValue()))
                .map(mark ->
                        "; " + mark.getKey().emoji() + " by " + mark.getKey().user())
                .sorted()
                .collect(Collectors.joining());
    }
}
