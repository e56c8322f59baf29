package org.chatpress.support;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;

/** One process's way to a storage in memory that several may use: it notices what others put there. */
public final class ConditionalMemoryStorage implements Storage {
    private final MemoryStorage memory;
    private final Map<ObjectKey, Set<String>> own = new HashMap<>();

    public ConditionalMemoryStorage(MemoryStorage memory) {
        this.memory = memory;
    }

    @Override
    public String name() {
        return memory.name();
    }

    @Override
    public int maxParallel() {
        return memory.maxParallel();
    }

    @Override
    public void put(StoredObject object) {
        memory.put(object);
    }

    @Override
    public Optional<StoredObject> putUnlessChanged(StoredObject object) {
        synchronized (memory) {
            Optional<StoredObject> strange = findConflict(object.key());
            if (strange.isPresent()) {
                return strange;
            }
            own.computeIfPresent(object.key(), (key, digests) -> with(digests, object));
            memory.put(object);
            own.put(object.key(), Set.of(object.digest()));
            return Optional.empty();
        }
    }

    @Override
    public Optional<StoredObject> findConflict(ObjectKey key) {
        synchronized (memory) {
            Set<String> digests = own.get(key);
            return memory.blob(key.value()).filter(there -> digests != null && !digests.contains(there.digest()));
        }
    }

    @Override
    public void delete(ObjectKey key) {
        memory.delete(key);
        own.remove(key);
    }

    @Override
    public Optional<StoredObject> read(ObjectKey key) {
        synchronized (memory) {
            Optional<StoredObject> found = memory.read(key);
            own.computeIfPresent(
                    key,
                    (same, digests) -> found.filter(there -> digests.contains(there.digest()))
                                    .isPresent()
                            ? digests
                            : null);
            return found;
        }
    }

    @Override
    public List<ObjectKey> list(String folder) {
        return memory.list(folder);
    }

    @Override
    public void check() {
        memory.check();
    }

    @Override
    public ConditionalWrites conditionalWrites() {
        return ConditionalWrites.SUPPORTED;
    }

    @Override
    public void close() {}

    private static Set<String> with(Set<String> digests, StoredObject object) {
        var more = new HashSet<>(digests);
        more.add(object.digest());
        return more;
    }
}
