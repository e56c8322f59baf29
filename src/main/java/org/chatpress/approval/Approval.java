package org.chatpress.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chatpress.model.Message;
import org.chatpress.model.UserId;

/**
 * Judges messages and replies by a channel's rule. In order of strength: deleted, of no concern, withdrawn, private, rejected,
 * held, approved, pending.
 *
 * <p>What was approved stays what is public: an approval is of a {@link Content}, kept as a raw message. Reactions
 * carry no time, so a mark counts for a changed text only if some reading since the change did not show it yet.
 */
public final class Approval {
    private final ChannelRule rule;
    private final ApprovalRule approval;
    private final Function<UserId, Standing> standings;

    /** @param standings who somebody is now; asked only for marks that were not there before */
    public Approval(ChannelRule rule, Function<UserId, Standing> standings) {
        this.rule = rule;
        this.approval = rule.approval();
        this.standings = standings;
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
                .map(note -> judgeNote(situation, note, root))
                .orElseGet(() -> judge(situation));
    }

    /** Likewise, of a message with the notes in its thread: they change what is shown, and show nothing by themselves. */
    public Judgement judge(Situation situation, ThreadNotes notes) {
        Marks marks = marks(situation);
        Message message = situation.message();
        Optional<Memory> before = situation.before();
        Content content = Content.of(message);

        if (situation.deleted()) {
            return hidden(Verdict.DELETED, "deleted in Slack", situation, marks, content);
        }
        Optional<String> noise = Noise.in(message, rule);
        if (noise.isPresent()) {
            return hidden(Verdict.IGNORED, noise.get(), situation, marks, content);
        }
        if (rule.withdrawn().contains(message.ts())) {
            return hidden(Verdict.WITHDRAWN, "listed under withdraw in the settings", situation, marks, content);
        }
        if (isPrivate(message) || isPrivate(notes.edited(message))) {
            return hidden(Verdict.PRIVATE, "begins with " + rule.privatePrefix(), situation, marks, content);
        }
        Optional<Mark> rejection = marks.rejection();
        if (rejection.isPresent()) {
            return hidden(Verdict.REJECTED, by("rejected by", rejection.get()), situation, marks, content);
        }

        Edit edit = edit(situation, content);
        Set<Mark> stale = staleMarks(situation, marks, edit);
        Optional<JsonNode> approved = approved(situation, marks, content, stale, edit);
        boolean settled = marks.isSettled() && edit != Edit.BY_UNKNOWN;
        Optional<Mark> hold = marks.hold(message);
        if (hold.isPresent()) {
            return new Judgement(
                    Verdict.HELD,
                    by("held by", hold.get()),
                    Optional.empty(),
                    memory(Verdict.HELD, situation, marks, content, edit, stale, approved),
                    settled);
        }
        if (approved.isEmpty()) {
            return new Judgement(
                    Verdict.PENDING,
                    whyPending(situation, marks, stale),
                    Optional.empty(),
                    memory(Verdict.PENDING, situation, marks, content, edit, stale, approved),
                    settled);
        }
        if (isDelayed(situation)) {
            return new Judgement(
                    Verdict.DELAYED,
                    "approved, and public from " + message.ts().instant().plus(rule.delay()),
                    Optional.empty(),
                    memory(Verdict.DELAYED, situation, marks, content, edit, stale, approved),
                    settled);
        }
        if (marks.mayHideMore() && before.map(Memory::verdict).orElse(Verdict.PENDING) != Verdict.APPROVED) {
            return new Judgement(
                    Verdict.PENDING,
                    "waits until Slack says who rejects or holds it",
                    Optional.empty(),
                    memory(Verdict.PENDING, situation, marks, content, edit, stale, approved),
                    settled);
        }
        boolean editWaits = addsTo(message, approved.get());
        return new Judgement(
                Verdict.APPROVED,
                whyApproved(marks)
                        + instructed(marks)
                        + (notes.newest(Note.EDIT).isPresent() ? "; shows the words of an edit: note" : "")
                        + (editWaits ? "; an edit waits for a new approval" : ""),
                Optional.of(notes.edited(shown(message, approved.get()))),
                memory(Verdict.APPROVED, situation, marks, content, edit, stale, approved),
                settled);
    }

    /** True while readers see less of a public message than Slack has now, because an edit waits for a new approval. */
    public static boolean editWaits(Message now, Memory memory) {
        return memory.verdict() == Verdict.APPROVED
                && memory.approved().filter(approved -> addsTo(now, approved)).isPresent();
    }

