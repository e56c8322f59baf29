package org.chatpress.render.formats;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.chatpress.model.Annotations.Correction;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.model.PublicMessage.PublicMedia;
import org.chatpress.model.PublicMessage.PublicPhoto;
import org.chatpress.model.PublicMessage.ReactionCount;
import org.chatpress.model.VisibleText;

/**
 * A message as HTML, for pages and feeds. Ids and classes equal those of {@code examples/front-end}: its stylesheet
 * applies to the page, and readers keep their position when its element replaces the messages.
 */
final class MessageHtml {
    private static final String REL = "noopener nofollow ugc";

    /** Digits only: names of months and time zones depend on the language and on the version of Java. */
    private static final DateTimeFormatter LOCAL_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private final FeedContent content;
    private final MarkupWriter html;

    /** How many folders the page is below channels.json; empty in a feed, where all URLs are absolute. */
    private final Optional<Integer> depth;

    private MessageHtml(FeedContent content, MarkupWriter html, Optional<Integer> depth) {
        this.content = content;
        this.html = html;
        this.depth = depth;
    }

    /** Writes a message into a page. */
    static void write(MarkupWriter html, FeedContent content, PublicMessage message, int depth, String heading) {
        new MessageHtml(content, html, Optional.of(depth)).article(message, heading);
    }

    /** The body of a message for a feed, which has author and time in members of its own. */
    static String forFeed(FeedContent content, PublicMessage message) {
        var html = new MarkupWriter();
        new MessageHtml(content, html, Optional.empty()).body(message);
        return html.toString();
    }

    private void article(PublicMessage message, String heading) {
        html.open(
                "article",
                "class",
                "lc-message",
                "id",
                "m-" + message.ts(),
                "aria-labelledby",
                "by-" + message.ts() + " at-" + message.ts());
        html.newline();
        byline(message);
        if (!message.annotations().headline().isBlank()) {
            html.element(heading, VisibleText.line(message.annotations().headline()), "class", "lc-heading")
                    .newline();
        }
        body(message);
        html.close().newline();
    }

    private void byline(PublicMessage message) {
        MessageTs ts = message.ts();
        Optional<Author> author = content.author(message);
        html.open("header", "class", "lc-by");
        author.map(Author::image48)
                .filter(content.urls()::isPublishedHere)
                .flatMap(this::mediaUrl)
                .ifPresent(url -> html.open("span", "class", "lc-avatar", "aria-hidden", "true")
                        .voidElement("img", "src", url, "alt", "", "width", "40", "height", "40", "loading", "lazy")
                        .close()
                        .text(" "));
        html.element("span", content.byline(message), classAndId("lc-name", "by-" + ts));
        String role = author.map(Author::title).map(VisibleText::line).orElse("");
        if (!role.isEmpty()) {
            html.text(" ").element("span", role, "class", "lc-role");
        }
        html.text(" ");
        if (isPage()) {
            html.open("a", "class", "lc-at", "id", "at-" + ts, "href", ChatUrls.anchor(ts));
            time(FeedContent.published(message));
            html.close();
        } else {
            time(FeedContent.published(message));
        }
        html.close().newline();
    }

    private void body(PublicMessage message) {
        if (!message.html().isEmpty()) {
            html.open("div", "class", "lc-words", "dir", "auto")
                    .sanitized(message.html())
                    .close()
                    .newline();
        }
        FeedContent.livePhotos(message).forEach(photo -> photo(photo, message.text()));
        FeedContent.liveMedia(message).forEach(this::clip);
        message.previews().forEach(this::linkPreview);
        message.annotations().corrections().forEach(this::correction);
        tags(message);
        reactions(message);
        replies(message);
        message.editedAt().ifPresent(at -> {
            html.open("p", "class", "lc-edited").text(content.words().edited() + " ");
            time(at);
            html.close().newline();
        });
    }

    /** @param text the message's text; a photo without a caption of its own has it as its caption */
    private void photo(PublicPhoto photo, String text) {
        Optional<String> url = mediaUrl(photo.url());
        if (url.isEmpty()) {
            return;
        }
        String alt = VisibleText.line(photo.alt());
        html.open("figure", "class", "lc-photo");
        if (photo.width() > 0 && photo.height() > 0) {
            html.voidElement(
                    "img",
                    "src",
                    url.get(),
                    "width",
                    String.valueOf(photo.width()),
                    "height",
                    String.valueOf(photo.height()),
                    "alt",
                    alt,
                    "loading",
                    "lazy");
        } else {
            html.voidElement("img", "src", url.get(), "alt", alt, "loading", "lazy");
        }
        caption(
                photo.caption().equals(text) ? "" : VisibleText.line(photo.caption()),
                VisibleText.line(photo.credit()));
        html.close().newline();
    }

