package org.chatpress.model;

import java.time.Instant;
import java.util.Optional;

/**
 * What readers may see of a message. It exists only while the message may be seen.
 *
 * @param author the key into the chat's authors
 * @param html clean HTML of the text that was approved; may be empty where the message has only files
 * @param text the same as plain text
 * @param publishedAt the cycle in which it became public
 * @param editedAt when the text shown was last edited in Slack, to the second; empty if never
 * @param thread the root of its thread; empty outside threads
 */
public record PublicMessage(
        MessageTs ts,
        UserId author,
        String html,
        String text,
        Instant publishedAt,
        Optional<Instant> editedAt,
        Optional<MessageTs> thread) {}
