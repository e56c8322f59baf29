package org.chatpress.render.formats;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicPhoto;

/** What the heads of our pages have in common. */
final class PageHead {
    private static final Set<String> RIGHT_TO_LEFT =
            Set.of("ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "ku", "ps", "sd", "syr", "ug", "ur", "yi");

    private PageHead() {}

    /** Opens a page and its head. */
    static MarkupWriter begin(FeedContent content, String title) {
        String language = content.publishing().language();
        var html = new MarkupWriter()
                .prologue("<!doctype html>")
                .open("html", "lang", language, "dir", direction(language))
                .newline()
                .open("head")
                .newline();
        html.single("meta", "charset", "utf-8").newline();
        html.single("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .newline();
        html.single("meta", "name", "color-scheme", "content", "light dark").newline();
        html.element("title", title).newline();
        return html;
    }

    /** What other sites show of the page where somebody shares it. */
    static void openGraph(
            MarkupWriter html,
            FeedContent content,
            String title,
            Optional<String> description,
            Optional<String> address,
            Optional<String> picture) {
        property(html, "og:type", "article");
        property(html, "og:title", title);
        description.ifPresent(words -> property(html, "og:description", HeadlineExtractor.shortened(words, 200)));
        address.ifPresent(url -> property(html, "og:url", url));
        picture.ifPresent(url -> property(html, "og:image", url));
        if (!content.publisher().isEmpty()) {
            property(html, "og:site_name", content.publisher());
        }
        html.single("meta", "name", "twitter:card", "content", picture.isPresent() ? "summary_large_image" : "summary")
                .newline();
    }

    static void property(MarkupWriter html, String name, String content) {
        html.single("meta", "property", name, "content", content).newline();
    }

    /** A message's first photo at an address that other sites can ask for. */
    static Optional<String> picture(FeedContent content, PublicMessage message) {
        return FeedContent.photos(message).stream()
                .map(PublicPhoto::url)
                .flatMap(url -> content.urls().image(url).stream())
                .findFirst();
    }

    private static String direction(String language) {
        String main = language.toLowerCase(Locale.ROOT).replaceFirst("-.*", "");
        return RIGHT_TO_LEFT.contains(main) ? "rtl" : "ltr";
    }
}
