package org.chatpress.text.document;

/** Keeps characters that readers can't see from playing tricks on those that they can. */
public final class VisibleText {
    private static final int REPLACEMENT = 0xFFFD;

    private VisibleText() {}

    /**
     * The text without control characters (but newline and tab), without the marks that turn the direction of what
     * follows, and with a replacement character for each half of a surrogate pair. Every kind of line end becomes a
     * newline.
     *
     * <p>Direction overrides are dropped, not balanced: one that is left open runs into the next message, and
     * right-to-left text needs none of them. The invisible marks that Arabic and Hebrew typists do use (U+200E, U+200F,
     * U+061C) stay.
     */
    public static String visible(String text) {
        if (text.chars().allMatch(c -> (c >= ' ' && c < 0x7F) || c == '\n' || c == '\t')) {
            return text;
        }
        var visible = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            boolean windowsLineEnd = c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n';
            if (isLineEnd(c) && !windowsLineEnd) {
                visible.append('\n');
            } else if (isHalfPair(c)) {
                visible.appendCodePoint(REPLACEMENT);
            } else if (!isInvisible(c)) {
                visible.appendCodePoint(c);
            }
            at += Character.charCount(c);
        }
        return visible.toString();
    }

    /** Likewise, on one line, without blanks at its ends. */
    public static String line(String text) {
        return visible(text).replaceAll("[\\s\\u00A0]+", " ").strip();
    }

    private static boolean isLineEnd(int c) {
        return c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    private static boolean isHalfPair(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    private static boolean isInvisible(int c) {
        boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
        boolean direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        boolean noCharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || c == 0xFEFF;
        return control || direction || noCharacter;
    }
}
