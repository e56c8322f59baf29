package org.chatpress.approval.policy;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What approvers may add to a message by reactions and by thread commands.
 *
 * @param args words for the page, by the emoji that adds them
 * @param kwargs further keys of thread commands, whose values are published for the page; lower case
 */
public record AnnotationRules(Map<String, String> args, Set<String> kwargs) {
    /** The emoji that pins a message. */
    public static final String PIN = "pushpin";

    /** The emoji that marks a key event. */
    public static final String KEY_EVENT = "key";

    /** The rules of a channel that names no emoji and no keys of its own. */
    public static final AnnotationRules BUILT_IN = new AnnotationRules(Map.of(), Set.of());

    public AnnotationRules {
        args = Collections.unmodifiableMap(new TreeMap<>(args));
        kwargs = kwargs.stream().map(key -> key.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** True for an emoji by which an approver adds something. */
    public boolean isEmoji(String emoji) {
        return emoji.equals(PIN) || emoji.equals(KEY_EVENT) || args.containsKey(emoji);
    }
}
