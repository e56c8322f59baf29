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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.config.ConfigNode.InvalidValueException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Secret;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.storage.ObjectKey;

/** Parsers of single values. Each throws {@link InvalidValueException} for an invalid text. */
final class ValueParsers {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern CRON_FIELD = Pattern.compile("[0-9A-Za-z*?,/#-]+");
    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*");

    static final String ANYONE = "anyone";

    private static final Pattern EMOJI = Pattern.compile("[\\p{Ll}\\p{Lo}\\p{M}\\p{N}_+'&-]+");

    private static final Pattern ANNOTATION_KEY = Pattern.compile("[\\p{L}\\p{N}-][\\p{L}\\p{N}_-]{0,39}");

    private ValueParsers() {}

    /** Any text; an empty one too. */
    static String text(ConfigNode value) {
        return value.text();
    }

    /** A line that isn't empty. */
    static String nonEmptyText(ConfigNode value) {
        if (value.text().isBlank()) {
            throw new InvalidValueException("is empty. Write it out, or delete the line.");
        }
        // In a header or an FTP command, what follows a line break would be the next one.
        if (value.text().chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException("holds a line break or another control character. Write it on one line.");
        }
        return value.text();
    }

    static Secret secret(ConfigNode value) {
        return new Secret(nonEmptyText(value));
    }

    /** The value is not quoted in the problem: it may be another secret. */
    static Secret appToken(ConfigNode value) {
        if (!value.text().startsWith("xapp-")) {
            throw new InvalidValueException(
                    "is no app-level token. Make one in the Slack app; it starts with xapp-, not with xoxb-.");
        }
        return secret(value);
    }

