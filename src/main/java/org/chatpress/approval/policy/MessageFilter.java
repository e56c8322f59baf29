package org.chatpress.approval.policy;

import java.util.Optional;
import java.util.Set;
import org.chatpress.model.slack.SlackMessage;

/** What is in a channel and no message for readers, by its kind alone: join notices, bots nobody listed, replies. */
final class MessageFilter {
    private static final Set<String> SUBTYPES =
            Set.of("", "file_share", "me_message", "thread_broadcast", "bot_message");

    private MessageFilter() {}

    /** Why the message is none; empty if it is one. */
    static Optional<String> reasonToIgnore(SlackMessage message, ChannelPolicy rule) {
        String subtype = message.subtype();
        if (message.isTombstone()) {
            return Optional.of("deleted in Slack");
        }
        if (!SUBTYPES.contains(subtype)) {
            return Optional.of("not written by a reporter: " + subtype);
        }
        if (message.ts().instant().isBefore(rule.since())) {
            return Optional.of("older than since");
        }
        if (message.isReply() && !rule.replies()) {
            return Optional.of("a reply in a thread");
        }
        if (subtype.equals("bot_message") || message.bot().isPresent()) {
            if (message.bot().filter(rule.bots()::contains).isEmpty()) {
                return Optional.of("by a bot that is not listed under bots");
            }
        }
        if (message.author().isEmpty() || message.author().get().value().equals("USLACKBOT")) {
            return Optional.of("has no author");
        }
        boolean hasPhotos = rule.photos() && !message.images().isEmpty();
        if (message.text().isBlank() && message.blockTexts().isEmpty() && !hasPhotos) {
            return Optional.of("has no text");
        }
        boolean afterClosing = rule.closedAt()
                .map(closed -> message.ts().instant().isAfter(closed))
                .orElse(false);
        return afterClosing ? Optional.of("posted after the chat was closed") : Optional.empty();
    }
}
