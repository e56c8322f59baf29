package org.chatpress.failure;

import java.util.concurrent.ExecutionException;

/** What work on another thread threw, to be thrown where its end is waited for. */
public final class Thrown {
    private Thrown() {}

    /** As if the work had been done here. */
    public static RuntimeException by(ExecutionException work) {
        return work.getCause() instanceof RuntimeException thrown
                ? thrown
                : new IllegalStateException("another thread broke off", work.getCause());
    }
}
