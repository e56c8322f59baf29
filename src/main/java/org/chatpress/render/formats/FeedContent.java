package org.chatpress.render.formats;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.chatpress.model.Annotations.Correction;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.PublicMessage.PublicMedia;
import org.chatpress.model.PublicMessage.PublicPhoto;
import org.chatpress.model.UserId;
import org.chatpress.model.VisibleText;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.MirroredImages;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.text.document.HtmlSanitizer;

/**
 * What feeds and pages show of a chat: its newest messages, and the data around them.
 *
 * @param messages newest first
 * @param count how many messages the whole chat has
 * @param startedAt when its first public message was posted; the settings' {@code since} before there is one
 * @param closedAt when the chat was closed; empty while it is live
 */
record FeedContent(
        ChatMetadata metadata,
        ChatUrls urls,
        Map<UserId, Author> authors,
        List<PublicMessage> messages,
        long seq,
        int count,
        Instant startedAt,
        Instant updated,
        Optional<Instant> closedAt) {
    private static final Pattern TAG_BETWEEN_WORDS =
            Pattern.compile("<(?!/?(?:strong|em|b|i|s|u|code|a|span)\\b)[^>]*>");

    static FeedContent of(ChatSource chat, int maxMessages) {
        ChatMetadata metadata = chat.metadata();
        return new FeedContent(
                metadata,
                new ChatUrls(metadata),
                MirroredImages.of(chat).authorsById(),
                maxMessages == 0 ? List.of() : chat.newestMessages(Optional.empty(), maxMessages),
                chat.seq(),
                chat.count(),
                chat.startedAt().orElse(metadata.publishing().since()),
                chat.updated(),
                // A chat that was removed from the settings was never closed: it ends with its last change.
                metadata.live()
                        ? Optional.empty()
                        : Optional.of(metadata.closedAt().orElse(chat.updated())));
    }

    FeedContent limitedTo(int maxMessages) {
        List<PublicMessage> newest = messages.subList(0, Math.min(maxMessages, messages.size()));
        return new FeedContent(metadata, urls, authors, newest, seq, count, startedAt, updated, closedAt);
    }

    PublishingInfo publishing() {
        return metadata.publishing();
    }

    PageWords words() {
        return PageWords.of(publishing().language());
    }

    /** The chat's headline, or its slug if it has none. */
    String title() {
        String headline = VisibleText.line(metadata.headline());
        return headline.isEmpty() ? metadata.slug().value() : headline;
    }

    /** The chat's description as one line of plain text; may be empty. */
    String description() {
        String spaced = TAG_BETWEEN_WORDS.matcher(metadata.description()).replaceAll(" ");
        return VisibleText.line(HtmlSanitizer.plainText(spaced));
    }

    /** The name of the publisher; may be empty. */
    String publisher() {
        return VisibleText.line(publishing().publisher());
    }

    /** The byline that an editor gave the message, or the name of its author; may be empty. */
    String byline(PublicMessage message) {
        String byline = VisibleText.line(message.annotations().byline());
        return byline.isEmpty()
                ? author(message)
                        .map(Author::displayName)
                        .map(VisibleText::line)
                        .orElse("")
                : byline;
    }

    /** The author of a message; empty if an editor gave the message a byline. */
    Optional<Author> author(PublicMessage message) {
        return message.annotations().byline().isBlank()
                ? Optional.ofNullable(authors.get(message.author()))
                : Optional.empty();
    }

    /** The first photo of a message that has an absolute URL. */
    Optional<PublicPhoto> firstPhoto(PublicMessage message) {
        return livePhotos(message).stream()
                .filter(photo -> urls.media(photo.url()).isPresent())
                .findFirst();
    }

    /** The absolute URLs of the photos of a message. */
    List<String> imageUrls(PublicMessage message) {
        return livePhotos(message).stream()
                .flatMap(photo -> urls.media(photo.url()).stream())
                .toList();
    }

    /** The photos of a message that readers can see. */
    static List<PublicPhoto> livePhotos(PublicMessage message) {
        return message.photos().stream()
                .filter(photo -> photo.status() == PublicPhoto.Status.LIVE)
                .toList();
    }

    /** The clips of a message that have an absolute URL. */
    List<PublicMedia> clips(PublicMessage message) {
        return liveMedia(message).stream()
                .filter(clip -> urls.media(clip.url()).isPresent())
                .toList();
    }

    /** The clips of a message that readers can see. */
    static List<PublicMedia> liveMedia(PublicMessage message) {
        return message.media().stream().filter(PublicMedia::isLive).toList();
    }

    /** When a message was posted in Slack, which never changes. */
    static Instant published(PublicMessage message) {
        return message.ts().instant();
    }

    /** When a message was last edited, corrected or replied to. */
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

    /** A time as all formats write it: RFC 3339, in UTC, to the second. */
    static String timestamp(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
