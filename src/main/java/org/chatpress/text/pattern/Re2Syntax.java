package org.chatpress.text.pattern;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.text.pattern.Regex.MarkedLine;

/**
 * Translates a regular expression for RE2/J, in which {@code \w}, {@code \d}, {@code \s} and {@code \b} are ASCII only,
 * so that they match every alphabet. Rejects what RE2 does not support, and what it reads differently from Java.
 */
final class Re2Syntax {
    private static final Pattern ESCAPE =
            Pattern.compile("\\\\(?:[pPx]\\{[^}]*\\}|u[0-9A-Fa-f]{4}|x..|[pP]?.)", Pattern.DOTALL);

    /** A quotation, an escape, a character class, the start of a group, a counted repetition, or one character. */
    private static final Pattern TOKEN = Pattern.compile(
            "\\\\Q.*?(?:\\\\E|\\z)|"
                    + ESCAPE.pattern()
                    + "|\\[\\^?\\]?(?:\\\\.|[^\\]\\\\])*\\]"
                    + "|\\((?:\\?(?:[a-zA-Z-]*[:)]|<[=!]|[=!>]|P?<\\w+>))?"
                    + "|\\{\\d+(?:,\\d*)?\\}"
                    + "|.",
            Pattern.DOTALL);

    private static final Pattern COUNT = Pattern.compile("\\{(?:\\d+,)?(\\d{1,4}),?\\}");
    private static final Pattern FLAGS = Pattern.compile("\\(\\?[a-zA-Z-]*[:)]");
    private static final Pattern LOOKAROUND = Pattern.compile("\\(\\?<?[=!]");

    // The characters that escapes match, to be written between brackets.
    private static final String DIGITS = "\\p{Nd}";
    private static final String SPACES = "\\t-\\r\\x{85}\\pZ";
    private static final String WORD_CHARACTERS = "\\pL\\pM\\p{Nd}\\p{Nl}\\p{Pc}\\x{200C}\\x{200D}";

    /**
     * The maximum number of tokens after RE2/J has expanded counted repetitions. Its search recurses over the tokens; the
     * default stack of a thread has room for twice as many.
     */
    private static final int MAX_TOKENS = 2_000;

    private final boolean marked;
    private final StringBuilder translated = new StringBuilder();

    /** The number of tokens so far in each open group, the innermost group first. */
    private final Deque<Long> tokens = new ArrayDeque<>();

    /** The number of tokens that a count would repeat. */
    private long lastTokens;

    private Re2Syntax(boolean marked) {
        this.marked = marked;
        this.tokens.push(0L);
    }

    /** True for an expression that contains {@code \b} or {@code \B}. */
    static boolean hasWordBoundary(String expression) {
        return TOKEN.matcher(expression)
                .results()
                .map(MatchResult::group)
                .anyMatch(token -> token.equals("\\b") || token.equals("\\B"));
    }

    /**
     * The expression for RE2/J. If it {@link #hasWordBoundary}, it matches the text of a {@link MarkedLine}.
     *
     * @throws IllegalArgumentException if the expression cannot be translated; most syntax errors are left to RE2/J
     */
    static String translate(String expression) {
        var syntax = new Re2Syntax(hasWordBoundary(expression));
        Matcher tokens = TOKEN.matcher(expression);
        while (tokens.find()) {
            syntax.translateToken(tokens.group());
        }
        return syntax.translated.toString();
    }

    private void translateToken(String token) {
        switch (token.charAt(0)) {
            case '\\' -> translateEscape(token);
            case '[' -> translateClass(token);
            case '(' -> openGroup(token);
            case ')' -> closeGroup();
            case '{' -> translateCount(token);
            case '*', '+', '?', '|', '^', '$' -> append(token);
            default -> appendCharacter(token);
        }
    }

