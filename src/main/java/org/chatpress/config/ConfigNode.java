package org.chatpress.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.chatpress.error.InvalidSettingsException.Problem;

/**
 * One node of the settings file and its location: a text, a list, a section, or nothing if the key is absent. A node of
 * the wrong kind or with an invalid value reports a problem and reads as the fallback, so that one pass finds all
 * problems. The fallback is never used: {@link SettingsLoader} returns no settings if there is a problem.
 */
final class ConfigNode {
    private enum Kind {
        MISSING,
        TEXT,
        LIST,
        SECTION,
        /** Its problem is already reported; reading it reports no other. */
        INVALID
    }

    private final Kind kind;
    private final Location location;
    private final String text;
    private final String source;
    private final boolean unquoted;
    private final List<ConfigNode> items;
    private final Map<String, ConfigNode> members;

    /**
     * Where a node is, and where its problems are collected.
     *
     * @param line from 1; 0: unknown
     * @param path such as {@code publish[1].ftp.password}; empty: the whole file
     */
    record Location(int line, String path, List<Problem> problems) {
        Location member(int line, String key) {
            return new Location(line, path.isEmpty() ? key : path + "." + key, problems);
        }

        Location item(int line, int index) {
            return new Location(line, path + "[" + index + "]", problems);
        }

        void problem(String text) {
            problems.add(new Problem(line, path, text));
        }
    }

    /** A text is not a valid value. The message says what is wrong and what to write instead. */
    static final class InvalidValueException extends RuntimeException {
        InvalidValueException(String message) {
            super(message, null, false, false);
        }
    }

    private ConfigNode(
            Kind kind,
            Location location,
            String text,
            String source,
            boolean unquoted,
            List<ConfigNode> items,
            Map<String, ConfigNode> members) {
        this.kind = kind;
        this.location = location;
        this.text = text;
        this.source = source;
        this.unquoted = unquoted;
        this.items = items;
        this.members = members;
    }

    static ConfigNode missing(Location location) {
        return new ConfigNode(Kind.MISSING, location, "", "", false, List.of(), Map.of());
    }

    /** @param location its problem must be reported already */
    static ConfigNode invalid(Location location) {
        return new ConfigNode(Kind.INVALID, location, "", "", false, List.of(), Map.of());
    }

    /**
     * @param text with variables replaced
     * @param source as written in the file
     */
    static ConfigNode text(Location location, String text, String source, boolean unquoted) {
        return new ConfigNode(Kind.TEXT, location, text, source, unquoted, List.of(), Map.of());
    }

    static ConfigNode list(Location location, List<ConfigNode> items) {
        return new ConfigNode(Kind.LIST, location, "", "", false, items, Map.of());
    }

    static ConfigNode section(Location location, Map<String, ConfigNode> members) {
        return new ConfigNode(Kind.SECTION, location, "", "", false, List.of(), members);
    }

    /**
     * The parsed text; the fallback if the key is absent or the node is not a valid text.
     *
     * @param parser throws {@link InvalidValueException} for an invalid text
     */
    <T> T read(Function<ConfigNode, T> parser, T fallback) {
        if (kind == Kind.MISSING || kind == Kind.INVALID) {
            return fallback;
        }
        if (kind != Kind.TEXT) {
            problem("expected a single value, found a " + (kind == Kind.LIST ? "list" : "section"));
            return fallback;
        }
        try {
            return parser.apply(this);
        } catch (InvalidValueException invalid) {
            problem(invalid.getMessage());
            return fallback;
        }
    }

    <T> Optional<T> optional(Function<ConfigNode, T> parser) {
        return Optional.ofNullable(read(parser, null));
    }

    /** The parsed text; null, after reporting a problem with the advice, if the key is absent. */
    <T> T required(Function<ConfigNode, T> parser, String advice) {
        if (kind == Kind.MISSING) {
            problem("missing: " + advice);
        }
        return read(parser, null);
    }

