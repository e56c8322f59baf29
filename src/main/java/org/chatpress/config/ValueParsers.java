package org.chatpress.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.config.Channel.Closing;
import org.chatpress.config.ConfigNode.DidYouMean;
import org.chatpress.config.ConfigNode.InvalidValueException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Secret;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.storage.ObjectKey;
import org.chatpress.text.EmojiTable;

/** Parsers of single values. Each throws {@link InvalidValueException} if the text is not a valid value. */
final class ValueParsers {
    static final String ANYONE = "anyone";

    static final long MEGABYTE = 1_000_000;

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern FILE_SIZE = Pattern.compile("([1-9]\\d{0,3}) ?(MB|GB)");
    private static final Pattern CRON_FIELD = Pattern.compile("[0-9A-Za-z*?,/#-]+");
    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*");
    private static final Pattern EMOJI = Pattern.compile("[\\p{Ll}\\p{Lo}\\p{M}\\p{N}_+'&-]+");
    private static final Pattern ANNOTATION_KEY = Pattern.compile("[\\p{L}\\p{N}-][\\p{L}\\p{N}_-]{0,39}");

    private ValueParsers() {}

    /** Any text, also an empty one. */
    static String text(ConfigNode value) {
        return value.text();
    }

    /** A single line that is not blank. */
    static String nonEmptyText(ConfigNode value) {
        if (value.text().isBlank()) {
            throw new InvalidValueException("empty: write a value or delete the line");
        }
        // In an HTTP header or an FTP command, the text after a line break would be the next header or command.
        if (value.text().chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException("contains a line break or another control character: write it on one line");
        }
        return value.text();
    }

    static Secret secret(ConfigNode value) {
        return new Secret(nonEmptyText(value));
    }

    /** The problem does not quote the value, which may be another secret. */
    static Secret appToken(ConfigNode value) {
        if (!value.text().startsWith("xapp-")) {
            throw new InvalidValueException("not an app-level token: create one in the Slack app's settings;"
                    + " it starts with xapp-, not with xoxb-");
        }
        return secret(value);
    }

    static boolean flag(ConfigNode value) {
        return switch (value.text()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw value.invalid("value", "use true or false");
        };
    }

    /** One of an enum's constants, in lower case with hyphens. */
    static <E extends Enum<E>> Function<ConfigNode, E> oneOf(Class<E> type) {
        List<E> constants = List.of(type.getEnumConstants());
        return value -> constants.stream()
                .filter(constant -> yamlName(constant).equals(value.text()))
                .findFirst()
                .orElseThrow(() -> value.invalid(
                        "value",
                        "use one of "
                                + String.join(
                                        ", ",
                                        constants.stream()
                                                .map(ValueParsers::yamlName)
                                                .toList())));
    }

