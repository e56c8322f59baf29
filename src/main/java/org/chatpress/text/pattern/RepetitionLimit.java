package org.chatpress.text.pattern;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often an expression's counted repetitions, one in the other, repeat what is innermost. Repetitions of nothing, as
 * in {@code ((){1000}){1000}}, look at no character, so that {@link BudgetedCharSequence} can't end them.
 */
final class RepetitionLimit {
    private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");

    /** Higher products are all the same. */
    private static final long TOO_MANY = 1_000_000_000;

    private final String expression;
    private int at;

    private RepetitionLimit(String expression) {
        this.expression = expression;
    }

    /** Reads an expression that Java could compile. */
    static long most(String expression) {
        return new RepetitionLimit(expression).most();
    }

    private long most() {
        Deque<Long> groups = new ArrayDeque<>();
        groups.push(1L);
        while (at < expression.length()) {
            long atom = 1;
            switch (expression.charAt(at)) {
                case '(' -> {
                    groups.push(1L);
                    at++;
                    continue;
                }
                case ')' -> {
                    atom = groups.size() > 1 ? groups.pop() : 1;
                    at++;
                }
                case '[' -> skipClass();
                case '\\' -> skipEscape();
                default -> at++;
            }
            groups.push(Math.max(groups.pop(), Math.min(TOO_MANY, atom * count())));
        }
        return groups.stream().mapToLong(Long::longValue).max().orElse(1);
    }

    /** The repetition that stands here; 1 for none. */
    private long count() {
        Matcher count = COUNT.matcher(expression).region(at, expression.length());
        if (!count.lookingAt()) {
            return 1;
        }
        at = count.end();
        boolean bounded = count.group(2) != null && !count.group(2).isEmpty();
        return Math.max(1, Long.parseLong(bounded ? count.group(2) : count.group(1)));
    }

    private void skipEscape() {
        int end = expression.startsWith("\\Q", at) ? expression.indexOf("\\E", at) : -1;
        at = end < 0 ? at + 2 : end + 2;
    }

    private void skipClass() {
        int depth = 0;
        do {
            switch (expression.charAt(at)) {
                case '[' -> depth++;
                case ']' -> depth--;
                case '\\' -> at++;
                default -> {}
            }
            at++;
        } while (depth > 0 && at < expression.length());
    }
}
