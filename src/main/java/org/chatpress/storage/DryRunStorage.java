package org.chatpress.storage;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.chatpress.storage.Storage.StoredObject;

/** Reads from a storage, but only prints what would be put and deleted. */
public final class DryRunStorage implements Storage {
    private final Storage storage;
    private final PrintWriter out;

    public DryRunStorage(Storage storage, PrintWriter out) {
        this.storage = storage;
        this.out = out;
    }

    @Override
    public String name() {
        return storage.name();
    }

    @Override
    public void expectObjects() {
        storage.expectObjects();
    }

    @Override
    public Optional<Object> medium() {
        return storage.medium();
    }

    @Override
    public void put(StoredObject object) {
        out.printf(
                "would upload %s to %s (%d bytes)%n",
                object.key(), name(), object.content().length());
    }

    @Override
    public void delete(ObjectKey key) {
        out.printf("would remove %s from %s%n", key, name());
    }

    @Override
    public Optional<StoredObject> read(ObjectKey key) {
        return storage.read(key);
    }

    @Override
    public List<ObjectKey> list(String folder) {
        return storage.list(folder);
    }

    @Override
    public void check() {
        storage.check();
    }

    @Override
    public void close() {
        storage.close();
    }
}
