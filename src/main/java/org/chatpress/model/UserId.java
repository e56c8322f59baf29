package org.chatpress.model;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The id of a user (U..., W...) or a bot (B...) in Slack. */
public record UserId(String value) implements Comparable<UserId> {
    private static final Pattern IN_TEXT = Pattern.compile("\\b[UW][A-Z0-9]{2,29}\\b");
    private static final Pattern FORM = Pattern.compile("[A-Z][A-Z0-9]{1,29}");

    public UserId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("invalid Slack user id: " + value);
        }
    }

    /** Whether the text has 2 to 30 capital letters and digits, a letter first. */
    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
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
