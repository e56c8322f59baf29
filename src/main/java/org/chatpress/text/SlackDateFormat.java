package org.chatpress.text;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * Slack's format for dates in messages. What Slack writes relative to the present ("yesterday", "2 hours ago") becomes an
 * absolute date, as a published file is read later.
 */
final class SlackDateFormat {
    private static final long LAST_SECOND =
            Instant.parse("9999-12-30T00:00:00Z").getEpochSecond();

    private SlackDateFormat() {}

    /** Parses seconds since 1970; empty unless they are a number that falls before the year 10,000. */
    static Optional<Instant> instant(String seconds) {
        if (seconds.isEmpty()
                || seconds.length() > 12
                || !seconds.chars().allMatch(c -> c >= '0' && c <= '9')
                || Long.parseLong(seconds) > LAST_SECOND) {
            return Optional.empty();
        }
        return Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)));
    }

    /** Replaces the tokens of a format; empty if it has no token, or one that Slack does not know. */
    static Optional<String> format(String format, ZonedDateTime time) {
        var text = new StringBuilder();
        int from = 0;
        for (int open = format.indexOf('{'); open >= 0; open = format.indexOf('{', from)) {
            int close = format.indexOf('}', open);
            String formatted = close < 0 ? "" : formatToken(format.substring(open + 1, close), time);
            if (formatted.isEmpty()) {
                return Optional.empty();
            }
            text.append(format, from, open).append(formatted);
            from = close + 1;
        }
        return from == 0
                ? Optional.empty()
                : Optional.of(text.append(format.substring(from)).toString());
    }

    /** Empty for an unknown token. */
    private static String formatToken(String token, ZonedDateTime time) {
        return switch (token) {
            case "date_num" -> formatPattern("uuuu-MM-dd", time);
            case "date_slash" -> formatPattern("uuuu/MM/dd", time);
            case "date", "date_pretty" ->
                formatPattern("MMMM d", time) + ordinalSuffix(time) + formatPattern(", uuuu", time);
            case "date_short", "date_short_pretty" -> formatPattern("MMM d, uuuu", time);
            case "date_long", "date_long_pretty" ->
                formatPattern("EEEE, MMMM d", time) + ordinalSuffix(time) + formatPattern(", uuuu", time);
            case "date_long_full", "date_full" -> formatPattern("EEEE, MMMM d, uuuu", time);
            case "day_divider_pretty" -> formatPattern("EEEE, MMMM d", time) + ordinalSuffix(time);
            case "time" -> formatPattern("h:mm a", time);
            case "time_secs" -> formatPattern("h:mm:ss a", time);
            case "ago" -> formatPattern("MMM d, uuuu h:mm a", time);
            default -> "";
        };
    }

    private static String formatPattern(String pattern, ZonedDateTime time) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }

    private static String ordinalSuffix(ZonedDateTime time) {
        int day = time.getDayOfMonth();
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
