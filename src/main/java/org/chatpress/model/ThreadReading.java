package org.chatpress.model;

import java.time.Instant;
import java.util.List;

/**
 * What Slack said about one whole thread.
 *
 * @param root the message that began it
 * @param replies every reply that has a usable ts, oldest first, those included that were also sent to the channel
 * @param at Slack's own clock when it answered
 */
public record ThreadReading(ChannelId channel, MessageTs root, List<Message> replies, Instant at) {
    public ThreadReading {
        replies = List.copyOf(replies);
    }
}
