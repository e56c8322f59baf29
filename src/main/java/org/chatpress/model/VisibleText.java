package org.chatpress.model;

/** Removes characters that are invisible to readers and change how the visible ones appear. */
public final class VisibleText {
    private static final int REPLACEMENT = 0xFFFD;

    private VisibleText() {}

    /**
     * The text without control characters (except newline and tab), noncharacters, and directional overrides,
     * embeddings and isolates. Every line end becomes a newline; an unpaired surrogate becomes U+FFFD.
     *
     * <p>Directional overrides are removed, not closed: one that is left open would affect the next message, and
     * right-to-left text does not need them. The directional marks that Arabic and Hebrew typists use (U+200E, U+200F,
     * U+061C) stay.
     */
    public static String visible(String text) {
        int at = 0;
        while (at < text.length() && isPrintableAscii(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return text;
        }
        var visible = new StringBuilder(text.length()).append(text, 0, at);
        while (at < text.length()) {
            int c = text.codePointAt(at);
            boolean startsCrLf = c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n';
            if (isLineEnd(c) && !startsCrLf) {
                visible.append('\n');
            } else if (isUnpairedSurrogate(c)) {
                visible.appendCodePoint(REPLACEMENT);
            } else if (!isInvisible(c)) {
                visible.appendCodePoint(c);
            }
            at += Character.charCount(c);
        }
        return visible.toString();
    }

    /** The {@link #visible} text on one line: each run of white space becomes a space, and none is left at the ends. */
    public static String line(String text) {
        return visible(text).replaceAll("[\\s\\u00A0]+", " ").strip();
    }

    /** True for a text in which readers see nothing: white space and characters that no font draws. */
    public static boolean isBlank(String text) {
        return text.codePoints().allMatch(VisibleText::isBlank);
    }

    private static boolean isPrintableAscii(char c) {
        return (c >= ' ' && c < 0x7F) || c == '\n' || c == '\t';
    }

    private static boolean isBlank(int c) {
        return c < 0x7F
                ? c <= ' '
                : Character.isWhitespace(c)
                        || Character.isSpaceChar(c)
                        || isInvisible(c)
                        || isUndrawnFormat(c)
                        || isVariationSelector(c)
                        || isFiller(c);
    }

    /** Arabic, Syriac and Kaithi have format characters that are drawn around numbers. */
    private static boolean isUndrawnFormat(int c) {
        boolean isDrawn =
                (c >= 0x600 && c <= 0x605) || c == 0x6DD || c == 0x70F || c == 0x8E2 || (c >= 0x110BD && c <= 0x110CD);
        return Character.getType(c) == Character.FORMAT && !isDrawn;
    }

    private static boolean isVariationSelector(int c) {
        return (c >= 0x180B && c <= 0x180F) || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
    }

    /** Letters and symbols without ink: fillers of Hangul, vowels of Khmer, the empty Braille pattern and a joiner. */
    private static boolean isFiller(int c) {
        return switch (c) {
            case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0 -> true;
            default -> false;
        };
    }

    private static boolean isLineEnd(int c) {
        return c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    private static boolean isUnpairedSurrogate(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    private static boolean isInvisible(int c) {
        boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
        boolean directional = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        boolean noncharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || c == 0xFEFF;
        return control || directional || noncharacter;
    }
}
