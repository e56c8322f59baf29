package org.chatpress.render.formats;

import java.time.Instant;
import java.util.Optional;
import org.chatpress.model.Annotations.Correction;
import org.chatpress.model.Author;
import org.chatpress.model.LinkPreview;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicPhoto;
import org.chatpress.model.ReactionCount;
import org.chatpress.text.document.VisibleText;

/**
 * A message as HTML, for pages and for feeds. Ids and classes are those that {@code examples/front-end} gives a message:
 * where its element takes over a page, readers stay where they are, and its style fits before.
 */
final class MessageHtml {
    private static final String REL = "noopener nofollow ugc";

    private final FeedContent content;
    private final MarkupWriter html;

    /** How many folders below channels.json the page lies; a feed, which lies nowhere, takes whole addresses only. */
    private final Optional<Integer> depth;

    private MessageHtml(FeedContent content, MarkupWriter html, Optional<Integer> depth) {
        this.content = content;
        this.html = html;
        this.depth = depth;
    }

    /** The message in a page. */
    static void write(MarkupWriter html, FeedContent content, PublicMessage message, int depth, String heading) {
        new MessageHtml(content, html, Optional.of(depth)).article(message, heading);
    }

    /** What the message says, for a feed, which tells itself who said it when. */
    static String ofFeed(FeedContent content, PublicMessage message) {
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
        by(message);
        if (!message.annotations().headline().isBlank()) {
            html.element(heading, VisibleText.line(message.annotations().headline()), "class", "lc-heading")
                    .newline();
        }
        body(message);
        html.close().newline();
    }

    private void by(PublicMessage message) {
        MessageTs ts = message.ts();
        Optional<Author> author = content.author(message);
        html.open("header", "class", "lc-by");
        author.map(Author::image48)
                .filter(content.urls()::isOurs)
                .flatMap(this::picture)
                .ifPresent(address -> html.open("span", "class", "lc-avatar", "aria-hidden", "true")
                        .single("img", "src", address, "alt", "", "width", "40", "height", "40", "loading", "lazy")
                        .close()
                        .text(" "));
        html.element("span", content.byline(message), known("lc-name", "by-" + ts));
        String role = author.map(Author::title).map(VisibleText::line).orElse("");
        if (!role.isEmpty()) {
            html.text(" ").element("span", role, "class", "lc-role");
        }
        html.text(" ");
        if (isInAPage()) {
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
                    .clean(message.html())
                    .close()
                    .newline();
        }
        FeedContent.photos(message).forEach(photo -> photo(photo, message.text()));
        message.previews().forEach(this::card);
        message.annotations().corrections().forEach(this::correction);
        tags(message);
        reactions(message);
        replies(message);
        message.editedAt().ifPresent(at -> {
            html.open("p", "class", "lc-edited").text("Edited ");
            time(at);
            html.close().newline();
        });
    }

    /** @param words the message's own: where nobody wrote a caption they stand for it, and are there already */
    private void photo(PublicPhoto photo, String words) {
        Optional<String> address = picture(photo.url());
        if (address.isEmpty()) {
            return;
        }
        String alt = VisibleText.line(photo.alt());
        html.open("figure", "class", "lc-photo");
        if (photo.width() > 0 && photo.height() > 0) {
            html.single(
                    "img",
                    "src",
                    address.get(),
                    "width",
                    String.valueOf(photo.width()),
                    "height",
                    String.valueOf(photo.height()),
                    "alt",
                    alt,
                    "loading",
                    "lazy");
        } else {
            html.single("img", "src", address.get(), "alt", alt, "loading", "lazy");
        }
        String caption = photo.caption().equals(words) ? "" : VisibleText.line(photo.caption());
        String credit = VisibleText.line(photo.credit());
        if (!caption.isEmpty() || !credit.isEmpty()) {
            html.open("figcaption").text(caption);
            if (!credit.isEmpty()) {
                html.text(caption.isEmpty() ? "" : " ").element("small", credit);
            }
            html.close();
        }
        html.close().newline();
    }

    /** Without its picture: that lies on another site, which would learn who reads this. */
    private void card(LinkPreview preview) {
        Optional<String> address = ChatUrls.absolute(preview.url());
        String title = VisibleText.line(preview.title());
        String text = VisibleText.line(preview.text());
        if (title.isEmpty()) {
            title = address.orElse("");
        }
        if (title.isEmpty() && text.isEmpty()) {
            return;
        }
        html.open("aside", "class", "lc-card");
        String service = VisibleText.line(preview.service());
        if (!service.isEmpty()) {
            html.element("span", service, "class", "lc-service").text(" ");
        }
        if (address.isPresent()) {
            html.element("a", title, "href", address.get(), "rel", REL);
        } else if (!title.isEmpty()) {
            html.element("strong", title);
        }
        if (!text.isEmpty()) {
            html.element("p", text);
        }
        html.close().newline();
    }

    private void correction(Correction correction) {
        html.open("p", "class", "lc-corrections").open("strong").text("Correction, ");
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
            String sign = reaction.character().isEmpty() ? ":" + reaction.emoji() + ":" : reaction.character();
            html.element("li", sign + " " + reaction.count());
        }
        html.close().newline();
    }

    private void replies(PublicMessage message) {
        if (message.replies().isEmpty()) {
            return;
        }
        html.open("div", "class", "lc-replies").newline();
        for (PublicMessage reply : message.replies()) {
            html.open("div", known("lc-reply", "m-" + reply.ts()));
            by(reply);
            body(reply);
            html.close().newline();
        }
        html.close().newline();
    }

    /** A class, and an id: but in a feed, whose messages are shown among those of others. */
    private String[] known(String name, String id) {
        return isInAPage() ? new String[] {"class", name, "id", id} : new String[] {"class", name};
    }

    private boolean isInAPage() {
        return depth.isPresent();
    }

    private void time(Instant instant) {
        html.element(
                "time",
                MessageTimes.local(instant, content.metadata().timeZone()),
                "datetime",
                MessageTimes.utc(instant));
    }

    private Optional<String> picture(String address) {
        return isInAPage()
                ? content.urls().image(address, depth.get())
                : content.urls().image(address);
    }
}
