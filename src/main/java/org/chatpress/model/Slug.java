package org.chatpress.model;

import java.util.regex.Pattern;

/** The name of a chat in URLs: lower-case letters, digits and hyphens. */
public record Slug(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,79}");

    public Slug {
        if (!isValid(value)) {
            throw new IllegalArgumentException("invalid slug: " + value);
        }
    }

    /**
     * Whether the text has 1 to 80 lower-case letters, digits and hyphens, no hyphen first, and is not
     * {@code channels}.
     */
    public static boolean isValid(String text) {
        return FORM.matcher(text).matches() && !text.equals("channels");
    }

    @Override
    public String toString() {
        return value;
    }
}
