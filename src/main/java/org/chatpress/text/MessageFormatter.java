package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.chatpress.model.ChannelId;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.model.UserId;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.document.HtmlWriter;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.pattern.PatternMatcher;
import org.chatpress.text.pattern.PatternMatcher.Applied;
import org.chatpress.text.pattern.PatternMatcher.PatternMatches;

/**
 * Formats a Slack message as safe HTML and as plain text.
 *
 * <p>Slack sends most messages in two forms: {@code blocks}, as composed, and {@code text} in mrkdwn, which is less exact.
 * The blocks are used unless they contain nothing to show. Attachments follow them. Two parsers produce the same {@link Block}s and {@link Span}s,
 * which two writers print.
 *
 * <p>Slack's mrkdwn is described at
 * <a href="https://docs.slack.dev/messaging/formatting-message-text">Formatting message text</a>. What the page leaves
 * open follows Slack's own client: delimiters of styles count only at the edges of words and pair within a line; others
 * are text.
 *
 * <p>The output contains nothing private to the newsroom: no ids, no channel or group names that Slack wrote into the
 * text, no URL of a workspace. E-mail addresses that the author typed are content and stay.
 */
public final class MessageFormatter {
    private final EmojiTable emojiCharacters;

    public MessageFormatter(EmojiTable emoji) {
        this.emojiCharacters = emoji;
    }

    /**
     * A message as readers may see it.
     *
     * @param html safe to insert into a page; empty for a blank message
     * @param text the same text and line ends without markup; must be escaped before it is inserted into a page
     * @param matches what the channel's patterns add
     */
    public record FormattedText(String html, String text, PatternMatches matches) {
        /** A text without patterns. */
        public FormattedText(String html, String text) {
            this(html, text, PatternMatches.NONE);
        }
    }

    /**
     * The names that readers may see.
     *
     * @param users display names; any other user is shown as "@someone"
     * @param channels names of published channels; any other channel is shown as "#channel"
     * @param emoji custom emoji; any other is shown by its name between colons
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

    /** Formats a message: its blocks if they contain anything to show, otherwise its text; and its attachments. */
    public FormattedText format(SlackMessage message, ResolvedNames names, ZoneId zone, PatternMatcher patterns) {
        return format(parse(message, new ReferenceResolver(names, zone, emojiCharacters)), patterns);
    }

    /** Formats mrkdwn as Slack sends it, with its escapes. */
    public FormattedText format(String mrkdwn, ResolvedNames names, ZoneId zone, PatternMatcher patterns) {
        return format(parse(mrkdwn, new ReferenceResolver(names, zone, emojiCharacters)), patterns);
    }

    /**
     * Slack's previews of the links in a message.
     *
     * @param approved the message as readers may see it; only its links have previews
     * @param newest the message as Slack sends it now: Slack adds previews seconds later, which is not an edit
     */
    public List<LinkPreview> linkPreviews(SlackMessage approved, SlackMessage newest) {
        return new LinkPreviewExtractor(emojiCharacters).extract(approved, newest);
    }

    /** The characters of a reaction's emoji; empty for a custom emoji. */
    public Optional<String> emojiCharacters(String name) {
        return emojiCharacters.characters(name);
    }

    /** What names of Slack's {@code emoji.list} resolve to: characters, or the URL of Slack's image. */
    public Map<String, String> resolveEmojiAliases(Map<String, String> list) {
        return CustomEmoji.resolveAliases(list, emojiCharacters);
    }

    /** The standard or custom emoji at the end of each alias of Slack's {@code emoji.list}, by the alias. */
    public Map<String, String> emojiAliases(Map<String, String> list) {
        return CustomEmoji.aliases(list, emojiCharacters);
    }

    /** The custom emoji that readers may see; {@code copies} has the URLs of our copies, by Slack's URL. */
    public CustomEmoji customEmoji(Map<String, String> list, Map<String, String> copies) {
        return CustomEmoji.of(list, copies, emojiCharacters);
    }

    static List<Block> parse(SlackMessage message, ReferenceResolver references) {
        List<Block> blocks = new BlockKitParser(references).parse(message.json().path("blocks"));
        List<Block> own = blocks.isEmpty() ? parse(message.text(), references) : blocks;
        List<JsonNode> attachments = message.contentAttachments();
        if (attachments.isEmpty()) {
            return own;
        }
        var parser = new AttachmentParser(references);
        return Stream.concat(
                        own.stream(), attachments.stream().flatMap(attachment -> parser.parse(attachment).stream()))
                .toList();
    }

    static List<Block> parse(String mrkdwn, ReferenceResolver references) {
        return new MrkdwnParser(VisibleText.visible(mrkdwn), references).parse();
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
