package org.chatpress.render.formats;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Moments as the forms write them. */
final class MessageTimes {
    // In no language and every language; names of months and zones change from one Java to the next.
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private MessageTimes() {}

    static String utc(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static String local(Instant instant, String zone) {
        return LOCAL.format(instant.atZone(ZoneId.of(zone)));
    }
}
