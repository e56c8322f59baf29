package org.chatpress.cycle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.chatpress.approval.ApprovalRule;
import org.chatpress.approval.Instructions;
import org.chatpress.approval.Memory;
import org.chatpress.approval.Note;
import org.chatpress.approval.ThreadNotes;
import org.chatpress.config.Settings.Channel;
import org.chatpress.model.Notes;
import org.chatpress.model.Photo;
import org.chatpress.model.Reaction;
import org.chatpress.model.ReactionCount;

/** What editors added to a message by notes and emoji, and how often its readers see other emoji. Pure. */
final class NotesDesk {
    /** Marks that Chatpress itself puts under messages. */
    private static final Set<String> OUR_MARKS = Set.of("clock1", "rocket", "x", Answers.WAITS, Answers.CANNOT_SHOW);

    private NotesDesk() {}

    /**
     * @param memory whose emoji the message bears
     * @param plain turns a note's value into a line of plain text
     */
    static Notes notes(Channel channel, Memory memory, ThreadNotes notes, UnaryOperator<String> plain) {
        Set<String> emoji = emojiByEditors(channel.approval(), memory);
        var args = new TreeSet<String>();
        channel.instructions().args().forEach((name, word) -> {
            if (emoji.contains(name)) {
                args.add(word);
            }
        });
        Map<String, String> kwargs = new TreeMap<>();
        for (String key : channel.instructions().kwargs()) {
            if (!Note.KEYS.contains(key)) {
                notes.newest(key).ifPresent(note -> kwargs.put(key, plain.apply(note.value())));
            }
        }
        return new Notes(
                line(notes, Note.HEADLINE, plain),
                line(notes, Note.BYLINE, plain),
                tags(line(notes, Note.TAGS, plain)),
                notes.all(Note.CORRECTION).stream()
                        .map(note -> new Notes.Correction(note.ts().instant(), plain.apply(note.value())))
                        .filter(correction -> !correction.text().isEmpty())
                        .toList(),
                List.copyOf(args),
                kwargs,
                emoji.contains(Instructions.PIN) || saysYes(notes, Note.PIN),
                emoji.contains(Instructions.KEY_EVENT) || saysYes(notes, Note.KEY_EVENT));
    }

    /** Photos as the notes describe them: the first, or the one whose number stands before the words ({@code 2: ...}). */
    static List<Photo> described(List<Photo> photos, ThreadNotes notes, UnaryOperator<String> plain) {
        var described = new ArrayList<Photo>();
        for (int i = 0; i < photos.size(); i++) {
            Photo photo = photos.get(i);
            int number = i + 1;
            described.add(new Photo(
                    photo.status(),
                    photo.url(),
                    photo.width(),
                    photo.height(),
                    ofPhoto(notes, Note.ALT, number, plain).orElse(photo.alt()),
                    ofPhoto(notes, Note.CAPTION, number, plain).orElse(photo.caption()),
                    ofPhoto(notes, Note.CREDIT, number, plain).orElse(photo.credit())));
        }
        return described;
    }

    /** Reactions that readers may see; editorial emoji never, whoever puts them there. */
    static List<ReactionCount> reactions(
            Channel channel, List<Reaction> reactions, Function<String, Optional<String>> characters) {
        return reactions.stream()
                .filter(reaction -> reaction.count() > 0 && maySee(channel, reaction.emoji()))
                .map(reaction -> new ReactionCount(
                        reaction.emoji(), characters.apply(reaction.emoji()).orElse(""), reaction.count()))
                .toList();
    }

    static boolean maySee(Channel channel, String emoji) {
        ApprovalRule approval = channel.approval();
        boolean editorial = approval.emoji().contains(emoji)
                || approval.reject().contains(emoji)
                || approval.hold().contains(emoji)
                || channel.instructions().isEmoji(emoji)
                || OUR_MARKS.contains(emoji)
                || channel.liveMark().equals(Optional.of(emoji));
        return !editorial && channel.reactions().shows(emoji);
    }

    private static Set<String> emojiByEditors(ApprovalRule approval, Memory memory) {
        return memory.marks().entrySet().stream()
                .filter(mark -> approval.mayInstruct(mark.getValue()))
                .map(mark -> mark.getKey().emoji())
                .collect(Collectors.toSet());
    }

    private static String line(ThreadNotes notes, String key, UnaryOperator<String> plain) {
        return notes.newest(key).map(note -> plain.apply(note.value())).orElse("");
    }

    private static boolean saysYes(ThreadNotes notes, String key) {
        return notes.newest(key).filter(Note::saysYes).isPresent();
    }

    /** {@code #count, hall} is two tags. */
    private static List<String> tags(String line) {
        if (line.isEmpty()) {
            return List.of();
        }
        return Arrays.stream(line.split("[,;]"))
                .map(tag -> tag.strip().replaceFirst("^#+", ""))
                .filter(tag -> !tag.isEmpty())
                .distinct()
                .toList();
    }

    /** The newest note of a key that is about this photo. */
    private static Optional<String> ofPhoto(ThreadNotes notes, String key, int number, UnaryOperator<String> plain) {
        Optional<String> newest = Optional.empty();
        for (Note note : notes.all(key)) {
            String[] parts = note.value().split(":", 2);
            boolean numbered = parts.length == 2 && parts[0].strip().matches("[1-9]\\d{0,2}");
            int about = numbered ? Integer.parseInt(parts[0].strip()) : 1;
            if (about == number) {
                newest = Optional.of(plain.apply(numbered ? parts[1].strip() : note.value()));
            }
        }
        return newest.filter(words -> !words.isEmpty());
    }
}
