package org.chatpress.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Style;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;

/**
 * Pairs the style delimiters of a line. One that is not closed before the line or the surrounding pair ends is text. Each
 * style is open at most once, so styles nest at most three deep and each span is moved at most three times.
 */
final class MrkdwnLineBuilder {
    /** A style whose closing delimiter has not come yet. The outermost one is the line, with no style. */
    private record OpenStyle(Style style, List<Span> spans) {}

    private final Deque<OpenStyle> openStyles = new ArrayDeque<>();
    private final StringBuilder text = new StringBuilder();

    MrkdwnLineBuilder() {
        openStyles.push(new OpenStyle(null, new ArrayList<>()));
    }

    void append(String source, int start, int end) {
        text.append(source, start, end);
    }

    void append(char c) {
        text.append(c);
    }

    void add(Span span) {
        if (span instanceof Text plain) {
            text.append(plain.text());
            return;
        }
        endText();
        openStyles.peek().spans().add(span);
    }

    boolean isOpen(Style style) {
        for (OpenStyle open : openStyles) {
            if (open.style() == style) {
                return true;
            }
        }
        return false;
    }

    void open(Style style) {
        endText();
        openStyles.push(new OpenStyle(style, new ArrayList<>()));
    }

    /** Closes a style that is open; the delimiters of styles opened since become text. */
    void close(Style style) {
        endText();
        while (openStyles.peek().style() != style) {
            turnInnermostIntoText();
        }
        OpenStyle closed = openStyles.pop();
        if (!closed.spans().isEmpty()) {
            openStyles.peek().spans().add(new Styled(style, closed.spans()));
        }
    }

    /** Turns the delimiter of an open style into text. Styles opened since stay open. */
    void turnIntoText(Style style) {
        endText();
        OpenStyle outer = null;
        for (Iterator<OpenStyle> styles = openStyles.descendingIterator(); styles.hasNext(); ) {
            OpenStyle open = styles.next();
            if (open.style() == style) {
                addAsText(open, outer);
                styles.remove();
                return;
            }
            outer = open;
        }
    }

    /** Returns the line without the spaces at its ends, empty if it is blank, and starts the next line. */
    List<Span> build() {
        int end = text.length();
        while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        text.setLength(end);
        endText();
        while (openStyles.size() > 1) {
            turnInnermostIntoText();
        }
        var spans = List.copyOf(openStyles.peek().spans());
        openStyles.peek().spans().clear();
        return spans;
    }

    private void turnInnermostIntoText() {
        OpenStyle innermost = openStyles.pop();
        addAsText(innermost, openStyles.peek());
    }

    private static void addAsText(OpenStyle unclosed, OpenStyle outer) {
        outer.spans().add(new Text(String.valueOf(unclosed.style().delimiter)));
        outer.spans().addAll(unclosed.spans());
    }

    private void endText() {
        if (text.isEmpty()) {
            return;
        }
        String plain = text.toString();
        boolean startsLine = openStyles.size() == 1 && openStyles.peek().spans().isEmpty();
        if (!(startsLine && plain.isBlank())) {
            openStyles.peek().spans().add(new Text(LinkPolicy.withoutWorkspaceUrls(plain)));
        }
        text.setLength(0);
    }
}
