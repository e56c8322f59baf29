package org.chatpress.text.pattern;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * A regular expression of an editor, run by RE2/J: a search takes linear time in the length of the text for any
 * expression. In return RE2 supports no lookaround and no backreferences.
 *
 * <p>{@code \w}, {@code \d}, {@code \s} and {@code \b} match every alphabet. RE2/J knows Unicode 6.0: character classes
 * do not contain characters that are newer.
 */
public final class Regex {
    private static final int MAX_LENGTH = 1_000;

    private final String source;
    private final Pattern pattern;
    private final boolean hasWordBoundary;

    /**
     * Compiles an expression.
     *
     * @throws IllegalArgumentException if it cannot be used; the message says why, and what to write instead
     */
    public Regex(String source) {
        if (source.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "longer than " + MAX_LENGTH + " characters; split it into several patterns");
        }
        this.source = source;
        this.hasWordBoundary = Re2Syntax.hasWordBoundary(source);
        this.pattern = compile(source);
    }

    private static Pattern compile(String source) {
        try {
            return Pattern.compile(Re2Syntax.translate(source));
        } catch (PatternSyntaxException e) {
            boolean hasFragment =
                    !e.getPattern().isEmpty() && !e.getPattern().equals(source) && source.contains(e.getPattern());
            throw new IllegalArgumentException(
                    e.getDescription() + (hasFragment ? ": " + e.getPattern() : "")
                            + "; write \\ before a character meant literally, and see"
                            + " https://github.com/google/re2/wiki/Syntax",
                    e);
        }
    }

    /** How many groups the expression has, not counting the whole match. */
    public int groupCount() {
        return pattern.groupCount();
    }

    /** Starts a search in a line of text. */
    Search search(String line) {
        if (!hasWordBoundary) {
            return new Search(line, pattern.matcher(line), IntUnaryOperator.identity());
        }
        MarkedLine marked = MarkedLine.of(line);
        return new Search(line, pattern.matcher(marked.text()), marked::positionInLine);
    }

    /** Finds the matches in a line from left to right. */
    static final class Search {
        private final String line;
        private final Matcher matcher;
        private final IntUnaryOperator positionInLine;

        private Search(String line, Matcher matcher, IntUnaryOperator positionInLine) {
            this.line = line;
            this.matcher = matcher;
            this.positionInLine = positionInLine;
        }

        /** Finds the next match, which may be empty. */
        boolean find() {
            boolean found = matcher.find();
            while (found && start() == MarkedLine.WITHIN_CHARACTER) {
                found = matcher.find();
            }
            return found;
        }

        int start() {
            return positionInLine.applyAsInt(matcher.start());
        }

        int end() {
            return positionInLine.applyAsInt(matcher.end());
        }

        /** The text of a group, or of the whole match for 0; empty if the group did not take part in the match. */
        String group(int number) {
            int start = matcher.start(number);
            return start < 0
                    ? ""
                    : line.substring(positionInLine.applyAsInt(start), positionInLine.applyAsInt(matcher.end(number)));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Regex regex && regex.source.equals(source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    /** The expression as it was written. */
    @Override
    public String toString() {
        return source;
    }

    /**
     * A line in which each character has a mark on both sides. The marks of a word character are ASCII digits, those of
     * another character are control characters. So RE2's {@code \b}, which knows only ASCII, is true between two marked
     * characters exactly where a word of any alphabet starts or ends. As the mark before a character differs from the mark
     * after it, only an empty match can start between the two.
     *
     * @param positions for each position in the text, the position in the line or {@link #WITHIN_CHARACTER}
     */
    record MarkedLine(String text, int[] positions) {
        /** The position between a character and one of its marks. */
        static final int WITHIN_CHARACTER = -1;

        /** A format for an expression that matches one character and its marks. */
        static final String MARKED_CHARACTER = "(?:[0\\x01]%s[1\\x02])";

        static MarkedLine of(String line) {
            var text = new StringBuilder(3 * line.length());
            var positions = new int[3 * line.length() + 1];
            Arrays.fill(positions, WITHIN_CHARACTER);
            positions[0] = 0;
            for (int at = 0; at < line.length(); ) {
                int c = line.codePointAt(at);
                boolean inWord = isWordCharacter(c);
                text.append(inWord ? '0' : '\1').appendCodePoint(c).append(inWord ? '1' : '\2');
                at += Character.charCount(c);
                positions[text.length()] = at;
            }
            return new MarkedLine(text.toString(), positions);
        }

        int positionInLine(int position) {
            return positions[position];
        }

        /** What {@code \w} matches in Java with UNICODE_CHARACTER_CLASS. */
        private static boolean isWordCharacter(int c) {
            boolean joiner = c == 0x200C || c == 0x200D;
            return joiner
                    || Character.isAlphabetic(c)
                    || switch (Character.getType(c)) {
                        case Character.NON_SPACING_MARK,
                                Character.ENCLOSING_MARK,
                                Character.COMBINING_SPACING_MARK,
                                Character.DECIMAL_DIGIT_NUMBER,
                                Character.CONNECTOR_PUNCTUATION -> true;
                        default -> false;
                    };
        }
    }
}
