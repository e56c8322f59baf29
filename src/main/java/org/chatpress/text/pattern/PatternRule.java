package org.chatpress.text.pattern;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to do where a regular expression matches. In the other texts {@code $1} stands for the first
 * group, {@code $0} for the whole match and {@code $$} for a dollar.
 *
 * @param match is searched for in each line of a message
 * @param html replaces the match, after sanitizing; empty if the match stays as it is
 * @param args are added to the message's args
 * @param kwargs are added to the message's kwargs
 * @param attachment the fields of a link preview to add, by name: title, text, url, image, author, service; empty for no
 *     preview
 */
public record PatternRule(
        Regex match,
        Optional<String> html,
        List<String> args,
        Map<String, String> kwargs,
        Map<String, String> attachment) {
    public PatternRule {
        args = List.copyOf(args);
        kwargs = Map.copyOf(kwargs);
        attachment = Map.copyOf(attachment);
    }

    /** The numbers of the groups that a text refers to. */
    public static List<Integer> groupsIn(String text) {
        return PatternTemplate.of(text).groups();
    }
}
