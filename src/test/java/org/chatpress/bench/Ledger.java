package org.chatpress.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;
import org.chatpress.storage.Storage;

/** A storage that takes no time, and counts what it is given. */
final class Ledger implements Storage {
    private final Map<Key, Blob> blobs = new HashMap<>();
    private final List<Blob> puts = new ArrayList<>();

    /** What was put since this was last asked. */
    synchronized List<Blob> puts() {
        List<Blob> all = List.copyOf(puts);
        puts.clear();
        return all;
    }

    @Override
    public String name() {
        return "ledger";
    }

    @Override
    public synchronized void put(Blob blob) {
        blobs.put(blob.key(), blob);
        puts.add(blob);
    }

    @Override
    public synchronized void delete(Key key) {
        blobs.remove(key);
    }

    @Override
    public synchronized Optional<Blob> read(Key key) {
        return Optional.ofNullable(blobs.get(key));
    }

    @Override
    public synchronized List<Key> list(String folder) {
        return blobs.keySet().stream()
                .filter(key -> key.value().startsWith(folder))
                .toList();
    }

    @Override
    public void check() {}

    @Override
    public void close() {}
}
