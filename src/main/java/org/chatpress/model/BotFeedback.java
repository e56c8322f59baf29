package org.chatpress.model;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What our bot should have put under a message in Slack.
 *
 * @param emoji short names; one that is no longer wanted is taken away
 * @param replies what it says in the thread, by a name that tells two notes apart; one that was said is never taken back
 */
public record BotFeedback(SortedSet<String> emoji, SortedMap<String, String> replies) {
    /** Nothing. */
    public static final BotFeedback NONE = new BotFeedback(new TreeSet<>(), new TreeMap<>());

    public BotFeedback {
        emoji = Collections.unmodifiableSortedSet(new TreeSet<>(emoji));
        replies = Collections.unmodifiableSortedMap(new TreeMap<>(replies));
    }

    /** An emoji. */
    public static BotFeedback emoji(String name) {
        return new BotFeedback(new TreeSet<>(Set.of(name)), NONE.replies);
    }

    /** A note. */
    public static BotFeedback reply(String name, String text) {
        return new BotFeedback(NONE.emoji, new TreeMap<>(Map.of(name, text)));
    }

    /** All of these, and all of the others. */
    public BotFeedback plus(BotFeedback others) {
        var allEmoji = new TreeSet<>(emoji);
        allEmoji.addAll(others.emoji);
        var allNotes = new TreeMap<>(replies);
        allNotes.putAll(others.replies);
        return new BotFeedback(allEmoji, allNotes);
    }
}
