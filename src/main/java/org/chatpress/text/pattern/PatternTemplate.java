package org.chatpress.text.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** A text with places for the groups of a match. */
final class PatternTemplate {
    /** A group's number, or words as they stand. */
    private record Part(int group, String words) {}

    private final List<Part> parts;

    private PatternTemplate(List<Part> parts) {
        this.parts = parts;
    }

    static PatternTemplate of(String text) {
        var parts = new ArrayList<Part>();
        var words = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
            if (c == '$' && next >= '0' && next <= '9') {
                parts.add(new Part(-1, words.toString()));
                words.setLength(0);
                parts.add(new Part(next - '0', ""));
                at += 2;
            } else {
                words.append(c);
                at += c == '$' && next == '$' ? 2 : 1;
            }
        }
        parts.add(new Part(-1, words.toString()));
        return new PatternTemplate(List.copyOf(parts));
    }

    List<Integer> groups() {
        return parts.stream().map(Part::group).filter(group -> group >= 0).toList();
    }

    /** @param escape what a group must go through to stand in this text */
    String fill(IntFunction<String> groups, UnaryOperator<String> escape) {
        var filled = new StringBuilder();
        for (Part part : parts) {
            filled.append(part.group() < 0 ? part.words() : escape.apply(groups.apply(part.group())));
        }
        return filled.toString();
    }
}
