package org.chatpress.text;

import java.util.List;
import java.util.Optional;
import org.chatpress.model.slack.SlackEscapes;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.Preformatted;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span.Style;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;
import org.chatpress.text.document.VisibleText;

/**
 * Reads Slack's mrkdwn from left to right. Nothing is read more than a fixed number of times, whatever the text: each
 * search stops where the next one of its kind would start.
 */
final class MrkdwnParser {
    private static final String FENCE = "```";
    private static final String QUOTE = SlackEscapes.GREATER;
    private static final String QUOTE_TO_END = QUOTE + QUOTE + QUOTE;

    private final String source;
    private final ReferenceResolver references;
    private final MrkdwnReferenceParser referenceParser;
    private final ParagraphBuilder page = new ParagraphBuilder();
    private final MrkdwnLineBuilder line = new MrkdwnLineBuilder();
    private int at;
    private boolean quotedToEnd;

    /** Prepares to read a text of {@link VisibleText#visible visible characters}. */
    MrkdwnParser(String source, ReferenceResolver references) {
        this.source = source;
        this.references = references;
        this.referenceParser = new MrkdwnReferenceParser(references);
    }

    /** Reads the whole text. */
    List<Block> blocks() {
        while (at < source.length()) {
            startLine();
            while (at < source.length() && source.charAt(at) != '\n') {
                readOne();
            }
            page.line(line.build());
            at++;
        }
        return page.build();
    }

    private void startLine() {
        if (quotedToEnd) {
            page.quoted(true);
        } else if (source.startsWith(QUOTE_TO_END, at)) {
            at += QUOTE_TO_END.length();
            quotedToEnd = true;
            page.quoted(true);
        } else if (source.startsWith(QUOTE, at)) {
            at += QUOTE.length();
            page.quoted(true);
        } else {
            page.quoted(false);
        }
        skipSpaces();
    }

    private void readOne() {
        char c = source.charAt(at);
        switch (c) {
            case '<' -> reference();
            case '`' -> code();
            case '*', '_', '~' -> mark(Style.ofDelimiter(c));
            case ':' -> emoji();
            case '&' -> entity();
            default -> word(ordinaryLength());
        }
    }

    /** How far the text goes on without a character that means something. */
    private int ordinaryLength() {
        int end = at + 1;
        while (end < source.length() && !isSpecial(source.charAt(end))) {
            end++;
        }
        return end - at;
    }

    private static boolean isSpecial(char c) {
        return switch (c) {
            case '<', '`', '*', '_', '~', ':', '&', '\n' -> true;
            default -> false;
        };
    }

    private void reference() {
        int end = referenceEnd(source, at);
        if (end < 0) {
            word(1);
            return;
        }
        line.add(referenceParser.span(source.substring(at + 1, end)));
        at = end + 1;
    }

