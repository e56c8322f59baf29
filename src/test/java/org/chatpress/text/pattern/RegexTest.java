package org.chatpress.text.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {
    private static final List<String> LINES = List.of(
            "SCORE 2-1 after 90 minutes",
            "Österreich – Türkei 1:0, Tor durch Özil!",
            "l'été à Besançon; été2 _x_ x_y",
            "Счёт 3:2 в Москве",
            "النتيجة ٣-٢",
            "नमस्ते दुनिया",
            "goal Goal GOAL ẞ ß K",
            "a.b*c[d]e{f}g^h$i|j\\k(l)m+n?o&p&&q",
            "😀 goal 🤣👍🏽 1️⃣ x",
            "tab\tspace\u00a0nbsp\u2003em",
            "01 0a1 1_0 00",
            "aaaa",
            "");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "^SCORE (\\d+)-(\\d+)(.*)$",
                "\\bTor\\b",
                "\\bÖsterreich\\b",
                "\\b\\w+\\b",
                "\\b(\\w)(\\w*?)\\b[^\\w]",
                "\\B\\w",
                "\\w\\b|\\W",
                "(?:^|\\b)x|\\b$",
                "é+\\b",
                "\\b[01]\\b?",
                "\\b\\Q1_0\\E\\b",
                "\\b\\p{Lu}\\p{L}*",
                "(?i)\\bgoal\\b.",
                "(?i)goal (?<rest>\\S+)",
                "(?iu)ÖSTERREICH",
                "(?U)(\\w+)",
                "(?i:g)oal",
                "\\w+",
                "\\W+",
                "[\\w-]+",
                "[^\\w ]+",
                "\\d+",
                "\\D+",
                "[\\d:]+",
                "[^\\D]+",
                "\\s+",
                "\\S+",
                "[\\s]x?",
                "\\p{Lu}",
                "\\p{IsGreek}|\\p{IsCyrillic}+",
                "\\pL+",
                "\\P{L}+",
                "[\\p{Lu}\\p{Ll}]+",
                "\\u00d6|\\x{d6}|\\xd6",
                "[\\u0410-\\u042f]",
                "\\Qa.b*c[d]\\E",
                "\\Qg^h$",
                "a\\.b\\*c\\[d\\]e\\{f\\}",
                "[]d]|[^]a-z ]",
                "[&]&",
                "\\Aa|a\\z|o\\Z",
                "(a)|(o)|x",
                "(a)(b)?",
                "(a|b)*",
                "a{2}|a{1,}|\\d{1,3}",
                "a{2,3}?",
                "(.)(.)(.)(.)(.)(.)(.)(.)(.)",
                "x*",
                ".",
                "(?s)g.+l",
                "😀|[😀-🙏]",
                "(?<n>a)+",
            })
    void matchesAsJavaDoes(String expression) {
        for (String line : LINES) {
            assertThat(matches(expression, line)).as("in: %s", line).isEqualTo(matchesInJava(expression, line));
        }
    }

    @Test
    void matchesRandomExpressionsAsJavaDoes() {
        var random = new Random(20260301);
        for (int i = 0; i < 3_000; i++) {
            String expression = randomExpression(random, 3);
            String line = random.ints(random.nextInt(12), 0, 8)
                    .mapToObj(
                            c -> List.of("a", "b", "0", "1", " ", "é", "_", "–").get(c))
                    .reduce("", String::concat);

            assertThat(matches(expression, line))
                    .as("%d: %s in: %s", i, expression, line)
                    .isEqualTo(matchesInJava(expression, line));
        }
    }

    /** A backtracking engine takes exponential time for these, or a stack that grows with the line. */
    @ParameterizedTest
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ValueSource(
            strings = {
                "(a+)+$",
                "(a|aa)+$",
                "(a|a?)+$",
                "(.*)*x$",
                "(.*a){12}x",
                "^(([a-z])+.)+[A-Z]([a-z])+$",
                "((a*)*)*b",
                "(?:a?){30}a{30}b",
                "(x|a)*b",
                "(\\b\\w+\\s*)+$",
            })
    void searchesALongLineInLinearTime(String expression) {
        String line = "a".repeat(30_000) + "!";

        assertThat(matches(expression, line)).allMatch(match -> match.startsWith("30001-30001"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "a(?=b) ~ lookahead (?= is not supported; match that text too, in a group, and write the group into html: $1",
                "a(?!b) ~ lookahead (?! is not supported;",
                "(?<=a)b ~ lookbehind (?<= is not supported;",
                "(?<!a)b ~ lookbehind (?<! is not supported;",
                "(a)\\1 ~ backreference \\1 is not supported; write out the text that it repeats",
                "(?<n>a)\\k<n> ~ backreference \\k is not supported;",
                "(?>a) ~ atomic group (?> is not supported; write (?: instead",
                "a++ ~ invalid nested repetition operator: ++; write \\ before a character meant literally, and see ",
                "(?x)a b ~ invalid or unsupported Perl syntax: (?x;",
                "[a-z&&[^b]] ~ nested classes and && are not supported in [a-z&&[^b]; write a single class, and \\[ for a"
                        + " literal [",
                "[a-c[x-z]] ~ nested classes and && are not supported in [a-c[x-z];",
                "[[:alpha:]] ~ nested classes and && are not supported in [[:alpha:];",
                "[^\\W_] ~ \\W within [] is not supported; list the characters that are meant, or write . for any"
                        + " character",
                "x\\p{Alpha} ~ invalid character class range: \\p{Alpha};",
                "x\\h ~ invalid escape sequence: \\h;",
                "(a ~ missing closing );",
                "a) ~ unexpected ); write \\) for a literal )",
                "[a ~ missing closing ]; write \\[ for a literal [",
                "(*) ~ missing argument to repetition operator: *;",
                "a{1001} ~ invalid repeat count: {1001};",
                "a\\ ~ trailing \\; write \\\\ for a literal \\",
                "(a{100}){20} ~ too large, with its repetitions written out; write smaller counts, or * or +",
            })
    void rejects(String expression, String problem) {
        for (String edge : List.of("", "\\b")) {
            assertThatThrownBy(() -> new Regex(edge + expression))
                    .as(edge + expression)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(problem);
        }
    }

    @Test
    void rejectsAnExpressionOfMoreThanAThousandCharacters() {
        assertThat(new Regex("a".repeat(1000)).groupCount()).isZero();
        assertThatThrownBy(() -> new Regex("a".repeat(1001)))
                .hasMessage("longer than 1000 characters; split it into several patterns");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?:a?){499}b",
                "((a?){49}){10}b",
                "(?:a?){499}\\b",
                "(?:(((a?)?)?)?){150}b",
                "(?:$|^|\\B|\\b|a){180}b",
                ".{0,1000}b",
                "((((((((a{2})+){2})+){2})+){2})+){2}b",
            })
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theLargestExpressionsFitTheStackOfAThread(String expression) {
        assertThat(matches(expression, "a".repeat(2_000))).hasSizeLessThan(2_000);
    }

    private static String randomExpression(Random random, int depth) {
        int parts = 1 + random.nextInt(3);
        return IntStream.range(0, parts)
                .mapToObj(i -> randomPart(random, depth))
                .reduce("", String::concat);
    }

    private static String randomPart(Random random, int depth) {
        if (depth > 0 && random.nextInt(3) == 0) {
            String inner = randomExpression(random, depth - 1);
            return switch (random.nextInt(4)) {
                case 0 -> "(" + inner + ")";
                case 1 -> "(?:" + inner + "|" + randomExpression(random, depth - 1) + ")";
                case 2 -> "(?i:" + inner + ")";
                default -> "(" + inner + "|" + randomExpression(random, depth - 1) + ")";
            };
        }
        String atom = List.of(
                        "a", "b", "0", "1", "é", "_", ".", "\\w", "\\W", "\\d", "\\s", "[a0]", "[^a\\d]", "–", "A")
                .get(random.nextInt(15));
        return switch (random.nextInt(8)) {
            case 0 -> "\\b";
            case 1 -> List.of("^", "$", "\\B").get(random.nextInt(3));
            case 2 -> atom + List.of("*", "+", "?", "{2}", "{1,2}").get(random.nextInt(5));
            case 3 -> atom + List.of("*?", "+?", "??").get(random.nextInt(3));
            default -> atom;
        };
    }

    /** Each match as its positions and groups. */
    private static List<String> matches(String expression, String line) {
        var regex = new Regex(expression);
        var matches = new ArrayList<String>();
        var search = regex.search(line);
        while (search.find()) {
            List<String> groups = IntStream.rangeClosed(0, regex.groupCount())
                    .mapToObj(search::group)
                    .toList();
            matches.add(search.start() + "-" + search.end() + groups);
        }
        return matches;
    }

    private static List<String> matchesInJava(String expression, String line) {
        var matches = new ArrayList<String>();
        Matcher matcher =
                Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS).matcher(line);
        while (matcher.find()) {
            List<String> groups = IntStream.rangeClosed(0, matcher.groupCount())
                    .mapToObj(i -> matcher.group(i) == null ? "" : matcher.group(i))
                    .toList();
            matches.add(matcher.start() + "-" + matcher.end() + groups);
        }
        return matches;
    }
}
