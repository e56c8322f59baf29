package org.chatpress.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;

/** A storage that takes no time, and counts what it is given. */
final class InstantStorage implements Storage {
    private final Map<ObjectKey, StoredObject> blobs = new HashMap<>();
    private final List<StoredObject> puts = new ArrayList<>();

    /** What was put since this was last asked. */
    synchronized List<StoredObject> puts() {
        List<StoredObject> all = List.copyOf(puts);
        puts.clear();
        return all;
    }

    @Override
    public String name() {
        return "ledger";
    }

    @Override
    public synchronized void put(StoredObject object) {
        blobs.put(object.key(), object);
        puts.add(object);
    }

    @Override
    public synchronized void delete(ObjectKey key) {
        blobs.remove(key);
    }

    @Override
    public synchronized Optional<StoredObject> read(ObjectKey key) {
        return Optional.ofNullable(blobs.get(key));
    }

    @Override
    public synchronized List<ObjectKey> list(String folder) {
        return blobs.keySet().stream()
                .filter(key -> key.value().startsWith(folder))
                .toList();
    }

    @Override
    public void check() {}

    @Override
    public void close() {}
}
