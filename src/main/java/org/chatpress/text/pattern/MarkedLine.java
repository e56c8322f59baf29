package org.chatpress.text.pattern;

import java.util.Arrays;

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
