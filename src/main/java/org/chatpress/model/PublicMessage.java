package org.chatpress.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A message as readers see it. It exists only while the message is public.
 *
 * @param author one of the chat's authors
 * @param html sanitized HTML of the approved text; may be empty if the message has only files
 * @param text the same as plain text
 * @param publishedAt the start of the cycle in which the message became public
 * @param editedAt when the shown text was last edited in Slack, to the second; empty if never
 * @param threadTs the root message of its thread; empty outside threads
 */
public record PublicMessage(
        MessageTs ts,
        UserId author,
        String html,
        String text,
        Instant publishedAt,
        Optional<Instant> editedAt,
        Optional<MessageTs> threadTs,
        Additions additions) {
    /**
     * What a message shows besides its text.
     *
     * @param photos in the order of the message's files
     * @param media likewise
     * @param previews previews of the links in the approved text
     * @param reactions in Slack's order; empty unless the channel shows them
     * @param replies the public replies of its thread, oldest first; replies have none themselves
     */
    public record Additions(
            List<PublicPhoto> photos,
            List<PublicMedia> media,
            List<LinkPreview> previews,
            List<ReactionCount> reactions,
            Annotations annotations,
            List<PublicMessage> replies) {
        public static final Additions NONE =
                new Additions(List.of(), List.of(), List.of(), List.of(), Annotations.NONE, List.of());

        public Additions {
            photos = List.copyOf(photos);
            media = List.copyOf(media);
            previews = List.copyOf(previews);
            reactions = List.copyOf(reactions);
            replies = List.copyOf(replies);
        }
    }

    /**
     * How many people reacted with an emoji, as readers see it.
     *
     * @param emoji the short name without colons and skin tone
     * @param character the emoji as Unicode text; empty for a custom emoji
     */
    public record ReactionCount(String emoji, String character, int count) {}

    /** A message that shows only its text. */
    public PublicMessage(
            MessageTs ts,
            UserId author,
            String html,
            String text,
            Instant publishedAt,
            Optional<Instant> editedAt,
            Optional<MessageTs> thread) {
        this(ts, author, html, text, publishedAt, editedAt, thread, Additions.NONE);
    }

    public List<PublicPhoto> photos() {
        return additions.photos();
    }

    public List<PublicMedia> media() {
        return additions.media();
    }

    public List<LinkPreview> previews() {
        return additions.previews();
    }

    public List<ReactionCount> reactions() {
        return additions.reactions();
    }

    public Annotations annotations() {
        return additions.annotations();
    }

    public List<PublicMessage> replies() {
        return additions.replies();
    }

    public PublicMessage withPhotos(List<PublicPhoto> photos) {
        return withAdditions(new Additions(photos, media(), previews(), reactions(), annotations(), replies()));
    }

    public PublicMessage withMedia(List<PublicMedia> media) {
        return withAdditions(new Additions(photos(), media, previews(), reactions(), annotations(), replies()));
    }

    public PublicMessage withReactions(List<ReactionCount> reactions) {
        return withAdditions(new Additions(photos(), media(), previews(), reactions, annotations(), replies()));
    }

    public PublicMessage withAnnotations(Annotations annotations) {
        return withAdditions(new Additions(photos(), media(), previews(), reactions(), annotations, replies()));
    }

    public PublicMessage withReplies(List<PublicMessage> replies) {
        return withAdditions(new Additions(photos(), media(), previews(), reactions(), annotations(), replies));
    }

    public PublicMessage withAdditions(Additions newAdditions) {
        return new PublicMessage(ts, author, html, text, publishedAt, editedAt, threadTs, newAdditions);
    }

    /**
     * True if this version lacks a photo or a reply of the previous one, so that no file may show the previous one any
     * longer. Changed text does not count: it is an edit.
     */
    public boolean lacksPartOf(PublicMessage previous) {
        if (!liveUrls().containsAll(previous.liveUrls())) {
            return true;
        }
        Map<MessageTs, PublicMessage> current =
                replies().stream().collect(Collectors.toMap(PublicMessage::ts, reply -> reply));
        return previous.replies().stream()
                .anyMatch(reply -> !current.containsKey(reply.ts())
                        || current.get(reply.ts()).lacksPartOf(reply));
    }

    private Set<String> liveUrls() {
        Stream<String> photoUrls = photos().stream()
                .filter(photo -> photo.status() == PublicPhoto.Status.LIVE)
                .map(PublicPhoto::url);
        Stream<String> mediaUrls =
                media().stream().filter(PublicMedia::isLive).flatMap(clip -> Stream.of(clip.url(), clip.poster()));
        return Stream.concat(photoUrls, mediaUrls).collect(Collectors.toSet());
    }

    /** The author of a public message as readers see them; any text may be empty. */
    public record Author(UserId id, String displayName, String title, String image48) {}

    /**
     * A preview of a link in a message. All texts are plain and may be empty.
     *
     * @param url the http or https URL of the link
     * @param image the https URL of an image that readers' browsers may load, never one of Slack's; may be empty
     * @param service the name of the site
     * @param id the id of the video or post, for pages that embed it; empty for a LINK
     */
    public record LinkPreview(
            String title, String text, String url, String image, String author, String service, Kind kind, String id) {
        /** What the link leads to. */
        public enum Kind {
            LINK,
            YOUTUBE,
            X,
            BLUESKY,
            MASTODON,
            INSTAGRAM;

            /** The name in published files. */
            public String jsonName() {
                return name().toLowerCase(Locale.ROOT);
            }
        }
    }

    /**
     * A photo of a public message as readers see it.
     *
     * @param url an absolute URL, or a path from the folder of channels.json; the placeholder's URL for a LOADING
     *     photo, empty for a FAILED one
     * @param width in pixels; final even for a LOADING photo, so that pages can reserve the space
     * @param height in pixels, likewise final
     * @param alt the alternative text; may be empty
     * @param caption may be empty
     * @param credit the photographer or agency; may be empty
     */
    public record PublicPhoto(
            Status status, String url, int width, int height, String alt, String caption, String credit) {
        /** Whether readers can see the photo. */
        public enum Status {
            /** Not yet: pages show a placeholder. */
            LOADING,
            /** Readers can see it. */
            LIVE,
            /** It cannot be shown. */
            FAILED;

            /** The name in published files. */
            public String jsonName() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        public PublicPhoto withTexts(String newAlt, String newCaption, String newCredit) {
            return new PublicPhoto(status, url, width, height, newAlt, newCaption, newCredit);
        }
    }

    /**
     * A clip of a public message as readers see it.
     *
     * @param url like a photo's; empty until the clip is LIVE
     * @param poster the URL of an image to show before the clip plays; empty until the clip is LIVE, and for sound
     * @param width in pixels; 0 for sound, and for a video of which Slack does not know it, until it is LIVE
     * @param height in pixels; likewise 0
     * @param lengthMillis 0 until the clip is LIVE
     * @param alt the alternative text; may be empty
     * @param caption may be empty
     * @param credit may be empty
     */
    public record PublicMedia(
            PublicMedia.Kind kind,
            PublicPhoto.Status status,
            String url,
            String poster,
            int width,
            int height,
            long lengthMillis,
            String alt,
            String caption,
            String credit) {
        /** What a clip is. */
        public enum Kind {
            VIDEO,
            AUDIO;

            /** The name in published files. */
            public String jsonName() {
                return name().toLowerCase(Locale.ROOT);
            }

            /** The media type of every published clip of this kind. */
            public String contentType() {
                return jsonName() + "/mp4";
            }

            /** The extension of its file name, without the dot. */
            public String extension() {
                return this == VIDEO ? "mp4" : "m4a";
            }
        }

        public boolean isLive() {
            return status == PublicPhoto.Status.LIVE;
        }

        /** The length in seconds, to a tenth. */
        public BigDecimal seconds() {
            return BigDecimal.valueOf(Math.max(100, lengthMillis), 3).setScale(1, RoundingMode.HALF_UP);
        }

        public PublicMedia withTexts(String newAlt, String newCaption, String newCredit) {
            return new PublicMedia(
                    kind, status, url, poster, width, height, lengthMillis, newAlt, newCaption, newCredit);
        }
    }
}
