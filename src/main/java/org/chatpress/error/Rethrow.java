package org.chatpress.error;

/** What work on another thread threw, to be thrown where its end is waited for. */
public final class Rethrow {
    private Rethrow() {}

    /** As if the work had been done here. */
    public static RuntimeException by(Throwable work) {
        return work instanceof RuntimeException thrown
                ? thrown
                : new IllegalStateException("another thread broke off", work);
    }
}
