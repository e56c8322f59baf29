package org.chatpress.approval.policy;

import org.chatpress.model.slack.SlackMessage;

/**
 * What a message begins with that is not for readers.
 *
 * @param prefix empty: no such prefix
 */
record PrivatePrefix(String prefix) {
    /** True if its text, or any part of its blocks, begins with the prefix: readers may see either. */
    boolean matches(SlackMessage message) {
        return !prefix.isEmpty()
                && (matches(message.text()) || message.blockTexts().stream().anyMatch(this::matches));
    }

    private boolean matches(String text) {
        // Slack escapes & < > in text, so the prefix <#> arrives as &lt;#&gt;.
        String plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        return visible(plain).startsWith(prefix) || visible(text).startsWith(prefix);
    }

    /** Less the blanks and invisible characters at its beginning, which nobody knows of who typed the prefix first. */
    private static String visible(String text) {
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
