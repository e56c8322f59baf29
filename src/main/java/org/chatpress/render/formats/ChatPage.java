package org.chatpress.render.formats;

import java.util.Optional;
import org.chatpress.model.OutputFormat;
import org.chatpress.model.PublicMessage;

/**
 * {@code index.html}, a whole page that needs no script, and {@code fragment.html}, its messages for a page of the site's
 * own. Neither holds a script or a style, only data, so that the strictest policy lets them pass.
 */
final class ChatPage {
    /** Both lie in the chat's folder. */
    private static final int DEPTH = 1;

    private ChatPage() {}

    /** @param data what search engines read, safe to stand in a script element */
    static byte[] page(FeedContent content, String data) {
        MarkupWriter html = PageHead.begin(content, content.title());
        description(content)
                .ifPresent(words -> html.single("meta", "name", "description", "content", words)
                        .newline());
        Optional<String> chat = content.urls().chat();
        chat.ifPresent(address ->
                html.single("link", "rel", "canonical", "href", address).newline());
        alternate(html, "application/json", "../" + content.metadata().file());
        if (content.publishing().has(OutputFormat.JSON_FEED)) {
            alternate(html, "application/feed+json", "feed.json");
        }
        if (content.publishing().has(OutputFormat.ATOM)) {
            alternate(html, "application/atom+xml", "atom.xml");
        }
        Optional<String> picture = content.messages().stream()
                .flatMap(message -> PageHead.picture(content, message).stream())
                .findFirst();
        PageHead.openGraph(html, content, content.title(), description(content), chat, picture);
        html.close().newline().open("body").newline().open("main").newline();
        html.open("live-chat", "src", "live.json").newline();
        html.open("header", "class", "lc-head").newline();
        html.element("p", content.metadata().live() ? "Live" : "This chat has ended", "class", "lc-state")
                .newline();
        html.element("h1", content.title(), "class", "lc-headline").newline();
        words(html, "lc-description", content.metadata().description());
        words(html, "lc-content", content.metadata().liveContent());
        html.element("p", content.metadata().timeZone(), "class", "lc-zone").newline();
        html.close().newline();
        messages(html, content);
        data(html, data);
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

    static byte[] fragment(FeedContent content, String data) {
        var html = new MarkupWriter();
        messages(html, content);
        data(html, data);
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
            html.element("p", "The newest " + shown + " of " + content.count() + " messages", "class", "lc-more")
                    .newline();
        }
    }

    private static void data(MarkupWriter html, String data) {
        html.open("script", "type", "application/ld+json").clean(data).close().newline();
    }

    private static Optional<String> description(FeedContent content) {
        return Optional.of(PlainText.of(content.metadata().description())).filter(words -> !words.isEmpty());
    }

    private static void words(MarkupWriter html, String name, String cleanHtml) {
        if (!cleanHtml.isEmpty()) {
            html.open("div", "class", name, "dir", "auto")
                    .clean(cleanHtml)
                    .close()
                    .newline();
        }
    }

    private static void alternate(MarkupWriter html, String type, String path) {
        html.single("link", "rel", "alternate", "type", type, "href", path).newline();
    }
}
