package org.chatpress.storage;

import java.util.regex.Pattern;

/**
 * The path of a file within a storage, as in {@code election-night/i/p-0123456789ab.json}: segments of letters, digits,
 * dots, hyphens and underscores, joined by slashes. No segment starts with a dot, so a key cannot lead out of its storage
 * or name a hidden file, such as the partial files of a put.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

    public ObjectKey {
        if (!isValid(value)) {
            throw new IllegalArgumentException("invalid object key: " + value);
        }
    }

    /** Whether the text has this form and at most 512 characters. */
    public static boolean isValid(String text) {
        return text.length() <= 512 && FORM.matcher(text).matches();
    }

    /** The folder, without a slash at the end; empty for a key without slashes. */
    public String folder() {
        int slash = value.lastIndexOf('/');
        return slash < 0 ? "" : value.substring(0, slash);
    }

    /** The last segment. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** The end of the name after its last dot; empty if it has none. */
    public String extension() {
        int dot = name().lastIndexOf('.');
        return dot < 0 ? "" : name().substring(dot + 1);
    }

    /** The hidden file beside it that a put writes and then renames. Not a valid key. */
    public String temporary() {
        return sibling("." + name() + ".part");
    }

    /** The hidden file beside it that keeps the old content during a put, on servers that cannot rename over a file. */
    public String backup() {
        return sibling("." + name() + ".old");
    }

    private String sibling(String name) {
        return folder().isEmpty() ? name : folder() + "/" + name;
    }

    @Override
    public int compareTo(ObjectKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