    static boolean flag(ConfigNode value) {
        return switch (value.text()) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new InvalidValueException(value.quoted() + " is neither true nor false. Write one of them.");
        };
    }

    /** One of an enum's names, in small letters with hyphens. */
    static <E extends Enum<E>> Function<ConfigNode, E> oneOf(Class<E> choices) {
        return value -> Arrays.stream(choices.getEnumConstants())
                .filter(choice -> word(choice).equals(value.text()))
                .findFirst()
                .orElseThrow(() -> noneOf(
                        value,
                        Arrays.stream(choices.getEnumConstants())
                                .map(ValueParsers::word)
                                .toList()));
    }

    static Function<ConfigNode, String> oneOf(List<String> choices) {
        return value -> {
            if (!choices.contains(value.text())) {
                throw noneOf(value, choices);
            }
            return value.text();
        };
    }

    private static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static InvalidValueException noneOf(ConfigNode value, List<String> choices) {
        return new InvalidValueException(value.quoted() + " is no choice here. Write "
                + (choices.size() == 1 ? "" : "one of ") + String.join(", ", choices) + ".");
    }

    static Function<ConfigNode, Integer> integer(int least, int most) {
        return value -> {
            if (!value.text().matches("\\d{1,9}")) {
                throw new InvalidValueException(value.quoted() + " is no whole number. Write digits only.");
            }
            int number = Integer.parseInt(value.text());
            if (number < least || number > most) {
                throw new InvalidValueException(
                        value.quoted() + " is out of range. Write a number from " + least + " to " + most + ".");
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
            throw new InvalidValueException(
                    value.quoted() + " is no duration. Write a whole number and ms, s, m or h: " + example + ".");
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    static Duration pause(ConfigNode value) {
        boolean isNothing = value.text().matches("0{1,9}(ms|s|m|h)?");
        if (isNothing) {
            throw new InvalidValueException("is no pause at all. Write at least 1s.");
        }
        return duration(value);
    }

    /** Six or seven fields in cron's letters; what they mean is for Quartz to judge. */
    static String cron(ConfigNode value) {
        String[] fields = value.text().strip().split("\\s+");
        if (fields.length == 5) {
            throw new InvalidValueException(value.quoted() + " has 5 fields, but Quartz wants the seconds first."
                    + " Write 0/10 * * * * ? for every ten seconds.");
        }
        boolean isCron = (fields.length == 6 || fields.length == 7)
                && Arrays.stream(fields)
                        .allMatch(field -> CRON_FIELD.matcher(field).matches());
        if (!isCron) {
            throw new InvalidValueException(value.quoted() + " is no Quartz cron expression."
                    + " Write 6 or 7 fields, such as 0/10 * * * * ? for every ten seconds.");
        }
        return String.join(" ", fields);
    }

    /** A region's name: browsers, who read it too, know neither {@code Z} nor {@code UTC+1}. */
    static ZoneId timeZone(ConfigNode value) {
        Set<String> regions = ZoneId.getAvailableZoneIds();
        if (!regions.contains(value.text())) {
            String near = DidYouMean.closest(value.text(), regions)
                    .filter(zone -> value.isLiteral())
                    .orElse("America/Los_Angeles");
            throw new InvalidValueException(
                    value.quoted() + " is no time zone. Write a region's name, such as " + near + ".");
        }
        return ZoneId.of(value.text());
    }

    /** A moment with its offset from UTC; where only the offset is missing, the zone gives the right example. */
    static Function<ConfigNode, Instant> instant(ZoneId zone) {
        return value -> {
            // YAML's own timestamps may have a space where ISO 8601 has a T.
            String text = value.text().strip().replaceFirst("(?<=\\d) +(?=\\d)", "T");
            try {
                return slackMoment(OffsetDateTime.parse(text).toInstant(), value);
            } catch (DateTimeParseException incomplete) {
                String example = localTime(text)
                        .filter(time -> value.isLiteral())
                        .map(time -> DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atZone(zone)))
                        .orElse("2026-11-03T18:00:00-08:00");
                throw new InvalidValueException(
                        value.quoted() + " is no moment: date, time and offset from UTC are needed." + " Write it like "
                                + example + ".");
            }
        };
    }

    private static Instant slackMoment(Instant moment, ConfigNode value) {
        // A ts has ten digits of seconds: it ends in the year 2286.
        if (moment.getEpochSecond() < 0 || moment.getEpochSecond() > 9_999_999_999L) {
            throw new InvalidValueException(
                    value.quoted() + " is out of Slack's time. Write a year from 1970 to 2286.");
        }
        return moment;
    }

    private static Optional<LocalDateTime> localTime(String text) {
        try {
            return Optional.of(
                    text.contains("T")
                            ? LocalDateTime.parse(text)
                            : LocalDate.parse(text).atStartOfDay());
        } catch (DateTimeParseException other) {
            return Optional.empty();
        }
    }

    static String language(ConfigNode value) {
        if (!LANGUAGE.matcher(value.text()).matches()) {
            throw new InvalidValueException(value.quoted() + " is no language tag. Write one such as en or es-419.");
        }
        return value.text();
    }

    /** A file's name, in which {@code {id}} and {@code {slug}} stand for the channel's. */
    static String fileName(ConfigNode value) {
        String example = value.text().replace("{id}", "C0123456789").replace("{slug}", "election-night");
        if (!ObjectKey.isValid(example) || example.contains("/")) {
            throw new InvalidValueException(
                    value.quoted() + " is no file name. Write letters, digits, dots, hyphens and underscores,"
                            + " with {id} or {slug} in it, such as {id}.json.");
        }
        return value.text();
    }

    static Path path(ConfigNode value) {
        try {
            return Path.of(nonEmptyText(value));
        } catch (InvalidPathException broken) {
            throw new InvalidValueException(
                    value.quoted() + " is no path: " + broken.getReason() + ". Write another one.");
        }
    }

    /** An http or https address without a password. */
    static URI url(ConfigNode value) {
        return url(value, value.text().strip());
    }

    /** Likewise, where the address is not the whole value as it stands. */
    static URI url(ConfigNode value, String text) {
        // Before anything is printed: what stands before the @ may be a password.
        if (text.matches("([^/]*//)?[^/]*@.*")) {
            throw new InvalidValueException("has a user or password in the address. Take them out, with the @.");
        }
        URI url = uri(value, text);
        boolean isWeb = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
        if (!isWeb || url.getHost() == null) {
            throw new InvalidValueException(
                    value.quoted() + " is no web address. Write one that begins with https://.");
        }
        return url;
    }

    /** A web address to which relative ones are added: it gets the slash at its end. */
    static URI baseUrl(ConfigNode value) {
        URI url = url(value);
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new InvalidValueException(value.quoted() + " has a ? or # in it. Write the address up to there.");
        }
        return url.getRawPath().endsWith("/") ? url : URI.create(url + "/");
    }

    /** A folder address that a token may be sent to. */
    static URI secureBaseUrl(ConfigNode value) {
        URI url = baseUrl(value);
        boolean isLoopback = url.getHost().matches("localhost|127(\\.\\d{1,3}){3}|\\[::1]");
        if (!isLoopback && !"https".equalsIgnoreCase(url.getScheme())) {
            throw new InvalidValueException(value.quoted()
                    + " would carry the token in the clear. Write an address that begins with https://.");
        }
        return url;
    }

    private static URI uri(ConfigNode value, String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException broken) {
            throw new InvalidValueException(
                    value.quoted() + " is no web address. Write one that begins with https://.");
        }
    }

    static ChannelId channelId(ConfigNode value) {
        if (!ChannelId.isValid(value.text())) {
            throw new InvalidValueException(
                    value.quoted() + " is a name, not an id. In Slack open the channel's details;"
                            + " the id is at the bottom and starts with C.");
        }
        return new ChannelId(value.text());
    }

    static Slug slug(ConfigNode value) {
        String slug = value.text();
        if (slug.equals("channels")) {
            throw new InvalidValueException("\"channels\" is taken by channels.json. Write another slug.");
        }
        if (!Slug.isValid(slug)) {
            String example =
                    slug.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
            throw new InvalidValueException(
                    value.quoted() + " is no slug: small letters, digits and hyphens, 80 at most. Write one such as "
                            + (value.isLiteral() && Slug.isValid(example) ? example : "election-night") + ".");
        }
        return new Slug(slug);
    }

    /** A person (U, W), a user group (S), or anyone. */
    static String approver(ConfigNode value) {
        String approver = value.text();
        if (!approver.equals(ANYONE) && !(approver.matches("[UWS].*") && UserId.isValid(approver))) {
            throw new InvalidValueException(
                    value.quoted() + " is no id. Write a person's (in Slack: profile, three dots, Copy member ID;"
                            + " it starts with U or W), a user group's (it starts with S), or anyone.");
        }
        return approver;
    }

    static UserId bot(ConfigNode value) {
        if (!value.text().startsWith("B") || !UserId.isValid(value.text())) {
            throw new InvalidValueException(
                    value.quoted() + " is no bot id. Write the bot_id of its messages; it starts with B.");
        }
        return new UserId(value.text());
    }

    /** An emoji's short name; colons round it and a skin tone are left out. */
    static String emoji(ConfigNode value) {
        String name = stripColons(value.text());
        if (!isEmoji(name)) {
            throw new InvalidValueException(value.quoted()
                    + " is no emoji's name. Write what Slack shows between the colons," + " such as white_check_mark.");
        }
        return name;
    }

    static String stripColons(String emoji) {
        return SlackMessage.baseEmoji(emoji.replaceAll("^:|:$", ""));
    }

    static boolean isEmoji(String name) {
        return EMOJI.matcher(name).matches();
    }

    /** What stands before the colon of an editor's note; in small letters. */
    static String annotationKey(ConfigNode value) {
        String key = value.text().toLowerCase(Locale.ROOT);
        if (!ANNOTATION_KEY.matcher(key).matches()) {
            throw new InvalidValueException(
                    value.quoted() + " is no key of a note: letters, digits, hyphens, 40 at most."
                            + " Write what stands before the colon, such as layout.");
        }
        return key;
    }

    static MessageTs ts(ConfigNode value) {
        if (!MessageTs.isValid(value.text())) {
            String digits = value.text().replaceAll("^p|\\.", "");
            boolean isShort = value.text().matches("\\d{10}\\.\\d{1,5}");
            String padded = isShort ? (digits + "00000").substring(0, 16) : digits;
            String example = value.isLiteral() && padded.matches("\\d{16}")
                    ? padded.substring(0, 10) + "." + padded.substring(10)
                    : "1793758925.000100";
            throw new InvalidValueException(
                    value.quoted() + " is no ts: ten digits, a dot, six digits. Write it like " + example + ".");
        }
        return new MessageTs(value.text());
    }
}
