package org.chatpress.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.chatpress.error.StoreException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One connection, statements with bound parameters, transactions. One thread at a time: the others wait. Everything
 * that JDBC throws becomes a {@link StoreException} here.
 */
final class Database implements AutoCloseable {
    private final Connection connection;
    private final ReentrantLock turn = new ReentrantLock();
    private final Map<String, Prepared> prepared = new HashMap<>();
    private int depth;

    Database(Connection connection) {
        this.connection = connection;
    }

    /** Everything in it is written, or nothing. A transaction within a transaction is part of it. */
    <T> T inTransaction(Supplier<T> work) {
        turn.lock();
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
            turn.unlock();
        }
    }

    void inTransaction(Runnable work) {
        inTransaction(() -> {
            work.run();
            return null;
        });
    }

    /** Runs a statement that changes rows; gives how many. */
    int run(String sql, Object... arguments) {
        turn.lock();
        try {
            PreparedStatement statement = prepared(sql).statement();
            bind(statement, arguments);
            return statement.executeUpdate();
        } catch (SQLException e) {
            forget(sql);
            throw failure(e);
        } finally {
            turn.unlock();
        }
    }

    /** Runs any number of statements, as they stand in a file. */
    void script(String statements) {
        turn.lock();
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(statements);
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            turn.unlock();
        }
    }

    /** Every row of a query. */
    <T> List<T> list(String sql, Function<Row, T> read, Object... arguments) {
        turn.lock();
        try {
            Prepared query = prepared(sql);
            bind(query.statement(), arguments);
            var found = new ArrayList<T>();
            try (ResultSet rows = query.statement().executeQuery()) {
                var row = new Row(rows, query.columns());
                while (rows.next()) {
                    found.add(read.apply(row));
                }
            }
            return found;
        } catch (SQLException e) {
            forget(sql);
            throw failure(e);
        } finally {
            turn.unlock();
        }
    }

    /** The first row of a query. */
    <T> Optional<T> first(String sql, Function<Row, T> read, Object... arguments) {
        return list(sql, read, arguments).stream().findFirst();
    }

    /** Every statement that was run so far, but for scripts. */
    Set<String> statements() {
        return Set.copyOf(prepared.keySet());
    }

    boolean exists(String sql, Object... arguments) {
        return first(sql, row -> true, arguments).isPresent();
    }

    @Override
    public void close() {
        turn.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            turn.unlock();
        }
    }

    private void begin() throws SQLException {
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            // The driver takes it for begun all the same, and would begin no other.
            end();
            throw e;
        }
    }

    private void rollBack() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // SQLite has rolled back by itself, as it does when the disk is full; the first failure is the one to tell.
        }
    }

    private void end() {
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // Likewise: there is no transaction left to end.
        }
    }

    /**
     * A statement for any number of times.
     *
     * @param columns their places by name, as far as they were asked for: the driver would ask SQLite for all of them
     *     each time
     */
    private record Prepared(PreparedStatement statement, Map<String, Integer> columns) {}

    private Prepared prepared(String sql) throws SQLException {
        Prepared known = prepared.get(sql);
        if (known == null) {
            known = new Prepared(connection.prepareStatement(sql), new HashMap<>());
            prepared.put(sql, known);
        }
        return known;
    }

    /** After an error such as a full disk the driver lets no statement be used again. */
    private void forget(String sql) {
        Prepared broken = prepared.remove(sql);
        if (broken == null) {
            return;
        }
        try {
            broken.statement().close();
        } catch (SQLException e) {
            // It is closed already.
        }
    }

    private static void bind(PreparedStatement statement, Object[] arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, bound(arguments[i]));
        }
    }

    private static Object bound(Object argument) {
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
        return argument.toString();
    }

    /** Enum constants for a list in a statement, always in the same order. */
    static String words(Collection<? extends Enum<?>> constants) {
        return constants.stream().map(word -> "'" + word.name() + "'").sorted().collect(Collectors.joining(", "));
    }

    static StoreException failure(SQLException e) {
        String message = "cannot use the database: " + e.getMessage();
        SQLiteErrorCode code = e instanceof SQLiteException sqlite ? sqlite.getResultCode() : null;
        if (code == SQLiteErrorCode.SQLITE_FULL) {
            return new StoreException(message, "Free disk space; nothing is lost, the next cycle goes on.", e);
        }
        if (code == SQLiteErrorCode.SQLITE_CORRUPT || code == SQLiteErrorCode.SQLITE_NOTADB) {
            return new StoreException(
                    message, "Move the file away or restore it; Chatpress reads the channels again from Slack.", e);
        }
        return new StoreException(message, "Check that its folder is there, writable, and on a local disk.", e);
    }

    /** The row that a query has come to; columns by name. */
    static final class Row {
        private final ResultSet rows;
        private final Map<String, Integer> columns;

        private Row(ResultSet rows, Map<String, Integer> columns) {
            this.rows = rows;
            this.columns = columns;
        }

        String text(String column) {
            return optionalText(column).orElse("");
        }

        Optional<String> optionalText(String column) {
            try {
                return Optional.ofNullable(rows.getString(place(column)));
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        long number(String column) {
            try {
                return rows.getLong(place(column));
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        boolean flag(String column) {
            return number(column) != 0;
        }

        Optional<Instant> instant(String column) {
            return optionalText(column).map(Instant::parse);
        }

        byte[] bytes(String column) {
            try {
                return rows.getBytes(place(column));
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        private int place(String column) throws SQLException {
            Integer place = columns.get(column);
            if (place == null) {
                place = rows.findColumn(column);
                columns.put(column, place);
            }
            return place;
        }
    }
}
