package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackMessage;

/**
 * The users, channels and emoji that a message mentions, in its order: those whose names {@link MessageFormatter} needs,
 * and perhaps a few more.
 *
 * @param emoji names of standard and custom emoji, without colons
 */
public record Mentions(Set<UserId> users, Set<ChannelId> channels, Set<String> emoji) {
    public Mentions {
        users = Collections.unmodifiableSet(new LinkedHashSet<>(users));
        channels = Collections.unmodifiableSet(new LinkedHashSet<>(channels));
        emoji = Collections.unmodifiableSet(new LinkedHashSet<>(emoji));
    }

    /** The mentions in both forms of a message, its blocks and its text: either may be the one to show. And in its attachments. */
    public static Mentions in(SlackMessage message) {
        var collector = new Collector();
        collector.collect(message.json().path("blocks"));
        message.contentAttachments().forEach(collector::collect);
        collector.collect(message.text());
        return collector.mentions();
    }

    /** The mentions in mrkdwn. */
    public static Mentions in(String mrkdwn) {
        var collector = new Collector();
        collector.collect(mrkdwn);
        return collector.mentions();
    }

    private static final class Collector {
        private final Set<UserId> users = new LinkedHashSet<>();
        private final Set<ChannelId> channels = new LinkedHashSet<>();
        private final Set<String> emoji = new LinkedHashSet<>();

        Mentions mentions() {
            return new Mentions(users, channels, emoji);
        }

        void collect(JsonNode node) {
            if (node.isTextual()) {
                collect(node.textValue());
                return;
            }
            switch (node.path("type").asText()) {
                case "user" -> addUser(node.path("user_id").asText());
                case "channel" -> addChannel(node.path("channel_id").asText());
                case "emoji" -> collectEmoji(":" + node.path("name").asText() + ":");
                default -> node.forEach(this::collect);
            }
        }

        void collect(String mrkdwn) {
            collectEmoji(mrkdwn);
            int at = mrkdwn.indexOf('<');
            String visible = at < 0 ? "" : VisibleText.visible(mrkdwn);
            for (at = visible.indexOf('<'); at >= 0; at = visible.indexOf('<', at + 1)) {
                if (visible.startsWith("@", at + 1)) {
                    addUser(id(visible, at + 2));
                } else if (visible.startsWith("#", at + 1)) {
                    addChannel(id(visible, at + 2));
                }
            }
        }

        private void collectEmoji(String text) {
            for (int at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
                EmojiTable.nameAt(text, at).ifPresent(emoji::add);
            }
        }

        private static String id(String text, int start) {
            int end = start;
            while (end < text.length() && "|<>".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            return text.substring(start, end);
        }

        private void addUser(String id) {
            if (UserId.isValid(id)) {
                users.add(new UserId(id));
            }
        }

        private void addChannel(String id) {
            if (ChannelId.isValid(id)) {
                channels.add(new ChannelId(id));
            }
        }
    }
}
