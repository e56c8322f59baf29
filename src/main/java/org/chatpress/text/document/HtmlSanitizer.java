package org.chatpress.text.document;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.chatpress.model.VisibleText;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.HtmlStreamEventReceiver;
import org.owasp.html.PolicyFactory;

/**
 * Reduces HTML to an allow-list of elements and attributes. The text of other elements stays, except that of scripts
 * and styles. Links have the scheme http, https, mailto or tel, or a path on the page's own site, and {@code
 * rel="noopener nofollow ugc"}. Sanitizing sanitized HTML changes nothing.
 */
public final class HtmlSanitizer {
    private static final Pattern BLOCK = Pattern.compile("<(?:p|h[234]|hr|ul|ol|blockquote|pre|table|figure)[ >]");
    private static final Pattern LINE_END =
            Pattern.compile("<br>|</(?:p|h[234]|li|blockquote|pre|tr|caption|figcaption)>");
    private static final Pattern TAG = Pattern.compile("<[^>]*>");

    private HtmlSanitizer() {}

    /** Sanitizes HTML of an editor, which may also contain headings, rules, images and figures. */
    public static String sanitize(String html) {
        // The elements around a removed one may be nested wrongly; a second pass corrects that.
        return sanitize(sanitize(html, Policies.EDITOR), Policies.EDITOR);
    }

    /** Sanitizes a message. Output of {@link HtmlWriter} passes unchanged; this guards against errors in it. */
    public static String sanitizeMessage(String html) {
        return sanitize(html, Policies.MESSAGE);
    }

    /** True if sanitized HTML contains an element that a paragraph cannot contain. */
    public static boolean isBlock(String html) {
        return BLOCK.matcher(html).find();
    }

    /** The text of sanitized HTML. */
    public static String plainText(String html) {
        String lines = LINE_END.matcher(html).replaceAll("\n");
        String text = TAG.matcher(lines).replaceAll("");
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
                .strip();
    }

    private static String sanitize(String html, PolicyFactory policy) {
        var sanitized = new StringBuilder(html.length());
        org.owasp.html.HtmlSanitizer.sanitize(html, policy.apply(new Writer(sanitized)));
        return sanitized.toString();
    }

    /**
     * Writes the elements and text that the policy permits and escapes only what HTML requires. The library's own
     * writer also escapes {@code @ = + '} and every emoji as numeric references, which doubles the size of a chat and
     * makes the published files hard to read. What else it guards against concerns raw-text elements (script, style,
     * textarea), which no policy here permits.
     */
    private static final class Writer implements HtmlStreamEventReceiver {
        private static final Set<String> VOID_ELEMENTS = Set.of("br", "hr", "img");

        private final StringBuilder html;

        Writer(StringBuilder html) {
            this.html = html;
        }

        @Override
        public void openDocument() {}

        @Override
        public void closeDocument() {}

        @Override
        public void openTag(String element, List<String> attributes) {
            html.append('<').append(element);
            for (int i = 0; i < attributes.size(); i += 2) {
                html.append(' ').append(attributes.get(i)).append("=\"");
                HtmlWriter.escapeAttribute(VisibleText.visible(attributes.get(i + 1)), html);
                html.append('"');
            }
            html.append('>');
        }

        @Override
        public void closeTag(String element) {
            if (!VOID_ELEMENTS.contains(element)) {
                html.append("</").append(element).append('>');
            }
        }

        @Override
        public void text(String text) {
            HtmlWriter.escapeText(VisibleText.visible(text), html);
        }
    }

    /** A class of its own, so that only commands that render load the policies. */
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
                    .allowAttributes("class")
                    .matching(Pattern.compile("chat-attachment(?: chat-(?:good|warning|danger))?"))
                    .onElements("blockquote")
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
