package org.chatpress.store.sql;

import org.chatpress.error.StoreException;

/** Lets one process at a time write to a database. */
public interface WriterLock extends AutoCloseable {
    /**
     * Proves that this process still holds the lock.
     *
     * @throws StoreException if it does not, or cannot tell: what it would write may be lost, and another process may
     *     write
     */
    void verify();

    @Override
    void close();
}
