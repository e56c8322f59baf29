package org.chatpress.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What Slack said about one stretch of a channel.
 *
 * @param window what the answer covered
 * @param messages every message in it that has a usable ts, newest first; odd ones included
 * @param unusable how many entries had no usable ts and were skipped
 * @param more true if older messages exist below the window
 * @param at Slack's own clock when it answered, from the {@code Date} header
 */
public record Reading(
        ChannelId channel, Window window, List<Message> messages, int unusable, boolean more, Instant at) {
    public Reading {
        messages = List.copyOf(messages);
    }

    /** One message that was asked for alone: nothing is missing in a window that covers nothing. */
    public static Reading alone(ChannelId channel, Message message, Instant at) {
        var nothing = new Window(Optional.of(message.ts()), Optional.of(message.ts()));
        return new Reading(channel, nothing, List.of(message), 0, true, at);
    }

    /** The oldest message of the answer; empty after an empty page. */
    public Optional<MessageTs> oldest() {
        return messages.stream().map(Message::ts).min(MessageTs::compareTo);
    }

    /** The newest message of the answer; empty after an empty page. */
    public Optional<MessageTs> newest() {
        return messages.stream().map(Message::ts).max(MessageTs::compareTo);
    }
}
