package org.chatpress.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.chatpress.failure.StoreFailure;

/**
 * Lets one writer at a time use a database. The operating system holds the lock, so it goes with its process, however
 * that ends; the file's text only says who holds it.
 */
final class WriterLock implements AutoCloseable {
    private final FileChannel channel;
    private final FileLock lock;

    private WriterLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** @param holder who asks, as in {@code chatpress run, process 4711} */
    static WriterLock take(Path database, String holder) {
        Path file = database.resolveSibling(database.getFileName() + ".lock");
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = locked(channel);
            if (lock == null) {
                channel.close();
                throw held(database, file);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
            return new WriterLock(channel, lock);
        } catch (IOException e) {
            throw new StoreFailure(
                    "cannot write " + file + ": " + e.getMessage(), "Make its folder writable for Chatpress.", e);
        }
    }

    @Override
    public void close() {
        try (channel) {
            lock.release();
        } catch (IOException e) {
            throw new StoreFailure("cannot release the lock: " + e.getMessage(), "Nothing needs to be done.", e);
        }
    }

    private static FileLock locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another store of this very process holds it
        }
    }

    private static StoreFailure held(Path database, Path file) {
        String holder;
        try {
            holder = Files.readString(file).strip();
        } catch (IOException e) {
            holder = "";
        }
        return new StoreFailure(
                "database " + database + " is in use by " + (holder.isEmpty() ? "another Chatpress" : holder),
                "Stop that one first, or give this one a database of its own.",
                null);
    }
}
