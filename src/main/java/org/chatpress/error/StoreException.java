package org.chatpress.error;

/** The database cannot be used: disk full, locked by another process, or written by another version. Exit code 1. */
public final class StoreException extends RuntimeException {
    private final String hint;
    private final boolean schemaOutdated;

    public StoreException(String message, String hint, Throwable cause) {
        this(message, hint, false, cause);
    }

    private StoreException(String message, String hint, boolean schemaOutdated, Throwable cause) {
        super(message, cause);
        this.hint = hint;
        this.schemaOutdated = schemaOutdated;
    }

    /** An older Chatpress wrote the database, and a reader cannot upgrade it. */
    public static StoreException schemaOutdated(String message, String hint) {
        return new StoreException(message, hint, true, null);
    }

    /** True if the next cycle makes the database readable, by upgrading its schema. */
    public boolean isSchemaOutdated() {
        return schemaOutdated;
    }

    /** What to do, as an order with a full stop. */
    public String hint() {
        return hint;
    }
}
