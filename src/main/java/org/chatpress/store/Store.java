package org.chatpress.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.StoreException;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/** The database, and its rooms. Everything throws {@link StoreException} when it cannot be used. */
public final class Store implements AutoCloseable {
    final Database db;
    private final AutoCloseable lock;

    private Store(Database db, AutoCloseable lock) {
        this.db = db;
        this.lock = lock;
    }

    /**
     * Opens a database to write, making it if needed, and keeps every other writer out until it is closed.
     *
     * @param holder who we are, for the message that another writer gets
     */
    public static Store open(Path database, String holder) {
        return open(database, holder, UnaryOperator.identity());
    }

    /** @param through what lies between the store and its database, such as something that breaks it */
    public static Store open(Path database, String holder, UnaryOperator<Connection> through) {
        folder(database);
        DatabaseLock lock = DatabaseLock.take(database, holder);
        try {
            Connection connection = through.apply(connect("jdbc:sqlite:" + database, false));
            return new Store(upToDate(connection, database.toString()), lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Opens a database to read, beside a writer if there is one. */
    public static Store openToRead(Path database) {
        if (!Files.exists(database)) {
            throw new StoreException("there is no database " + database, "Run a cycle first: chatpress once.", null);
        }
        return new Store(checked(connect("jdbc:sqlite:" + database, true), database.toString()), () -> {});
    }

    /** A copy in memory: what is done to it touches nothing else. Empty if there is no database yet. */
    public static Store copy(Path database) {
        Connection memory = connect("jdbc:sqlite::memory:", false);
        if (Files.exists(database)) {
            requireReadable(database);
            try (Statement statement = memory.createStatement()) {
                statement.executeUpdate("restore from '" + database.toString().replace("'", "''") + "'");
            } catch (SQLException e) {
                throw Database.failure(e);
            }
        }
        return new Store(upToDate(memory, database.toString()), () -> {});
    }

    /** To copy it would make an empty one of what is no database, and say nothing. */
    private static void requireReadable(Path database) {
        try {
            openToRead(database).close();
        } catch (StoreException e) {
            if (!e.isSchemaOutdated()) {
                throw e;
            }
            // The copy is upgraded.
        }
    }

    /** An empty store in memory. */
    public static Store inMemory() {
        return new Store(upToDate(connect("jdbc:sqlite::memory:", false), "in memory"), () -> {});
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

    /** Everything that is done in it is written, or nothing. */
    public void inTransaction(Runnable work) {
        db.inTransaction(work);
    }

    @Override
    public void close() {
        db.close();
        try {
            lock.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void folder(Path database) {
        Path folder = database.toAbsolutePath().getParent();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot make the folder " + folder + ": " + ErrorMessages.describe(e),
                    "Make it by hand, writable for Chatpress, or change database in the settings.",
                    e);
        }
    }

    private static Database checked(Connection connection, String name) {
        var db = new Database(connection);
        return orClosed(db, () -> Migrations.check(db, name));
    }

    private static Database upToDate(Connection connection, String name) {
        var db = new Database(connection);
        return orClosed(db, () -> Migrations.run(db, name));
    }

    private static Database orClosed(Database db, Runnable preparation) {
        try {
            preparation.run();
            return db;
        } catch (RuntimeException e) {
            db.close();
            throw e;
        }
    }

    private static Connection connect(String url, boolean readOnly) {
        var config = new SQLiteConfig();
        config.setBusyTimeout(10_000);
        config.enforceForeignKeys(true);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        if (readOnly) {
            config.setReadOnly(true);
        } else {
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        }
        Properties properties = config.toProperties();
        SqliteNativeLoader.load();
        try {
            return JDBC.createConnection(url, properties);
        } catch (SQLException e) {
            throw Database.failure(e);
        }
    }
}
