package org.chatpress.error;

/** The database cannot be used: disk full, locked by another process, or written by another version. Exit code 1. */
public final class StoreException extends RuntimeException {
    private final String hint;
    private final Reason reason;

    private enum Reason {
        SCHEMA_OUTDATED,
        IN_USE,
        OTHER
    }

    public StoreException(String message, String hint, Throwable cause) {
        this(message, hint, Reason.OTHER, cause);
    }

    private StoreException(String message, String hint, Reason reason, Throwable cause) {
        super(message, cause);
        this.hint = hint;
        this.reason = reason;
    }

    /** An older Chatpress wrote the database, and a reader cannot upgrade it. */
    public static StoreException schemaOutdated(String message, String hint) {
        return new StoreException(message, hint, Reason.SCHEMA_OUTDATED, null);
    }

    /** Another process writes to the database. */
    public static StoreException inUse(String message, String hint) {
        return new StoreException(message, hint, Reason.IN_USE, null);
    }

    /** True if the next cycle makes the database readable, by upgrading its schema. */
    public boolean isSchemaOutdated() {
        return reason == Reason.SCHEMA_OUTDATED;
    }

    /** True if another process writes to the database. */
    public boolean isInUse() {
        return reason == Reason.IN_USE;
    }

    /** What to do, as an order with a full stop. */
    public String hint() {
        return hint;
    }
}
