package org.chatpress.approval.policy;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What editors may say of a message beside approving it: by emoji, and by notes in its thread.
 *
 * @param args words for the page, by the emoji that says them
 * @param kwargs keys of notes that are passed on as they are; in small letters
 */
public record AnnotationRules(Map<String, String> args, Set<String> kwargs) {
    /** The emoji that keeps a message at the top. */
    public static final String PIN = "pushpin";

    /** The emoji that marks a key event. */
    public static final String KEY_EVENT = "key";

    public static final AnnotationRules BUILT_IN = new AnnotationRules(Map.of(), Set.of());

    public AnnotationRules {
        args = Collections.unmodifiableMap(new TreeMap<>(args));
        kwargs = kwargs.stream().map(key -> key.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** True for an emoji by which an approver says something. */
    public boolean isEmoji(String emoji) {
        return emoji.equals(PIN) || emoji.equals(KEY_EVENT) || args.containsKey(emoji);
    }
}
