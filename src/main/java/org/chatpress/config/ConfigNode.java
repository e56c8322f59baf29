package org.chatpress.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One value of the file with its place: a text, a list, a section, or nothing where the file doesn't say. A value that
 * isn't what its place asks for reports a problem and reads as a stand-in; nobody sees stand-ins, since settings with a
 * problem are never handed out.
 */
final class ConfigNode {
    private enum Kind {
        MISSING,
        TEXT,
        LIST,
        SECTION,
        /** Its problem is already reported: whatever is asked of it, it adds no other. */
        INVALID
    }

    private final Kind kind;
    private final Location place;
    private final String text;
    private final String written;
    private final boolean plain;
    private final List<ConfigNode> items;
    private final Map<String, ConfigNode> members;

    /** Where a value stands, and where its problems go. */
    record Location(int line, String path, ConfigProblems problems) {
        Location member(int line, String key) {
            return new Location(line, path.isEmpty() ? key : path + "." + key, problems);
        }

        Location item(int line, int index) {
            return new Location(line, path + "[" + index + "]", problems);
        }

        void problem(String text) {
            problems.problem(line, path, text);
        }
    }

    private ConfigNode(
            Kind kind,
            Location place,
            String text,
            String written,
            boolean plain,
            List<ConfigNode> items,
            Map<String, ConfigNode> members) {
        this.kind = kind;
        this.place = place;
        this.text = text;
        this.written = written;
        this.plain = plain;
        this.items = items;
        this.members = members;
    }

    static ConfigNode missing(Location place) {
        return new ConfigNode(Kind.MISSING, place, "", "", false, List.of(), Map.of());
    }

    static ConfigNode invalid(Location place) {
        return new ConfigNode(Kind.INVALID, place, "", "", false, List.of(), Map.of());
    }

    /**
     * @param text with variables replaced
     * @param written as the file has it
     * @param plain without quotes
     */
    static ConfigNode text(Location place, String text, String written, boolean plain) {
        return new ConfigNode(Kind.TEXT, place, text, written, plain, List.of(), Map.of());
    }

    static ConfigNode list(Location place, List<ConfigNode> items) {
        return new ConfigNode(Kind.LIST, place, "", "", false, items, Map.of());
    }

    static ConfigNode section(Location place, Map<String, ConfigNode> members) {
        return new ConfigNode(Kind.SECTION, place, "", "", false, List.of(), members);
    }

    /** What the form makes of the text; the other where the file doesn't say. */
    <T> T read(ValueParser<T> form, T otherwise) {
        if (kind == Kind.MISSING || kind == Kind.INVALID) {
            return otherwise;
        }
        if (kind != Kind.TEXT) {
            problem("must be a single value, not " + kindInWords() + ".");
            return otherwise;
        }
        try {
            return form.read(this);
        } catch (InvalidValueException misfit) {
            problem(misfit.getMessage());
            return otherwise;
        }
    }

    /** What the form makes of the text; the advice is printed where the file doesn't say. Null stands in. */
    <T> T required(ValueParser<T> form, String advice) {
        if (kind == Kind.MISSING) {
            problem("is missing. " + advice);
        }
        return read(form, null);
    }

    /** What the form makes of each text of a list, but for those with a problem; none where the file doesn't say. */
    <T> List<T> each(ValueParser<T> form) {
        return items().stream()
                .map(item -> item.required(form, "Write a value, or delete the line."))
                .filter(Objects::nonNull)
                .toList();
    }

    List<ConfigNode> items() {
        if (kind == Kind.TEXT) {
            problem(holdsPassword() ? "must be a list." : "must be a list. Write [" + written + "].");
        } else if (kind == Kind.SECTION) {
            problem("must be a list, not a section.");
        }
        return items;
    }

    /** The members to read; none where the file doesn't say. */
    ConfigSection section() {
        boolean isSection = kind == Kind.SECTION || kind == Kind.MISSING;
        if (!isSection && kind != Kind.INVALID) {
            problem("must be a section: indented lines of the form \"key: value\".");
        }
        return new ConfigSection(place, members, !isSection);
    }

    boolean isPresent() {
        return kind != Kind.MISSING;
    }

    boolean isEmpty() {
        return kind == Kind.MISSING || kind == Kind.LIST && items.isEmpty();
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

    String text() {
        return text;
    }

    /** True for a text that the file has without quotes. */
    boolean isPlain() {
        return plain;
    }

    /** True if the text is all in the file. What came from a variable may be a secret and is never printed. */
    boolean isLiteral() {
        return text.equals(written);
    }

    /** The text as the file has it, in quotes, for a problem. */
    String quoted() {
        if (holdsPassword()) {
            return "this";
        }
        return '"' + (written.length() <= 60 ? written : written.substring(0, 57) + "...") + '"';
    }

    int line() {
        return place.line();
    }

    String path() {
        return place.path();
    }

    void problem(String text) {
        place.problem(text);
    }

    Map<String, ConfigNode> members() {
        return members;
    }

    /** Addresses are sometimes written with a password: ftp://user:password@host. */
    private boolean holdsPassword() {
        return written.matches("(?s).*:[^/]+@.*");
    }

    private String kindInWords() {
        return kind == Kind.LIST ? "a list" : "a section";
    }
}
