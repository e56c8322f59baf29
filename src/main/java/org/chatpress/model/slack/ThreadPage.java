package org.chatpress.model.slack;

import java.time.Instant;
import java.util.List;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;

/**
 * What Slack said about one whole thread.
 *
 * @param root the message that began it
 * @param replies every reply that has a usable ts, oldest first, those included that were also sent to the channel
 * @param readAt Slack's own clock when it answered
 */
public record ThreadPage(ChannelId channel, MessageTs root, List<SlackMessage> replies, Instant readAt) {
    public ThreadPage {
        replies = List.copyOf(replies);
    }
}
