package org.chatpress.support;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;
import org.chatpress.storage.Storage;

/** One process's way to a storage in memory that several may use: it notices what others put there. */
public final class WatchfulStorage implements Storage {
    private final MemoryStorage memory;
    private final Map<Key, Set<String>> own = new HashMap<>();

    public WatchfulStorage(MemoryStorage memory) {
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
    public void put(Blob blob) {
        memory.put(blob);
    }

    @Override
    public Optional<Blob> putUnlessChanged(Blob blob) {
        synchronized (memory) {
            Optional<Blob> strange = changed(blob.key());
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
    public Optional<Blob> changed(Key key) {
        synchronized (memory) {
            Set<String> digests = own.get(key);
            return memory.blob(key.value()).filter(there -> digests != null && !digests.contains(there.digest()));
        }
    }

    @Override
    public void delete(Key key) {
        memory.delete(key);
        own.remove(key);
    }

    @Override
    public Optional<Blob> read(Key key) {
        own.remove(key);
        return memory.read(key);
    }

    @Override
    public List<Key> list(String folder) {
        return memory.list(folder);
    }

    @Override
    public void check() {
        memory.check();
    }

    @Override
    public Conditions conditions() {
        return Conditions.HONOURED;
    }

    @Override
    public void close() {}

    private static Set<String> with(Set<String> digests, Blob blob) {
        var more = new HashSet<>(digests);
        more.add(blob.digest());
        return more;
    }
}
