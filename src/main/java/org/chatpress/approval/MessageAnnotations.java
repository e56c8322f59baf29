package org.chatpress.approval;

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
import org.chatpress.approval.policy.AnnotationRules;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ReviewState;
import org.chatpress.approval.policy.ThreadCommand;
import org.chatpress.approval.policy.ThreadCommands;
import org.chatpress.config.Settings.Channel;
import org.chatpress.model.Annotations;
import org.chatpress.model.PublicPhoto;
import org.chatpress.model.ReactionCount;
import org.chatpress.model.slack.Reaction;

/** What editors added to a message by notes and emoji, and how often its readers see other emoji. Pure. */
final class MessageAnnotations {
    /** Marks that Chatpress itself puts under messages. */
    private static final Set<String> OUR_MARKS =
            Set.of("clock1", "rocket", "x", EditorFeedback.WAITS, EditorFeedback.CANNOT_SHOW);

    private MessageAnnotations() {}

    /**
     * @param memory whose emoji the message bears
     * @param plain turns a note's value into a line of plain text
     */
    static Annotations notes(Channel channel, ReviewState memory, ThreadCommands notes, UnaryOperator<String> plain) {
        Set<String> emoji = emojiByEditors(channel.approval(), memory);
        var args = new TreeSet<String>();
        channel.instructions().args().forEach((name, word) -> {
            if (emoji.contains(name)) {
                args.add(word);
            }
        });
        Map<String, String> kwargs = new TreeMap<>();
        for (String key : channel.instructions().kwargs()) {
            if (!ThreadCommand.KEYS.contains(key)) {
                notes.newest(key).ifPresent(note -> kwargs.put(key, plain.apply(note.value())));
            }
        }
        return new Annotations(
                line(notes, ThreadCommand.HEADLINE, plain),
                line(notes, ThreadCommand.BYLINE, plain),
                tags(line(notes, ThreadCommand.TAGS, plain)),
                notes.all(ThreadCommand.CORRECTION).stream()
                        .map(note -> new Annotations.Correction(note.ts().instant(), plain.apply(note.value())))
                        .filter(correction -> !correction.text().isEmpty())
                        .toList(),
                List.copyOf(args),
                kwargs,
                emoji.contains(AnnotationRules.PIN) || saysYes(notes, ThreadCommand.PIN),
                emoji.contains(AnnotationRules.KEY_EVENT) || saysYes(notes, ThreadCommand.KEY_EVENT));
    }

    /** Photos as the notes describe them: the first, or the one whose number stands before the words ({@code 2: ...}). */
    static List<PublicPhoto> described(List<PublicPhoto> photos, ThreadCommands notes, UnaryOperator<String> plain) {
        var described = new ArrayList<PublicPhoto>();
        for (int i = 0; i < photos.size(); i++) {
            PublicPhoto photo = photos.get(i);
            int number = i + 1;
            described.add(new PublicPhoto(
                    photo.status(),
                    photo.url(),
                    photo.width(),
                    photo.height(),
                    ofPhoto(notes, ThreadCommand.ALT, number, plain).orElse(photo.alt()),
                    ofPhoto(notes, ThreadCommand.CAPTION, number, plain).orElse(photo.caption()),
                    ofPhoto(notes, ThreadCommand.CREDIT, number, plain).orElse(photo.credit())));
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

    private static Set<String> emojiByEditors(ApprovalRule approval, ReviewState memory) {
        return memory.marks().entrySet().stream()
                .filter(mark -> approval.mayInstruct(mark.getValue()))
                .map(mark -> mark.getKey().emoji())
                .collect(Collectors.toSet());
    }

    private static String line(ThreadCommands notes, String key, UnaryOperator<String> plain) {
        return notes.newest(key).map(note -> plain.apply(note.value())).orElse("");
    }

    private static boolean saysYes(ThreadCommands notes, String key) {
        return notes.newest(key).filter(ThreadCommand::saysYes).isPresent();
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
    private static Optional<String> ofPhoto(ThreadCommands notes, String key, int number, UnaryOperator<String> plain) {
        Optional<String> newest = Optional.empty();
        for (ThreadCommand note : notes.all(key)) {
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
