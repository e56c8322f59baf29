package org.chatpress.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;
import org.chatpress.error.RemoteException;
import org.chatpress.model.Gzip;
import org.chatpress.model.Hashes;

/**
 * A place that serves files. Readers of a key see the old content or the new one, never a mixture or a part of it, even if
 * a write fails. All methods throw only {@link RemoteException}; connecting takes at most 10 s, and a server that
 * is silent is given up after 10 s more. Up to {@link #maxParallel}
 * threads may use a storage at once, but no two of them with the same key.
 */
public interface Storage extends AutoCloseable {
    /**
     * The name that operators see, as in {@code ftp://chats@web.example/htdocs}. It identifies the storage in the database,
     * so it stays the same from start to start, and contains no secret.
     */
    String name();

    /**
     * Says that this storage held objects before. A directory that is missing from then on cannot be reached, as when its
     * share is not mounted; it is not made again.
     */
    default void expectObjects() {}

    /**
     * What the files are kept on: another value means another medium under the same name, as when a share was mounted or
     * unmounted. Empty for a server, which does not tell.
     */
    default Optional<Object> medium() {
        return Optional.empty();
    }

    /** The number of threads that may use this storage at once. */
    default int maxParallel() {
        return 1;
    }

    /** Stores an object in place of the one with the same key, if there is one. Makes missing folders. */
    void put(StoredObject object);

    /**
     * Stores an object unless another writer has replaced what this instance last stored under the key with this method.
     * A {@link #read} that returns the other writer's object ends that protection until the next call. A storage without
     * conditional writes stores the object in any case.
     *
     * @return the other writer's object; empty if this object was stored
     */
    default Optional<StoredObject> putUnlessChanged(StoredObject object) {
        put(object);
        return Optional.empty();
    }

    /** Returns the other writer's object because of which {@link #putUnlessChanged} would not store anything now. */
    default Optional<StoredObject> findConflict(ObjectKey key) {
        return Optional.empty();
    }

    /** Deletes an object, if there is one, and the partial files that an interrupted put may have left. */
    void delete(ObjectKey key);

    /**
     * Reads what readers get now, uncompressed; empty if there is nothing. Headers that the storage does not keep are
     * empty.
     */
    Optional<StoredObject> read(ObjectKey key);

    /** Lists all keys below a folder ({@code ""}: all), sorted, without partial files; none if there is no such folder. */
    List<ObjectKey> list(String folder);

    /** Writes and deletes a probe; throws with a hint if that fails. Leaves nothing behind. */
    void check();

    /** Tests conditional writes with a probe, like {@link #check}. */
    default ConditionalWrites conditionalWrites() {
        return ConditionalWrites.NONE;
    }

    /** What a storage does with a write that depends on an ETag. */
    enum ConditionalWrites {
        /** It has none. */
        NONE,
        /** It rejects a write if the ETag does not match, and accepts it if the ETag matches. */
        SUPPORTED,
        /** It accepts a write although the ETag does not match. */
        IGNORED,
        /** It rejects a write although the ETag matches. */
        BROKEN
    }

    /** Closes connections; does nothing if they are closed. */
    @Override
    void close();

    /** The small file that {@link #check} writes, under a key that nothing else uses. */
    static StoredObject probe() {
        return new StoredObject(
                new ObjectKey("chatpress-check-" + UUID.randomUUID() + ".txt"),
                "Chatpress checks that it may write here.\n".getBytes(StandardCharsets.UTF_8),
                "text/plain; charset=utf-8",
                "no-store");
    }

    /** Deletes the probe of a check. If that fails, the hint says which file to delete by hand. */
    static void deleteProbe(StoredObject probe, Storage storage) {
        try {
            storage.delete(probe.key());
        } catch (RemoteException e) {
            throw e.withHint("Delete " + probe.key() + ", which readers can see.");
        }
    }

    /**
     * A file to serve.
     *
     * @param contentType as in {@code application/json; charset=utf-8}
     * @param cacheControl as in {@code public, max-age=2}; a storage that cannot set headers ignores both
     */
    public record StoredObject(ObjectKey key, Content content, String contentType, String cacheControl) {
        /** @param bytes not copied, so they must not be modified */
        public StoredObject(ObjectKey key, byte[] bytes, String contentType, String cacheControl) {
            this(key, Content.of(bytes), contentType, cacheControl);
        }

        /** The uncompressed content. That of a whole chat may take much memory, and that of a clip more than the process has. */
        public byte[] bytes() {
            return content.bytes();
        }

