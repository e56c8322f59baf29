package org.chatpress.text.document;

import java.util.ArrayList;
import java.util.List;
import org.chatpress.text.document.Span.Link;
import org.chatpress.text.document.Span.Markup;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;

/** Cuts a line where its words are cut. */
public final class SpanSlicer {
    /** Stands for an editor's own HTML, whose words are nobody's to match. */
    private static final String MARKUP = "\ufffc";

    private SpanSlicer() {}

    /** The words by which places in the line are counted. */
    public static String plainText(List<Span> spans) {
        var words = new StringBuilder();
        spans.forEach(span -> words.append(plainText(span)));
        return words.toString();
    }

    /** What of the line lies between two places in its words. */
    public static List<Span> slice(List<Span> spans, int from, int to) {
        var kept = new ArrayList<Span>();
        int at = 0;
        for (Span span : spans) {
            int length = plainText(span).length();
            int start = Math.max(from - at, 0);
            int end = Math.min(to - at, length);
            if (start == 0 && end == length) {
                kept.add(span);
            } else if (start < end) {
                kept.add(slice(span, start, end));
            }
            at += length;
        }
        return kept;
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
