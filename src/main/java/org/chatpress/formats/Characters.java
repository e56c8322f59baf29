package org.chatpress.formats;

/** Keeps to the characters that XML, HTML and JSON all allow, and that play no tricks on their neighbours. */
final class Characters {
    private Characters() {}

    /** The text without what no format allows: other control characters, halves of pairs, direction overrides. */
    static String allowed(String text) {
        if (text.codePoints().allMatch(Characters::isAllowed)) {
            return text;
        }
        var allowed = new StringBuilder(text.length());
        text.codePoints().filter(Characters::isAllowed).forEach(allowed::appendCodePoint);
        return allowed.toString();
    }

    /** Likewise, on one line. */
    static String line(String text) {
        return allowed(text).replaceAll("[\\s\\u00A0\\u2028\\u2029]+", " ").strip();
    }

    private static boolean isAllowed(int c) {
        boolean control = Character.isISOControl(c) && c != '\n' && c != '\t' && c != '\r';
        boolean halfPair = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        boolean direction = c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
        boolean noCharacter = (c & 0xFFFE) == 0xFFFE || c >= 0xFDD0 && c <= 0xFDEF || c == 0xFEFF;
        return !control && !halfPair && !direction && !noCharacter;
    }
}
