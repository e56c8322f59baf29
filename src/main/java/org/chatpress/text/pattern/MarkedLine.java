package org.chatpress.text.pattern;

import java.util.Arrays;

/**
 * A line with a mark on both sides of each character. RE2's {@code \b} tells words from other text in ASCII only; the
 * marks are ASCII, and tell it which characters of the line belong to words. {@link Re2Syntax} writes expressions that
 * match them. The marks before and after a character differ, so nothing but an empty match can begin between them.
 *
 * @param positions for each position in the text, the one in the line, or {@link #WITHIN_CHARACTER}
 */
record MarkedLine(String text, int[] positions) {
    /** The position between a character and one of its marks. */
    static final int WITHIN_CHARACTER = -1;

    /** What a character between its marks looks like, with the place of the character as {@code %s}. */
    static final String MARKED_CHARACTER = "(?:[0\\x01]%s[1\\x02])";

    static MarkedLine of(String line) {
        var text = new StringBuilder(3 * line.length());
        var positions = new int[3 * line.length() + 1];
        Arrays.fill(positions, WITHIN_CHARACTER);
        positions[0] = 0;
        for (int at = 0; at < line.length(); ) {
            int c = line.codePointAt(at);
            boolean inWord = isInWord(c);
            text.append(inWord ? '0' : '\1').appendCodePoint(c).append(inWord ? '1' : '\2');
            at += Character.charCount(c);
            positions[text.length()] = at;
        }
        return new MarkedLine(text.toString(), positions);
    }

    int positionInLine(int position) {
        return positions[position];
    }

    /** What {@code \w} matches, in every alphabet. */
    private static boolean isInWord(int c) {
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