    private static String yamlName(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @param pattern of the whole text */
    static Function<ConfigNode, String> matching(Pattern pattern, String what, String advice) {
        return value -> {
            if (!pattern.matcher(value.text()).matches()) {
                throw value.invalid(what, advice);
            }
            return value.text();
        };
    }

    static Function<ConfigNode, Integer> integer(int min, int max) {
        return value -> {
            if (!value.text().matches("\\d{1,9}")) {
                throw value.invalid("number", "use digits only");
            }
            int number = Integer.parseInt(value.text());
            if (number < min || number > max) {
                throw value.invalid("number", "use " + min + " to " + max);
            }
            return number;
        };
    }

    static OptionalInt port(ConfigNode value) {
        return OptionalInt.of(integer(1, 65535).apply(value));
    }

    static Duration duration(ConfigNode value) {
        Matcher parts = DURATION.matcher(value.text());
        if (!parts.matches()) {
            String example = value.isLiteral() && value.text().matches("\\d{1,9}") ? value.text() + "s" : "10s";
            throw value.invalid("duration", "write a whole number and a unit (ms, s, m or h), such as " + example);
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** A size of a file in bytes, at most 4 GB. */
    static long fileSize(ConfigNode value) {
        Matcher parts = FILE_SIZE.matcher(value.text());
        if (!parts.matches()) {
            throw value.invalid("size", "write a whole number and a unit (MB or GB), such as 300MB");
        }
        long bytes = Long.parseLong(parts.group(1)) * (parts.group(2).equals("MB") ? MEGABYTE : 1000 * MEGABYTE);
        if (bytes > 4000 * MEGABYTE) {
            throw value.invalid("size", "use at most 4GB");
        }
        return bytes;
    }

    /** A duration greater than zero. */
    static Duration interval(ConfigNode value) {
        if (value.text().matches("0{1,9}(ms|s|m|h)?")) {
            throw value.invalid("interval", "use at least 1s");
        }
        return duration(value);
    }

    /** Checks the number of fields and their characters. The command line checks the rest with Quartz. */
    static String cron(ConfigNode value) {
        String[] fields = value.text().strip().split("\\s+");
        if (fields.length == 5) {
            throw value.invalid(
                    "cron expression",
                    "Quartz needs a field for the seconds before these 5 fields;"
                            + " write 0/10 * * * * ? for every ten seconds");
        }
        boolean isCron = (fields.length == 6 || fields.length == 7)
                && Arrays.stream(fields)
                        .allMatch(field -> CRON_FIELD.matcher(field).matches());
        if (!isCron) {
            throw value.invalid("cron expression", "write 6 or 7 fields, such as 0/10 * * * * ? for every ten seconds");
        }
        return String.join(" ", fields);
    }

    /** A region's name. Published pages pass it on to browsers, which accept neither {@code Z} nor {@code UTC+1}. */
    static ZoneId timeZone(ConfigNode value) {
        Set<String> regions = ZoneId.getAvailableZoneIds();
        if (!regions.contains(value.text())) {
            String example = DidYouMean.closest(value.text(), regions)
                    .filter(zone -> value.isLiteral())
                    .orElse("America/Los_Angeles");
            throw value.invalid("time zone", "write a region name such as " + example);
        }
        return ZoneId.of(value.text());
    }

    /** A time with its UTC offset. If only the offset is missing, the problem suggests the one of the zone. */
    static Function<ConfigNode, Instant> instant(ZoneId zone) {
        return value -> {
            // YAML timestamps may have a space where ISO 8601 has a T.
            String text = value.text().strip().replaceFirst("(?<=\\d) +(?=\\d)", "T");
            try {
                return instantOfTs(OffsetDateTime.parse(text).toInstant(), value);
            } catch (DateTimeParseException incomplete) {
                String example = localTime(text)
                        .filter(time -> value.isLiteral())
                        .map(time -> DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atZone(zone)))
                        .orElse("2026-11-03T18:00:00-08:00");
                throw value.invalid("time", "write date, time and UTC offset, such as " + example);
            }
        };
    }

    /** {@code true}, {@code false}, or the time of the end. */
    static Function<ConfigNode, Closing> closing(ZoneId zone) {
        return value -> switch (value.text()) {
            case "true" -> new Closing(true, Optional.empty());
            case "false" -> Closing.OPEN;
            default -> {
                if (!value.text().matches("\\s*\\d.*")) {
                    throw value.invalid(
                            "value",
                            "use true, false, or the time when the chat ends, such as 2026-11-04T02:00:00-08:00");
                }
                Instant end = instant(zone).apply(value);
                Instant second = end.truncatedTo(ChronoUnit.SECONDS);
                yield new Closing(true, Optional.of(second.equals(end) ? end : second.plusSeconds(1)));
            }
        };
    }

    private static Instant instantOfTs(Instant instant, ConfigNode value) {
        // A ts has ten digits of seconds, which end in the year 2286.
        if (instant.getEpochSecond() < 0 || instant.getEpochSecond() > 9_999_999_999L) {
            throw value.invalid("time", "use a year from 1970 to 2286");
        }
        return instant;
    }

    private static Optional<LocalDateTime> localTime(String text) {
        try {
            return Optional.of(
                    text.contains("T")
                            ? LocalDateTime.parse(text)
                            : LocalDate.parse(text).atStartOfDay());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    static String language(ConfigNode value) {
        return matching(LANGUAGE, "language", "write a language tag such as en or es-419")
                .apply(value);
    }

    /** A file name in which {@code {id}} and {@code {slug}} are placeholders for the channel's. */
    static String fileName(ConfigNode value) {
        String example = value.text().replace("{id}", "C0123456789").replace("{slug}", "election-night");
        if (!ObjectKey.isValid(example) || example.contains("/")) {
            throw value.invalid(
                    "file name",
                    "use letters, digits, dots, hyphens and underscores, with {id} or {slug}, such as {id}.json");
        }
        return value.text();
    }

    static Path path(ConfigNode value) {
        try {
            return Path.of(nonEmptyText(value));
        } catch (InvalidPathException e) {
            throw value.invalid("path", e.getReason() + "; write another path");
        }
    }

    /** A path that SQLite does not take for a URI, a database in memory, or a path with parameters. */
    static Path databasePath(ConfigNode value) {
        String text = nonEmptyText(value);
        if (!text.equals(text.strip()) || text.startsWith("file:") || text.startsWith(":") || text.contains("?")) {
            throw value.invalid("database", "write the path of a file, such as data/chatpress.db");
        }
        return path(value);
    }

    /** The name's end keeps a metrics file from replacing the database or the settings. */
    static Path metricsFile(ConfigNode value) {
        if (!nonEmptyText(value).endsWith(".prom")) {
            throw value.invalid("metrics file", "write a name that ends in .prom, such as chatpress.prom");
        }
        return path(value);
    }

    /** An http or https URL without a password. */
    static URI url(ConfigNode value) {
        return url(value, value.text().strip());
    }

    /** @param text the URL, made from the value */
    static URI url(ConfigNode value, String text) {
        // Checked first, because the other problems quote the value: the text before the @ may be a password.
        if (text.matches("([^/]*//)?[^/]*@.*")) {
            throw new InvalidValueException("URL with a user name or password: remove it and the @");
        }
        try {
            var url = new URI(text);
            boolean isHttp = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
            if (isHttp && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // The same advice.
        }
        throw value.invalid("URL", "write one that starts with https://");
    }

    /** A URL to resolve relative URLs against; a slash is added at the end if there is none. */
    static URI baseUrl(ConfigNode value) {
        URI url = url(value);
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw value.invalid("base URL", "remove the ? or # and everything after it");
        }
        return url.getRawPath().endsWith("/") ? url : URI.create(url + "/");
    }

    /** A base URL to which a token may be sent: https, or this machine. */
    static URI secureBaseUrl(ConfigNode value) {
        return secure(value, baseUrl(value));
    }

    /** A URL to which what readers may not know may be sent: https, or this machine. */
    static URI secureUrl(ConfigNode value) {
        return secure(value, url(value));
    }

    private static URI secure(ConfigNode value, URI url) {
        boolean isLoopback = url.getHost().matches("localhost|127(\\.\\d{1,3}){3}|\\[::1]");
        if (!isLoopback && !"https".equalsIgnoreCase(url.getScheme())) {
            throw value.invalid("URL", "start it with https://, so that what is sent there is encrypted");
        }
        return url;
    }

    static ChannelId channelId(ConfigNode value) {
        if (!ChannelId.isValid(value.text())) {
            throw value.invalid(
                    "channel ID", "copy the ID from the bottom of the channel's details in Slack; it starts with C");
        }
        return new ChannelId(value.text());
    }

    static Slug slug(ConfigNode value) {
        String slug = value.text();
        if (slug.equals("channels")) {
            throw value.invalid("slug", "it is reserved for channels.json; write another one");
        }
        if (!Slug.isValid(slug)) {
            String suggestion =
                    slug.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
            throw value.invalid(
                    "slug",
                    "use lowercase letters, digits and hyphens, at most 80, such as "
                            + (value.isLiteral() && Slug.isValid(suggestion) ? suggestion : "election-night"));
        }
        return new Slug(slug);
    }

    /** The ID of a person (U, W) or of a user group (S), or {@link #ANYONE}. */
    static String approver(ConfigNode value) {
        String approver = value.text();
        if (!approver.equals(ANYONE) && !(approver.matches("[UWS].*") && UserId.isValid(approver))) {
            throw value.invalid(
                    "approver",
                    "use a member ID (in Slack: profile, three dots, Copy member ID; it starts with U or W),"
                            + " a user group ID (it starts with S), or anyone");
        }
        return approver;
    }

    static UserId bot(ConfigNode value) {
        if (!value.text().startsWith("B") || !UserId.isValid(value.text())) {
            throw value.invalid("bot ID", "use the bot_id of the bot's messages; it starts with B");
        }
        return new UserId(value.text());
    }

    /** An emoji's first name in Slack, as {@link #emojiName}. */
    static String emoji(ConfigNode value) {
        String name = emojiName(value.text());
        if (!isEmoji(name)) {
            throw value.invalid("emoji", "use the name that Slack shows between the colons, such as white_check_mark");
        }
        return name;
    }

    /** Without surrounding colons and skin tone; {@code +1} for its alias {@code thumbsup}. */
    static String emojiName(String emoji) {
        return EmojiTable.standard().canonicalName(SlackMessage.baseEmoji(emoji.replaceAll("^:|:$", "")));
    }

    static boolean isEmoji(String name) {
        return EMOJI.matcher(name).matches();
    }

    /** The key of a thread command, the part before the colon, in lower case. */
    static String annotationKey(ConfigNode value) {
        String key = value.text().toLowerCase(Locale.ROOT);
        if (!ANNOTATION_KEY.matcher(key).matches()) {
            throw value.invalid("key", "use letters, digits, hyphens and underscores, at most 40, such as layout");
        }
        return key;
    }

    static MessageTs ts(ConfigNode value) {
        if (!MessageTs.isValid(value.text())) {
            // Slack's links have p1793758925000100; YAML tools drop trailing zeros.
            String digits = value.text().replaceAll("^p|\\.", "");
            boolean isShort = value.text().matches("\\d{10}\\.\\d{1,5}");
            String padded = isShort ? (digits + "00000").substring(0, 16) : digits;
            String example = value.isLiteral() && padded.matches("\\d{16}")
                    ? padded.substring(0, 10) + "." + padded.substring(10)
                    : "1793758925.000100";
            throw value.invalid("ts", "write ten digits, a dot and six digits, such as " + example);
        }
        return new MessageTs(value.text());
    }
}
