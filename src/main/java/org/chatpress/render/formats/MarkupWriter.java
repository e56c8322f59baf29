package org.chatpress.render.formats;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.chatpress.text.document.VisibleText;

/** Writes HTML or XML: whatever is said as text or as an attribute is escaped, and what was opened is closed. */
final class MarkupWriter {
    private final StringBuilder out = new StringBuilder(4096);
    private final Deque<String> open = new ArrayDeque<>();

    /** What stands before the first element, as it is. */
    MarkupWriter prologue(String line) {
        out.append(line).append('\n');
        return this;
    }

    /** Opens an element; attributes come as name, value, name, value. */
    MarkupWriter open(String element, String... attributes) {
        tag(element, attributes);
        out.append('>');
        open.push(element);
        return this;
    }

    MarkupWriter close() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    /** An HTML element without content, which has no end tag. */
    MarkupWriter single(String element, String... attributes) {
        tag(element, attributes);
        out.append('>');
        return this;
    }

    /** An XML element without content. */
    MarkupWriter empty(String element, String... attributes) {
        tag(element, attributes);
        out.append("/>");
        return this;
    }

    /** An element that holds nothing but text. */
    MarkupWriter element(String element, String text, String... attributes) {
        return open(element, attributes).text(text).close();
    }

    MarkupWriter text(String text) {
        escape(text);
        return this;
    }

    /** HTML that was cleaned before. */
    MarkupWriter clean(String html) {
        out.append(VisibleText.visible(html));
        return this;
    }

    MarkupWriter newline() {
        out.append('\n');
        return this;
    }

    byte[] bytes() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("left open: " + open);
        }
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private void tag(String element, String... attributes) {
        out.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            out.append('"');
        }
    }

    private void escape(String text) {
        String allowed = VisibleText.visible(text);
        for (int i = 0; i < allowed.length(); i++) {
            char c = allowed.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '\r' -> out.append('\n');
                default -> out.append(c);
            }
        }
    }
}
