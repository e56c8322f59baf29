package org.chatpress.render.formats;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.chatpress.model.VisibleText;

/** Writes HTML or XML: escapes text and attribute values, and names the element that each end tag closes. */
final class MarkupWriter {
    private final StringBuilder out = new StringBuilder(4096);
    private final Deque<String> open = new ArrayDeque<>();

    /** Writes a line before the first element, unescaped. */
    MarkupWriter prologue(String line) {
        out.append(line).append('\n');
        return this;
    }

    /** @param attributes names and values in turn */
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

    /** Writes an HTML element that has no end tag. */
    MarkupWriter voidElement(String element, String... attributes) {
        tag(element, attributes);
        out.append('>');
        return this;
    }

    /** Writes an XML element without content. */
    MarkupWriter emptyElement(String element, String... attributes) {
        tag(element, attributes);
        out.append("/>");
        return this;
    }

    /** Writes an element that contains only text. */
    MarkupWriter element(String element, String text, String... attributes) {
        return open(element, attributes).text(text).close();
    }

    MarkupWriter text(String text) {
        escape(text);
        return this;
    }

    /** Writes sanitized HTML or other text that is already escaped. */
    MarkupWriter sanitized(String html) {
        out.append(VisibleText.visible(html));
        return this;
    }

    MarkupWriter newline() {
        out.append('\n');
        return this;
    }

    byte[] bytes() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("elements left open: " + open);
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
        String visible = VisibleText.visible(text);
        for (int i = 0; i < visible.length(); i++) {
            char c = visible.charAt(i);
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
