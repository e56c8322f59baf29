package org.chatpress.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.chatpress.config.DatabaseSettings;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.StoreException;
import org.chatpress.store.sql.Database;
import org.chatpress.store.sql.DatabaseCopy;
import org.chatpress.store.sql.DatabaseLock;
import org.chatpress.store.sql.Migrations;
import org.chatpress.store.sql.PostgresqlConnections;
import org.chatpress.store.sql.PostgresqlLock;
import org.chatpress.store.sql.SqliteConnections;
import org.chatpress.store.sql.WriterLock;

/**
 * The database and its repositories. Every method, here and in the repositories, throws {@link StoreException} if the
 * database cannot be used. Threads may share a store; they take turns.
 */
public final class Store implements AutoCloseable {
    private static final String LEADER = "leader";

    final Database db;
    private final DatabaseSettings settings;
    private final Optional<WriterLock> lock;
    private final boolean mayFollowLeader;

    private Store(Database db, DatabaseSettings settings, Optional<WriterLock> lock) {
        this(db, settings, lock, false);
    }

    private Store(Database db, DatabaseSettings settings, Optional<WriterLock> lock, boolean mayFollowLeader) {
        this.db = db;
        this.settings = settings;
        this.lock = lock;
        this.mayFollowLeader = mayFollowLeader;
    }

    /**
     * Opens a database for writing, creates or upgrades it if needed, and locks out other writers until it is closed.
     *
     * @param holder names this process to other writers
     * @throws StoreException that is {@link StoreException#isInUse} if another process writes to it
     */
    public static Store open(DatabaseSettings database, String holder) {
        return open(database, holder, UnaryOperator.identity());
    }

