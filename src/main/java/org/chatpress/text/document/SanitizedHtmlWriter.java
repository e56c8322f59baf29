package org.chatpress.text.document;

import java.util.List;
import java.util.Set;
import org.owasp.html.HtmlStreamEventReceiver;

/**
 * Writes the tags and words that the allow-list let through, escaping only what HTML needs. The sanitizer's own writer
 * also turns {@code @ = + '} and every emoji into numbers, which doubles the size of a chat and hides its words from
 * people who read the files. Its guards are for elements with raw text (script, style, textarea), which no policy of
 * ours allows.
 */
public final class SanitizedHtmlWriter implements HtmlStreamEventReceiver {
    private static final Set<String> WITHOUT_END = Set.of("br", "hr", "img");

    private final StringBuilder html;

    SanitizedHtmlWriter(StringBuilder html) {
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
            escapeAttribute(VisibleText.visible(attributes.get(i + 1)), html);
            html.append('"');
        }
        html.append('>');
    }

    @Override
    public void closeTag(String element) {
        if (!WITHOUT_END.contains(element)) {
            html.append("</").append(element).append('>');
        }
    }

    @Override
    public void text(String text) {
        escapeText(VisibleText.visible(text), html);
    }

    /** Words as they may stand anywhere in HTML, between quotes of either kind too. */
    public static String escaped(String words) {
        var html = new StringBuilder();
        escapeAttribute(words, html);
        return html.toString().replace("'", "&#39;");
    }

    /** Appends words so that HTML reads them as words. */
    static void escapeText(String words, StringBuilder html) {
        escape(words, html, "\"");
    }

    /** Appends words so that they stay between double quotes. */
    static void escapeAttribute(String words, StringBuilder html) {
        escape(words, html, "&quot;");
    }

    private static void escape(String words, StringBuilder html, String quote) {
        for (int i = 0; i < words.length(); i++) {
            char c = words.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append(quote);
                default -> html.append(c);
            }
        }
    }
}
