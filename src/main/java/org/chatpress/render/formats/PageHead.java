package org.chatpress.render.formats;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the head elements of all pages have in common. */
final class PageHead {
    private static final Set<String> RIGHT_TO_LEFT =
            Set.of("ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "ku", "ps", "sd", "syr", "ug", "ur", "yi");

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
        return html;
    }

    /** Open Graph data: what other sites show of the page when it is shared. */
    static void openGraph(
            MarkupWriter html,
            FeedContent content,
            String title,
            Optional<String> description,
            Optional<String> url,
            Optional<String> image) {
        property(html, "og:type", "article");
        property(html, "og:title", title);
        description.ifPresent(text -> property(html, "og:description", HeadlineExtractor.shortened(text, 200)));
        url.ifPresent(href -> property(html, "og:url", href));
        image.ifPresent(href -> property(html, "og:image", href));
        if (!content.publisher().isEmpty()) {
            property(html, "og:site_name", content.publisher());
        }
        html.voidElement(
                        "meta",
                        "name",
                        "twitter:card",
                        "content",
                        image.isPresent() ? "summary_large_image" : "summary")
                .newline();
    }

    static void property(MarkupWriter html, String name, String content) {
        html.voidElement("meta", "property", name, "content", content).newline();
    }

    private static String direction(String language) {
        String primary = language.toLowerCase(Locale.ROOT).replaceFirst("-.*", "");
        return RIGHT_TO_LEFT.contains(primary) ? "rtl" : "ltr";
    }
}
