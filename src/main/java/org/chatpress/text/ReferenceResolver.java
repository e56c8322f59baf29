package org.chatpress.text;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.EmojiImage;
import org.chatpress.text.document.Span.Link;
import org.chatpress.text.document.Span.Mention;
import org.chatpress.text.document.Span.Text;
import org.chatpress.text.document.Span.Time;

/**
 * Resolves the users, channels, groups, links, dates and emoji that a message refers to. Ids are never shown, nor are the
 * channel and group names in Slack's own text, which may be private.
 */
final class ReferenceResolver {
    static final Text USER_GROUP = new Text("@group");

    private final ResolvedNames names;
    private final ZoneId zone;
    private final EmojiTable emoji;

    ReferenceResolver(ResolvedNames names, ZoneId zone, EmojiTable emoji) {
        this.names = names;
        this.zone = zone;
        this.emoji = emoji;
    }

    /** A resolver for code, where names of emoji are text. */
    ReferenceResolver inCode() {
        return new ReferenceResolver(
                new ResolvedNames(names.users(), names.channels(), CustomEmoji.none()), zone, EmojiTable.empty());
    }

    /**
     * What mrkdwn has in angle brackets: a link, user, channel, user group, broadcast or date.
     *
     * @param reference the text between the brackets; not empty
     * @param labels parses the label of a link, with its escapes
     */
    Span mrkdwn(String reference, Function<String, List<Span>> labels) {
        int bar = reference.indexOf('|');
        String target = bar < 0 ? reference : reference.substring(0, bar);
        String label =
                bar < 0 ? "" : reference.substring(bar + 1).replace('\n', ' ').strip();
        return switch (reference.charAt(0)) {
            case '@' -> user(target.substring(1), unescapedLine(label));
            case '#' -> channel(target.substring(1));
            case '!' -> special(target.substring(1), unescapedLine(label));
            default ->
                label.isEmpty() ? link(unescapedLine(target), label) : link(unescapedLine(target), labels.apply(label));
        };
    }

    private Span special(String mention, String label) {
        String name = mention.toLowerCase(Locale.ROOT);
        if (name.startsWith("subteam^")) {
            return USER_GROUP;
        }
        if (name.startsWith("date^")) {
            String[] parts = mention.split("\\^", 4);
            return date(
                    parts[1],
                    parts.length > 2 ? unescapedLine(parts[2]) : "",
                    parts.length > 3 ? unescapedLine(parts[3]) : "",
                    plainText(label));
        }
        Text broadcast = broadcast(name);
        return broadcast.text().isEmpty() ? new Text(plainText(label)) : broadcast;
    }

    private String plainText(String label) {
        return PlainTextWriter.writeLine(text(label));
    }

    private static String unescapedLine(String escaped) {
        return SlackEscapes.unescape(escaped).replace('\n', ' ').strip();
    }

    /** @param label the user name that Slack wrote into the text, which is shown for users without a profile; may be empty */
    Mention user(String id, String label) {
        Optional<String> name = UserId.isValid(id)
                ? names.user(new UserId(id))
                        .filter(known -> !VisibleText.isBlank(known))
                        .or(() -> Optional.of(label))
                : Optional.empty();
        return new Mention(visibleName(name, "someone"));
    }

    Text channel(String id) {
        Optional<String> name = ChannelId.isValid(id) ? names.channel(new ChannelId(id)) : Optional.empty();
        return new Text("#" + visibleName(name, "channel"));
    }

    /** {@code @here}, {@code @channel}, {@code @group} or {@code @everyone}; empty for another range. */
    static Text broadcast(String range) {
        return switch (range) {
            case "here", "channel", "group", "everyone" -> new Text("@" + range);
            default -> new Text("");
        };
    }

    /** A link, or its label as text if readers may not follow it. Without a label the URL is shown. */
    Span link(String url, String label) {
        return link(url, label.isEmpty() ? List.of(new Text(labelOf(url))) : text(label));
    }

    /** A link, or its label as text if readers may not follow it. */
    Span link(String url, List<Span> shown) {
        String plain = PlainTextWriter.writeLine(shown);
        return LinkPolicy.linkTarget(url)
                .filter(target -> !VisibleText.isBlank(plain))
                .<Span>map(target -> new Link(target, shown))
                .orElseGet(() -> new Text(plain));
    }

