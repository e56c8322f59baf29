package org.chatpress.render.formats;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.PublicPhoto;
import org.chatpress.model.VisibleText;
import org.chatpress.render.json.PublishingInfo.OutputFormat;

/**
 * {@code index.html}, a complete page that works without JavaScript, and {@code fragment.html}, its messages for
 * embedding in another page. Neither contains an executable script or a style attribute; a strict
 * Content-Security-Policy allows the page's style by its hash.
 */
final class ChatPage {
    /** How many folders the page is below channels.json. */
    private static final int DEPTH = 1;

    private ChatPage() {}

    /** @param jsonLd data for search engines, escaped for a script element */
    static byte[] page(FeedContent content, String jsonLd) {
        MarkupWriter html = PageHead.begin(content, content.title());
        Optional<String> description = Optional.of(content.description()).filter(text -> !text.isEmpty());
        description.ifPresent(text ->
                html.voidElement("meta", "name", "description", "content", text).newline());
        Optional<String> chat = content.urls().chat();
        chat.ifPresent(
                url -> html.voidElement("link", "rel", "canonical", "href", url).newline());
        alternate(html, "application/json", "../" + content.metadata().file());
        if (content.publishing().has(OutputFormat.JSON_FEED)) {
            alternate(html, "application/feed+json", "feed.json");
        }
        if (content.publishing().has(OutputFormat.ATOM)) {
            alternate(html, "application/atom+xml", "atom.xml");
        }
        Optional<PublicPhoto> photo = content.messages().stream()
                .flatMap(message -> content.firstPhoto(message).stream())
                .findFirst();
        PageHead.openGraph(html, content, content.title(), description, chat, photo);
        html.close().newline().open("body").newline().open("main").newline();
        html.open("live-chat", "src", "live.json").newline();
        html.open("header", "class", "lc-head").newline();
        html.element(
                        "p",
                        content.metadata().live()
                                ? content.words().live()
                                : content.words().closed(),
                        "class",
                        "lc-state")
                .newline();
        html.element("h1", content.title(), "class", "lc-headline").newline();
        text(html, "lc-description", content.metadata().description());
        text(html, "lc-content", content.metadata().liveContent());
        html.element("p", content.metadata().timeZone(), "class", "lc-zone").newline();
        html.close().newline();
        messages(html, content);
        jsonLd(html, jsonLd);
        return html.close()
                .newline()
                .close()
                .newline()
                .close()
                .newline()
                .close()
                .newline()
                .bytes();
    }

    static byte[] fragment(FeedContent content, String jsonLd) {
        var html = new MarkupWriter();
        messages(html, content);
        jsonLd(html, jsonLd);
        return html.bytes();
    }

    private static void messages(MarkupWriter html, FeedContent content) {
        html.open("div", "class", "lc-feed").newline();
        for (PublicMessage message : content.messages()) {
            MessageHtml.write(html, content, message, DEPTH, "h2");
        }
        html.close().newline();
        int shown = content.messages().size();
        if (shown < content.count()) {
            html.element("p", content.words().newest().formatted(shown, content.count()), "class", "lc-more")
                    .newline();
        }
    }

    private static void jsonLd(MarkupWriter html, String jsonLd) {
        html.open("script", "type", "application/ld+json")
                .sanitized(jsonLd)
                .close()
                .newline();
    }

    private static void text(MarkupWriter html, String className, String sanitizedHtml) {
        if (!sanitizedHtml.isEmpty()) {
            html.open("div", "class", className, "dir", "auto")
                    .sanitized(sanitizedHtml)
                    .close()
                    .newline();
        }
    }

    private static void alternate(MarkupWriter html, String type, String href) {
        html.voidElement("link", "rel", "alternate", "type", type, "href", href).newline();
    }

    /** What the head elements of all pages have in common. */
    static final class PageHead {
        /** Makes a page readable on a phone. Its hash is in the guide for front ends. */
        private static final String STYLE = """
                body { max-width: 42rem; margin: auto; padding: 1rem; font: 1.125rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
                h1, h2 { font-size: 1.5rem; line-height: 1.2 }
                img, audio, video { max-width: 100%; height: auto }
                .emoji { height: 1.3em; vertical-align: -0.25em }
                figure, blockquote, aside, .lc-replies { margin: 1rem 0 }
                blockquote, aside, .lc-replies { padding: 0 1rem; border: 1px solid }
                pre { white-space: pre-wrap }
                """;

        private static final Set<String> RIGHT_TO_LEFT = Set.of(
                "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "ku", "ps", "sd", "syr", "ug", "ur", "yi");

        private PageHead() {}

        /** Begins a page; leaves its head element open. */
        static MarkupWriter begin(FeedContent content, String title) {
            String language = content.publishing().language();
            var html = new MarkupWriter()
                    .prologue("<!doctype html>")
                    .open("html", "lang", language, "dir", direction(language))
                    .newline()
                    .open("head")
                    .newline();
            html.voidElement("meta", "charset", "utf-8").newline();
            html.voidElement("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                    .newline();
            html.voidElement("meta", "name", "color-scheme", "content", "light dark")
                    .newline();
            html.element("title", title).newline();
            html.open("style").newline().sanitized(STYLE).close().newline();
            return html;
        }

        /** Open Graph data: what other sites show of the page when it is shared. */
        static void openGraph(
                MarkupWriter html,
                FeedContent content,
                String title,
                Optional<String> description,
                Optional<String> url,
                Optional<PublicPhoto> photo) {
            property(html, "og:type", "article");
            property(html, "og:title", title);
            description.ifPresent(text -> property(html, "og:description", HeadlineExtractor.shortened(text, 200)));
            url.ifPresent(href -> property(html, "og:url", href));
            photo.ifPresent(shown -> image(html, content, shown));
            if (!content.publisher().isEmpty()) {
                property(html, "og:site_name", content.publisher());
            }
            html.voidElement(
                            "meta",
                            "name",
                            "twitter:card",
                            "content",
                            photo.filter(PageHead::isLarge).isPresent() ? "summary_large_image" : "summary")
                    .newline();
        }

        private static void image(MarkupWriter html, FeedContent content, PublicPhoto photo) {
            content.urls().media(photo.url()).ifPresent(href -> property(html, "og:image", href));
            if (photo.width() > 0 && photo.height() > 0) {
                property(html, "og:image:width", String.valueOf(photo.width()));
                property(html, "og:image:height", String.valueOf(photo.height()));
            }
            String alt = VisibleText.line(photo.alt());
            if (!alt.isEmpty()) {
                property(html, "og:image:alt", alt);
            }
        }

        /** False if it is smaller than a large card may be; true if its size is not known. */
        private static boolean isLarge(PublicPhoto photo) {
            return photo.width() <= 0 || photo.height() <= 0 || (photo.width() >= 300 && photo.height() >= 157);
        }

        static void property(MarkupWriter html, String name, String content) {
            html.voidElement("meta", "property", name, "content", content).newline();
        }

        private static String direction(String language) {
            String primary = language.toLowerCase(Locale.ROOT).replaceFirst("-.*", "");
            return RIGHT_TO_LEFT.contains(primary) ? "rtl" : "ltr";
        }
    }
}
