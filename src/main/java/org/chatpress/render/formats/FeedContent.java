package org.chatpress.render.formats;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chatpress.model.Annotations.Correction;
import org.chatpress.model.Author;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicPhoto;
import org.chatpress.model.UserId;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.MirroredImages;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.text.document.VisibleText;

/**
 * The newest messages of a chat, and what is said around them.
 *
 * @param messages newest first
 * @param count how many messages the whole chat has
 * @param closedAt when it was closed; empty while it is live
 */
record FeedContent(
        ChatMetadata metadata,
        ChatUrls urls,
        Map<UserId, Author> authors,
        List<PublicMessage> messages,
        long seq,
        int count,
        Instant updated,
        Optional<Instant> closedAt) {

    static FeedContent of(ChatSource chat, int most) {
        ChatMetadata metadata = chat.metadata();
        return new FeedContent(
                metadata,
                new ChatUrls(metadata),
                MirroredImages.of(chat).authors().stream().collect(Collectors.toMap(Author::id, Function.identity())),
                most == 0 ? List.of() : chat.newestMessages(most),
                chat.seq(),
                chat.count(),
                chat.updated(),
                // A chat that left the settings was never closed: its end is its last change.
                metadata.live() ? Optional.empty() : Optional.of(chat.closedAt().orElse(chat.updated())));
    }

    FeedContent limitedTo(int most) {
        List<PublicMessage> newest = messages.subList(0, Math.min(most, messages.size()));
        return new FeedContent(metadata, urls, authors, newest, seq, count, updated, closedAt);
    }

    PublishingInfo publishing() {
        return metadata.publishing();
    }

    /** The chat's headline; never empty. */
    String title() {
        String headline = VisibleText.line(metadata.headline());
        return headline.isEmpty() ? metadata.slug().value() : headline;
    }

    /** Who publishes; empty if nobody said. */
    String publisher() {
        return VisibleText.line(publishing().publisher());
    }

    /** Who wrote a message, as its readers see it; may be empty. */
    String byline(PublicMessage message) {
        String byline = VisibleText.line(message.annotations().byline());
        return byline.isEmpty()
                ? author(message)
                        .map(Author::displayName)
                        .map(VisibleText::line)
                        .orElse("")
                : byline;
    }

    /** Who wrote a message; empty where an editor gave it a byline of its own. */
    Optional<Author> author(PublicMessage message) {
        return message.annotations().byline().isBlank()
                ? Optional.ofNullable(authors.get(message.author()))
                : Optional.empty();
    }

    /** When a message was posted: it never moves, whatever becomes of the message. */
    static Instant published(PublicMessage message) {
        return message.ts().instant();
    }

    /** When a message last changed, as far as readers can tell. */
    static Instant updated(PublicMessage message) {
        Instant updated = published(message);
        if (message.editedAt().filter(updated::isBefore).isPresent()) {
            updated = message.editedAt().get();
        }
        for (Correction correction : message.annotations().corrections()) {
            updated = correction.time().isAfter(updated) ? correction.time() : updated;
        }
        for (PublicMessage reply : message.replies()) {
            updated = updated(reply).isAfter(updated) ? updated(reply) : updated;
        }
        return updated;
    }

    /** The photos that readers can see. */
    static List<PublicPhoto> photos(PublicMessage message) {
        return message.photos().stream()
                .filter(photo -> photo.status() == PublicPhoto.Status.LIVE)
                .toList();
    }
}
