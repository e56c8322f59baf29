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
 * @param notes what it says in the thread, by a name that tells two notes apart; one that was said is never taken back
 */
public record BotFeedback(SortedSet<String> emoji, SortedMap<String, String> notes) {
    /** Nothing. */
    public static final BotFeedback NONE = new BotFeedback(new TreeSet<>(), new TreeMap<>());

    public BotFeedback {
        emoji = Collections.unmodifiableSortedSet(new TreeSet<>(emoji));
        notes = Collections.unmodifiableSortedMap(new TreeMap<>(notes));
    }

    /** An emoji. */
    public static BotFeedback emoji(String name) {
        return new BotFeedback(new TreeSet<>(Set.of(name)), NONE.notes);
    }

    /** A note. */
    public static BotFeedback note(String name, String text) {
        return new BotFeedback(NONE.emoji, new TreeMap<>(Map.of(name, text)));
    }

    /** All of these, and all of the others. */
    public BotFeedback and(BotFeedback others) {
        var allEmoji = new TreeSet<>(emoji);
        allEmoji.addAll(others.emoji);
        var allNotes = new TreeMap<>(notes);
        allNotes.putAll(others.notes);
        return new BotFeedback(allEmoji, allNotes);
    }
}
