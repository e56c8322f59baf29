package org.chatpress.text;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;

/**
 * Turns the text of a Slack message into clean HTML and into plain text.
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
    private static final String MENTION = "<@";

    private final Emoji emoji;

    public MessageText(Emoji emoji) {
        this.emoji = emoji;
    }

    /**
     * A message as readers may see it; both are empty for a blank text.
     *
     * @param html paragraphs, quotes and preformatted text that need no further cleaning
     * @param text the same words and line ends without markup; hostile until escaped
     */
    public record Words(String html, String text) {}

    /**
     * The names that readers may see.
     *
     * @param people display names; somebody who isn't there is "@someone"
     * @param channels names of channels that are published; any other is "#channel"
     */
    public record Names(Map<UserId, String> people, Map<ChannelId, String> channels) {
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

    /** Renders the {@code text} of a message as Slack gave it, entities and all. */
    public Words words(String mrkdwn, Names names) {
        var blocks = new MrkdwnParser(CleanHtmlCharacters.visible(mrkdwn), names, emoji).blocks();
        return new Words(CleanHtml.cleanMessage(MrkdwnHtml.of(blocks)), MrkdwnPlain.of(blocks));
    }

    /** The people whose names {@link #words} will ask for, in the order of the text. */
    public static Set<UserId> mentioned(String mrkdwn) {
        var people = new LinkedHashSet<UserId>();
        String visible = CleanHtmlCharacters.visible(mrkdwn);
        for (int at = visible.indexOf(MENTION); at >= 0; at = visible.indexOf(MENTION, at + 1)) {
            int start = at + MENTION.length();
            int end = start;
            while (end < visible.length() && "|<>".indexOf(visible.charAt(end)) < 0) {
                end++;
            }
            String id = visible.substring(start, end);
            if (UserId.isValid(id)) {
                people.add(new UserId(id));
            }
        }
        return people;
    }
}
