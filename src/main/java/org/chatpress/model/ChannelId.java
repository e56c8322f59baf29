package org.chatpress.model;

/** A Slack channel's id, such as {@code C0123456789}; private channels made long ago start with G. */
public record ChannelId(String value) implements Comparable<ChannelId> {
    public ChannelId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a Slack channel id: " + value);
        }
    }

    /** True for a C or G followed by capital letters and digits. */
    public static boolean isValid(String text) {
        return text.matches("[CG][A-Z0-9]{2,30}");
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
