package org.chatpress.store.sql;

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
 * Lets one writer at a time use a database. The lock is the operating system's, on a file beside the database, so it ends
 * with its process in any case. The text of the file names the holder.
 */
public final class DatabaseLock implements AutoCloseable {
    /**
     * The locks of this process, with their holders. Their files must not be opened again: to close a file releases every
     * lock that the process holds on it.
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

    /**
     * @param holder names this process to others, as in {@code chatpress run, process 4711}
     * @throws StoreException if another writer holds the lock; the message names it
     */
    public static DatabaseLock acquire(Path database, String holder) {
        Path file = realPath(database).resolveSibling(database.getFileName() + ".lock");
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
            throw new StoreException("cannot release the lock: " + e.getMessage(), "There is nothing to do.", e);
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

    /** The same path for the same file, however it was named. */
    private static Path realPath(Path database) {
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
            return ""; // the message names no holder then
        }
    }

    private static StoreException held(Path database, String holder) {
        return new StoreException(
                "database " + database + " is in use by " + (holder.isEmpty() ? "another Chatpress" : holder),
                "Stop that process first, or set another database in the settings.",
                null);
    }
}
