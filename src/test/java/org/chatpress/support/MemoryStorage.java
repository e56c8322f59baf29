package org.chatpress.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.chatpress.error.RemoteException;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;

/**
 * A storage in memory that passes the same contract as the real ones, remembers what was asked of it and fails on
 * demand. Any number of threads may use it.
 */
public final class MemoryStorage implements Storage {
    private final String name;
    private final int parallelUploads;
    private final TreeMap<ObjectKey, StoredObject> blobs = new TreeMap<>();
    private final List<String> operations = new ArrayList<>();
    private final List<StoredObject> everPut = new ArrayList<>();
    private boolean down;
    private boolean full;
    private int untilFailure;
    private RuntimeException failure;
    private RuntimeException lostAnswer;
    private String refusedPut = "";
    private RuntimeException refusal;
    private Consumer<MemoryStorage> onChange = readers -> {};

    public MemoryStorage() {
        this("memory");
    }

    public MemoryStorage(String name) {
        this(name, 1);
    }

    /** How many threads a publisher may use. */
    public MemoryStorage(String name, int lanes) {
        this.name = name;
        this.parallelUploads = lanes;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int maxParallel() {
        return parallelUploads;
    }

    @Override
    public void put(StoredObject object) {
        store(object.content().isFile() ? loaded(object) : object);
    }

    /** The same, read from the local disk. */
    private StoredObject loaded(StoredObject object) {
        try (InputStream in = object.content().open()) {
            return new StoredObject(object.key(), in.readAllBytes(), object.contentType(), object.cacheControl());
        } catch (IOException e) {
            throw RemoteException.transientFailure(
                    "cannot put " + object.key() + " to " + name + ": " + e.getMessage(), e);
        }
    }

    private synchronized void store(StoredObject object) {
        arrive("put " + object.key());
        if (full) {
            throw RemoteException.transientFailure(
                    "cannot put " + object.key() + " to " + name + ": it is full", (Throwable) null);
        }
        everPut.add(object);
        blobs.put(object.key(), object);
        onChange.accept(copy());
        answer("put " + object.key());
    }

    @Override
    public synchronized void delete(ObjectKey key) {
        arrive("delete " + key);
        if (blobs.remove(key) != null) {
            onChange.accept(copy());
        }
        answer("delete " + key);
    }

    @Override
    public synchronized Optional<StoredObject> read(ObjectKey key) {
        arrive("read " + key);
        answer("read " + key);
        return Optional.ofNullable(blobs.get(key));
    }

    @Override
    public synchronized List<ObjectKey> list(String folder) {
        String start = folder.isEmpty() ? "" : new ObjectKey(folder) + "/";
        arrive("list " + folder);
        answer("list " + folder);
        return blobs.keySet().stream()
                .filter(key -> key.value().startsWith(start))
                .toList();
    }

    @Override
    public synchronized void check() {
        arrive("check");
        answer("check");
    }

    @Override
    public void close() {}

    /** Each put, and each removal of what was there, is followed by this, with what readers can fetch from then on. */
    public synchronized void onChange(Consumer<MemoryStorage> look) {
        onChange = look;
    }

    /** While it is down, every operation is TRANSIENT and changes nothing. */
    public synchronized void down(boolean isDown) {
        down = isDown;
    }

    /** While it is full, every put fails and changes nothing; everything else is well. */
    public synchronized void full(boolean isFull) {
        full = isFull;
    }

    /** What a backup of it holds. */
    public synchronized Map<ObjectKey, StoredObject> backup() {
        return Map.copyOf(blobs);
    }

    /** Replaces the whole content without a call of the storage. */
    public synchronized void restore(Map<ObjectKey, StoredObject> backup) {
        blobs.clear();
        blobs.putAll(backup);
    }

    /** Every blob that it ever took, even if it was replaced or removed since, in order. */
    public synchronized List<StoredObject> everPut() {
        return List.copyOf(everPut);
    }

    /** The text of every blob that it ever took: what no reader could see, not even for a moment, is not in it. */
    public String everythingEver() {
        return text(everPut());
    }

    /** The next operation throws this and changes nothing. */
    public void failNext(RuntimeException thrown) {
        failAfter(0, thrown);
    }

    /** So many operations succeed, the next one throws this and changes nothing: a way to stop anywhere. */
    public synchronized void failAfter(int operationsThatSucceed, RuntimeException thrown) {
        untilFailure = operationsThatSucceed;
        failure = thrown;
    }

    /** The next put of this key throws this and changes nothing. */
    public synchronized void failPut(String key, RuntimeException thrown) {
        refusedPut = "put " + key;
        refusal = thrown;
    }

    /** The next operation does its work and throws this all the same, as when the answer is lost on the way. */
    public synchronized void loseNextAnswer(RuntimeException thrown) {
        lostAnswer = thrown;
    }

    /** Everything that succeeded, in order, as in {@code put election/live.json}, {@code delete x.json}, {@code check}. */
    public synchronized List<String> operations() {
        return List.copyOf(operations);
    }

    /** Every put and delete that succeeded, in order, as in {@link #operations}. */
    public List<String> changes() {
        return operations().stream()
                .filter(operation -> operation.startsWith("put ") || operation.startsWith("delete "))
                .toList();
    }

    /** The keys that were put, in order; a key that was put twice is there twice. */
    public List<String> puts() {
        return operations().stream()
                .filter(operation -> operation.startsWith("put "))
                .map(operation -> operation.substring("put ".length()))
                .toList();
    }

    /** Forgets what was asked of it, and what it ever took. */
    public synchronized void forgetOperations() {
        operations.clear();
        everPut.clear();
    }

    /** The keys that readers can fetch now. */
    public synchronized Set<String> keys() {
        var keys = new TreeSet<String>();
        blobs.keySet().forEach(key -> keys.add(key.value()));
        return keys;
    }

    public synchronized Optional<StoredObject> blob(String key) {
        return Optional.ofNullable(blobs.get(new ObjectKey(key)));
    }

    /** The content of a key that must be there. */
    public String text(String key) {
        return new String(blob(key).orElseThrow().bytes(), StandardCharsets.UTF_8);
    }

    /** Every file's text, one after another, for asking what is nowhere. */
    public synchronized String everything() {
        return text(blobs.values());
    }

    private static String text(Collection<StoredObject> blobs) {
        StringBuilder all = new StringBuilder();
        blobs.forEach(object ->
                all.append(new String(object.bytes(), StandardCharsets.UTF_8)).append('\n'));
        return all.toString();
    }

    private MemoryStorage copy() {
        var copy = new MemoryStorage(name);
        copy.blobs.putAll(blobs);
        return copy;
    }

    private void arrive(String operation) {
        if (down) {
            throw RemoteException.transientFailure(
                    "cannot " + operation + " to " + name + ": it is down", (Throwable) null);
        }
        if (operation.equals(refusedPut)) {
            refusedPut = "";
            throw refusal;
        }
        if (failure != null && untilFailure-- == 0) {
            RuntimeException thrown = failure;
            failure = null;
            throw thrown;
        }
    }

    private void answer(String operation) {
        operations.add(operation);
        if (lostAnswer != null) {
            RuntimeException thrown = lostAnswer;
            lostAnswer = null;
            throw thrown;
        }
    }
}
