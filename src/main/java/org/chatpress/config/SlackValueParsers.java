package org.chatpress.config;

import java.util.Locale;
import java.util.regex.Pattern;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;

/** The forms of Slack's ids, emoji and ts, and of our slugs. */
final class SlackValueParsers {
    static final String ANYONE = "anyone";

    private static final Pattern EMOJI = Pattern.compile("[\\p{Ll}\\p{Lo}\\p{M}\\p{N}_+'&-]+");

    private static final Pattern NOTE_KEY = Pattern.compile("[\\p{L}\\p{N}-][\\p{L}\\p{N}_-]{0,39}");

    private SlackValueParsers() {}

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
        if (!NOTE_KEY.matcher(key).matches()) {
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
