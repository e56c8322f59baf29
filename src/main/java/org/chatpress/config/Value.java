package org.chatpress.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One value of the file with its place: a text, a list, a section, or nothing where the file doesn't say. A value that
 * isn't what its place asks for reports a problem and reads as a stand-in; nobody sees stand-ins, since settings with a
 * problem are never handed out.
 */
final class Value {
    private enum Kind {
        NOTHING,
        TEXT,
        LIST,
        SECTION,
        /** Its problem is already reported: whatever is asked of it, it adds no other. */
        BROKEN
    }

    private final Kind kind;
    private final Place place;
    private final String text;
    private final String written;
    private final boolean plain;
    private final List<Value> items;
    private final Map<String, Value> members;

    /** Where a value stands, and where its problems go. */
    record Place(int line, String path, Findings findings) {
        Place member(int line, String key) {
            return new Place(line, path.isEmpty() ? key : path + "." + key, findings);
        }

        Place item(int line, int index) {
            return new Place(line, path + "[" + index + "]", findings);
        }

        void problem(String text) {
            findings.problem(line, path, text);
        }
    }

    private Value(
            Kind kind,
            Place place,
            String text,
            String written,
            boolean plain,
            List<Value> items,
            Map<String, Value> members) {
        this.kind = kind;
        this.place = place;
        this.text = text;
        this.written = written;
        this.plain = plain;
        this.items = items;
        this.members = members;
    }

    static Value nothing(Place place) {
        return new Value(Kind.NOTHING, place, "", "", false, List.of(), Map.of());
    }

    static Value broken(Place place) {
        return new Value(Kind.BROKEN, place, "", "", false, List.of(), Map.of());
    }

    /**
     * @param text with variables replaced
     * @param written as the file has it
     * @param plain without quotes
     */
    static Value text(Place place, String text, String written, boolean plain) {
        return new Value(Kind.TEXT, place, text, written, plain, List.of(), Map.of());
    }

    static Value list(Place place, List<Value> items) {
        return new Value(Kind.LIST, place, "", "", false, items, Map.of());
    }

    static Value section(Place place, Map<String, Value> members) {
        return new Value(Kind.SECTION, place, "", "", false, List.of(), members);
    }

    /** What the form makes of the text; the other where the file doesn't say. */
    <T> T read(Form<T> form, T otherwise) {
        if (kind == Kind.NOTHING || kind == Kind.BROKEN) {
            return otherwise;
        }
        if (kind != Kind.TEXT) {
            problem("must be a single value, not " + kindInWords() + ".");
            return otherwise;
        }
        try {
            return form.read(this);
        } catch (Misfit misfit) {
            problem(misfit.getMessage());
            return otherwise;
        }
    }

    /** What the form makes of the text; the advice is printed where the file doesn't say. Null stands in. */
    <T> T required(Form<T> form, String advice) {
        if (kind == Kind.NOTHING) {
            problem("is missing. " + advice);
        }
        return read(form, null);
    }

    /** What the form makes of each text of a list, but for those with a problem; none where the file doesn't say. */
    <T> List<T> each(Form<T> form) {
        return items().stream()
                .map(item -> item.required(form, "Write a value, or delete the line."))
                .filter(Objects::nonNull)
                .toList();
    }

    List<Value> items() {
        if (kind == Kind.TEXT) {
            problem(holdsPassword() ? "must be a list." : "must be a list. Write [" + written + "].");
        } else if (kind == Kind.SECTION) {
            problem("must be a list, not a section.");
        }
        return items;
    }

    /** The members to read; none where the file doesn't say. */
    Section section() {
        boolean isSection = kind == Kind.SECTION || kind == Kind.NOTHING;
        if (!isSection && kind != Kind.BROKEN) {
            problem("must be a section: indented lines of the form \"key: value\".");
        }
        return new Section(place, members, !isSection);
    }

    boolean isThere() {
        return kind != Kind.NOTHING;
    }

    boolean isEmpty() {
        return kind == Kind.NOTHING || kind == Kind.LIST && items.isEmpty();
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

    Map<String, Value> members() {
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
