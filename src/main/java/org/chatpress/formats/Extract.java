package org.chatpress.formats;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chatpress.model.Notes.Correction;
import org.chatpress.model.Photo;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.UserId;
import org.chatpress.render.Author;
import org.chatpress.render.Chat;
import org.chatpress.render.Face;
import org.chatpress.render.Imprint;
import org.chatpress.render.Portraits;
import org.chatpress.text.Characters;

/**
 * The newest messages of a chat, and what is said around them.
 *
 * @param messages newest first
 * @param count how many messages the whole chat has
 * @param closedAt when it was closed; empty while it is live
 */
record Extract(
        Face face,
        Addresses addresses,
        Map<UserId, Author> authors,
        List<PublicMessage> messages,
        long seq,
        int count,
        Instant updated,
        Optional<Instant> closedAt) {

    static Extract of(Chat chat, int most) {
        Face face = chat.face();
        return new Extract(
                face,
                new Addresses(face),
                Portraits.of(chat).authors().stream().collect(Collectors.toMap(Author::id, Function.identity())),
                most == 0 ? List.of() : chat.newest(most),
                chat.seq(),
                chat.count(),
                chat.updated(),
                // A chat that left the settings was never closed: its end is its last change.
                face.live() ? Optional.empty() : Optional.of(chat.closedAt().orElse(chat.updated())));
    }

    Extract cutTo(int most) {
        List<PublicMessage> newest = messages.subList(0, Math.min(most, messages.size()));
        return new Extract(face, addresses, authors, newest, seq, count, updated, closedAt);
    }

    Imprint imprint() {
        return face.imprint();
    }

    /** The chat's headline; never empty. */
    String title() {
        String headline = Characters.line(face.headline());
        return headline.isEmpty() ? face.slug().value() : headline;
    }

    /** Who publishes; empty if nobody said. */
    String publisher() {
        return Characters.line(imprint().publisher());
    }

    /** Who wrote a message, as its readers see it; may be empty. */
    String byline(PublicMessage message) {
        String byline = Characters.line(message.notes().byline());
        return byline.isEmpty()
                ? author(message).map(Author::displayName).map(Characters::line).orElse("")
                : byline;
    }

    /** Who wrote a message; empty where an editor gave it a byline of its own. */
    Optional<Author> author(PublicMessage message) {
        return message.notes().byline().isBlank()
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
        for (Correction correction : message.notes().corrections()) {
            updated = correction.time().isAfter(updated) ? correction.time() : updated;
        }
        for (PublicMessage reply : message.replies()) {
            updated = updated(reply).isAfter(updated) ? updated(reply) : updated;
        }
        return updated;
    }

    /** The photos that readers can see. */
    static List<Photo> photos(PublicMessage message) {
        return message.photos().stream()
                .filter(photo -> photo.status() == Photo.Status.LIVE)
                .toList();
    }
}
