package org.chatpress.text.pattern;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What an editor wants made of words that have a certain form. In every text but {@code match}, {@code $1} stands for
 * the first group, {@code $0} for all that matched, {@code $$} for a dollar.
 *
 * @param match a regular expression, looked for in each line of a message
 * @param html stands in place of what matched; it is cleaned. Empty: the words stay
 * @param args are added to the message
 * @param kwargs likewise, by key
 * @param attachment the texts of a preview to add, by member; empty for none
 */
public record PatternRule(
        String match,
        Optional<String> html,
        List<String> args,
        Map<String, String> kwargs,
        Map<String, String> attachment) {
    private static final int LONGEST = 1_000;

    /** How often the innermost part of an expression may be repeated by counted repetitions. */
    private static final int MOST_REPETITIONS = 10_000;

    public PatternRule {
        args = List.copyOf(args);
        kwargs = Map.copyOf(kwargs);
        attachment = Map.copyOf(attachment);
    }

    /** Why the expression can't be used; empty if it can. */
    public static Optional<String> problem(String match) {
        if (match.length() > LONGEST) {
            return Optional.of("it has more than 1000 characters");
        }
        try {
            compiled(match);
        } catch (PatternSyntaxException broken) {
            return Optional.of(broken.getDescription() + " near character " + (broken.getIndex() + 1));
        } catch (StackOverflowError tooDeep) {
            return Optional.of("it nests too deep");
        }
        return RepetitionLimit.most(match) > MOST_REPETITIONS
                ? Optional.of("its counted repetitions, one in the other, multiply to more than 10000")
                : Optional.empty();
    }

    /** How many groups the expression has. */
    public static int groups(String match) {
        return compiled(match).matcher("").groupCount();
    }

    /** The numbers of groups that a text names. */
    public static List<Integer> named(String text) {
        return PatternTemplate.of(text).groups();
    }

    static Pattern compiled(String match) {
        return Pattern.compile(match, Pattern.UNICODE_CHARACTER_CLASS);
    }
}
