package org.chatpress.model;

import java.time.Instant;
import java.util.Locale;

/**
 * The id of a message within its channel: Slack's {@code ts}, a time in seconds with six decimals, as in
 * {@code 1793758925.000100}. Kept as a string, since a double would lose digits. Ordered by time.
 */
public record MessageTs(String value) implements Comparable<MessageTs> {
    private static final int LENGTH = 17;
    private static final int DOT = 10;

    public MessageTs {
        if (!isValid(value)) {
            throw new IllegalArgumentException("invalid Slack ts: " + value);
        }
    }

    /** Whether the text is ten digits, a dot and six digits. In this form, text order is the order of time. */
    public static boolean isValid(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            if (i == DOT ? c != '.' : c < '0' || c > '9') {
                return false;
            }
        }
        return true;
    }

    /** The ts of this time, to the microsecond. */
    public static MessageTs at(Instant time) {
        return new MessageTs(String.format(Locale.ROOT, "%010d.%06d", time.getEpochSecond(), time.getNano() / 1000));
    }

    public Instant instant() {
        return Instant.ofEpochSecond(
                Long.parseLong(value, 0, DOT, 10), Long.parseLong(value, DOT + 1, LENGTH, 10) * 1000);
    }

    /** The next ts that is possible, a microsecond later. */
    public MessageTs next() {
        return at(instant().plusNanos(1000));
    }

    /** The ts a microsecond before. */
    public MessageTs previous() {
        return at(instant().minusNanos(1000));
    }

    public boolean isBefore(MessageTs other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(MessageTs other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
