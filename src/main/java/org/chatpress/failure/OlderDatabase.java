package org.chatpress.failure;

/** The database can be read once the next cycle has brought it up to date. */
public final class OlderDatabase extends StoreFailure {
    public OlderDatabase(String message, String hint) {
        super(message, hint, null);
    }
}
