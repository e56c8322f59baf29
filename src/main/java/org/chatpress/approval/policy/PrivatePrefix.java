package org.chatpress.approval.policy;

import org.chatpress.model.slack.SlackEscapes;
import org.chatpress.model.slack.SlackMessage;

/**
 * The prefix of messages that are not for readers.
 *
 * @param prefix empty: no message is private
 */
record PrivatePrefix(String prefix) {
    /** True if the text or a part of the blocks starts with the prefix: readers may see either of them. */
    boolean matches(SlackMessage message) {
        return !prefix.isEmpty()
                && (matches(message.text()) || message.blockTexts().stream().anyMatch(this::matches));
    }

    private boolean matches(String text) {
        // Slack escapes & < > in text but not in blocks, so the prefix <#> may arrive as &lt;#&gt;.
        String unescaped = SlackEscapes.unescape(text);
        return withoutInvisibleStart(unescaped).startsWith(prefix)
                || withoutInvisibleStart(text).startsWith(prefix);
    }

    /** The author sees no blanks or invisible characters before the prefix, so they must not hide it. */
    private static String withoutInvisibleStart(String text) {
        int start = 0;
        while (start < text.length() && isInvisible(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    private static boolean isInvisible(int character) {
        return Character.isWhitespace(character)
                || Character.isSpaceChar(character)
                || Character.isISOControl(character)
                || Character.getType(character) == Character.FORMAT;
    }
}