    private static boolean addsTo(Message now, JsonNode approved) {
        return !approved.equals(now.json())
                && !Content.of(now).addsNothingTo(Content.of(new Message(now.ts(), approved)));
    }

    private Marks marks(Situation situation) {
        return new Marks(
                situation, rule, standings, before(situation).map(Memory::marks).orElse(Map.of()));
    }

    // What an editor's note is worth. Whether its author may write it is judged when it is first seen, as marks are.

    private Judgement judgeNote(Situation situation, Note note, Optional<Message> root) {
        Marks marks = marks(situation);
        Content content = Content.of(situation.message());
        String name = note.key() + ":";
        if (situation.deleted()) {
            return hidden(Verdict.DELETED, "deleted in Slack", situation, marks, content);
        }
        if (rule.withdrawn().contains(note.ts())) {
            return hidden(Verdict.WITHDRAWN, "listed under withdraw in the settings", situation, marks, content);
        }
        Optional<Mark> rejection = marks.rejection();
        if (rejection.isPresent()) {
            return hidden(Verdict.REJECTED, by("rejected by", rejection.get()), situation, marks, content);
        }

        Standing standing = standing(situation, note, content);
        if (standing == Standing.UNKNOWN) {
            Judgement waits =
                    hidden(Verdict.PENDING, name + " waits until Slack says who wrote it", situation, marks, content);
            return new Judgement(waits.verdict(), waits.reason(), waits.shown(), waits.memory(), false);
        }
        note.author().ifPresent(author -> marks.judged.put(note.mark(author), standing));
        boolean byAuthor = root.flatMap(Message::author)
                .filter(author -> standing != Standing.BOT && note.author().equals(Optional.of(author)))
                .isPresent();
        if (!approval.mayInstruct(standing) && !(byAuthor && note.isAboutPhotos())) {
            return hidden(Verdict.IGNORED, name + " only approvers may write this note", situation, marks, content);
        }
        if (note.isUnclear()) {
            return hidden(Verdict.IGNORED, name + " says neither yes nor no", situation, marks, content);
        }
        return held(situation, marks, content, name).orElseGet(() -> {
            boolean needsOthers = note.key().equals(Note.EDIT) && !publishesAlone(byAuthor);
            return needsOthers ? approvedNote(situation, marks, content, name) : note(situation, marks, content, name);
        });
    }

    private Standing standing(Situation situation, Note note, Content content) {
        if (situation.message().bot().isPresent() || note.author().isEmpty()) {
            return Standing.BOT;
        }
        return before(situation)
                .filter(before -> before.content().equals(content.digest()))
                .map(before -> before.marks().get(note.mark(note.author().get())))
                .orElseGet(() -> standings.apply(note.author().get()));
    }

    private Optional<Judgement> held(Situation situation, Marks marks, Content content, String name) {
        return marks.hold(situation.message())
                .map(hold -> hidden(Verdict.HELD, name + " " + by("held by", hold), situation, marks, content));
    }

    /** An approver's new words for a message are public only if his mark alone would make them so. */
    private boolean publishesAlone(boolean ownMessage) {
        return !approval.required() || approval.count() == 1 && (approval.selfApprove() || !ownMessage);
    }

    /** Where one mark won't do, the note itself is approved like a message, and what was approved of it holds. */
    private Judgement approvedNote(Situation situation, Marks marks, Content content, String name) {
        Edit edit = edit(situation, content);
        Set<Mark> stale = staleMarks(situation, marks, edit);
        Optional<JsonNode> approved = approved(situation, marks, content, stale, edit);
        Verdict verdict = approved.isPresent() ? Verdict.NOTE : Verdict.PENDING;
        String reason = approved.isPresent() ? "holds, " + whyApproved(marks) : whyPending(situation, marks, stale);
        return new Judgement(
                verdict,
                name + " " + reason,
                Optional.empty(),
                memory(verdict, situation, marks, content, edit, stale, approved),
                marks.isSettled() && edit != Edit.BY_UNKNOWN);
    }

