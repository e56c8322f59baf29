package org.chatpress.model.slack;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;

/**
 * What Slack said about one stretch of a channel.
 *
 * @param range what the answer covered
 * @param messages every message in it that has a usable ts, newest first; odd ones included
 * @param unusable how many entries had no usable ts and were skipped
 * @param hasMore true if older messages exist below the window
 * @param readAt Slack's own clock when it answered, from the {@code Date} header
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

    /** One message that was asked for alone: nothing is missing in a window that covers nothing. */
    public static HistoryPage ofOne(ChannelId channel, SlackMessage message, Instant at) {
        var nothing = new TimeRange(Optional.of(message.ts()), Optional.of(message.ts()));
        return new HistoryPage(channel, nothing, List.of(message), 0, true, at);
    }

    /** The oldest message of the answer; empty after an empty page. */
    public Optional<MessageTs> oldest() {
        return messages.stream().map(SlackMessage::ts).min(MessageTs::compareTo);
    }

    /** The newest message of the answer; empty after an empty page. */
    public Optional<MessageTs> newest() {
        return messages.stream().map(SlackMessage::ts).max(MessageTs::compareTo);
    }
}
