package org.chatpress.model;

import java.util.regex.Pattern;

/** The name of a chat in its files' paths: small letters, digits and hyphens. */
public record Slug(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,79}");

    public Slug {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a slug: " + value);
        }
    }

    /** True for 1 to 80 small letters, digits and hyphens, no hyphen first; {@code channels} is taken by a file of ours. */
    public static boolean isValid(String text) {
        return FORM.matcher(text).matches() && !text.equals("channels");
    }

    @Override
    public String toString() {
        return value;
    }
}
