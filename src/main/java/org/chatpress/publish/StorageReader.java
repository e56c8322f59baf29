package org.chatpress.publish;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what storages have, to compare it with what was published. Nothing waits for what cannot be read: a failure is
 * logged once, until the same read succeeds. Any number of threads may use it.
 */
final class StorageReader {
    private static final Logger LOG = LoggerFactory.getLogger(StorageReader.class);

    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    /** The keys below a folder; empty if the storage fails to list them. */
    Optional<Set<ObjectKey>> list(Storage storage, String folder) {
        return read(storage, folder, () -> Optional.of(Set.copyOf(storage.list(folder))));
    }

    /** The object; empty if there is none, or if the storage fails to read it. */
    Optional<StoredObject> read(Storage storage, ObjectKey key) {
        return read(storage, key.value(), () -> storage.read(key));
    }

    /** Those of the keys that the storage has, up to the first that it fails to read. */
    Set<ObjectKey> found(Storage storage, List<ObjectKey> keys) {
        var found = new HashSet<ObjectKey>();
        for (ObjectKey key : keys) {
            Optional<Boolean> isThere = read(
                    storage, key.value(), () -> Optional.of(storage.read(key).isPresent()));
            if (isThere.isEmpty()) {
                break;
            }
            if (isThere.get()) {
                found.add(key);
            }
        }
        return found;
    }

    private <T> Optional<T> read(Storage storage, String what, Supplier<Optional<T>> read) {
        String failed = storage.name() + " " + what;
        try {
            Optional<T> found = read.get();
            failing.remove(failed);
            return found;
        } catch (RemoteException e) {
            if (e.kind() == Kind.TRANSIENT && failing.add(failed)) {
                LOG.warn("cannot compare {} with what was published, and will try again: {}", what, e.getMessage());
            } else {
                LOG.debug("cannot compare {} on {}", what, storage.name(), e);
            }
            return Optional.empty();
        }
    }
}
