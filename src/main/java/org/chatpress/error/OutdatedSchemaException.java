package org.chatpress.error;

/** The database can be read once the next cycle has brought it up to date. */
public final class OutdatedSchemaException extends StoreException {
    public OutdatedSchemaException(String message, String hint) {
        super(message, hint, null);
    }
}
