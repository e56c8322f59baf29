package org.chatpress.text.document;

import java.util.regex.Pattern;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;

/**
 * HTML reduced to an allow-list of tags and attributes; other tags are dropped and their words kept, but for scripts and
 * styles. Links lead to http, https, mailto, tel or a path on the reader's own site, and say
 * {@code rel="noopener nofollow ugc"}. Cleaning what is clean changes nothing.
 */
public final class HtmlSanitizer {
    private static final Pattern BLOCK = Pattern.compile("<(?:p|h[234]|hr|ul|ol|blockquote|pre|table|figure)[ >]");
    private static final Pattern LINE_END =
            Pattern.compile("<br>|</(?:p|h[234]|li|blockquote|pre|tr|caption|figcaption)>");
    private static final Pattern TAG = Pattern.compile("<[^>]*>");

    private HtmlSanitizer() {}

    /**
     * Cleans what an editor wrote: a description or live content. Beside a message's tags it may hold headings, rules
     * and figures.
     */
    public static String sanitize(String html) {
        // Where a tag was dropped, its neighbours may nest wrongly; the second turn puts that right.
        return sanitize(sanitize(html, Policies.EDITOR), Policies.EDITOR);
    }

    /** Cleans a message. What {@link HtmlWriter} writes passes unchanged; this is for the day when it errs. */
    public static String sanitizeMessage(String html) {
        return sanitize(html, Policies.MESSAGE);
    }

    /** True if clean HTML holds what can't stand in a paragraph. */
    public static boolean isBlock(String html) {
        return BLOCK.matcher(html).find();
    }

    /** The words of clean HTML, less its markup. */
    public static String plainText(String html) {
        String lines = LINE_END.matcher(html).replaceAll("\n");
        String words = TAG.matcher(lines).replaceAll("");
        return words.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
                .strip();
    }

    private static String sanitize(String html, PolicyFactory policy) {
        var clean = new StringBuilder(html.length());
        org.owasp.html.HtmlSanitizer.sanitize(html, policy.apply(new SanitizedHtmlWriter(clean)));
        return clean.toString();
    }

    /** In a class of its own, so that commands that render nothing don't wait for it. */
    private static final class Policies {
        private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");

        static final PolicyFactory MESSAGE = messageTags()
                .allowElements(
                        (img, attributes) -> attributes.contains("emoji") && attributes.contains("src") ? img : null,
                        "img")
                .allowAttributes("src")
                .matching(Pattern.compile("https?://[^\\s]+"))
                .onElements("img")
                .toFactory();
        static final PolicyFactory EDITOR = messageTags()
                .allowElements("h2", "h3", "h4", "hr", "img", "figure", "figcaption")
                .allowAttributes("src")
                .matching(Pattern.compile("https://[^\\s]+"))
                .onElements("img")
                .allowAttributes("width", "height")
                .matching(NUMBER)
                .onElements("img")
                .allowAttributes("colspan", "rowspan")
                .matching(NUMBER)
                .onElements("th", "td")
                .toFactory();

        private static HtmlPolicyBuilder messageTags() {
            return new HtmlPolicyBuilder()
                    .allowElements("p", "br", "strong", "em", "b", "i", "s", "u", "code", "pre", "blockquote")
                    .allowElements("ul", "ol", "li", "a", "span")
                    .allowAttributes("start")
                    .matching(NUMBER)
                    .onElements("ol")
                    .allowAttributes("class")
                    .matching(Pattern.compile("chat-mention"))
                    .onElements("span")
                    .allowAttributes("class")
                    .matching(Pattern.compile("chat-header|chat-context"))
                    .onElements("p")
                    .allowElements("time", "table", "caption", "thead", "tbody", "tr", "th", "td")
                    .allowAttributes("class")
                    .matching(Pattern.compile("emoji"))
                    .onElements("img")
                    .allowAttributes("alt")
                    .onElements("img")
                    .allowAttributes("datetime")
                    .matching(Pattern.compile("[0-9A-Z:.+-]{1,40}"))
                    .onElements("time")
                    .allowAttributes("href")
                    .onElements("a")
                    .allowUrlProtocols("http", "https", "mailto", "tel")
                    .requireRelsOnLinks("noopener", "nofollow", "ugc");
        }
    }
}
