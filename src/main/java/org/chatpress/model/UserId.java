package org.chatpress.model;

import java.util.regex.Pattern;

/** The id of a user (U..., W...) or a bot (B...) in Slack. */
public record UserId(String value) implements Comparable<UserId> {
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

    @Override
    public int compareTo(UserId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
