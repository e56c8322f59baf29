package org.chatpress.error;

/** Our own database cannot be used: disk full, locked by another writer, written by a newer Chatpress. Exit code 1. */
public sealed class StoreException extends RuntimeException permits OutdatedSchemaException {
    private final String hint;

    public StoreException(String message, String hint, Throwable cause) {
        super(message, cause);
        this.hint = hint;
    }

    /** What to do, as an order with a full stop. */
    public String hint() {
        return hint;
    }
}
