package org.chatpress.model;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The id of a user (U..., W...) or a bot (B...) in Slack. */
public record UserId(String value) implements Comparable<UserId> {
    private static final Pattern IN_TEXT = Pattern.compile("\\b[UW][A-Z0-9]{2,29}\\b");
    private static final int MAX_LENGTH = 30;

    public UserId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("invalid Slack user id: " + value);
        }
    }

    /** Whether the text has 2 to 30 capital letters and digits, a letter first. */
    public static boolean isValid(String text) {
        if (text.length() < 2 || text.length() > MAX_LENGTH || !isCapital(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isCapital(c) && (c < '0' || c > '9')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isCapital(char c) {
        return c >= 'A' && c <= 'Z';
    }

    /** Replaces every id of a user (U..., W...) in a text by a name. */
    public static String replaceAll(String text, Function<UserId, String> names) {
        return IN_TEXT.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(names.apply(new UserId(match.group()))));
    }

    @Override
    public int compareTo(UserId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