    private void code() {
        if (source.startsWith(FENCE, at) && preformatted()) {
            return;
        }
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != '`' && source.charAt(end) != '\n') {
            end++;
        }
        boolean closed = end < source.length() && source.charAt(end) == '`';
        // Some people type it for an apostrophe: l`homme.
        if (!closed || source.substring(at + 1, end).isBlank() || !isBoundaryBefore(at)) {
            word(end - at == 1 && closed ? 2 : 1);
            return;
        }
        String shown = shownInCode(source.substring(at + 1, end));
        if (!shown.isBlank()) {
            line.add(new Styled(Style.CODE, List.of(new Text(shown))));
        }
        at = end + 1;
    }

    private boolean preformatted() {
        int start = at + FENCE.length();
        int end = source.indexOf(FENCE, start);
        if (end < 0 || source.substring(start, end).isBlank()) {
            return false;
        }
        String shown = withoutOuterLines(shownInCode(source.substring(start, end)));
        if (!shown.isEmpty()) {
            page.line(line.build());
            page.block(new Preformatted(shown));
        }
        at = end + FENCE.length();
        skipSpaces();
        return true;
    }

    private void mark(Style style) {
        if (line.isOpen(style) && closesAt(at)) {
            line.close(style);
            at++;
        } else if (!line.isOpen(style) && opensAt(at)) {
            line.open(style);
            at++;
        } else {
            word(1);
        }
    }

    private void emoji() {
        Optional<ReferenceResolver.Match> found = references.emojiAt(source, at);
        if (found.isEmpty()) {
            word(1);
            return;
        }
        line.add(found.get().span());
        at = found.get().end();
    }

    private void entity() {
        if (source.startsWith(SlackEscapes.AMPERSAND, at)) {
            entity('&', SlackEscapes.AMPERSAND);
        } else if (source.startsWith(SlackEscapes.LESS, at)) {
            entity('<', SlackEscapes.LESS);
        } else if (source.startsWith(SlackEscapes.GREATER, at)) {
            entity('>', SlackEscapes.GREATER);
        } else {
            word(1);
        }
    }

    private void entity(char c, String escaped) {
        line.append(c);
        at += escaped.length();
    }

    private void word(int length) {
        line.append(source, at, at + length);
        at += length;
    }

    private void skipSpaces() {
        while (at < source.length() && source.charAt(at) != '\n' && isSpace(source.charAt(at))) {
            at++;
        }
    }

    /** A mark opens between a word's edge and a character that is no space. Two of a kind in a row are decoration. */
    private boolean opensAt(int mark) {
        int next = mark + 1;
        // Marks nest, but *_* alone has nothing to style.
        while (next < source.length() && isOtherMark(next, mark)) {
            next++;
        }
        return isBoundaryBefore(mark)
                && !(mark > 0 && source.charAt(mark - 1) == source.charAt(mark))
                && next < source.length()
                && !isSpace(source.charAt(next))
                && !Style.isDelimiter(source.charAt(next));
    }

    private boolean closesAt(int mark) {
        return !isSpace(source.charAt(mark - 1))
                && (mark + 1 == source.length() || isBoundary(source.codePointAt(mark + 1)));
    }

    private boolean isOtherMark(int place, int mark) {
        return Style.isDelimiter(source.charAt(place)) && source.charAt(place) != source.charAt(mark);
    }

    private boolean isBoundaryBefore(int place) {
        return place == 0 || isBoundary(source.codePointBefore(place));
    }

    /** Slack's idea of a word's edge. A slash is none, so that paths and shrugs keep their underscores. */
    private static boolean isBoundary(int c) {
        return !Character.isLetterOrDigit(c) && !isCombining(c) && c != '/' && c != '\\';
    }

    /** Vowel signs and accents belong to the letter before them; an emoji's variation selector to no word. */
    private static boolean isCombining(int c) {
        int type = Character.getType(c);
        return (type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK) && c != 0xFE0F;
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** Where the reference that starts here has its closing bracket; -1 if the next bracket is another opening one. */
    private static int referenceEnd(String text, int start) {
        int end = start + 1;
        while (end < text.length() && text.charAt(end) != '>' && text.charAt(end) != '<') {
            end++;
        }
        return end < text.length() && text.charAt(end) == '>' && end > start + 1 ? end : -1;
    }

    /** Code shows marks and emoji names as they are, but a reference would be an id or a private name. */
    private String shownInCode(String code) {
        int start = code.indexOf('<');
        if (start < 0) {
            return LinkPolicy.withoutWorkspaceUrls(SlackEscapes.unescape(code));
        }
        var referencesInCode = new MrkdwnReferenceParser(references.inCode());
        var shown = new StringBuilder(code.length());
        int from = 0;
        while (start >= 0) {
            int end = referenceEnd(code, start);
            if (end >= 0) {
                shown.append(SlackEscapes.unescape(code.substring(from, start)))
                        .append(PlainTextWriter.writeLine(
                                List.of(referencesInCode.span(code.substring(start + 1, end)))));
                from = end + 1;
            }
            start = code.indexOf('<', Math.max(start + 1, from));
        }
        shown.append(SlackEscapes.unescape(code.substring(from)));
        return LinkPolicy.withoutWorkspaceUrls(shown.toString());
    }

    static String withoutOuterLines(String words) {
        int start = 0;
        while (start < words.length() && words.charAt(start) == '\n') {
            start++;
        }
        return words.substring(start).stripTrailing();
    }
}
