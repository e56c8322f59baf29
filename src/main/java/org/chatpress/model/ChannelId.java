package org.chatpress.model;

import java.util.regex.Pattern;

/** The id of a Slack channel, such as {@code C0123456789}. Old private channels start with G. */
public record ChannelId(String value) implements Comparable<ChannelId> {
    private static final Pattern FORM = Pattern.compile("[CG][A-Z0-9]{2,30}");

    public ChannelId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("invalid Slack channel id: " + value);
        }
    }

    /** Whether the text is a C or G followed by capital letters and digits. */
    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public int compareTo(ChannelId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
