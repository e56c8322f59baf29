package org.chatpress.text;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.EmojiImage;
import org.chatpress.text.document.Span.Link;
import org.chatpress.text.document.Span.Mention;
import org.chatpress.text.document.Span.Text;
import org.chatpress.text.document.Span.Time;
import org.chatpress.text.document.VisibleText;

/**
 * What readers see of the people, channels, groups, links, dates and emoji that a message names. An id never shows, and
 * neither does a name that Slack itself gives for a channel or group: it may be private.
 */
final class ReferenceResolver {
    static final Text GROUP = new Text("@group");

    private final ResolvedNames names;
    private final ZoneId zone;
    private final EmojiTable emoji;

    ReferenceResolver(ResolvedNames names, ZoneId zone, EmojiTable emoji) {
        this.names = names;
        this.zone = zone;
        this.emoji = emoji;
    }

    /** The same for code, where an emoji's name is not meant. */
    ReferenceResolver inCode() {
        return new ReferenceResolver(
                new ResolvedNames(names.users(), names.channels(), CustomEmoji.none()), zone, EmojiTable.none());
    }

    Mention user(String id) {
        return new Mention(known(UserId.isValid(id) ? names.user(new UserId(id)) : Optional.empty(), "someone"));
    }

    Text channel(String id) {
        return new Text(
                "#" + known(ChannelId.isValid(id) ? names.channel(new ChannelId(id)) : Optional.empty(), "channel"));
    }

    /** {@code here}, {@code channel} and {@code everyone}; nothing for another range. */
    static Text broadcast(String range) {
        return switch (range) {
            case "here", "channel", "everyone" -> new Text("@" + range);
            default -> new Text("");
        };
    }

    /** A link, or its label alone where the address is not for readers. An empty label stands for the address. */
    Span link(String address, String label) {
        List<Span> shown = !label.isEmpty()
                ? text(label)
                : List.of(new Text(
                        LinkPolicy.containsWorkspaceUrl(address)
                                ? LinkPolicy.NEUTRAL_LABEL
                                : LinkPolicy.label(address)));
        boolean blank = PlainTextWriter.writeLine(shown).isBlank();
        return LinkPolicy.linkTarget(address)
                .filter(safe -> !blank)
                .<Span>map(safe -> new Link(safe, shown))
                .orElseGet(() -> new Text(PlainTextWriter.writeLine(shown)));
    }

    /**
     * A moment in the channel's zone.
     *
     * @param seconds since 1970
     * @param format with Slack's tokens, such as {@code {date_short} at {time}}
     * @param address where it links to; may be empty
     * @param fallback shown where the moment or its format makes no sense
     */
    Span date(String seconds, String format, String address, String fallback) {
        Optional<Instant> instant = SlackDateFormat.instant(seconds);
        String shown = instant.flatMap(at -> SlackDateFormat.format(format, at.atZone(zone)))
                .map(LinkPolicy::withoutWorkspaceUrls)
                .orElse("");
        if (shown.isBlank()) {
            return new Text(LinkPolicy.withoutWorkspaceUrls(fallback));
        }
        Span time = new Time(instant.get(), shown);
        return LinkPolicy.linkTarget(address)
                .<Span>map(safe -> new Link(safe, List.of(time)))
                .orElse(time);
    }

    /** An emoji by its name, in a tone as {@code wave::skin-tone-3}; an unknown one keeps its name between colons. */
    Span emoji(String name) {
        return emoji.character(name)
                .<Span>map(Text::new)
                .or(() -> ownEmoji(name))
                .orElseGet(() -> new Text(LinkPolicy.withoutWorkspaceUrls(":" + name + ":")));
    }

    /** The emoji that begins with the colon at this place; empty if none does. */
    Optional<Match> emojiAt(String text, int colon) {
        Optional<EmojiTable.Match> standard = emoji.at(text, colon);
        if (standard.isPresent()) {
            return Optional.of(new Match(
                    new Text(standard.get().character()), standard.get().end()));
        }
        if (names.emoji().isEmpty()) {
            return Optional.empty();
        }
        return EmojiTable.nameAt(text, colon)
                .flatMap(name -> ownEmoji(name).map(span -> new Match(span, colon + name.length() + 2)));
    }

    /** Words with the names of emoji between colons; nothing else in them has a meaning. */
    List<Span> text(String plain) {
        String words = LinkPolicy.withoutWorkspaceUrls(plain);
        if (words.indexOf(':') < 0) {
            return List.of(new Text(words));
        }
        var spans = new ArrayList<Span>();
        var text = new StringBuilder();
        int at = 0;
        while (at < words.length()) {
            Optional<Match> found = words.charAt(at) == ':' ? emojiAt(words, at) : Optional.empty();
            if (found.isEmpty()) {
                text.append(words.charAt(at++));
                continue;
            }
            at = found.get().end();
            if (found.get().span() instanceof Text character) {
                text.append(character.text());
            } else {
                addText(text, spans);
                spans.add(found.get().span());
            }
        }
        addText(text, spans);
        return List.copyOf(spans);
    }

    /** An emoji in a text, and where the text goes on behind it. */
    record Match(Span span, int end) {}

    private Optional<Span> ownEmoji(String name) {
        return names.emoji()
                .character(name)
                .<Span>map(character -> new Text(LinkPolicy.withoutWorkspaceUrls(oneLine(character))))
                .or(() -> names.emoji()
                        .image(name)
                        .flatMap(LinkPolicy::imageUrl)
                        .map(address -> new EmojiImage(name, address)));
    }

    private static void addText(StringBuilder text, List<Span> spans) {
        if (!text.isEmpty()) {
            spans.add(new Text(text.toString()));
            text.setLength(0);
        }
    }

    private static String known(Optional<String> name, String neutral) {
        return name.map(ReferenceResolver::oneLine)
                .map(LinkPolicy::withoutWorkspaceUrls)
                .filter(visible -> !visible.isEmpty())
                .orElse(neutral);
    }

    /** What can be seen of a text, on one line. */
    static String oneLine(String text) {
        return VisibleText.visible(text).replace('\n', ' ').strip();
    }
}
