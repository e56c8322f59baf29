package org.chatpress.text;

import java.util.List;
import java.util.Optional;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.Preformatted;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Style;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;

/**
 * Parses Slack's mrkdwn from left to right, in linear time for any text: each search stops where the next search of its
 * kind would start.
 */
final class MrkdwnParser {
    private static final String FENCE = "```";
    private static final String QUOTE = SlackEscapes.GREATER;
    private static final String QUOTE_TO_END = QUOTE + QUOTE + QUOTE;

    private final String source;
    private final ReferenceResolver references;
    private final ParagraphBuilder paragraphs = new ParagraphBuilder();
    private final MrkdwnLineBuilder line = new MrkdwnLineBuilder();
    private String indent = "";
    private int at;
    private boolean quotedToEnd;

    /** @param source mrkdwn of {@link VisibleText#visible visible characters} */
    MrkdwnParser(String source, ReferenceResolver references) {
        this.source = source;
        this.references = references;
    }

    List<Block> parse() {
        while (at < source.length()) {
            startLine();
            while (at < source.length() && source.charAt(at) != '\n') {
                parseNext();
            }
            paragraphs.addLine(indent, line.build());
            at++;
        }
        return paragraphs.build();
    }

    /** Parses the label of a link. Slack applies styles in it, but a URL keeps its underscores. */
    private static List<Span> parseLabel(String label, ReferenceResolver references) {
        boolean isPlain = label.contains("://") || label.contains(FENCE) || LinkPolicy.containsWorkspaceUrl(label);
        if (isPlain) {
            return references.text(SlackEscapes.unescape(label));
        }
        var parser = new MrkdwnParser(label, references);
        while (parser.at < label.length()) {
            parser.parseNext();
        }
        return parser.line.build();
    }

    private void startLine() {
        if (quotedToEnd) {
            paragraphs.setQuoted(true);
        } else if (source.startsWith(QUOTE_TO_END, at)) {
            skipQuoteMark(QUOTE_TO_END);
            quotedToEnd = true;
            paragraphs.setQuoted(true);
        } else if (source.startsWith(QUOTE, at)) {
            skipQuoteMark(QUOTE);
            paragraphs.setQuoted(true);
        } else {
            paragraphs.setQuoted(false);
        }
        int start = at;
        skipSpaces();
        indent = source.substring(start, at);
    }

    /** Skips the mark of a quote and the space that people type after it. */
    private void skipQuoteMark(String mark) {
        at += mark.length();
        if (source.startsWith(" ", at)) {
            at++;
        }
    }

    private void parseNext() {
        char c = source.charAt(at);
        switch (c) {
            case '<' -> parseReference();
            case '`' -> parseCode();
            case '*', '_', '~' -> parseDelimiter(Style.ofDelimiter(c));
            case ':' -> parseEmoji();
            case '&' -> parseEscape();
            default -> appendText(plainLength());
        }
    }

    /** The length of the text up to the next character that may have a meaning. */
    private int plainLength() {
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

    private void parseReference() {
        int end = referenceEnd(source, at);
        if (end < 0) {
            appendText(1);
            return;
        }
        line.add(references.mrkdwn(source.substring(at + 1, end), label -> parseLabel(label, references)));
        at = end + 1;
    }

    private void parseCode() {
        if (source.startsWith(FENCE, at) && parsePreformatted()) {
            return;
        }
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != '`' && source.charAt(end) != '\n') {
            end++;
        }
        boolean closed = end < source.length() && source.charAt(end) == '`';
        // Within a word it is an apostrophe: l`homme.
        if (!closed || source.substring(at + 1, end).isBlank() || !isBoundaryBefore(at)) {
            appendText(end - at == 1 && closed ? 2 : 1);
            return;
        }
        String code = plainCode(source.substring(at + 1, end));
        if (!code.isBlank()) {
            line.add(new Styled(Style.CODE, List.of(new Text(code))));
        }
        at = end + 1;
    }

    private boolean parsePreformatted() {
        int start = at + FENCE.length();
        int end = source.indexOf(FENCE, start);
        if (end < 0 || source.substring(start, end).isBlank()) {
            return false;
        }
        String code = withoutBlankEnds(plainCode(source.substring(start, end)));
        if (!VisibleText.isBlank(code)) {
            paragraphs.addLine(indent, line.build());
            paragraphs.addBlock(new Preformatted(code));
        }
        at = end + FENCE.length();
        indent = "";
        skipSpaces();
        return true;
    }

    private void parseDelimiter(Style style) {
        if (line.isOpen(style) && closesAt(at)) {
            line.close(style);
            at++;
        } else if (line.isOpen(style) && isBlockedCloseAt(at)) {
            line.turnIntoText(style);
            appendText(1);
        } else if (!line.isOpen(style) && opensAt(at)) {
            line.open(style);
            at++;
        } else {
            appendText(1);
        }
    }

    private void parseEmoji() {
        Optional<ReferenceResolver.Match> emoji = references.emojiAt(source, at);
        if (emoji.isEmpty()) {
            appendText(1);
            return;
        }
        line.add(emoji.get().span());
        at = emoji.get().end();
    }