    /** The parsed texts of a list, without the invalid ones; empty if the key is absent. */
    <T> List<T> list(Function<ConfigNode, T> parser) {
        return items().stream()
                .map(item -> item.required(parser, "write a value or delete the line"))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Like {@link #list}; the fallback if the key is absent. */
    <T> Set<T> set(Function<ConfigNode, T> parser, Set<T> fallback) {
        return isPresent() ? Set.copyOf(list(parser)) : fallback;
    }

    /** The nodes of a list; empty if the key is absent. */
    List<ConfigNode> items() {
        if (kind == Kind.TEXT) {
            problem("expected a list" + (containsPassword() ? "" : ": write [" + source + "]"));
        } else if (kind == Kind.SECTION) {
            problem("expected a list, found a section");
        }
        return items;
    }

    /** The members of a section; none if the key is absent. */
    Section section() {
        boolean isSection = kind == Kind.SECTION || kind == Kind.MISSING;
        if (!isSection && kind != Kind.INVALID) {
            problem("expected a section: write indented lines of the form \"key: value\"");
        }
        return new Section(!isSection);
    }

    boolean isPresent() {
        return kind != Kind.MISSING;
    }

    boolean isEmpty() {
        return kind == Kind.MISSING || (kind == Kind.LIST && items.isEmpty());
    }

    boolean isText() {
        return kind == Kind.TEXT;
    }

    boolean isList() {
        return kind == Kind.LIST;
    }

    boolean isSection() {
        return kind == Kind.SECTION;
    }

    /** The text with variables replaced; empty if the node is not a text. */
    String text() {
        return text;
    }

    boolean isUnquoted() {
        return unquoted;
    }

    /** True if the text contains no variable. The value of a variable may be a secret and must not be printed. */
    boolean isLiteral() {
        return text.equals(source);
    }

    /** The exception for a parser to throw: {@code invalid <what> "<text>": <advice>}. */
    InvalidValueException invalid(String what, String advice) {
        return new InvalidValueException("invalid " + what + " " + quoted() + ": " + advice);
    }

    /** The text as written in the file, in quotes, for a problem. Passwords are left out. */
    String quoted() {
        if (containsPassword()) {
            return "(not shown)";
        }
        return '"' + (source.length() <= 60 ? source : source.substring(0, 57) + "...") + '"';
    }

    int line() {
        return location.line();
    }

    void problem(String text) {
        location.problem(text);
    }

    /** True for a URL like {@code ftp://user:password@host}. */
    private boolean containsPassword() {
        return source.matches("(?s).*:[^/]+@.*");
    }

    /** The members of this node. It records which keys the reader asks for; the other keys are unknown. */
    final class Section {
        private final boolean invalid;
        private final SortedSet<String> known = new TreeSet<>();

        private Section(boolean invalid) {
            this.invalid = invalid;
        }

        ConfigNode get(String key) {
            known.add(key);
            ConfigNode member = members.get(key);
            if (member != null) {
                return member;
            }
            Location absent = location.member(line(), key);
            return invalid ? ConfigNode.invalid(absent) : missing(absent);
        }

        /** All members, for a section whose keys are free. */
        Map<String, ConfigNode> members() {
            return members;
        }

        /** Reports every key that was not asked for. To be called after the last {@link #get}. */
        void rejectUnknownKeys() {
            members.forEach((key, member) -> {
                if (!known.contains(key)) {
                    member.problem(DidYouMean.closest(key, known)
                            .map(similar -> "unknown key: did you mean " + similar + "?")
                            .orElse("unknown key: use one of " + String.join(", ", known)));
                }
            });
        }

        /** True if the node is not a section; its problem is reported. */
        boolean isInvalid() {
            return invalid;
        }
    }

    /** Finds the known word that is most similar to a misspelled one. */
    static final class DidYouMean {
        private DidYouMean() {}

        /**
         * The most similar word, at most a third of the letters away. Upper and lower case are the same, and so are
         * hyphens and underscores.
         */
        static Optional<String> closest(String misspelled, Collection<String> words) {
            String normalized = normalized(misspelled);
            int maxDistance = Math.max(1, normalized.length() / 3);
            return words.stream()
                    .filter(word -> distance(normalized, normalized(word)) <= maxDistance)
                    .min(Comparator.<String>comparingInt(word -> distance(normalized, normalized(word)))
                            .thenComparing(Comparator.naturalOrder()));
        }

        private static String normalized(String word) {
            return word.toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The optimal string alignment distance: letters to insert, delete, replace, or swap with their neighbour. */
        private static int distance(String one, String other) {
            int[][] distance = new int[one.length() + 1][other.length() + 1];
            for (int i = 0; i <= one.length(); i++) {
                for (int j = 0; j <= other.length(); j++) {
                    if (i == 0 || j == 0) {
                        distance[i][j] = i + j;
                        continue;
                    }
                    int replaced = distance[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                    distance[i][j] = Math.min(replaced, 1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
                    boolean swapped = i > 1
                            && j > 1
                            && one.charAt(i - 1) == other.charAt(j - 2)
                            && one.charAt(i - 2) == other.charAt(j - 1);
                    if (swapped) {
                        distance[i][j] = Math.min(distance[i][j], distance[i - 2][j - 2] + 1);
                    }
                }
            }
            return distance[one.length()][other.length()];
        }
    }
}
