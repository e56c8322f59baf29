package org.chatpress.text;

import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.model.Attachment;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Message;
import org.chatpress.model.UserId;
import org.chatpress.text.Patterns.Applied;
import org.chatpress.text.Patterns.Finds;

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
public final class MessageText {
    private final Emoji emoji;

    public MessageText(Emoji emoji) {
        this.emoji = emoji;
    }

    /**
     * A message as readers may see it; both are empty for a blank one.
     *
     * @param html needs no further cleaning; the README lists its elements
     * @param text the same words and line ends without markup; hostile until escaped
     * @param finds what the channel's patterns found
     */
    public record Words(String html, String text, Finds finds) {
        /** Words in which no pattern was looked for. */
        public Words(String html, String text) {
            this(html, text, Finds.NONE);
        }
    }

    /**
     * The names that readers may see.
     *
     * @param people display names; somebody who isn't there is "@someone"
     * @param channels names of channels that are published; any other is "#channel"
     * @param emoji the workspace's own; any other stays a name between colons
     */
    public record Names(Map<UserId, String> people, Map<ChannelId, String> channels, CustomEmoji emoji) {
        public Names {
            people = Map.copyOf(people);
            channels = Map.copyOf(channels);
        }

        Optional<String> person(UserId id) {
            return Optional.ofNullable(people.get(id));
        }

        Optional<String> channel(ChannelId id) {
            return Optional.ofNullable(channels.get(id));
        }
    }

    /** The words of a message: its blocks where they hold anything to show, else its text. */
    public Words words(Message message, Names names, ZoneId zone, Patterns patterns) {
        return words(blocks(message, new Wording(names, zone, emoji)), patterns);
    }

    /** The words of a text in mrkdwn as Slack gave it, entities and all. */
    public Words words(String mrkdwn, Names names, ZoneId zone, Patterns patterns) {
        return words(blocks(mrkdwn, new Wording(names, zone, emoji)), patterns);
    }

    /**
     * Slack's previews of the links in a message.
     *
     * @param approved the message as it may be seen: no other links than its own have a preview
     * @param newest what Slack has now; it adds previews some seconds after the message, and no edit shows that
     */
    public List<Attachment> previews(Message approved, Message newest) {
        return new LinkPreviews(emoji).of(approved, newest);
    }

    /** The character of an emoji that stands under a message; empty for one of the workspace's own. */
    public Optional<String> emoji(String shortName) {
        return emoji.character(shortName);
    }

    /** What names of Slack's {@code emoji.list} stand for in the end: a character, or Slack's address of a picture. */
    public Map<String, String> emojiEnds(Map<String, String> list) {
        return CustomEmoji.ends(list, emoji);
    }

    /** Names of Slack's {@code emoji.list} as readers may see them; {@code copies} are ours, by Slack's address. */
    public CustomEmoji customEmoji(Map<String, String> list, Map<String, String> copies) {
        return CustomEmoji.of(list, copies, emoji);
    }

    static List<Block> blocks(Message message, Wording wording) {
        List<Block> blocks = new BlocksParser(wording).blocks(message.json().path("blocks"));
        return blocks.isEmpty() ? blocks(message.text(), wording) : blocks;
    }

    static List<Block> blocks(String mrkdwn, Wording wording) {
        return new MrkdwnParser(Characters.visible(mrkdwn), wording).blocks();
    }

    private static Words words(List<Block> blocks, Patterns patterns) {
        if (patterns.isEmpty()) {
            return new Words(CleanHtml.cleanMessage(HtmlWriter.of(blocks)), PlainWriter.of(blocks));
        }
        Applied applied = patterns.applied(blocks);
        return new Words(
                CleanHtml.clean(HtmlWriter.of(applied.blocks())), PlainWriter.of(applied.blocks()), applied.finds());
    }
}