        /** The SHA-256 of the uncompressed content, which it reads as a stream. */
        public String digest() {
            try (InputStream in = content.open()) {
                return Hashes.sha256(new byte[0], in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The content of a file: held once, compressed or not, or left on the local disk. */
    final class Content {
        private final byte[] stored;
        private final boolean isGzipped;
        private final Optional<LocalFile> file;

        private record LocalFile(Path path, long length, BooleanSupplier isCancelled) {}

        private Content(byte[] stored, boolean isGzipped, Optional<LocalFile> file) {
            this.stored = stored;
            this.isGzipped = isGzipped;
            this.file = file;
        }

        /** @param bytes not copied, so they must not be modified */
        public static Content of(byte[] bytes) {
            return new Content(bytes, false, Optional.empty());
        }

        /** @param gzip one complete gzip member; not copied, so it must not be modified */
        public static Content ofGzip(byte[] gzip) {
            return new Content(gzip, true, Optional.empty());
        }

        /**
         * The content of a file on the local disk, for objects that are too large for memory. A put reads it in chunks.
         *
         * @param length the number of bytes; a put of a file that is shorter fails
         * @param isCancelled asked before each chunk: true ends the put, as if the file could not be read
         */
        public static Content of(Path file, long length, BooleanSupplier isCancelled) {
            return new Content(new byte[0], false, Optional.of(new LocalFile(file, length, isCancelled)));
        }

        /** True if it is read from the local disk. */
        public boolean isFile() {
            return file.isPresent();
        }

        /** The uncompressed bytes. */
        public byte[] bytes() {
            try {
                if (isFile()) {
                    try (InputStream in = open()) {
                        return in.readAllBytes();
                    }
                }
                return isGzipped ? Gzip.decompress(stored) : stored;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The compressed bytes. */
        public byte[] gzip() {
            return isGzipped ? stored : Gzip.compress(bytes());
        }

        /** The uncompressed bytes, without holding all of them in memory. */
        public InputStream open() {
            if (isFile()) {
                return open(0, length());
            }
            var in = new ByteArrayInputStream(stored);
            try {
                return isGzipped ? new GZIPInputStream(in, Gzip.BUFFER) : in;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /**
         * A part of a file on the local disk. If it cannot be read, the stream throws {@link ReadException}.
         *
         * @param offset of the first byte
         */
        public InputStream open(long offset, long length) {
            return new FileSection(file.orElseThrow(), offset, length);
        }

        /** The number of uncompressed bytes. */
        public long length() {
            if (file.isPresent()) {
                return file.get().length();
            }
            return isGzipped ? Gzip.decompressedLength(stored) : stored.length;
        }

        /** The local file cannot be read, or the put was cancelled: the storage is not to blame. */
        public static final class ReadException extends IOException {
            private ReadException(String message, IOException cause) {
                super(message, cause);
            }
        }

        /** Opens the file at the first read. */
        private static final class FileSection extends InputStream {
            private final LocalFile file;
            private final long offset;
            private Optional<InputStream> in = Optional.empty();
            private long left;

            FileSection(LocalFile file, long offset, long length) {
                this.file = file;
                this.offset = offset;
                this.left = length;
            }

            @Override
            public int read() throws IOException {
                var single = new byte[1];
                return read(single, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(single[0]);
            }

            @Override
            public int read(byte[] bytes, int start, int length) throws IOException {
                if (file.isCancelled().getAsBoolean()) {
                    throw new ReadException("the upload was cancelled", null);
                }
                if (left == 0) {
                    return -1;
                }
                int read = readFile(bytes, start, (int) Math.min(length, left));
                if (read < 0) {
                    throw new ReadException(file.path() + " is shorter than " + file.length() + " bytes", null);
                }
                left -= read;
                return read;
            }

            private int readFile(byte[] bytes, int start, int length) throws ReadException {
                try {
                    if (in.isEmpty()) {
                        var channel = FileChannel.open(file.path(), StandardOpenOption.READ);
                        in = Optional.of(Channels.newInputStream(channel.position(offset)));
                    }
                    return in.get().read(bytes, start, length);
                } catch (IOException e) {
                    throw new ReadException("cannot read " + file.path(), e);
                }
            }

            @Override
            public void close() throws IOException {
                if (in.isPresent()) {
                    in.get().close();
                }
            }
        }
    }

    /** Where a storage is and how to reach it, as configured in channels.yml. */
    public interface StorageSettings {
        /** Makes the storage, without connecting to it. */
        Storage storage();
    }
}