    private Judgement note(Situation situation, Marks marks, Content content, String name) {
        return new Judgement(
                Verdict.NOTE,
                name + " holds",
                Optional.empty(),
                memory(
                        Verdict.NOTE,
                        situation,
                        marks,
                        content,
                        Edit.NONE,
                        Set.of(),
                        Optional.of(situation.message().json())),
                marks.isSettled());
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

    // What can be said without looking at any mark.

    /** True if its text, or any part of its blocks, begins with the prefix: readers may see either. */
    private boolean isPrivate(Message message) {
        return !rule.privatePrefix().isEmpty()
                && (isPrivate(message.text()) || message.blockTexts().stream().anyMatch(this::isPrivate));
    }

    private boolean isPrivate(String text) {
        // Slack escapes & < > in text, so the prefix <#> arrives as &lt;#&gt;.
        String plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        return visible(plain).startsWith(rule.privatePrefix()) || visible(text).startsWith(rule.privatePrefix());
    }

    /** Less the blanks and invisible characters at its beginning, which nobody knows of who typed the prefix first. */
    private static String visible(String text) {
        int start = 0;
        while (start < text.length() && isInvisible(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    private static boolean isInvisible(int character) {
        return Character.isWhitespace(character)
                || Character.isSpaceChar(character)
                || Character.isISOControl(character)
                || Character.getType(character) == Character.FORMAT;
    }

    private boolean isDelayed(Situation situation) {
        if (rule.delay().isZero()) {
            return false;
        }
        Verdict last = situation.before().map(Memory::verdict).orElse(Verdict.PENDING);
        if (last == Verdict.APPROVED) {
            return false;
        }
        // Without a reading there is no saying what happened since the last one: the next must show it.
        Instant over = situation.message().ts().instant().plus(rule.delay());
        return situation.readAt().map(at -> at.isBefore(over)).orElse(true);
    }

    // What the marks say.

    /** What became of the content since the last judgement. */
    private enum Edit {
        /** Nothing, nothing that counts, or the message was not known before. */
        NONE,
        /** An approver's own edit, whose mark alone would do. */
        BY_APPROVER,
        /** Anybody else's, or what can't be told apart from that. */
        BY_OTHERS,
        /** Slack has not told us yet who the editor is. */
        BY_UNKNOWN
    }

    private Edit edit(Situation situation, Content content) {
        Optional<Memory> before = before(situation);
        if (!approval.required() || before.isEmpty()) {
            return Edit.NONE;
        }
        if (before.get().content().equals(Memory.UNCLEAR)) {
            return Edit.BY_OTHERS;
        }
        boolean changed = !content.digest().equals(before.get().content());
        if (!changed || !holdsEdits() || onlyFilesWent(before.get(), situation, content)) {
            return Edit.NONE;
        }
        return editor(situation, before.get());
    }

    private Edit editor(Situation situation, Memory before) {
        Message message = situation.message();
        boolean isNewEdit = editedTs(message).compareTo(before.editedTs()) > 0;
        Optional<UserId> editor = message.editor()
                .filter(user -> approval.selfApprove() || !message.author().equals(Optional.of(user)));
        if (!isNewEdit || editor.isEmpty() || approval.count() > 1) {
            return Edit.BY_OTHERS;
        }
        return switch (standings.apply(editor.get())) {
            case APPROVER -> Edit.BY_APPROVER;
            case SOMEBODY, BOT -> Edit.BY_OTHERS;
            case UNKNOWN -> Edit.BY_UNKNOWN;
        };
    }

    /** What is remembered, where it was judged under the same kind of rule. */
    private Optional<Memory> before(Situation situation) {
        return situation.before().filter(before -> before.underRule() == approval.required());
    }

    private boolean holdsEdits() {
        return approval.onEdit() == ApprovalRule.OnEdit.HOLD;
    }

    /** Approving marks that don't count for the content as it is now. */
    private Set<Mark> staleMarks(Situation situation, Marks marks, Edit edit) {
        if (!approval.required()) {
            return Set.of();
        }
        if (makesAllStale(situation, edit)) {
            return marks.approving;
        }
        var stale = new HashSet<Mark>();
        before(situation).ifPresent(before -> stale.addAll(before.stale()));
        stale.retainAll(marks.approving);
        return stale;
    }

    /** True if every mark that is there may be older than what the message says now. */
    private boolean makesAllStale(Situation situation, Edit edit) {
        Optional<Memory> before = before(situation);
        if (before.isEmpty()) {
            return holdsEdits() && situation.message().editedAt().isPresent();
        }
        boolean cameBack = before.get().verdict() == Verdict.DELETED;
        return cameBack || edit == Edit.BY_OTHERS || edit == Edit.BY_UNKNOWN;
    }

    /** What is approved now, as a raw message. */
    private Optional<JsonNode> approved(Situation situation, Marks marks, Content content, Set<Mark> stale, Edit edit) {
        Message message = situation.message();
        Optional<JsonNode> now = Optional.of(message.json());
        if (!approval.required()) {
            return now;
        }
        var fresh = new HashSet<>(marks.approving);
        fresh.removeAll(stale);
        Optional<Memory> before = before(situation);
        if (people(fresh) >= approval.count()) {
            return before.filter(memory -> memory.content().equals(content.digest()))
                    .flatMap(Memory::approved)
                    .filter(was -> content.addsNothingTo(Content.of(new Message(message.ts(), was))))
                    .or(() -> now);
        }
        Optional<JsonNode> was = before.flatMap(Memory::approved);
        if (was.isEmpty() || people(marks.approving) < approval.count()) {
            return Optional.empty();
        }
        return !holdsEdits() || edit == Edit.BY_APPROVER ? now : was;
    }

    private boolean onlyFilesWent(Memory before, Situation situation, Content content) {
        return before.approved()
                .map(was -> content.addsNothingTo(
                        Content.of(new Message(situation.message().ts(), was))))
                .orElse(false);
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

    // What is remembered, and what is said.

    /** A message that is hidden whatever else it bears, and that needs a new approval to come back. */
    private Judgement hidden(Verdict verdict, String reason, Situation situation, Marks marks, Content content) {
        boolean wasSo = situation
                .before()
                .filter(before ->
                        before.verdict() == verdict && before.content().equals(content.digest()))
                .isPresent();
        var stale = new HashSet<>(marks.approving);
        if (wasSo) {
            stale.retainAll(situation.before().orElseThrow().stale());
        }
        String seen = wasSo || marks.namesApprovers() ? content.digest() : Memory.UNCLEAR;
        Memory memory = new Memory(
                verdict,
                approval.required(),
                seen,
                editedTs(situation.message()),
                marks.judged,
                stale,
                Optional.empty());
        return new Judgement(verdict, reason, Optional.empty(), memory, marks.isSettled());
    }

    private Memory memory(
            Verdict verdict,
            Situation situation,
            Marks marks,
            Content content,
            Edit edit,
            Set<Mark> stale,
            Optional<JsonNode> approved) {
        String seen = content.digest();
        String editedTs = editedTs(situation.message());
        if (approval.required() && !marks.namesApprovers() && makesAllStale(situation, edit)) {
            // A mark that was there at an edit must not pass for a new one once its owner is known.
            seen = Memory.UNCLEAR;
        } else if (edit == Edit.BY_UNKNOWN) {
            Memory before = before(situation).orElseThrow();
            seen = before.content();
            editedTs = before.editedTs();
        }
        return new Memory(verdict, approval.required(), seen, editedTs, marks.judged, stale, approved);
    }

    private static String editedTs(Message message) {
        return message.json().path("edited").path("ts").asText("");
    }

    private String whyApproved(Marks marks) {
        if (!approval.required()) {
            return "no approval required";
        }
        return by("approved by", marks.approving.toArray(new Mark[0]));
    }

    /** Which emoji of whom say something beside. */
    private String instructed(Marks marks) {
        return marks.judged.entrySet().stream()
                .filter(mark -> rule.instructions().isEmoji(mark.getKey().emoji()))
                .filter(mark -> approval.mayInstruct(mark.getValue()))
                .map(mark ->
                        "; " + mark.getKey().emoji() + " by " + mark.getKey().user())
                .sorted()
                .collect(Collectors.joining());
    }

    private String whyPending(Situation situation, Marks marks, Set<Mark> stale) {
        if (!stale.isEmpty()) {
            boolean wasHidden = situation.before().map(Memory::verdict).stream()
                    .anyMatch(last -> last == Verdict.REJECTED || last == Verdict.WITHDRAWN || last == Verdict.DELETED);
            if (wasHidden) {
                return "was taken down; needs a new approval";
            }
            return situation.message().editedAt().isPresent()
                    ? "edited around its approval; needs a new approval"
                    : "changed or taken down after its approval; needs a new approval";
        }
        int people = people(marks.approving);
        return people == 0 ? "waits for an approval" : "approved by " + people + " of " + approval.count() + " people";
    }

    private static String by(String words, Mark... marks) {
        var users = new TreeSet<String>();
        var emoji = new TreeSet<String>();
        for (Mark mark : marks) {
            users.add(mark.user().value());
            emoji.add(mark.emoji());
        }
        return words + " " + String.join(", ", users) + " (" + String.join(", ", emoji) + ")";
    }

    private static int people(Set<Mark> marks) {
        return (int) marks.stream().map(Mark::user).distinct().count();
    }
}
