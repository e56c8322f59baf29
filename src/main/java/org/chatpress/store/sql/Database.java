package org.chatpress.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.chatpress.error.StoreException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One connection to a database: statements with bound parameters, and transactions. Threads take turns: a transaction
 * makes the others wait. Every exception of JDBC becomes a {@link StoreException}.
 */
public final class Database implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 100;

    /** PostgreSQL's code for a statement that took longer than it may. */
    private static final String CANCELED = "57014";

    /** Its codes for connections that failed, servers that stop, and sessions that were ended or idle for too long. */
    private static final Pattern ENDED_SESSION = Pattern.compile("08.{3}|57P0.|25P03");

    private static final Duration CHECK_AFTER = Duration.ofSeconds(1);
    private static final int CHECK_SECONDS = 2;

    /** Null before the first use of a database that connects again and again. */
    private Connection connection;

    private final Dialect dialect;
    private final Optional<Supplier<Connection>> reconnection;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Prepared> prepared = new HashMap<>();
    private final Map<String, List<?>> kept = new HashMap<>();
    private boolean isOnlyWriter;
    private int depth;
    private boolean hasFailed;
    private long usedAt = System.nanoTime();

    private Database(Connection connection, Dialect dialect, Optional<Supplier<Connection>> reconnection) {
        this.connection = connection;
        this.dialect = dialect;
        this.reconnection = reconnection;
    }

    public static Database sqlite(Connection connection) {
        return new Database(connection, Dialect.SQLITE, Optional.empty());
    }

    public static Database postgresql(Connection connection) {
        return new Database(connection, Dialect.POSTGRESQL, Optional.empty());
    }

    /** Connects at the first use, and again at the next one after the server has ended the session. */
    public static Database reconnecting(Supplier<Connection> connections) {
        return new Database(null, Dialect.POSTGRESQL, Optional.of(connections));
    }

    Dialect dialect() {
        return dialect;
    }

    /** As long as this connection is open, no other one writes to the database. */
    public void becomeOnlyWriter() {
        lock.lock();
        try {
            isOnlyWriter = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Commits everything that {@code work} writes, or nothing if it throws. An inner transaction joins the outer one.
     */
    public <T> T inTransaction(Supplier<T> work) {
        lock.lock();
        try {
            if (depth > 0) {
                return work.get();
            }
            begin();
            depth++;
            boolean done = false;
            try {
                T result = work.get();
                connection.commit();
                done = true;
                return result;
            } finally {
                depth--;
                if (!done) {
                    rollBack();
                }
                end();
            }
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    public void inTransaction(Runnable work) {
        inTransaction(() -> {
            work.run();
            return null;
        });
    }

    /** Fails if the server has ended the session, and with it the lock that lets this process write. */
    public void requireSession() {
        if (dialect == Dialect.POSTGRESQL) {
            exists("SELECT 1");
        }
    }

    /** Runs a statement that changes rows; returns how many. */
    public int run(String sql, Object... arguments) {
        lock.lock();
        try {
            Prepared statement = prepared(sql);
            bind(statement, arguments);
            return statement.statement().executeUpdate();
        } catch (SQLException e) {
            discard(sql);
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    /** Runs a statement that changes rows once for each item, as a batch. */
    public <T> void runEach(String sql, Collection<T> items, Function<T, List<?>> arguments) {
        List<Object[]> rows =
                items.stream().map(item -> arguments.apply(item).toArray()).toList();
        if (rows.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            Prepared statement = prepared(sql);
            for (Object[] row : rows) {
                bind(statement, row);
                statement.statement().addBatch();
            }
            statement.statement().executeBatch();
        } catch (SQLException e) {
            discard(sql);
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    /** Runs a file of statements. */
    void script(String statements) {
        lock.lock();
        try (Statement statement = connection.createStatement()) {
            kept.clear();
            statement.executeUpdate(dialect.script(statements));
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    /** Returns every row of a query. */
    public <T> List<T> list(String sql, Function<Row, T> read, Object... arguments) {
        lock.lock();
        try {
            Prepared query = prepared(sql);
            bind(query, arguments);
            var found = new ArrayList<T>();
            try (ResultSet rows = query.statement().executeQuery()) {
                var row = new Row(rows, query.columns());
                while (rows.next()) {
                    found.add(read.apply(row));
                }
            }
            return found;
        } catch (SQLException e) {
            discard(sql);
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns every row of a query. The only writer keeps them until it writes: a quiet cycle asks for the channels in each
     * of its stages.
     */
    @SuppressWarnings("unchecked")
    public <T> List<T> listUntilWritten(String sql, Function<Row, T> read) {
        lock.lock();
        try {
            List<?> rows = kept.get(sql);
            if (rows == null) {
                rows = List.copyOf(list(sql, read));
                if (isOnlyWriter) {
                    kept.put(sql, rows);
                }
            }
            return (List<T>) rows;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the first row of a query. */
    public <T> Optional<T> first(String sql, Function<Row, T> read, Object... arguments) {
        return list(sql, read, arguments).stream().findFirst();
    }

    /** Passes the names of the columns and the values of each row of a table; keeps none of them. */
    void forEachRow(String table, BiConsumer<List<String>, Object[]> each) {
        lock.lock();
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(ROWS_AT_ONCE);
            try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
                int count = rows.getMetaData().getColumnCount();
                var columns = new ArrayList<String>();
                for (int i = 1; i <= count; i++) {
                    columns.add(rows.getMetaData().getColumnName(i));
                }
                while (rows.next()) {
                    Object[] values = new Object[count];
                    for (int i = 0; i < count; i++) {
                        values[i] = rows.getObject(i + 1);
                    }
                    each.accept(columns, values);
                }
            }
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    /** For tests: every statement that was run so far, except by {@link #script}. */
    public Set<String> statements() {
        return Set.copyOf(prepared.keySet());
    }

    /** Returns the result of a query for {@code COUNT(*) AS n}. */
    public int count(String sql, Object... arguments) {
        return first(sql, row -> (int) row.number("n"), arguments).orElseThrow();
    }

    public boolean exists(String sql, Object... arguments) {
        return first(sql, row -> true, arguments).isPresent();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (connection != null) {
                dialect.releaseLocks(connection);
                connection.close();
            }
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    private void reconnect() throws SQLException {
        if (reconnection.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        boolean mustCheck = hasFailed || now - usedAt > CHECK_AFTER.toNanos();
        if (connection != null && mustCheck && !connection.isValid(CHECK_SECONDS)) {
            PostgresqlConnections.close(connection);
        }
        if (connection == null || connection.isClosed()) {
            prepared.clear();
            connection = reconnection.get().get();
        }
        hasFailed = false;
        usedAt = now;
    }

    private void begin() throws SQLException {
        reconnect();
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            // The driver counts it as begun all the same, and would not begin another.
            end();
            throw e;
        }
    }

    private void rollBack() {
        kept.clear();
        try {
            connection.rollback();
        } catch (SQLException e) {
            // SQLite rolled back by itself, as it does when the disk is full. The first failure is the one to report.
        }
    }

    private void end() {
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // As above: there is no transaction left to end.
        }
    }

    /**
     * A statement that is kept for its next use.
     *
     * @param order the index of the argument for each parameter; empty: as they are given
     * @param columns indexes of the columns that were read so far, by name; the driver would look up all of them each
     *     time
     * @param mayWrite false: it only reads
     */
    private record Prepared(
            PreparedStatement statement, List<Integer> order, Map<String, Integer> columns, boolean mayWrite) {}

    private Prepared prepared(String sql) throws SQLException {
        if (depth == 0) {
            reconnect();
        }
        Prepared known = prepared.get(sql);
        if (known == null) {
            Dialect.Translated translated = dialect.translate(sql);
            known = new Prepared(
                    connection.prepareStatement(translated.sql()),
                    translated.order(),
                    new HashMap<>(),
                    !sql.startsWith("SELECT"));
            prepared.put(sql, known);
        }
        if (known.mayWrite()) {
            kept.clear();
        }
        return known;
    }

    /** After an error such as a full disk the driver refuses to run the statement again. */
    private void discard(String sql) {
        hasFailed = true;
        Prepared broken = prepared.remove(sql);
        if (broken == null) {
            return;
        }
        try {
            broken.statement().close();
        } catch (SQLException e) {
            // Already closed.
        }
    }

    private void bind(Prepared prepared, Object[] arguments) throws SQLException {
        PreparedStatement statement = prepared.statement();
        List<Integer> order = prepared.order();
        if (order.isEmpty()) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, bound(arguments[i]));
            }
            return;
        }
        for (int i = 0; i < order.size(); i++) {
            statement.setObject(i + 1, bound(arguments[order.get(i)]));
        }
    }

    private Object bound(Object argument) {
        if (argument == null || argument instanceof Number || argument instanceof byte[]) {
            return argument;
        }
        if (argument instanceof Optional<?> optional) {
            return bound(optional.orElse(null));
        }
        if (argument instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        if (argument instanceof Instant instant) {
            return instant.truncatedTo(ChronoUnit.SECONDS).toString();
        }
        return dialect.text(argument.toString());
    }

    /** Enum constants as a list for {@code IN (...)}, in alphabetical order. */
    public static String literals(Collection<? extends Enum<?>> constants) {
        return constants.stream()
                .map(constant -> "'" + constant.name() + "'")
                .sorted()
                .collect(Collectors.joining(", "));
    }

    public static StoreException failure(SQLException e) {
        // PostgreSQL's driver ends its messages with a full stop.
        String message =
                "cannot use the database: " + String.valueOf(e.getMessage()).replaceFirst("\\.$", "");
        SQLiteErrorCode code = e instanceof SQLiteException sqlite ? sqlite.getResultCode() : null;
        if (code == SQLiteErrorCode.SQLITE_FULL) {
            return new StoreException(message, "Free disk space. Nothing is lost: the next cycle continues.", e);
        }
        if (code == SQLiteErrorCode.SQLITE_CORRUPT || code == SQLiteErrorCode.SQLITE_NOTADB) {
            return new StoreException(
                    message,
                    "Move the file away, or restore a backup; Chatpress reads the channels from Slack again.",
                    e);
        }
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return ENDED_SESSION.matcher(state).matches()
                ? StoreException.sessionEnded(message, hint(state), e)
                : new StoreException(message, hint(state), e);
    }

    /** @param state PostgreSQL's code of the error; empty: an error of SQLite */
    private static String hint(String state) {
        if (state.equals(CANCELED)) {
            return "Look at the log of PostgreSQL: another session may lock a table, or the server may be overloaded.";
        }
        String kind = state.substring(0, Math.min(2, state.length()));
        return switch (kind) {
            case "" -> "Check that its folder exists, is writable, and is on a local disk.";
            case "08", "57" -> "Check that PostgreSQL runs and accepts connections from this machine.";
            case "28" -> "Check user and password under database in the settings, and pg_hba.conf of the server.";
            case "3D" -> "Create the database: CREATE DATABASE with the name that the settings have.";
            case "42" -> "Check that the user may create and change tables in the schema.";
            case "53" -> "Free disk space or connections of the server. Nothing is lost: the next cycle continues.";
            default -> "Look at the log of PostgreSQL.";
        };
    }

    /** The current row of a query; columns by name. */
    public static final class Row {
        private final ResultSet rows;
        private final Map<String, Integer> columns;
        private String lastTime = "";
        private Optional<Instant> lastInstant = Optional.empty();

        private Row(ResultSet rows, Map<String, Integer> columns) {
            this.rows = rows;
            this.columns = columns;
        }

        public String text(String column) {
            return optionalText(column).orElse("");
        }

        public Optional<String> optionalText(String column) {
            try {
                return Optional.ofNullable(rows.getString(index(column)));
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        public long number(String column) {
            try {
                return rows.getLong(index(column));
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        public boolean flag(String column) {
            return number(column) != 0;
        }

        public Optional<Instant> instant(String column) {
            String time = text(column);
            if (time.isEmpty()) {
                return Optional.empty();
            }
            // Rows of a query often have the same time, and to parse it takes as long as to read a row.
            if (!time.equals(lastTime)) {
                lastInstant = Optional.of(Instant.parse(time));
                lastTime = time;
            }
            return lastInstant;
        }

        public byte[] bytes(String column) {
            try {
                return rows.getBytes(index(column));
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        private int index(String column) throws SQLException {
            Integer index = columns.get(column);
            if (index == null) {
                index = rows.findColumn(column);
                columns.put(column, index);
            }
            return index;
        }
    }
}
