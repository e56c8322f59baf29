package org.chatpress.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.StoreException;

/**
 * Lets one writer at a time use a database. The operating system holds the lock, so it goes with its process, however
 * that ends; the file's text only says who holds it.
 */
final class DatabaseLock implements AutoCloseable {
    /**
     * Who holds what in this very process. Such a file must not even be opened again: closing it would release the lock,
     * as the operating system counts by process and file.
     */
    private static final Map<Path, String> HELD_HERE = new ConcurrentHashMap<>();

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;

    private DatabaseLock(Path file, FileChannel channel, FileLock lock) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
    }

    /** @param holder who asks, as in {@code chatpress run, process 4711} */
    static DatabaseLock take(Path database, String holder) {
        Path file = whole(database).resolveSibling(database.getFileName() + ".lock");
        String here = HELD_HERE.putIfAbsent(file, holder);
        if (here != null) {
            throw held(database, here);
        }
        DatabaseLock lock = null;
        try {
            lock = fromSystem(database, file, holder);
            return lock;
        } finally {
            if (lock == null) {
                HELD_HERE.remove(file);
            }
        }
    }

    @Override
    public void close() {
        try (channel) {
            lock.release();
        } catch (IOException e) {
            throw new StoreException("cannot release the lock: " + e.getMessage(), "Nothing needs to be done.", e);
        } finally {
            HELD_HERE.remove(file);
        }
    }

    private static DatabaseLock fromSystem(Path database, Path file, String holder) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw held(database, textOf(file));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
            return new DatabaseLock(file, channel, lock);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot write " + file + ": " + ErrorMessages.describe(e),
                    "Make it and its folder writable for Chatpress.",
                    e);
        }
    }

    /** One name for one file, by whatever way it was named. */
    private static Path whole(Path database) {
        Path folder = database.toAbsolutePath().getParent();
        try {
            return folder.toRealPath().resolve(database.getFileName());
        } catch (IOException e) {
            throw new StoreException(
                    "cannot use the folder " + folder + ": " + ErrorMessages.describe(e),
                    "Make it readable for Chatpress.",
                    e);
        }
    }

    private static String textOf(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // nobody is named then; the lock holds all the same
        }
    }

    private static StoreException held(Path database, String holder) {
        return new StoreException(
                "database " + database + " is in use by " + (holder.isEmpty() ? "another Chatpress" : holder),
                "Stop that one first, or give this one a database of its own.",
                null);
    }
}
