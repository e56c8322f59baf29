package org.chatpress.support;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StoredObject;

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
    public int lanes() {
        return memory.lanes();
    }

    @Override
    public void put(StoredObject blob) {
        memory.put(blob);
    }

    @Override
    public Optional<StoredObject> putUnlessChanged(StoredObject blob) {
        synchronized (memory) {
            Optional<StoredObject> strange = changed(blob.key());
            if (strange.isPresent()) {
                return strange;
            }
            own.computeIfPresent(blob.key(), (key, digests) -> with(digests, blob));
            memory.put(blob);
            own.put(blob.key(), Set.of(blob.digest()));
            return Optional.empty();
        }
    }

    @Override
    public Optional<StoredObject> changed(ObjectKey key) {
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
        own.remove(key);
        return memory.read(key);
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
    public ConditionalWrites conditions() {
        return ConditionalWrites.HONOURED;
    }

    @Override
    public void close() {}

    private static Set<String> with(Set<String> digests, StoredObject blob) {
        var more = new HashSet<>(digests);
        more.add(blob.digest());
        return more;
    }
}
