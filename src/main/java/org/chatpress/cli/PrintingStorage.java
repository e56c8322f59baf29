package org.chatpress.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;
import org.chatpress.storage.Storage;

/** Stands before a storage in a dry run: reads from it, prints what would be put and deleted, and does neither. */
final class PrintingStorage implements Storage {
    private final Storage storage;
    private final PrintWriter out;

    PrintingStorage(Storage storage, PrintWriter out) {
        this.storage = storage;
        this.out = out;
    }

    @Override
    public String name() {
        return storage.name();
    }

    @Override
    public void put(Blob blob) {
        out.printf("would put %s to %s (%d bytes)%n", blob.key(), name(), blob.bytes().length);
    }

    @Override
    public void delete(Key key) {
        out.printf("would remove %s from %s%n", key, name());
    }

    @Override
    public Optional<Blob> read(Key key) {
        return storage.read(key);
    }

    @Override
    public List<Key> list(String folder) {
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
