package org.chatpress.text.pattern;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.function.IntUnaryOperator;

/**
 * A regular expression as editors write it. RE2 runs it, so a search takes time proportional to the length of the text,
 * whatever the expression. In return there is no lookaround and there are no backreferences.
 *
 * <p>Letters, digits and spaces of every alphabet count for {@code \w}, {@code \d}, {@code \s} and {@code \b}. Character
 * classes know Unicode as of version 6.0, which is what RE2/J knows.
 */
public final class Regex {
    private static final int MAX_LENGTH = 1_000;

    private final String source;
    private final Pattern pattern;
    private final boolean findsWordEdges;

    /**
     * Compiles an expression.
     *
     * @throws IllegalArgumentException if it cannot be used; the message says why, and what to write instead
     */
    public Regex(String source) {
        if (source.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "longer than " + MAX_LENGTH + " characters; split it into several patterns");
        }
        this.source = source;
        this.findsWordEdges = Re2Syntax.findsWordEdges(source);
        this.pattern = compile(source);
    }

    private static Pattern compile(String source) {
        try {
            return Pattern.compile(Re2Syntax.translate(source));
        } catch (PatternSyntaxException e) {
            boolean quotes =
                    !e.getPattern().isEmpty() && !e.getPattern().equals(source) && source.contains(e.getPattern());
            throw new IllegalArgumentException(
                    e.getDescription() + (quotes ? ": " + e.getPattern() : "")
                            + "; write \\ before a character meant literally, and see https://github.com/google/re2/wiki/Syntax",
                    e);
        }
    }

    /** How many groups the expression has, not counting the whole match. */
    public int groupCount() {
        return pattern.groupCount();
    }

    /** Searches a line of text. */
    Search search(String line) {
        if (!findsWordEdges) {
            return new Search(line, pattern.matcher(line), IntUnaryOperator.identity());
        }
        MarkedLine marked = MarkedLine.of(line);
        return new Search(line, pattern.matcher(marked.text()), marked::positionInLine);
    }

    /** Finds one match after the other, from left to right. */
    static final class Search {
        private final String line;
        private final Matcher matcher;
        private final IntUnaryOperator positionInLine;

        private Search(String line, Matcher matcher, IntUnaryOperator positionInLine) {
            this.line = line;
            this.matcher = matcher;
            this.positionInLine = positionInLine;
        }

        boolean find() {
            boolean found = matcher.find();
            while (found && start() == MarkedLine.WITHIN_CHARACTER) {
                found = matcher.find();
            }
            return found;
        }

        int start() {
            return positionInLine.applyAsInt(matcher.start());
        }

        int end() {
            return positionInLine.applyAsInt(matcher.end());
        }

        /** The text of a group, 0 for the whole match; empty for a group that took no part in the match. */
        String group(int number) {
            int start = matcher.start(number);
            return start < 0
                    ? ""
                    : line.substring(positionInLine.applyAsInt(start), positionInLine.applyAsInt(matcher.end(number)));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Regex regex && regex.source.equals(source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    /** The expression as it was written. */
    @Override
    public String toString() {
        return source;
    }
}
