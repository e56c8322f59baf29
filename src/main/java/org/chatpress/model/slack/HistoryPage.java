package org.chatpress.model.slack;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;

/**
 * One page of a channel's history.
 *
 * @param range the range of time that the page covers
 * @param messages all messages with a valid ts, newest first
 * @param unusable the number of entries without a valid ts, which are left out
 * @param hasMore whether there are older messages
 * @param readAt the time of the response, by Slack's clock
 */
public record HistoryPage(
        ChannelId channel,
        TimeRange range,
        List<SlackMessage> messages,
        int unusable,
        boolean hasMore,
        Instant readAt) {
    public HistoryPage {
        messages = List.copyOf(messages);
    }

    /** A page with a message that was looked up alone. It covers no time, so no other message is missing from it. */
    public static HistoryPage ofOne(ChannelId channel, SlackMessage message, Instant readAt) {
        var emptyRange = new TimeRange(Optional.of(message.ts()), Optional.of(message.ts()));
        return new HistoryPage(channel, emptyRange, List.of(message), 0, true, readAt);
    }

    /** The ts of the oldest message; empty if there is none. */
    public Optional<MessageTs> oldest() {
        return messages.stream().map(SlackMessage::ts).min(MessageTs::compareTo);
    }

    /** The ts of the newest message; empty if there is none. */
    public Optional<MessageTs> newest() {
        return messages.stream().map(SlackMessage::ts).max(MessageTs::compareTo);
    }

    /**
     * The range of time that a history page covers: all messages in this range are on the page.
     *
     * @param from inclusive; empty: from the beginning of the channel
     * @param until exclusive; empty: up to the time of the response
     */
    public record TimeRange(Optional<MessageTs> from, Optional<MessageTs> until) {
        public boolean covers(MessageTs ts) {
            return from.map(f -> !ts.isBefore(f)).orElse(true)
                    && until.map(ts::isBefore).orElse(true);
        }
    }
}
