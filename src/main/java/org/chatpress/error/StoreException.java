package org.chatpress.error;

/** The database cannot be used: disk full, locked by another process, or written by another version. Exit code 1. */
public final class StoreException extends RuntimeException {
    private final String hint;
    private final Reason reason;

    private enum Reason {
        SCHEMA_OUTDATED,
        IN_USE,
        SESSION_ENDED,
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

    /** The server ended the session, or cannot be reached any more. */
    public static StoreException sessionEnded(String message, String hint, Throwable cause) {
        return new StoreException(message, hint, Reason.SESSION_ENDED, cause);
    }

    /** True if the next cycle makes the database readable, by upgrading its schema. */
    public boolean isSchemaOutdated() {
        return reason == Reason.SCHEMA_OUTDATED;
    }

    /** True if another process writes to the database. */
    public boolean isInUse() {
        return reason == Reason.IN_USE;
    }

    /** True if the server ended the session or cannot be reached: a new session may be able to do the same. */
    public boolean isSessionEnded() {
        return reason == Reason.SESSION_ENDED;
    }

    /** What to do, as an order with a full stop. */
    public String hint() {
        return hint;
    }
}
