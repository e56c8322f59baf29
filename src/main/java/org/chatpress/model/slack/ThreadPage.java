package org.chatpress.model.slack;

import java.time.Instant;
import java.util.List;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;

/**
 * All replies of a thread.
 *
 * @param root the first message of the thread
 * @param replies all replies with a valid ts, oldest first, including those that were also sent to the channel
 * @param readAt the time of the response, by Slack's clock
 */
public record ThreadPage(ChannelId channel, MessageTs root, List<SlackMessage> replies, Instant readAt) {
    public ThreadPage {
        replies = List.copyOf(replies);
    }
}
