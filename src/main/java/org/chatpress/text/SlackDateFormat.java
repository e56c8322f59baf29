package org.chatpress.text;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * Slack's format for dates. What Slack words relative to the day it is read on ("yesterday", "2 hours ago") is written
 * out, for a published file is read on any day.
 */
final class SlackDateFormat {
    private static final long LAST_SECOND =
            Instant.parse("9999-12-30T00:00:00Z").getEpochSecond();

    private SlackDateFormat() {}

    /** Reads seconds since 1970; empty if that is no moment of the common era's next eight thousand years. */
    static Optional<Instant> instant(String seconds) {
        if (seconds.isEmpty()
                || seconds.length() > 12
                || !seconds.chars().allMatch(c -> c >= '0' && c <= '9')
                || Long.parseLong(seconds) > LAST_SECOND) {
            return Optional.empty();
        }
        return Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)));
    }

    /** The format with its tokens filled in; empty if it has none, or one that Slack doesn't know. */
    static Optional<String> format(String format, ZonedDateTime at) {
        var words = new StringBuilder();
        int from = 0;
        for (int open = format.indexOf('{'); open >= 0; open = format.indexOf('{', from)) {
            int close = format.indexOf('}', open);
            String filled = close < 0 ? "" : token(format.substring(open + 1, close), at);
            if (filled.isEmpty()) {
                return Optional.empty();
            }
            words.append(format, from, open).append(filled);
            from = close + 1;
        }
        return from == 0
                ? Optional.empty()
                : Optional.of(words.append(format.substring(from)).toString());
    }

    /** Empty for an unknown token. */
    private static String token(String token, ZonedDateTime at) {
        return switch (token) {
            case "date_num" -> written("uuuu-MM-dd", at);
            case "date_slash" -> written("uuuu/MM/dd", at);
            case "date", "date_pretty" -> written("MMMM d", at) + ordinal(at) + written(", uuuu", at);
            case "date_short", "date_short_pretty" -> written("MMM d, uuuu", at);
            case "date_long", "date_long_pretty" -> written("EEEE, MMMM d", at) + ordinal(at) + written(", uuuu", at);
            case "date_long_full", "date_full" -> written("EEEE, MMMM d, uuuu", at);
            case "day_divider_pretty" -> written("EEEE, MMMM d", at) + ordinal(at);
            case "time" -> written("h:mm a", at);
            case "time_secs" -> written("h:mm:ss a", at);
            case "ago" -> written("MMM d, uuuu h:mm a", at);
            default -> "";
        };
    }

    private static String written(String pattern, ZonedDateTime at) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(at);
    }

    private static String ordinal(ZonedDateTime at) {
        int day = at.getDayOfMonth();
        if (day >= 11 && day <= 13) {
            return "th";
        }
        return switch (day % 10) {
            case 1 -> "st";
            case 2 -> "nd";
            case 3 -> "rd";
            default -> "th";
        };
    }
}
