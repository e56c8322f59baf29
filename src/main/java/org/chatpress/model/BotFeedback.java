package org.chatpress.model;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The reactions and replies that the bot should have added to a message in Slack.
 *
 * @param emoji short names; a reaction that is no longer listed is removed
 * @param replies the texts by a name that identifies each; a reply is never deleted again
 */
public record BotFeedback(SortedSet<String> emoji, SortedMap<String, String> replies) {
    /** No feedback. */
    public static final BotFeedback NONE = new BotFeedback(new TreeSet<>(), new TreeMap<>());

    public BotFeedback {
        emoji = Collections.unmodifiableSortedSet(new TreeSet<>(emoji));
        replies = Collections.unmodifiableSortedMap(new TreeMap<>(replies));
    }

    /** A reaction. */
    public static BotFeedback emoji(String name) {
        return new BotFeedback(new TreeSet<>(Set.of(name)), NONE.replies);
    }

    /** A reply. */
    public static BotFeedback reply(String name, String text) {
        return new BotFeedback(NONE.emoji, new TreeMap<>(Map.of(name, text)));
    }

    /** This feedback and the other one together. */
    public BotFeedback plus(BotFeedback other) {
        var allEmoji = new TreeSet<>(emoji);
        allEmoji.addAll(other.emoji);
        var allReplies = new TreeMap<>(replies);
        allReplies.putAll(other.replies);
        return new BotFeedback(allEmoji, allReplies);
    }
}
