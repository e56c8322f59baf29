package org.chatpress.approval.policy;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;

/**
 * The prefix of messages that are not for readers. It is compared as people read it: in any case, however its accents are
 * encoded, and behind quotes, bullets and styles. In doubt a message is private.
 */
final class PrivatePrefix {
    private static final String QUOTES_AND_BULLETS = ">\u2022\u25e6\u25aa\u25ab\u2043";
    private static final String STYLES = "*_~`";

    /** Letters and a symbol that show nothing. */
    private static final String BLANK_CHARACTERS = "\u115f\u1160\u3164\uffa0\u2800\u034f";

    private final String prefix;

    /** @param prefix empty: no message is private */
    PrivatePrefix(String prefix) {
        this.prefix = folded(prefix);
    }

    /** True if the text or a part of the blocks or attachments starts with the prefix: readers may see any of them. */
    boolean matches(SlackMessage message) {
        return !prefix.isEmpty()
                && Stream.of(List.of(message.text()), message.blockTexts(), message.attachmentTexts())
                        .flatMap(List::stream)
                        .anyMatch(this::matches);
    }

    private boolean matches(String text) {
        // Slack escapes & < > in text but not in blocks, so the prefix <#> may arrive as &lt;#&gt;.
        String unescaped = SlackEscapes.unescape(text);
        return anyPartMatches(folded(unescaped)) || (!unescaped.equals(text) && anyPartMatches(folded(text)));
    }

    /** Slack shows a quote, a list or preformatted text as a part of its own, and so what follows it. */
    private boolean anyPartMatches(String text) {
        boolean startsPart = true;
        boolean isSpecial = false;
        int lineStart = 0;
        while (lineStart <= text.length()) {
            int newline = text.indexOf('\n', lineStart);
            int lineEnd = newline < 0 ? text.length() : newline;
            boolean wasSpecial = isSpecial;
            isSpecial = isQuoteBulletOrFence(text, lineStart, lineEnd);
            if ((startsPart || isSpecial || wasSpecial) && isAt(lineStart, text)) {
                return true;
            }
            startsPart = false;
            lineStart = lineEnd + 1;
        }
        return false;
    }

    private static boolean isQuoteBulletOrFence(String text, int start, int end) {
        int first = start;
        while (first < end && isInvisible(text.codePointAt(first))) {
            first += Character.charCount(text.codePointAt(first));
        }
        return (first < end && QUOTES_AND_BULLETS.indexOf(text.codePointAt(first)) >= 0)
                || text.substring(start, end).contains("```");
    }

    /** True if the prefix is the first thing that a reader sees from here on. */
    private boolean isAt(int start, String text) {
        int matched = 0;
        int at = start;
        while (matched < prefix.length() && at < text.length()) {
            int character = text.codePointAt(at);
            int expected = prefix.codePointAt(matched);
            if (character == expected) {
                matched += Character.charCount(expected);
            } else if (!isUnseen(character, matched == 0)) {
                return false;
            }
            at += Character.charCount(character);
        }
        return matched == prefix.length();
    }

    private static boolean isUnseen(int character, boolean beforePrefix) {
        return STYLES.indexOf(character) >= 0
                || isWithoutWidth(character)
                || (beforePrefix && (isInvisible(character) || QUOTES_AND_BULLETS.indexOf(character) >= 0));
    }

    private static boolean isInvisible(int character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || isWithoutWidth(character);
    }

    private static boolean isWithoutWidth(int character) {
        return Character.getType(character) == Character.FORMAT
                || (Character.isISOControl(character) && !Character.isWhitespace(character))
                || BLANK_CHARACTERS.indexOf(character) >= 0
                || (character >= 0xFE00 && character <= 0xFE0F);
    }

    /** Compatibility characters become the ordinary ones, and letters lose their case. */
    private static String folded(String text) {
        String normalized = Normalizer.normalize(text, Normalizer.Form.NFKC);
        return normalized.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
