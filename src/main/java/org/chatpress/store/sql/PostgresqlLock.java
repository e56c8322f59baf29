package org.chatpress.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.error.StoreException;
import org.chatpress.model.DaemonThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one process at a time write to a schema of PostgreSQL: the leader. The lock is an advisory lock of the session
 * that writes. It ends with the session, which PostgreSQL ends when its process or machine is gone, stopped or cut off.
 * A transaction of a process that has lost the lock cannot be committed, because its session is gone too.
 *
 * <p>A process that waits for the lock shares a second one, so that others can see it.
 */
public final class PostgresqlLock implements WriterLock {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresqlLock.class);

    /** The first keys of the two locks; the second key is made from the name of the schema. */
    private static final int LEADER = 0x43505231;

    private static final int STANDBY = 0x43505232;

    /** The error of a statement in a transaction that another error has ended; the session exists. */
    private static final String FAILED_TRANSACTION = "25P02";

    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final Duration LOST_AFTER = Duration.ofSeconds(8);
    private static final Duration BUSY_AFTER = Duration.ofSeconds(3);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);
    private static final Duration TRY_INTERVAL = Duration.ofMillis(500);
    private static final Duration CONNECT_INTERVAL = Duration.ofSeconds(1);
    private static final int STANDBY_TIMEOUT_MILLIS = 5_000;

    private static final String LOCKS = """
            FROM pg_locks
            JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid::bigint = ? AND objid::bigint = ? AND objsubid = 2
            """;

    /** A session by its process on the server and its start: another server may have a process with the same number. */
    private static final String SESSION = "pid || ' ' || backend_start";

    private final PostgresqlServer server;
    private final Connection connection;
    private final String session;

    /** When the session last answered. */
    private volatile long answeredAt = System.nanoTime();

    /** When this or another session last said that the lock is held. */
    private volatile long provenAt = answeredAt;

    private long loggedAt = answeredAt;
    private volatile boolean isLost;
    private volatile boolean isClosed;
    private Runnable onLost = () -> {};

    private PostgresqlLock(PostgresqlServer server, Connection connection, String session) {
        this.server = server;
        this.connection = connection;
        this.session = session;
    }

    /**
     * Takes the lock.
     *
     * @param holder names this process to others, as in {@code chatpress run, process 4711 on web1}
     * @throws StoreException if another process holds the lock; the message names it
     */
    public static PostgresqlLock acquire(PostgresqlServer server, String holder) {
        Connection connection = PostgresqlConnections.open(server, holder);
        try {
            if (tryLock(connection, server)) {
                return started(server, connection);
            }
            String leader = leader(Database.postgresql(connection), server).orElse("another Chatpress");
            throw StoreException.inUse(
                    "database " + server + " is in use by " + leader,
                    "Stop that process first, or set another database in the settings.");
        } catch (SQLException e) {
            throw Database.failure(e);
        }
    }

    /**
     * Takes the lock as soon as it is free, and connects again and again while the server cannot be reached.
     *
     * @param stopping true ends the wait
     * @return empty if the wait was ended
     */
    public static Optional<PostgresqlLock> await(PostgresqlServer server, String holder, BooleanSupplier stopping) {
        boolean isWaiting = false;
        boolean isFailing = false;
        while (!stopping.getAsBoolean()) {
            Optional<Connection> connection = Optional.empty();
            try {
                connection = Optional.of(PostgresqlConnections.open(server, holder));
                if (isFailing) {
                    LOG.info("connected to database {} again", server);
                }
                isFailing = false;
                connection.get().setNetworkTimeout(Runnable::run, STANDBY_TIMEOUT_MILLIS);
                if (!tryLock(connection.get(), server)) {
                    if (!isWaiting) {
                        LOG.info(
                                "{} leads; standing by",
                                leader(Database.postgresql(connection.get()), server)
                                        .orElse("another process"));
                    }
                    isWaiting = true;
                    if (!awaitLock(connection.get(), server, stopping)) {
                        PostgresqlConnections.close(connection.get());
                        return Optional.empty();
                    }
                }
                connection.get().setNetworkTimeout(Runnable::run, 0);
                return Optional.of(started(server, connection.get()));
            } catch (SQLException e) {
                isFailing = report(Database.failure(e), isFailing);
            } catch (StoreException e) {
                isFailing = report(e, isFailing);
            }
            connection.ifPresent(PostgresqlConnections::close);
            sleep(CONNECT_INTERVAL);
        }
        return Optional.empty();
    }

    /** The process that holds the lock of a schema; empty if none does. */
    public static Optional<String> leader(Database db, PostgresqlServer server) {
        return holders(db, server, LEADER).stream().findFirst();
    }

    /** The processes that wait for the lock of a schema, the longest waiting first. */
    public static List<String> standbys(Database db, PostgresqlServer server) {
        return holders(db, server, STANDBY);
    }

    private static List<String> holders(Database db, PostgresqlServer server, int key) {
        return db.list(
                "SELECT application_name AS name " + LOCKS + "ORDER BY backend_start, pid",
                row -> row.text("name"),
                key,
                secondKey(server));
    }

    /** The session that holds the lock, to write with. */
    public Connection connection() {
        return connection;
    }

    /** Sets what is run once when the lock is lost, in the thread that notices. */
    public synchronized void onLost(Runnable action) {
        onLost = action;
        if (isLost) {
            action.run();
        }
    }

    @Override
    public void verify() {
        if (!isLost) {
            prove();
        }
        if (isLost) {
            throw new StoreException(
                    "this process no longer leads: database " + server + " ended its session",
                    "Another process leads, or this one will again.",
                    null);
        }
    }

    /** To be called before the connection is closed, which releases the lock. */
    @Override
    public void close() {
        isClosed = true;
    }

    private static PostgresqlLock started(PostgresqlServer server, Connection connection) {
        String session = Database.postgresql(connection)
                .first(
                        "SELECT " + SESSION + " AS session FROM pg_stat_activity WHERE pid = pg_backend_pid()",
                        row -> row.text("session"))
                .orElseThrow();
        var lock = new PostgresqlLock(server, connection, session);
        var threads = new DaemonThreadFactory("database-lock");
        threads.newThread(() -> lock.repeat(lock::prove)).start();
        threads.newThread(() -> lock.repeat(lock::proveWhileBusy)).start();
        threads.newThread(() -> lock.repeat(lock::expire)).start();
        return lock;
    }

    private void repeat(Runnable check) {
        while (!isClosed && !isLost) {
            sleep(HEARTBEAT);
            check.run();
        }
    }

    /** A session that answers still holds the lock. Waits while another thread runs a statement. */
    private void prove() {
        long asked = System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
            answered(asked);
        } catch (SQLException e) {
            if (FAILED_TRANSACTION.equals(e.getSQLState())) {
                answered(asked);
            } else {
                lose(e.getMessage());
            }
        }
    }

    private void answered(long asked) {
        answeredAt = asked;
        provenAt = asked;
    }

    /** While a statement runs, such as that of an upgrade, the session answers nothing else; another one is asked. */
    private void proveWhileBusy() {
        long asked = System.nanoTime();
        Duration busy = Duration.ofNanos(asked - answeredAt);
        if (busy.compareTo(BUSY_AFTER) < 0) {
            return;
        }
        try (Database other = Database.postgresql(PostgresqlConnections.openToRead(server))) {
            String held = "SELECT 1 " + LOCKS + "AND " + SESSION + " = ?";
            if (other.exists(held, LEADER, secondKey(server), session)) {
                provenAt = asked;
                logBusy(asked, busy);
            }
        } catch (StoreException e) {
            LOG.debug("cannot ask for the lock: {}", e.getMessage());
        }
    }

    private void logBusy(long now, Duration busy) {
        if (busy.compareTo(LOST_AFTER) > 0 && now - loggedAt > LOG_INTERVAL.toNanos()) {
            loggedAt = now;
            LOG.warn("database {} has not finished a statement for {} s; waiting", server, busy.toSeconds());
        }
    }

    /** A connection that is cut off answers nothing, not even with an error. */
    private void expire() {
        Duration age = Duration.ofNanos(System.nanoTime() - provenAt);
        if (age.compareTo(LOST_AFTER) > 0) {
            lose("no answer for " + age.toSeconds() + " s");
        }
    }

    private void lose(String reason) {
        synchronized (this) {
            if (isLost || isClosed) {
                return;
            }
            isLost = true;
        }
        LOG.warn("lost the lock of database {}, so this process no longer leads: {}", server, reason);
        try {
            // Ends the statements of other threads that wait for the server.
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is closed already.
        }
        synchronized (this) {
            onLost.run();
        }
    }

    private static boolean awaitLock(Connection connection, PostgresqlServer server, BooleanSupplier stopping)
            throws SQLException {
        call(connection, "SELECT pg_advisory_lock_shared(?, ?)", STANDBY, server);
        while (!stopping.getAsBoolean()) {
            if (tryLock(connection, server)) {
                call(connection, "SELECT pg_advisory_unlock_shared(?, ?)", STANDBY, server);
                return true;
            }
            sleep(TRY_INTERVAL);
        }
        return false;
    }

    private static boolean tryLock(Connection connection, PostgresqlServer server) throws SQLException {
        return call(connection, "SELECT pg_try_advisory_lock(?, ?)::text", LEADER, server)
                .equals("true");
    }

    private static String call(Connection connection, String sql, int key, PostgresqlServer server)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, key);
            statement.setInt(2, secondKey(server));
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return String.valueOf(result.getString(1));
            }
        }
    }

    private static int secondKey(PostgresqlServer server) {
        return server.schema().hashCode() & Integer.MAX_VALUE;
    }

    private static boolean report(StoreException e, boolean isKnown) {
        if (!isKnown) {
            LOG.error("{}. {} Chatpress tries again every second.", e.getMessage(), e.hint());
        }
        return true;
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
