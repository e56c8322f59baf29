package org.chatpress.store.sql;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.StoreException;

/**
 * Lets one writer at a time use a database. The lock is the operating system's, on a file beside the database, so it
 * ends with its process in any case. The text of the file names the holder. Database and lock are created so that only
 * their owner can read them: the database holds unapproved messages.
 */
public final class DatabaseLock implements WriterLock {
    /**
     * The locks of this process, with their holders. Their files must not be opened again: to close a file releases
     * every lock that the process holds on it.
     */
    private static final Map<Path, String> HELD_HERE = new ConcurrentHashMap<>();

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path database;
    private final Path realDatabase;
    private final Optional<Object> databaseKey;
    private final Path file;
    private final Optional<Object> fileKey;
    private final FileChannel channel;
    private final FileLock lock;

    private DatabaseLock(Path database, Path realDatabase, Path file, FileChannel channel, FileLock lock) {
        this.database = database;
        this.realDatabase = realDatabase;
        this.databaseKey = key(database);
        this.file = file;
        this.fileKey = key(file);
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Creates the database as an empty file if there is none.
     *
     * @param holder names this process to others, as in {@code chatpress run, process 4711}
     * @throws StoreException if another writer holds the lock; the message names it
     */
    public static DatabaseLock acquire(Path database, String holder) {
        Path real = realPath(database);
        Path file = real.resolveSibling(real.getFileName() + ".lock");
        String here = HELD_HERE.putIfAbsent(file, holder);
        if (here != null) {
            throw held(database, here);
        }
        DatabaseLock lock = null;
        try {
            lock = fromSystem(database, real, file, holder);
            return lock;
        } finally {
            if (lock == null) {
                HELD_HERE.remove(file);
            }
        }
    }

    /** The path of the locked database without links, for SQLite. */
    public Path realDatabase() {
        return realDatabase;
    }

    /**
     * Looks whether database and lock are still the files that were opened.
     *
     * @throws StoreException if one was moved, deleted or replaced
     */
    @Override
    public void verify() {
        if (!databaseKey.equals(key(database)) || !fileKey.equals(key(file))) {
            throw new StoreException(
                    "database " + database + " or its lock was moved, deleted or replaced while it was open",
                    "Put the files in place and start Chatpress again.",
                    null);
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

    private static DatabaseLock fromSystem(Path database, Path real, Path file, String holder) {
        try {
            createPrivate(file);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw held(database, textOf(file));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
            return new DatabaseLock(database, real, file, channel, lock);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot write " + file + ": " + ErrorMessages.describe(e),
                    "Make it and its folder writable for Chatpress.",
                    e);
        }
    }

    /** The same path for the same file, however it was named. */
    private static Path realPath(Path database) {
        try {
            createPrivate(database);
            Path real = database.toRealPath();
            rejectSecondName(real);
            return real;
        } catch (IOException e) {
            throw new StoreException(
                    "cannot use " + database + ": " + ErrorMessages.describe(e),
                    "Make it and its folder writable for Chatpress.",
                    e);
        }
    }

    /** SQLite and the lock work with names: two writers would not see each other. */
    private static void rejectSecondName(Path real) throws IOException {
        if (hasUnixAttributes(real) && (int) Files.getAttribute(real, "unix:nlink") > 1) {
            throw new StoreException(
                    "database " + real + " has a second name (a hard link)",
                    "Delete the other name, or copy the file. Writing through two names would damage it.",
                    null);
        }
    }

    private static void createPrivate(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        try {
            if (hasUnixAttributes(file)) {
                Files.createFile(file, OWNER_ONLY);
            } else {
                Files.createFile(file);
            }
        } catch (FileAlreadyExistsException e) {
            // Another process created it in the meantime, or it is a link to a file that does not exist.
        }
    }

    private static boolean hasUnixAttributes(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /** Device and inode; empty if there is no such file. */
    private static Optional<Object> key(Path file) {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            return Optional.empty();
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
        return StoreException.inUse(
                "database " + database + " is in use by " + (holder.isEmpty() ? "another Chatpress" : holder),
                "Stop that process first, or set another database in the settings.");
    }
}