    /** @param wrapper returns what to use in place of the connection, such as one that fails in a test */
    public static Store open(DatabaseSettings database, String holder, UnaryOperator<Connection> wrapper) {
        if (database instanceof PostgresqlServer server) {
            return leading(server, PostgresqlLock.acquire(server, holder), wrapper, false);
        }
        Path file = ((SqliteFile) database).path();
        createFolder(file);
        DatabaseLock lock = DatabaseLock.acquire(file, holder);
        try {
            Connection connection = wrapper.apply(SqliteConnections.open(lock.realDatabase()));
            Database db = readyToWrite(Database.sqlite(connection), file.toString());
            return new Store(db, database, Optional.of(lock));
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Opens a database like {@link #open(DatabaseSettings, String)}, but waits where several processes may share it:
     * while another one writes to it, and while it cannot be reached.
     *
     * @param stopping true ends the wait
     * @return empty if the wait was ended
     */
    public static Optional<Store> openAsLeader(DatabaseSettings database, String holder, BooleanSupplier stopping) {
        if (database instanceof PostgresqlServer server) {
            return PostgresqlLock.await(server, holder, stopping)
                    .map(lock -> leading(server, lock, UnaryOperator.identity(), true));
        }
        return Optional.of(open(database, holder));
    }

    /**
     * Opens a database for reading, beside a writer if there is one.
     *
     * @throws StoreException if there is none, or if an older Chatpress wrote it
     */
    public static Store openToRead(DatabaseSettings database) {
        Database db;
        if (database instanceof PostgresqlServer server) {
            db = Database.reconnecting(() -> PostgresqlConnections.openToRead(server));
        } else {
            Path file = ((SqliteFile) database).path();
            if (!Files.exists(file)) {
                throw noDatabase(database);
            }
            db = Database.sqlite(SqliteConnections.openToRead(file));
        }
        return new Store(
                closedOnFailure(db, () -> {
                    if (!Migrations.check(db, database.toString())) {
                        throw noDatabase(database);
                    }
                }),
                database,
                Optional.empty());
    }

    /**
     * Opens a second connection, for reading. On a server it connects at the first use: one that has no connection left
     * must not keep this process from its work.
     */
    public Store openReader() {
        if (settings instanceof PostgresqlServer server) {
            return new Store(
                    Database.reconnecting(() -> PostgresqlConnections.openToRead(server)), server, Optional.empty());
        }
        return openToRead(settings);
    }

    /**
     * Tests whether a server can be used for writing: connection, version and rights. Waits for no lock.
     *
     * @return the version and the leader, to be printed
     * @throws StoreException if it cannot
     */
    public static String check(PostgresqlServer server) {
        try (var db = Database.postgresql(PostgresqlConnections.openToRead(server))) {
            String version = db.first("SHOW server_version", row -> row.text("server_version"))
                    .orElseThrow();
            boolean isAllowed = db.exists("""
                    SELECT 1
                    WHERE CASE WHEN to_regnamespace(?) IS NULL THEN has_database_privilege(current_database(), 'CREATE')
                          ELSE has_schema_privilege(?, 'CREATE') AND has_schema_privilege(?, 'USAGE') END
                    """, server.schema(), server.schema(), server.schema());
            if (!isAllowed) {
                throw new StoreException(
                        "user " + server.user() + " may not create tables in schema " + server.schema(),
                        "Make the user the owner of the database or of the schema.",
                        null);
            }
            Migrations.requireKnown(db, server.toString());
            return "PostgreSQL " + version
                    + PostgresqlLock.leader(db, server)
                            .map(leader -> "; " + leader + " leads")
                            .orElse("; no process leads");
        }
    }

    /** A copy in memory, upgraded; an empty store if there is no database. Writing to it changes no database. */
    public static Store copy(DatabaseSettings database) {
        if (database instanceof PostgresqlServer server) {
            Store copy = inMemory();
            try (var original = Database.postgresql(PostgresqlConnections.openToRead(server))) {
                if (Migrations.check(original, server.toString())) {
                    DatabaseCopy.run(original, copy.db);
                }
                return copy;
            }
        }
        Path file = ((SqliteFile) database).path();
        if (!Files.exists(file)) {
            return inMemory();
        }
        requireDatabase(database);
        return inMemory(SqliteConnections.copyInMemory(file), database);
    }

    /** An empty store in memory. */
    public static Store inMemory() {
        return inMemory(SqliteConnections.inMemory(), new SqliteFile(Path.of("in memory")));
    }

    private static Store inMemory(Connection connection, DatabaseSettings database) {
        Database db = upgraded(Database.sqlite(connection), database.toString());
        return new Store(db, database, Optional.empty());
    }

    private static Store leading(
            PostgresqlServer server, PostgresqlLock lock, UnaryOperator<Connection> wrapper, boolean mayFollowLeader) {
        try {
            Database db = readyToWrite(Database.postgresql(wrapper.apply(lock.connection())), server.toString());
            return new Store(db, server, Optional.of(lock), mayFollowLeader);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
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

    public ClipRepository clips() {
        return new ClipRepository(db);
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

    public OutboxRepository outbox() {
        return new OutboxRepository(db);
    }

    /** Commits everything that {@code work} writes, or nothing if it throws. */
    public void inTransaction(Runnable work) {
        db.inTransaction(work);
    }

    /** Reads everything as it was at one moment. */
    public <T> T readInTransaction(Supplier<T> reading) {
        return db.inTransaction(reading);
    }

    /**
     * Proves that no other process writes to the database.
     *
     * @throws StoreException if the file was moved, deleted or replaced, or if this process no longer leads: what is
     *     written now is lost
     */
    public void verifyLock() {
        lock.ifPresent(WriterLock::verify);
    }

    /** Sets what is run once when this process no longer leads, in the thread that notices. It must not wait. */
    public void onLockLost(Runnable action) {
        if (lock.orElse(null) instanceof PostgresqlLock session) {
            session.onLost(action);
        }
    }

    /** True for a database that several processes use: one leads, the others stand by. */
    public boolean isShared() {
        return settings instanceof PostgresqlServer;
    }

    /** True if another process may have led before this one, and may still write to a storage. */
    public boolean mayFollowLeader() {
        return mayFollowLeader;
    }

    /**
     * The processes that use a shared database.
     *
     * @param leader writes to it; empty if no process does
     * @param since when the leader began; empty if no process leads
     * @param standbys wait until they may lead
     */
    public record Leadership(Optional<String> leader, Optional<Instant> since, List<String> standbys) {}

    /** Empty for a database that is not shared. */
    public Optional<Leadership> leadership() {
        if (!(settings instanceof PostgresqlServer server)) {
            return Optional.empty();
        }
        Optional<String> leader = PostgresqlLock.leader(db, server);
        Optional<Instant> since = leader.flatMap(any -> channels().timestamp(LEADER));
        return Optional.of(new Leadership(leader, since, PostgresqlLock.standbys(db, server)));
    }

    /** Saves since when this process leads, if the database is shared. */
    public void recordLeader(Instant now) {
        if (isShared()) {
            channels().recordTimestamp(LEADER, now);
        }
    }

    /**
     * Replaces the content of an open database by that of this one.
     *
     * @return the number of rows of each table
     */
    public Map<String, Long> copyTo(Store other) {
        return DatabaseCopy.run(db, other.db);
    }

    @Override
    public void close() {
        if (settings instanceof PostgresqlServer) {
            // First, or it would report the end of its session as a loss. The session itself holds the lock.
            lock.ifPresent(WriterLock::close);
            db.close();
        } else {
            db.close();
            lock.ifPresent(WriterLock::close);
        }
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
    private static void requireDatabase(DatabaseSettings file) {
        try {
            openToRead(file).close();
        } catch (StoreException e) {
            if (!e.isSchemaOutdated()) {
                throw e;
            }
        }
    }

    private static StoreException noDatabase(DatabaseSettings database) {
        return new StoreException("there is no database " + database, "Run a cycle first: chatpress once.", null);
    }

    /** The uploads that were under way ended with their process. */
    private static Database readyToWrite(Database db, String name) {
        return closedOnFailure(upgraded(db, name), () -> {
            db.becomeOnlyWriter();
            new ClipRepository(db).forgetUploads();
        });
    }

    private static Database upgraded(Database db, String name) {
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
