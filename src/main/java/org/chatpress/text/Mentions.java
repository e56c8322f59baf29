package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.document.VisibleText;

/**
 * The people, channels and emoji whose names {@link MessageFormatter} will ask for, in the order of the message. A few that it
 * won't ask for may be among them.
 */
public record Mentions(Set<UserId> users, Set<ChannelId> channels, Set<String> emoji) {
    public Mentions {
        users = Collections.unmodifiableSet(new LinkedHashSet<>(users));
        channels = Collections.unmodifiableSet(new LinkedHashSet<>(channels));
        emoji = Collections.unmodifiableSet(new LinkedHashSet<>(emoji));
    }

    /** Reads both forms of a message, for either may be the one to show. */
    public static Mentions in(SlackMessage message) {
        var search = new Search();
        search.read(message.json().path("blocks"));
        search.read(message.text());
        return search.found();
    }

    /** Reads a text in mrkdwn. */
    public static Mentions in(String mrkdwn) {
        var search = new Search();
        search.read(mrkdwn);
        return search.found();
    }

    private static final class Search {
        private final Set<UserId> people = new LinkedHashSet<>();
        private final Set<ChannelId> channels = new LinkedHashSet<>();
        private final Set<String> emoji = new LinkedHashSet<>();

        Mentions found() {
            return new Mentions(people, channels, emoji);
        }

        void read(JsonNode node) {
            if (node.isTextual()) {
                read(node.textValue());
                return;
            }
            switch (node.path("type").asText()) {
                case "user" -> addPerson(node.path("user_id").asText());
                case "channel" -> addChannel(node.path("channel_id").asText());
                case "emoji" -> readEmoji(":" + node.path("name").asText() + ":");
                default -> node.forEach(this::read);
            }
        }

        void read(String mrkdwn) {
            readEmoji(mrkdwn);
            int at = mrkdwn.indexOf('<');
            String visible = at < 0 ? "" : VisibleText.visible(mrkdwn);
            for (at = visible.indexOf('<'); at >= 0; at = visible.indexOf('<', at + 1)) {
                if (visible.startsWith("@", at + 1)) {
                    addPerson(id(visible, at + 2));
                } else if (visible.startsWith("#", at + 1)) {
                    addChannel(id(visible, at + 2));
                }
            }
        }

        private void readEmoji(String text) {
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

        private void addPerson(String id) {
            if (UserId.isValid(id)) {
                people.add(new UserId(id));
            }
        }

        private void addChannel(String id) {
            if (ChannelId.isValid(id)) {
                channels.add(new ChannelId(id));
            }
        }
    }
}
