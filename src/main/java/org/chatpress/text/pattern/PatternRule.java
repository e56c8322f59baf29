package org.chatpress.text.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

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

    /** A text with placeholders for the groups of a match: {@code $0} to {@code $9}. */
    static final class PatternTemplate {
        private static final int NO_GROUP = -1;

        /** Literal text, followed by a group or by {@link #NO_GROUP}. */
        private record Part(String literal, int group) {}

        private final List<Part> parts;

        private PatternTemplate(List<Part> parts) {
            this.parts = List.copyOf(parts);
        }

        static PatternTemplate of(String text) {
            var parts = new ArrayList<Part>();
            var literal = new StringBuilder();
            int at = 0;
            while (at < text.length()) {
                char c = text.charAt(at);
                char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
                if (c == '$' && next >= '0' && next <= '9') {
                    parts.add(new Part(literal.toString(), next - '0'));
                    literal.setLength(0);
                    at += 2;
                } else {
                    literal.append(c);
                    at += c == '$' && next == '$' ? 2 : 1;
                }
            }
            parts.add(new Part(literal.toString(), NO_GROUP));
            return new PatternTemplate(parts);
        }

        List<Integer> groups() {
            return parts.stream()
                    .map(Part::group)
                    .filter(group -> group != NO_GROUP)
                    .toList();
        }

        /** @param escape is applied to each group's text, not to the template */
        String fill(IntFunction<String> groups, UnaryOperator<String> escape) {
            var filled = new StringBuilder();
            for (Part part : parts) {
                filled.append(part.literal());
                if (part.group() != NO_GROUP) {
                    filled.append(escape.apply(groups.apply(part.group())));
                }
            }
            return filled.toString();
        }
    }
}
