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

/** Gathers pieces of rich text, each with its styles, into lines whose styles nest. */
final class RichTextLineBuilder {
    private static final List<Style> STYLES = List.of(Style.values());
    private static final int CODE = bit(Style.CODE);

    /** A piece of the line, and its styles as bits. */
    private record StyledSpan(Span span, int styles) {}

    private final ParagraphBuilder page;
    private final List<StyledSpan> pieces = new ArrayList<>();
    private final StringBuilder append = new StringBuilder();
    private int wordStyles;

    RichTextLineBuilder(ParagraphBuilder page) {
        this.page = page;
    }

    /** Reads {@code {"bold": true, ...}} into bits. */
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

    /** Adds words, which may go on over lines. */
    void append(String more, int styles) {
        int from = 0;
        for (int end = more.indexOf('\n'); end >= 0; end = more.indexOf('\n', from)) {
            word(more, from, end, styles);
            endLine();
            from = end + 1;
        }
        word(more, from, more.length(), styles);
    }

    void add(Span span, int styles) {
        if (span instanceof Text text) {
            word(text.text(), 0, text.text().length(), styles);
            return;
        }
        finishWords();
        pieces.add(new StyledSpan(span, styles));
    }

    /** Ends the line, if one was begun. */
    void end() {
        if (!append.isEmpty() || !pieces.isEmpty()) {
            endLine();
        }
    }

    private void word(String more, int start, int end, int styles) {
        if (styles != wordStyles) {
            finishWords();
            wordStyles = styles;
        }
        append.append(more, start, end);
    }

    private void finishWords() {
        if (!append.isEmpty()) {
            pieces.add(new StyledSpan(new Text(LinkPolicy.withoutWorkspaceUrls(append.toString())), wordStyles));
            append.setLength(0);
        }
    }

    private void endLine() {
        finishWords();
        int from = 0;
        while (from < pieces.size() && isBlank(pieces.get(from))) {
            from++;
        }
        int to = pieces.size();
        while (to > from && isBlank(pieces.get(to - 1))) {
            to--;
        }
        if (from < to) {
            pieces.set(from, stripped(pieces.get(from), String::stripLeading));
            pieces.set(to - 1, stripped(pieces.get(to - 1), String::stripTrailing));
        }
        page.line(styled(from, to, 0));
        pieces.clear();
    }

    private static boolean isBlank(StyledSpan piece) {
        return piece.span() instanceof Text text && text.text().isBlank();
    }

    /** Blanks at the ends of a line are no part of it, but in code they may be meant. */
    private static StyledSpan stripped(StyledSpan piece, UnaryOperator<String> strip) {
        return piece.span() instanceof Text text && (piece.styles() & CODE) == 0
                ? new StyledSpan(new Text(strip.apply(text.text())), piece.styles())
                : piece;
    }

    /** The pieces from here to there, less the styles before this one, which surround them already. */
    private List<Span> styled(int from, int to, int style) {
        var spans = new ArrayList<Span>();
        int at = from;
        while (at < to) {
            int next = style;
            while (next < STYLES.size() && !has(at, next)) {
                next++;
            }
            if (next == STYLES.size()) {
                spans.add(pieces.get(at++).span());
                continue;
            }
            int end = at + 1;
            while (end < to && has(end, next) && !hasBetween(end, style, next)) {
                end++;
            }
            spans.add(new Styled(STYLES.get(next), styled(at, end, next + 1)));
            at = end;
        }
        return spans;
    }

    private boolean has(int piece, int style) {
        return (pieces.get(piece).styles() & 1 << style) != 0;
    }

    /** True if the piece has a style that must surround this one. */
    private boolean hasBetween(int piece, int from, int style) {
        return (pieces.get(piece).styles() >> from & (1 << (style - from)) - 1) != 0;
    }
}
