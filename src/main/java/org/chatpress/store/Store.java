package org.chatpress.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.StoreException;
import org.chatpress.store.sql.Database;
import org.chatpress.store.sql.DatabaseLock;
import org.chatpress.store.sql.Migrations;
import org.chatpress.store.sql.SqliteConnections;

/**
 * The database and its repositories. Every method, here and in the repositories, throws {@link StoreException} if the
 * database cannot be used. Threads may share a store; they take turns.
 */
public final class Store implements AutoCloseable {
    final Database db;
    private final Optional<DatabaseLock> lock;

    private Store(Database db, Optional<DatabaseLock> lock) {
        this.db = db;
        this.lock = lock;
    }

    /**
     * Opens a database for writing, creates or upgrades it if needed, and locks out other writers until it is closed.
     *
     * @param holder names this process to other writers
     */
    public static Store open(Path database, String holder) {
        return open(database, holder, UnaryOperator.identity());
    }

    /** @param wrapper returns what to use in place of the connection, such as one that fails in a test */
    public static Store open(Path database, String holder, UnaryOperator<Connection> wrapper) {
        createFolder(database);
        DatabaseLock lock = DatabaseLock.acquire(database, holder);
        try {
            Connection connection = wrapper.apply(SqliteConnections.open(lock.realDatabase()));
            return new Store(upgraded(connection, database.toString()), Optional.of(lock));
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Opens a database for reading, beside a writer if there is one.
     *
     * @throws StoreException if there is none, or if an older Chatpress wrote it
     */
    public static Store openToRead(Path database) {
        if (!Files.exists(database)) {
            throw new StoreException("there is no database " + database, "Run a cycle first: chatpress once.", null);
        }
        var db = new Database(SqliteConnections.openToRead(database));
        return new Store(closedOnFailure(db, () -> Migrations.check(db, database.toString())), Optional.empty());
    }

    /** A copy in memory, upgraded; an empty store if there is no database. Writing to it changes no file. */
    public static Store copy(Path database) {
        if (!Files.exists(database)) {
            return inMemory();
        }
        requireDatabase(database);
        return new Store(upgraded(SqliteConnections.copyInMemory(database), database.toString()), Optional.empty());
    }

    /** An empty store in memory. */
    public static Store inMemory() {
        return new Store(upgraded(SqliteConnections.inMemory(), "in memory"), Optional.empty());
    }

    public ChannelRepository channels() {
        return new ChannelRepository(db);
    }

    public MessageRepository messages() {
        return new MessageRepository(db);
    }

    public ThreadRepository threads() {
        return new ThreadRepository(db);
    }

    public UserRepository users() {
        return new UserRepository(db);
    }

    public PublicMessageRepository publicMessages() {
        return new PublicMessageRepository(db);
    }

    public FeedbackRepository feedback() {
        return new FeedbackRepository(db);
    }

    public PhotoRepository photos() {
        return new PhotoRepository(db);
    }

    public MirroredImageRepository mirroredImages() {
        return new MirroredImageRepository(db);
    }

    public EmojiRepository emoji() {
        return new EmojiRepository(db);
    }

    public RenderedFileRepository files() {
        return new RenderedFileRepository(db);
    }

    public StorageStatusRepository storages() {
        return new StorageStatusRepository(db);
    }

    /** Commits everything that {@code work} writes, or nothing if it throws. */
    public void inTransaction(Runnable work) {
        db.inTransaction(work);
    }

    /**
     * Looks whether the file is still the one that was opened.
     *
     * @throws StoreException if it was moved, deleted or replaced: what is written now is lost, and another process may
     *     write to the new file
     */
    public void verifyFile() {
        lock.ifPresent(DatabaseLock::verifyFiles);
    }

    @Override
    public void close() {
        db.close();
        lock.ifPresent(DatabaseLock::close);
    }

    private static void createFolder(Path database) {
        Path folder = database.toAbsolutePath().getParent();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot create the folder " + folder + ": " + ErrorMessages.describe(e),
                    "Create it, writable for Chatpress, or set another database in the settings.",
                    e);
        }
    }

    /** SQLite copies a file that is not a database as an empty one, without an error. */
    private static void requireDatabase(Path file) {
        try {
            openToRead(file).close();
        } catch (StoreException e) {
            if (!e.isSchemaOutdated()) {
                throw e;
            }
        }
    }

    private static Database upgraded(Connection connection, String name) {
        var db = new Database(connection);
        return closedOnFailure(db, () -> Migrations.run(db, name));
    }

    private static Database closedOnFailure(Database db, Runnable preparation) {
        try {
            preparation.run();
            return db;
        } catch (RuntimeException e) {
            db.close();
            throw e;
        }
    }
}
