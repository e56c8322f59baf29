package org.chatpress.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What readers may see of a message. It exists only while the message may be seen.
 *
 * @param author the key into the chat's authors
 * @param html clean HTML of the text that was approved; may be empty where the message has only files
 * @param text the same as plain text
 * @param publishedAt the cycle in which it became public
 * @param editedAt when the text shown was last edited in Slack, to the second; empty if never
 * @param thread the root of its thread; empty outside threads
 * @param photos in the message's order
 * @param previews previews of links in the approved text
 * @param reactions in Slack's order; empty unless the channel shows them
 * @param replies public replies of its thread, oldest first; they have none themselves
 */
public record PublicMessage(
        MessageTs ts,
        UserId author,
        String html,
        String text,
        Instant publishedAt,
        Optional<Instant> editedAt,
        Optional<MessageTs> thread,
        List<PublicPhoto> photos,
        List<LinkPreview> previews,
        List<ReactionCount> reactions,
        Annotations annotations,
        List<PublicMessage> replies) {
    /**
     * How many people reacted with an emoji, as readers see it.
     *
     * @param emoji the short name without colons and skin tone
     * @param character the emoji as Unicode text; empty for a custom emoji
     */
    public record ReactionCount(String emoji, String character, int count) {}

    public PublicMessage {
        photos = List.copyOf(photos);
        previews = List.copyOf(previews);
        reactions = List.copyOf(reactions);
        replies = List.copyOf(replies);
    }

    /** A message of words alone. */
    public PublicMessage(
            MessageTs ts,
            UserId author,
            String html,
            String text,
            Instant publishedAt,
            Optional<Instant> editedAt,
            Optional<MessageTs> thread) {
        this(
                ts,
                author,
                html,
                text,
                publishedAt,
                editedAt,
                thread,
                List.of(),
                List.of(),
                List.of(),
                Annotations.NONE,
                List.of());
    }

    /** The same message with what editors and colleagues added to it. */
    public PublicMessage with(
            List<PublicPhoto> notedPhotos,
            List<ReactionCount> counts,
            Annotations editorsNotes,
            List<PublicMessage> thread) {
        return new PublicMessage(
                ts,
                author,
                html,
                text,
                publishedAt,
                editedAt,
                this.thread,
                notedPhotos,
                previews,
                counts,
                editorsNotes,
                thread);
    }

    /**
     * True if this shows less than the message did before: a photo or a reply is gone, and no file may go on showing it.
     * Changed words are no loss: they are an edit.
     */
    public boolean lacksPartOf(PublicMessage before) {
        if (!liveUrls().containsAll(before.liveUrls())) {
            return true;
        }
        Map<MessageTs, PublicMessage> now =
                replies.stream().collect(Collectors.toMap(PublicMessage::ts, reply -> reply));
        return before.replies.stream()
                .anyMatch(reply ->
                        !now.containsKey(reply.ts()) || now.get(reply.ts()).lacksPartOf(reply));
    }

    private Set<String> liveUrls() {
        return photos.stream()
                .filter(photo -> photo.status() == PublicPhoto.Status.LIVE)
                .map(PublicPhoto::url)
                .collect(Collectors.toSet());
    }
}