    private void parseEscape() {
        if (source.startsWith(SlackEscapes.AMPERSAND, at)) {
            appendUnescaped('&', SlackEscapes.AMPERSAND);
        } else if (source.startsWith(SlackEscapes.LESS, at)) {
            appendUnescaped('<', SlackEscapes.LESS);
        } else if (source.startsWith(SlackEscapes.GREATER, at)) {
            appendUnescaped('>', SlackEscapes.GREATER);
        } else {
            appendText(1);
        }
    }

    private void appendUnescaped(char c, String escape) {
        line.append(c);
        at += escape.length();
    }

    private void appendText(int length) {
        line.append(source, at, at + length);
        at += length;
    }

    private void skipSpaces() {
        while (at < source.length() && source.charAt(at) != '\n' && isSpace(source.charAt(at))) {
            at++;
        }
    }

    /** A style opens between the edge of a word and a character that is no space. Repeated delimiters are decoration. */
    private boolean opensAt(int delimiter) {
        int next = delimiter + 1;
        // Other delimiters may follow, but *_* has no text to style.
        while (next < source.length() && isOtherDelimiter(next, delimiter)) {
            next++;
        }
        return isBoundaryBefore(delimiter)
                && !(delimiter > 0 && source.charAt(delimiter - 1) == source.charAt(delimiter))
                && next < source.length()
                && !isSpace(source.charAt(next))
                && (source.charAt(next) != '/' || isSpaceBefore(delimiter))
                && !Style.isDelimiter(source.charAt(next));
    }

    /** A style closes between a character that is no space and the edge of a word, or the delimiter of a style around it. */
    private boolean closesAt(int delimiter) {
        if (isSpace(source.charAt(delimiter - 1))) {
            return false;
        }
        int next = delimiter + 1;
        while (next < source.length() && isOtherDelimiter(next, delimiter) && isOpenAt(next)) {
            next++;
        }
        return next == source.length()
                || source.charAt(next) == '/'
                || (isBoundary(source.codePointAt(next)) && !isBlocking(next));
    }

    /** True where a style would close but for the next character. A pair of delimiters does not extend beyond it. */
    private boolean isBlockedCloseAt(int delimiter) {
        return !isSpace(source.charAt(delimiter - 1)) && isBlocking(delimiter + 1);
    }

    /** Slack's client closes no style before these characters. */
    private boolean isBlocking(int position) {
        return switch (source.charAt(position)) {
            case '(', '@', '|', '_', '*', '`', '\\' -> true;
            case '&' -> source.startsWith(SlackEscapes.AMPERSAND, position);
            default -> false;
        };
    }

    private boolean isOpenAt(int position) {
        return line.isOpen(Style.ofDelimiter(source.charAt(position)));
    }

    private boolean isOtherDelimiter(int position, int delimiter) {
        return Style.isDelimiter(source.charAt(position)) && source.charAt(position) != source.charAt(delimiter);
    }

    private boolean isSpaceBefore(int position) {
        return position == 0 || isSpace(source.charAt(position - 1));
    }

    private boolean isBoundaryBefore(int position) {
        return position == 0 || isBoundary(source.codePointBefore(position));
    }

    /** True for a character outside words. To Slack slashes are part of words: paths keep their underscores. */
    private static boolean isBoundary(int c) {
        return !Character.isLetterOrDigit(c) && !isCombining(c) && c != '/' && c != '\\';
    }

    /** Vowel signs and accents belong to the letter before them, the variation selector to an emoji. */
    private static boolean isCombining(int c) {
        int type = Character.getType(c);
        return (type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK) && c != 0xFE0F;
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** The position of the bracket that closes the reference; -1 if another one opens first, or it is empty. */
    private static int referenceEnd(String text, int start) {
        int end = start + 1;
        while (end < text.length() && text.charAt(end) != '>' && text.charAt(end) != '<') {
            end++;
        }
        return end < text.length() && text.charAt(end) == '>' && end > start + 1 ? end : -1;
    }

    /** Code keeps delimiters and emoji names, but references are resolved: they hold ids and private names. */
    private String plainCode(String code) {
        int start = code.indexOf('<');
        if (start < 0) {
            return LinkPolicy.withoutWorkspaceUrls(SlackEscapes.unescape(code));
        }
        ReferenceResolver inCode = references.inCode();
        var plain = new StringBuilder(code.length());
        int from = 0;
        while (start >= 0) {
            int end = referenceEnd(code, start);
            if (end >= 0) {
                plain.append(SlackEscapes.unescape(code.substring(from, start)))
                        .append(PlainTextWriter.writeLine(List.of(inCode.mrkdwn(
                                code.substring(start + 1, end), label -> inCode.text(SlackEscapes.unescape(label))))));
                from = end + 1;
            }
            start = code.indexOf('<', Math.max(start + 1, from));
        }
        plain.append(SlackEscapes.unescape(code.substring(from)));
        return LinkPolicy.withoutWorkspaceUrls(plain.toString());
    }

    /** The text without empty lines at its start and without white space at its end. */
    static String withoutBlankEnds(String text) {
        int start = 0;
        while (start < text.length() && text.charAt(start) == '\n') {
            start++;
        }
        return text.substring(start).stripTrailing();
    }
}
