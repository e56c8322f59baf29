package org.chatpress.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Style;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;

/**
 * Pairs the marks of one line. A mark that finds no partner before the line or its surrounding pair ends was meant as a
 * character. A style is open once at most, so nothing nests deeper than three, and each span moves three times at most.
 */
final class MrkdwnLineBuilder {
    /** An open pair, and what came since; the outermost has no mark. */
    private record Open(Style style, List<Span> spans) {}

    private final Deque<Open> open = new ArrayDeque<>();
    private final StringBuilder words = new StringBuilder();

    MrkdwnLineBuilder() {
        open.push(new Open(null, new ArrayList<>()));
    }

    void append(String source, int start, int end) {
        words.append(source, start, end);
    }

    void append(char c) {
        words.append(c);
    }

    void add(Span span) {
        if (span instanceof Text text) {
            words.append(text.text());
            return;
        }
        finishWords();
        open.peek().spans().add(span);
    }

    boolean isOpen(Style style) {
        for (Open pair : open) {
            if (pair.style() == style) {
                return true;
            }
        }
        return false;
    }

    void open(Style style) {
        finishWords();
        open.push(new Open(style, new ArrayList<>()));
    }

    /** Ends the pair that {@code open} began; pairs begun since and not ended were none. */
    void close(Style style) {
        finishWords();
        while (open.peek().style() != style) {
            giveUpInnermost();
        }
        Open pair = open.pop();
        if (!pair.spans().isEmpty()) {
            open.peek().spans().add(new Styled(style, pair.spans()));
        }
    }

    /** The line without the spaces at its ends; empty if it is blank. After that a new line begins. */
    List<Span> build() {
        int end = words.length();
        while (end > 0 && Character.isWhitespace(words.charAt(end - 1))) {
            end--;
        }
        words.setLength(end);
        finishWords();
        while (open.size() > 1) {
            giveUpInnermost();
        }
        var spans = List.copyOf(open.peek().spans());
        open.peek().spans().clear();
        return spans;
    }

    private void giveUpInnermost() {
        Open pair = open.pop();
        List<Span> outer = open.peek().spans();
        outer.add(new Text(String.valueOf(pair.style().delimiter)));
        outer.addAll(pair.spans());
    }

    private void finishWords() {
        if (words.isEmpty()) {
            return;
        }
        String shown = words.toString();
        boolean startsLine = open.size() == 1 && open.peek().spans().isEmpty();
        if (!(startsLine && shown.isBlank())) {
            open.peek().spans().add(new Text(LinkPolicy.withoutWorkspaceUrls(shown)));
        }
        words.setLength(0);
    }
}
