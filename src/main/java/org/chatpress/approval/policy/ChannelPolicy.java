package org.chatpress.approval.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.text.EmojiTable;

/**
 * The rules of one channel: everything in its settings that decides which messages are public.
 *
 * @param since older messages are never published
 * @param bots the bots whose messages are published like people's
 * @param privatePrefix a message that starts with it is never published; empty: no prefix
 * @param withdrawn messages that the settings take down
 * @param delay the time between the post in Slack and the earliest publication
 * @param photos whether photos are published; if not, a message without text is not published either
 * @param videos likewise for clips of video and sound
 * @param replies whether replies are published, below the message that they answer
 * @param annotations what approvers may add to a message
 * @param closedAt messages posted later are not published; empty: no such time is known
 */
public record ChannelPolicy(
        ApprovalRule approval,
        Instant since,
        Set<UserId> bots,
        String privatePrefix,
        Set<MessageTs> withdrawn,
        Duration delay,
        boolean photos,
        boolean videos,
        boolean replies,
        AnnotationRules annotations,
        Optional<Instant> closedAt) {
    /** To be raised when the same settings hide more than before, so that what is public is reviewed again. */
    private static final String VERSION = "3";

    public ChannelPolicy {
        bots = Set.copyOf(bots);
        withdrawn = Set.copyOf(withdrawn);
    }

    /** True for an emoji of which every user must be known. */
    public boolean usesEmoji(String emoji) {
        return approval.emoji().contains(emoji)
                || approval.reject().contains(emoji)
                || approval.hold().contains(emoji)
                || annotations.isEmoji(emoji);
    }

    /** True for a custom emoji that the rules do not name. */
    public boolean mayBeAlias(String emoji) {
        return !usesEmoji(emoji) && EmojiTable.standard().characters(emoji).isEmpty();
    }

    /**
     * Everything that can take down a message or a part of one when it changes, as text. Without the approvers, because
     * an approval stays valid when its user stops being an approver.
     */
    public String digest() {
        return String.join(
                "|",
                VERSION,
                String.valueOf(approval.required()),
                new TreeSet<>(approval.emoji()).toString(),
                String.valueOf(approval.count()),
                String.valueOf(approval.selfApprove()),
                new TreeSet<>(approval.reject()).toString(),
                new TreeSet<>(approval.hold()).toString(),
                since.toString(),
                new TreeSet<>(bots).toString(),
                privatePrefix,
                new TreeSet<>(withdrawn).toString(),
                photos + (videos ? "+videos" : ""),
                String.valueOf(replies),
                new TreeSet<>(annotations.kwargs()).toString()
                        + closedAt.map(time -> "|" + time).orElse(""));
    }

    /**
     * What approvers may add to a message by reactions and by thread commands.
     *
     * @param args words for the page, by the emoji that adds them
     * @param kwargs further keys of thread commands, whose values are published for the page; lower case
     */
    public record AnnotationRules(Map<String, String> args, Set<String> kwargs) {
        /** The emoji that pins a message. */
        public static final String PIN = "pushpin";

        /** The emoji that marks a key event. */
        public static final String KEY_EVENT = "key";

        /** The rules of a channel that names no emoji and no keys of its own. */
        public static final AnnotationRules BUILT_IN = new AnnotationRules(Map.of(), Set.of());

        public AnnotationRules {
            args = Collections.unmodifiableMap(new TreeMap<>(args));
            kwargs = kwargs.stream().map(key -> key.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        }

        /** True for an emoji by which an approver adds something. */
        public boolean isEmoji(String emoji) {
            return emoji.equals(PIN) || emoji.equals(KEY_EVENT) || args.containsKey(emoji);
        }
    }
}
