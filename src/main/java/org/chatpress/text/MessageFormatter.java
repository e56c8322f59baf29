package org.chatpress.text;

import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.LinkPreview;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.document.HtmlWriter;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.VisibleText;
import org.chatpress.text.pattern.PatternMatcher;
import org.chatpress.text.pattern.PatternMatcher.Applied;
import org.chatpress.text.pattern.PatternMatcher.PatternMatches;

/**
 * Turns a Slack message into clean HTML and into plain text.
 *
 * <p>Slack says most messages twice: as {@code blocks}, which hold what the composer produced, and as {@code text} in
 * mrkdwn, which is less exact. The blocks are read where they hold anything to show. Two parsers make the same few
 * {@link Block}s and {@link Span}s of them; two writers write these down.
 *
 * <p>Slack's mrkdwn is described at
 * <a href="https://docs.slack.dev/messaging/formatting-message-text">Formatting message text</a>. What the page leaves
 * open is decided as Slack's own window shows it: marks count at the edges of words only, pair within a line, and stay
 * as typed where they don't pair.
 *
 * <p>Nothing that is private to the newsroom comes out: no ids, no names of channels or groups that Slack wrote into the
 * text, no address of a workspace. E-mail addresses that the author typed are content and stay.
 */
public final class MessageFormatter {
    private final EmojiTable emoji;

    public MessageFormatter(EmojiTable emoji) {
        this.emoji = emoji;
    }

    /**
     * A message as readers may see it; both are empty for a blank one.
     *
     * @param html needs no further cleaning; the README lists its elements
     * @param text the same words and line ends without markup; hostile until escaped
     * @param matches what the channel's patterns found
     */
    public record FormattedText(String html, String text, PatternMatches matches) {
        /** Words in which no pattern was looked for. */
        public FormattedText(String html, String text) {
            this(html, text, PatternMatches.NONE);
        }
    }

    /**
     * The names that readers may see.
     *
     * @param users display names; somebody who isn't there is "@someone"
     * @param channels names of channels that are published; any other is "#channel"
     * @param emoji the workspace's own; any other stays a name between colons
     */
    public record ResolvedNames(Map<UserId, String> users, Map<ChannelId, String> channels, CustomEmoji emoji) {
        public ResolvedNames {
            users = Map.copyOf(users);
            channels = Map.copyOf(channels);
        }

        Optional<String> user(UserId id) {
            return Optional.ofNullable(users.get(id));
        }

        Optional<String> channel(ChannelId id) {
            return Optional.ofNullable(channels.get(id));
        }
    }

    /** The words of a message: its blocks where they hold anything to show, else its text. */
    public FormattedText format(SlackMessage message, ResolvedNames names, ZoneId zone, PatternMatcher patterns) {
        return format(blocks(message, new ReferenceResolver(names, zone, emoji)), patterns);
    }

    /** The words of a text in mrkdwn as Slack gave it, entities and all. */
    public FormattedText format(String mrkdwn, ResolvedNames names, ZoneId zone, PatternMatcher patterns) {
        return format(blocks(mrkdwn, new ReferenceResolver(names, zone, emoji)), patterns);
    }

    /**
     * Slack's previews of the links in a message.
     *
     * @param approved the message as it may be seen: no other links than its own have a preview
     * @param newest what Slack has now; it adds previews some seconds after the message, and no edit shows that
     */
    public List<LinkPreview> linkPreviews(SlackMessage approved, SlackMessage newest) {
        return new LinkPreviewExtractor(emoji).extract(approved, newest);
    }

    /** The character of an emoji that stands under a message; empty for one of the workspace's own. */
    public Optional<String> emoji(String shortName) {
        return emoji.character(shortName);
    }

    /** What names of Slack's {@code emoji.list} stand for in the end: a character, or Slack's address of a picture. */
    public Map<String, String> emojiTargets(Map<String, String> list) {
        return CustomEmoji.resolveAliases(list, emoji);
    }

    /** Names of Slack's {@code emoji.list} as readers may see them; {@code copies} are ours, by Slack's address. */
    public CustomEmoji customEmoji(Map<String, String> list, Map<String, String> copies) {
        return CustomEmoji.of(list, copies, emoji);
    }

    static List<Block> blocks(SlackMessage message, ReferenceResolver references) {
        List<Block> blocks =
                new BlockKitParser(references).blocks(message.json().path("blocks"));
        return blocks.isEmpty() ? blocks(message.text(), references) : blocks;
    }

    static List<Block> blocks(String mrkdwn, ReferenceResolver references) {
        return new MrkdwnParser(VisibleText.visible(mrkdwn), references).blocks();
    }

    private static FormattedText format(List<Block> blocks, PatternMatcher patterns) {
        if (patterns.isEmpty()) {
            return new FormattedText(
                    HtmlSanitizer.sanitizeMessage(HtmlWriter.write(blocks)), PlainTextWriter.write(blocks));
        }
        Applied applied = patterns.apply(blocks);
        return new FormattedText(
                HtmlSanitizer.sanitize(HtmlWriter.write(applied.blocks())),
                PlainTextWriter.write(applied.blocks()),
                applied.matches());
    }
}