    /** A player that loads nothing before a reader starts it. */
    private void clip(PublicMedia clip) {
        Optional<String> url = mediaUrl(clip.url());
        if (url.isEmpty()) {
            return;
        }
        String caption = VisibleText.line(clip.caption());
        String label = Stream.of(
                        VisibleText.line(clip.alt()), caption, clip.kind().jsonName())
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseThrow();
        var attributes = new ArrayList<>(List.of("src", url.get(), "controls", "controls", "preload", "none"));
        attributes.addAll(List.of("aria-label", label));
        if (clip.kind() == PublicMedia.Kind.VIDEO) {
            mediaUrl(clip.poster()).ifPresent(poster -> attributes.addAll(List.of("poster", poster)));
            attributes.addAll(List.of("playsinline", "playsinline"));
            attributes.addAll(List.of("width", String.valueOf(clip.width()), "height", String.valueOf(clip.height())));
        }
        html.open("figure", "class", "lc-photo");
        html.open(clip.kind().jsonName(), attributes.toArray(String[]::new)).close();
        caption(caption, VisibleText.line(clip.credit()));
        html.close().newline();
    }

    private void caption(String caption, String credit) {
        if (!caption.isEmpty() || !credit.isEmpty()) {
            html.open("figcaption").text(caption);
            if (!credit.isEmpty()) {
                html.text(caption.isEmpty() ? "" : " ").element("small", credit);
            }
            html.close();
        }
    }

    /** Leaves out the preview's image: it is on another site, which would learn who reads the page. */
    private void linkPreview(LinkPreview preview) {
        Optional<String> url = ChatUrls.absolute(preview.url());
        String title = VisibleText.line(preview.title());
        String text = VisibleText.line(preview.text());
        if (title.isEmpty()) {
            title = url.orElse("");
        }
        if (title.isEmpty() && text.isEmpty()) {
            return;
        }
        html.open("aside", "class", "lc-card");
        String service = VisibleText.line(preview.service());
        if (!service.isEmpty()) {
            html.element("span", service, "class", "lc-service").text(" ");
        }
        if (url.isPresent()) {
            html.element("a", title, "href", url.get(), "rel", REL);
        } else if (!title.isEmpty()) {
            html.element("strong", title);
        }
        if (!text.isEmpty()) {
            html.element("p", text);
        }
        html.close().newline();
    }

    private void correction(Correction correction) {
        html.open("p", "class", "lc-corrections")
                .open("strong")
                .text(content.words().correction() + " ");
        time(correction.time());
        html.text(":")
                .close()
                .text(" " + VisibleText.line(correction.text()))
                .close()
                .newline();
    }

    private void tags(PublicMessage message) {
        if (message.annotations().tags().isEmpty()) {
            return;
        }
        html.open("ul", "class", "lc-tags");
        message.annotations().tags().forEach(tag -> html.element("li", VisibleText.line(tag)));
        html.close().newline();
    }

    private void reactions(PublicMessage message) {
        if (message.reactions().isEmpty()) {
            return;
        }
        html.open("ul", "class", "lc-reactions");
        for (ReactionCount reaction : message.reactions()) {
            String emoji = reaction.character().isEmpty() ? ":" + reaction.emoji() + ":" : reaction.character();
            html.element("li", emoji + " " + reaction.count());
        }
        html.close().newline();
    }

    private void replies(PublicMessage message) {
        if (message.replies().isEmpty()) {
            return;
        }
        html.open("div", "class", "lc-replies").newline();
        for (PublicMessage reply : message.replies()) {
            html.open("div", classAndId("lc-reply", "m-" + reply.ts()));
            byline(reply);
            body(reply);
            html.close().newline();
        }
        html.close().newline();
    }

    /** Without the id in a feed: a feed reader shows messages of many sites in one page. */
    private String[] classAndId(String className, String id) {
        return isPage() ? new String[] {"class", className, "id", id} : new String[] {"class", className};
    }

    private boolean isPage() {
        return depth.isPresent();
    }

    private void time(Instant instant) {
        String local =
                LOCAL_TIME.format(instant.atZone(ZoneId.of(content.metadata().timeZone())));
        html.element("time", local, "datetime", FeedContent.timestamp(instant));
    }

    private Optional<String> mediaUrl(String address) {
        return isPage()
                ? content.urls().media(address, depth.get())
                : content.urls().media(address);
    }
}
