package org.chatpress.text.document;

import java.util.ArrayList;
import java.util.List;
import org.chatpress.text.document.Span.Link;
import org.chatpress.text.document.Span.Markup;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;

/** Cuts a line by positions in its plain text. */
public final class SpanSlicer {
    /** U+FFFC, the object replacement character: patterns must not match the text of another pattern's HTML. */
    private static final String MARKUP = "\ufffc";

    private SpanSlicer() {}

    /** The line as patterns see it, and by whose positions {@link #slice} cuts. */
    public static String plainText(List<Span> spans) {
        var text = new StringBuilder();
        spans.forEach(span -> text.append(plainText(span)));
        return text.toString();
    }

    /** The part of the line between two positions; the second one is excluded. Styles and links are cut with it. */
    public static List<Span> slice(List<Span> spans, int from, int to) {
        var slice = new ArrayList<Span>();
        int position = 0;
        for (Span span : spans) {
            int length = plainText(span).length();
            int start = Math.max(from - position, 0);
            int end = Math.min(to - position, length);
            if (start == 0 && end == length) {
                slice.add(span);
            } else if (start < end) {
                slice.add(slice(span, start, end));
            }
            position += length;
        }
        return slice;
    }

    private static Span slice(Span span, int from, int to) {
        if (span instanceof Styled styled) {
            return new Styled(styled.style(), slice(styled.spans(), from, to));
        }
        if (span instanceof Link link) {
            return new Link(link.url(), slice(link.label(), from, to));
        }
        return new Text(plainText(span).substring(from, to));
    }

    private static String plainText(Span span) {
        if (span instanceof Markup) {
            return MARKUP;
        }
        if (span instanceof Styled styled) {
            return plainText(styled.spans());
        }
        return span instanceof Link link ? plainText(link.label()) : PlainTextWriter.writeLine(List.of(span));
    }
}
