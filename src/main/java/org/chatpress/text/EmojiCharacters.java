package org.chatpress.text;

import org.chatpress.text.document.VisibleText;

/** Reads the code points that Slack writes for an emoji, such as {@code 1f44b-1f3fb}. */
final class EmojiCharacters {
    /** The longest in Unicode, two people of two tones who kiss, has ten code points. */
    private static final int LONGEST = 10 * 6;

    private EmojiCharacters() {}

    /** The characters; empty for what is no list of them. */
    static String of(String codePoints) {
        if (codePoints.isEmpty() || codePoints.length() > LONGEST) {
            return "";
        }
        var characters = new StringBuilder();
        for (String hex : codePoints.split("-", -1)) {
            if (hex.length() < 2 || hex.length() > 5 || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                return "";
            }
            characters.appendCodePoint(Integer.parseInt(hex, 16));
        }
        return VisibleText.visible(characters.toString()).strip();
    }
}
