package org.chatpress.storage;

import java.util.regex.Pattern;

/**
 * A file's path within a storage, as in {@code election-night/i/p-0123456789ab.json}: parts of letters, digits, dots,
 * hyphens and underscores, joined by slashes. No part starts with a dot, so no key climbs out of its storage, hides, or
 * meets a temporary file of ours.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

    public ObjectKey {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a storage key: " + value);
        }
    }

    /** True for at most 512 characters in the form above. */
    public static boolean isValid(String text) {
        return text.length() <= 512 && FORM.matcher(text).matches();
    }

    /** The folder that holds it, without a slash at the end; empty at the top. */
    public String folder() {
        int slash = value.lastIndexOf('/');
        return slash < 0 ? "" : value.substring(0, slash);
    }

    /** Its last part. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** Where a put writes before the file appears whole, beside it; hidden, and no key. It follows from the key. */
    public String temporary() {
        return sibling("." + name() + ".part");
    }

    /** Where a put keeps the old file for a moment, beside it, on a server that cannot rename over it; hidden, and no key. */
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
