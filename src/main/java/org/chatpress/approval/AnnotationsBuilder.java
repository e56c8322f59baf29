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
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ChannelPolicy.AnnotationRules;
import org.chatpress.approval.policy.EmojiAlias;
import org.chatpress.approval.policy.ReviewState;
import org.chatpress.approval.policy.ThreadCommand;
import org.chatpress.approval.policy.ThreadCommands;
import org.chatpress.config.Channel;
import org.chatpress.model.Annotations;
import org.chatpress.model.PublicMessage.PublicMedia;
import org.chatpress.model.PublicMessage.PublicPhoto;
import org.chatpress.model.PublicMessage.ReactionCount;
import org.chatpress.model.slack.SlackMessage.Reaction;
import org.chatpress.text.EmojiTable;

/** What editors add to a message by reactions and thread commands, and the reactions that readers see. Pure. */
final class AnnotationsBuilder {
    /** The reactions of our bot. */
    private static final Set<String> FEEDBACK = Set.of(
            EditorFeedback.PHOTO_LOADING,
            EditorFeedback.PHOTOS_LIVE,
            EditorFeedback.PHOTO_FAILED,
            EditorFeedback.EDIT_WAITING,
            EditorFeedback.CANNOT_SHOW);

    private AnnotationsBuilder() {}

    /**
     * Collects what reactions and commands add to a message.
     *
     * @param reviewState has the reactions with their users' roles
     * @param plain formats a command's value as a line of plain text
     */
    static Annotations annotations(
            Channel channel, ReviewState reviewState, ThreadCommands commands, UnaryOperator<String> plain) {
        Set<String> emoji = emojiByEditors(channel.approval().rule(), reviewState);
        var args = new TreeSet<String>();
        channel.approval().annotations().args().forEach((name, word) -> {
            if (emoji.contains(name)) {
                args.add(word);
            }
        });
        Map<String, String> kwargs = new TreeMap<>();
        for (String key : channel.approval().annotations().kwargs()) {
            if (!ThreadCommand.KEYS.contains(key)) {
                commands.newest(key).ifPresent(command -> kwargs.put(key, plain.apply(command.value())));
            }
        }
        return new Annotations(
                line(commands, ThreadCommand.HEADLINE, plain),
                line(commands, ThreadCommand.BYLINE, plain),
                tags(line(commands, ThreadCommand.TAGS, plain)),
                commands.all(ThreadCommand.CORRECTION).stream()
                        .map(command ->
                                new Annotations.Correction(command.ts().instant(), plain.apply(command.value())))
                        .filter(correction -> !correction.text().isEmpty())
                        .toList(),
                List.copyOf(args),
                kwargs,
                emoji.contains(AnnotationRules.PIN) || saysYes(commands, ThreadCommand.PIN),
                emoji.contains(AnnotationRules.KEY_EVENT) || saysYes(commands, ThreadCommand.KEY_EVENT));
    }

    /** Describes photos by commands: {@code alt: ...} describes the first photo, {@code alt: 2: ...} the second. */
    static List<PublicPhoto> withPhotoTexts(
            List<PublicPhoto> photos, ThreadCommands commands, UnaryOperator<String> plain) {
        var withTexts = new ArrayList<PublicPhoto>();
        for (int i = 0; i < photos.size(); i++) {
            PublicPhoto photo = photos.get(i);
            int number = i + 1;
            withTexts.add(photo.withTexts(
                    photoText(commands, ThreadCommand.ALT, number, plain).orElse(photo.alt()),
                    photoText(commands, ThreadCommand.CAPTION, number, plain).orElse(photo.caption()),
                    photoText(commands, ThreadCommand.CREDIT, number, plain).orElse(photo.credit())));
        }
        return withTexts;
    }

    /** Describes clips by the same commands, which count the photos of the message first. */
    static List<PublicMedia> withMediaTexts(
            List<PublicMedia> media, int photos, ThreadCommands commands, UnaryOperator<String> plain) {
        var withTexts = new ArrayList<PublicMedia>();
        for (int i = 0; i < media.size(); i++) {
            PublicMedia clip = media.get(i);
            int number = photos + i + 1;
            withTexts.add(clip.withTexts(
                    photoText(commands, ThreadCommand.ALT, number, plain).orElse(clip.alt()),
                    photoText(commands, ThreadCommand.CAPTION, number, plain).orElse(clip.caption()),
                    photoText(commands, ThreadCommand.CREDIT, number, plain).orElse(clip.credit())));
        }
        return withTexts;
    }

    /** The reactions that readers see. Editorial emoji and their aliases are never among them. */
    static List<ReactionCount> visibleReactions(
            Channel channel,
            List<Reaction> reactions,
            Map<String, EmojiAlias> customEmoji,
            Function<String, Optional<String>> characters) {
        return reactions.stream()
                .filter(reaction -> reaction.count() > 0 && isVisible(channel, reaction.emoji(), customEmoji))
                .map(reaction -> new ReactionCount(
                        reaction.emoji(), characters.apply(reaction.emoji()).orElse(""), reaction.count()))
                .toList();
    }

    /** @param customEmoji what custom emoji stand for; those that it lacks may be editorial */
    static boolean isVisible(Channel channel, String emoji, Map<String, EmojiAlias> customEmoji) {
        EmojiAlias alias = customEmoji.get(emoji);
        boolean isKnown =
                alias != null || EmojiTable.standard().characters(emoji).isPresent();
        return isKnown
                && channel.presentation().reactions().shows(emoji)
                && !isEditorial(channel, emoji)
                && (alias == null || alias.names().noneMatch(name -> isEditorial(channel, name)));
    }

    private static boolean isEditorial(Channel channel, String emoji) {
        ApprovalRule approval = channel.approval().rule();
        return approval.emoji().contains(emoji)
                || approval.reject().contains(emoji)
                || approval.hold().contains(emoji)
                || channel.approval().annotations().isEmoji(emoji)
                || FEEDBACK.contains(emoji)
                || channel.approval().liveReaction().equals(Optional.of(emoji));
    }

    private static Set<String> emojiByEditors(ApprovalRule approval, ReviewState reviewState) {
        return reviewState.reactions().entrySet().stream()
                .filter(reaction -> approval.mayCommand(reaction.getValue()))
                .map(reaction -> reaction.getKey().emoji())
                .collect(Collectors.toSet());
    }

    private static String line(ThreadCommands commands, String key, UnaryOperator<String> plain) {
        return commands.newest(key).map(command -> plain.apply(command.value())).orElse("");
    }

    private static boolean saysYes(ThreadCommands commands, String key) {
        return commands.newest(key).filter(ThreadCommand::isYes).isPresent();
    }

    /** Splits {@code #count, hall} into two tags. */
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

    private static Optional<String> photoText(
            ThreadCommands commands, String key, int number, UnaryOperator<String> plain) {
        return commands.photoText(key, number).map(plain).filter(text -> !text.isEmpty());
    }
}
