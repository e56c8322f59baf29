package org.chatpress.approval.policy;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.chatpress.model.MessageTs;

/**
 * What a custom emoji stands for in reactions, by the workspace's lists. Any member of the workspace may delete an emoji
 * and create it again as an alias, and Slack's reactions carry no time. A reaction may therefore be older than the alias.
 *
 * @param standsFor the emoji at the end of its chain of aliases in the newest list that had its name; the name itself if
 *     it is no alias
 * @param stoodFor likewise in the first list
 * @param approvesAfter when Slack sent the first list; empty if a later one had another end
 */
public record EmojiAlias(String standsFor, String stoodFor, Optional<Instant> approvesAfter) {
    /** An emoji that no list has. */
    public static EmojiAlias none(String name) {
        return new EmojiAlias(name, name, Optional.empty());
    }

    /** All that it stands for or has stood for. */
    public Stream<String> names() {
        return Stream.of(standsFor, stoodFor).distinct();
    }

    /** True if every reaction with it to this message was added when it was known what it stands for. */
    boolean mayApprove(MessageTs message) {
        return approvesAfter.filter(message.instant()::isAfter).isPresent();
    }
}