    private static String labelOf(String url) {
        return LinkPolicy.containsWorkspaceUrl(url) ? LinkPolicy.NEUTRAL_LABEL : LinkPolicy.label(url);
    }

    /**
     * A moment in the channel's time zone.
     *
     * @param seconds since 1970
     * @param format with Slack's tokens, such as {@code {date_short} at {time}}
     * @param url of the link that the date is; may be empty
     * @param fallback is shown if the moment or the format is invalid
     */
    Span date(String seconds, String format, String url, String fallback) {
        Optional<Instant> instant = SlackDateFormat.instant(seconds);
        String formatted = instant.flatMap(moment -> SlackDateFormat.format(format, moment.atZone(zone)))
                .map(LinkPolicy::withoutWorkspaceUrls)
                .orElse("");
        if (formatted.isBlank()) {
            return new Text(LinkPolicy.withoutWorkspaceUrls(fallback));
        }
        Span time = new Time(instant.get(), formatted);
        return LinkPolicy.linkTarget(url)
                .<Span>map(target -> new Link(target, List.of(time)))
                .orElse(time);
    }

    /** An emoji by name, such as {@code wave::skin-tone-3}; an unknown one is shown as its name between colons. */
    Span emoji(String name) {
        return emoji.characters(name)
                .<Span>map(Text::new)
                .or(() -> customEmoji(name))
                .orElseGet(() -> new Text(LinkPolicy.withoutWorkspaceUrls(":" + name + ":")));
    }

    /** The known emoji that starts with the colon at this position; empty if there is none. */
    Optional<Match> emojiAt(String text, int colon) {
        Optional<EmojiTable.Match> standard = emoji.at(text, colon);
        if (standard.isPresent()) {
            return Optional.of(new Match(
                    new Text(standard.get().characters()), standard.get().end()));
        }
        if (names.emoji().isEmpty()) {
            return Optional.empty();
        }
        return EmojiTable.nameAt(text, colon)
                .flatMap(name -> customEmoji(name).map(span -> new Match(span, colon + name.length() + 2)));
    }

    /** Plain text, in which only names of emoji between colons have a meaning. */
    List<Span> text(String plain) {
        String source = LinkPolicy.withoutWorkspaceUrls(plain);
        if (source.indexOf(':') < 0) {
            return List.of(new Text(source));
        }
        var spans = new ArrayList<Span>();
        var text = new StringBuilder();
        int at = 0;
        while (at < source.length()) {
            Optional<Match> match = source.charAt(at) == ':' ? emojiAt(source, at) : Optional.empty();
            if (match.isEmpty()) {
                text.append(source.charAt(at++));
                continue;
            }
            at = match.get().end();
            if (match.get().span() instanceof Text characters) {
                text.append(characters.text());
            } else {
                endText(text, spans);
                spans.add(match.get().span());
            }
        }
        endText(text, spans);
        return List.copyOf(spans);
    }

    /**
     * An emoji in a text.
     *
     * @param end the position after it
     */
    record Match(Span span, int end) {}

    private Optional<Span> customEmoji(String name) {
        return names.emoji()
                .charactersOf(name)
                .<Span>map(characters -> new Text(LinkPolicy.withoutWorkspaceUrls(oneLine(characters))))
                .or(() -> names.emoji()
                        .imageOf(name)
                        .flatMap(LinkPolicy::imageUrl)
                        .map(url -> new EmojiImage(name, url)));
    }

    private static void endText(StringBuilder text, List<Span> spans) {
        if (!text.isEmpty()) {
            spans.add(new Text(text.toString()));
            text.setLength(0);
        }
    }

    private static String visibleName(Optional<String> name, String fallback) {
        return name.map(ReferenceResolver::oneLine)
                .map(LinkPolicy::withoutWorkspaceUrls)
                .filter(visible -> !VisibleText.isBlank(visible))
                .orElse(fallback);
    }

    /** The visible text on one line, without white space at its ends. */
    static String oneLine(String text) {
        return VisibleText.visible(text).replace('\n', ' ').strip();
    }
}
