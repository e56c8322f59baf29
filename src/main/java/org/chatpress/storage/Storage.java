package org.chatpress.storage;

import java.util.List;
import java.util.Optional;
import org.chatpress.error.RemoteException;

/**
 * A place that serves files. A reader sees the old bytes of a key or the new ones, never a mixture and never a part,
 * after a failure too. Every method throws {@link RemoteException} and nothing else; connecting takes at most 10 s. As many
 * threads at a time use a storage as it has lanes, no two of them for the same key.
 */
public interface Storage extends AutoCloseable {
    /** What an operator calls it, as in {@code ftp://chats@web.example/htdocs}: stable, no secret, its identity in the store. */
    String name();

    /** How many threads may use it at once. */
    default int maxParallel() {
        return 1;
    }

    /** Stores it, replacing what was there, making folders as needed. */
    void put(StoredObject object);

    /**
     * Stores it, unless somebody else stored something under its key since this object last did so by this method and
     * has not read it since. A storage that cannot tell stores it in any case.
     *
     * @return what somebody else stored; empty if the blob is stored
     */
    default Optional<StoredObject> putUnlessChanged(StoredObject object) {
        put(object);
        return Optional.empty();
    }

    /** What would keep {@link #putUnlessChanged} from storing anything under the key; empty if nothing would. */
    default Optional<StoredObject> hasChanged(ObjectKey key) {
        return Optional.empty();
    }

    /** Removes it. A key that isn't there is already removed; what an interrupted put left behind goes too. */
    void delete(ObjectKey key);

    /** What readers would get now, uncompressed; empty if there is nothing. Headers that it does not know are empty. */
    Optional<StoredObject> read(ObjectKey key);

    /** Every key below the folder ({@code ""}: all), sorted; a folder that isn't there holds none. Partial files are none. */
    List<ObjectKey> list(String folder);

    /** Fails, with a hint, if a put would fail now; leaves nothing behind. */
    void check();

    /** What becomes of a put that hangs on what is there; tried out like {@link #check}. */
    default ConditionalWrites conditionalWrites() {
        return ConditionalWrites.NONE;
    }

    /** What a storage makes of the condition that nobody else stored anything meanwhile. */
    enum ConditionalWrites {
        /** It knows none. */
        NONE,
        /** A put under a wrong one is refused, under a right one done. */
        SUPPORTED,
        /** A put under a wrong one is done. */
        IGNORED,
        /** A put under a right one is refused. */
        BROKEN
    }

    /** Ends connections; does nothing the second time. */
    @Override
    void close();
}
