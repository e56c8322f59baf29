package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Style;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;

/** Builds lines with nested styles from elements of rich text, each of which has a set of styles. */
final class RichTextLineBuilder {
    private static final List<Style> STYLES = List.of(Style.values());
    private static final int CODE = bit(Style.CODE);

    /** An element of the line with its styles as bits. */
    private record Element(Span span, int styles) {}

    private final ParagraphBuilder paragraphs;
    private final List<Element> elements = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private int textStyles;

    RichTextLineBuilder(ParagraphBuilder paragraphs) {
        this.paragraphs = paragraphs;
    }

    /** Parses {@code {"bold": true, ...}} into bits. */
    static int styles(JsonNode style) {
        return bit(style, "bold", Style.BOLD)
                | bit(style, "italic", Style.ITALIC)
                | bit(style, "strike", Style.STRUCK)
                | bit(style, "underline", Style.UNDERLINED)
                | bit(style, "code", Style.CODE);
    }

    private static int bit(JsonNode styles, String name, Style style) {
        return styles.path(name).asBoolean(false) ? bit(style) : 0;
    }

    private static int bit(Style style) {
        return 1 << STYLES.indexOf(style);
    }

    /** Appends text, which may have several lines. */
    void append(String added, int styles) {
        int from = 0;
        for (int end = added.indexOf('\n'); end >= 0; end = added.indexOf('\n', from)) {
            append(added, from, end, styles);
            endLine();
            from = end + 1;
        }
        append(added, from, added.length(), styles);
    }

    void add(Span span, int styles) {
        if (span instanceof Text plain) {
            append(plain.text(), 0, plain.text().length(), styles);
            return;
        }
        endText();
        elements.add(new Element(span, styles));
    }

    /** Ends the line if it has begun. */
    void end() {
        if (!text.isEmpty() || !elements.isEmpty()) {
            endLine();
        }
    }

    private void append(String added, int start, int end, int styles) {
        if (styles != textStyles) {
            endText();
            textStyles = styles;
        }
        text.append(added, start, end);
    }

    private void endText() {
        if (!text.isEmpty()) {
            elements.add(new Element(new Text(LinkPolicy.withoutWorkspaceUrls(text.toString())), textStyles));
            text.setLength(0);
        }
    }

    private void endLine() {
        endText();
        int from = 0;
        while (from < elements.size() && isBlank(elements.get(from))) {
            from++;
        }
        int to = elements.size();
        while (to > from && isBlank(elements.get(to - 1))) {
            to--;
        }
        String indent = "";
        if (from < to) {
            indent = indent(from);
            elements.set(from, stripped(elements.get(from), String::stripLeading));
            elements.set(to - 1, stripped(elements.get(to - 1), String::stripTrailing));
        }
        paragraphs.addLine(indent, styled(from, to, 0));
        elements.clear();
    }

    /** The white space before the first visible character. */
    private String indent(int firstVisible) {
        var indent = new StringBuilder();
        for (Element element : elements.subList(0, firstVisible)) {
            indent.append(((Text) element.span()).text());
        }
        if (elements.get(firstVisible).span() instanceof Text text
                && (elements.get(firstVisible).styles() & CODE) == 0) {
            indent.append(
                    text.text(),
                    0,
                    text.text().length() - text.text().stripLeading().length());
        }
        return indent.toString();
    }

    private static boolean isBlank(Element element) {
        return element.span() instanceof Text text && text.text().isBlank();
    }

    /** White space at the ends of a line is removed, except in code. */
    private static Element stripped(Element element, UnaryOperator<String> strip) {
        return element.span() instanceof Text text && (element.styles() & CODE) == 0
                ? new Element(new Text(strip.apply(text.text())), element.styles())
                : element;
    }

    /** The elements in a range, in their styles from the given one on; the earlier styles already surround them. */
    private List<Span> styled(int from, int to, int firstStyle) {
        var spans = new ArrayList<Span>();
        int at = from;
        while (at < to) {
            int style = firstStyle;
            while (style < STYLES.size() && !has(at, style)) {
                style++;
            }
            if (style == STYLES.size()) {
                spans.add(elements.get(at++).span());
                continue;
            }
            int end = at + 1;
            while (end < to && has(end, style) && !hasAny(end, firstStyle, style)) {
                end++;
            }
            spans.add(new Styled(STYLES.get(style), styled(at, end, style + 1)));
            at = end;
        }
        return spans;
    }

    private boolean has(int element, int style) {
        return (elements.get(element).styles() & 1 << style) != 0;
    }

    /** True if the element has a style in the range, which must surround the style at its end. */
    private boolean hasAny(int element, int from, int to) {
        return (elements.get(element).styles() >> from & (1 << (to - from)) - 1) != 0;
    }
}