    private void translateEscape(String token) {
        if (token.length() == 1) {
            throw new IllegalArgumentException("trailing \\; write \\\\ for a literal \\");
        }
        switch (token.charAt(1)) {
            case 'Q' ->
                token.substring(2)
                        .replace("\\E", "")
                        .codePoints()
                        .forEach(c -> appendCharacter("\\x{" + Integer.toHexString(c) + "}"));
            case '1', '2', '3', '4', '5', '6', '7', '8', '9', 'k' ->
                throw new IllegalArgumentException(
                        "backreference " + token + " is not supported; write out the text that it repeats");
            case 'b', 'B', 'A', 'z' -> append(token);
            case 'Z' -> append("\\z");
            case 'S' -> appendCharacter("[^" + SPACES + "]");
            case 'W' -> appendCharacter("[^" + WORD_CHARACTERS + "]");
            case 'd', 'D', 's', 'w' -> appendCharacter("[" + inBrackets(token) + "]");
            default -> appendCharacter(inBrackets(token));
        }
    }

    /** An escape as RE2/J writes it between brackets. */
    private static String inBrackets(String escape) {
        return switch (escape.charAt(1)) {
            case 'd' -> DIGITS;
            case 'D' -> "\\P{Nd}";
            case 's' -> SPACES;
            case 'w' -> WORD_CHARACTERS;
            case 'S', 'W' ->
                throw new IllegalArgumentException(escape
                        + " within [] is not supported; list the characters that are meant,"
                        + " or write . for any character");
            case 'u' -> "\\x{" + escape.substring(2) + "}";
            case 'p', 'P' -> escape.replace("{Is", "{");
            default -> escape;
        };
    }

    private void translateClass(String token) {
        String characters = token.substring(1);
        String unescaped = ESCAPE.matcher(characters).replaceAll("");
        if (unescaped.isEmpty()) {
            throw new IllegalArgumentException("missing closing ]; write \\[ for a literal [");
        }
        if (unescaped.contains("[") || unescaped.contains("&&")) {
            throw new IllegalArgumentException("nested classes and && are not supported in " + token
                    + "; write a single class, and \\[ for a literal [");
        }
        appendCharacter("["
                + ESCAPE.matcher(characters)
                        .replaceAll(escape -> Matcher.quoteReplacement(inBrackets(escape.group()))));
    }

    private void appendCharacter(String character) {
        append(marked ? MarkedLine.MARKED_CHARACTER.formatted(character) : character);
    }

    private void append(String token) {
        translated.append(token);
        addTokens(1);
    }

    private void openGroup(String token) {
        if (LOOKAROUND.matcher(token).matches()) {
            throw new IllegalArgumentException((token.startsWith("(?<") ? "lookbehind " : "lookahead ") + token
                    + " is not supported; match that text too, in a group, and write the group into html: $1");
        }
        if (token.equals("(?>")) {
            throw new IllegalArgumentException("atomic group (?> is not supported; write (?: instead");
        }
        boolean hasFlags = FLAGS.matcher(token).matches();
        // Java's flags d, U and u concern line ends, which a line does not have, and Unicode, which is always on here.
        String group = hasFlags ? token.replaceAll("[dUu]", "") : token;
        if (!token.endsWith(")")) {
            tokens.push(0L);
        }
        append(group);
    }

    private void closeGroup() {
        if (tokens.size() == 1) {
            throw new IllegalArgumentException("unexpected ); write \\) for a literal )");
        }
        append(")");
        addTokens(tokens.pop());
    }

    private void translateCount(String token) {
        if (token.equals("{")) {
            appendCharacter("\\{");
            return;
        }
        long repeated = lastTokens;
        append(token);
        Matcher count = COUNT.matcher(token);
        // RE2/J itself rejects counts of more than four digits.
        long copies = count.matches() ? Long.parseLong(count.group(1)) : 1;
        addTokens(repeated * Math.max(0, copies - 1));
    }

    private void addTokens(long count) {
        lastTokens = count;
        tokens.push(tokens.pop() + count);
        if (tokens.peek() > MAX_TOKENS) {
            throw new IllegalArgumentException(
                    "too large, with its repetitions written out; write smaller counts, or * or +");
        }
    }
}
