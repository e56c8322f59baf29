package org.chatpress.approval.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.UnshownContent;

/** Finds the messages that are never published, such as join notices, posts of unlisted bots, and replies. */
final class MessageFilter {
    private static final Set<String> PUBLISHED_SUBTYPES =
            Set.of("", "file_share", "me_message", "thread_broadcast", "bot_message");

    private MessageFilter() {}

    /** Says why a message is never published; empty if it may be. */
    static Optional<String> reasonToIgnore(SlackMessage message, ChannelPolicy rules) {
        String subtype = message.subtype();
        if (message.isTombstone()) {
            return Optional.of("deleted in Slack");
        }
        if (!PUBLISHED_SUBTYPES.contains(subtype)) {
            return Optional.of("a system message: " + subtype);
        }
        if (message.ts().instant().isBefore(rules.since())) {
            return Optional.of("older than since");
        }
        if (message.isReply() && !rules.replies()) {
            return Optional.of("a reply in a thread");
        }
        boolean isByBot = subtype.equals("bot_message") || message.bot().isPresent();
        if (isByBot && message.bot().filter(rules.bots()::contains).isEmpty()) {
            return Optional.of("by a bot that is not listed under bots");
        }
        if (message.author().isEmpty() || message.author().get().value().equals("USLACKBOT")) {
            return Optional.of("has no author");
        }
        boolean hasPhotos = rules.photos() && !message.images().isEmpty();
        if (!hasPhotos && !UnshownContent.hasText(message)) {
            List<String> unshown = UnshownContent.of(message, rules.photos());
            return Optional.of("has no text" + (unshown.isEmpty() ? "" : ", only " + String.join(", ", unshown)));
        }
        boolean isAfterClosing = rules.closedAt()
                .filter(closed -> message.ts().instant().isAfter(closed))
                .isPresent();
        return isAfterClosing ? Optional.of("posted after the chat was closed") : Optional.empty();
    }
}
