package org.chatpress.store.sql;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.error.StoreException;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Opens connections to PostgreSQL. No other class knows its driver. */
public final class PostgresqlConnections {
    /** The first version with idle_session_timeout, without which a stopped process would keep its lock. */
    private static final int MIN_VERSION = 14;

    private static final int CONNECT_SECONDS = 5;
    private static final int LOGIN_SECONDS = 10;
    private static final int READ_SECONDS = 10;

    /**
     * After this time without a statement the server ends a session, and with it the lock: its process was stopped, or a
     * network between them no longer forwards anything. The other settings are for a machine that is gone. A statement
     * may take minutes on a large database; one that takes longer waits for something.
     */
    private static final String SERVER_TIMEOUTS = "-c idle_session_timeout=6s -c idle_in_transaction_session_timeout=6s"
            + " -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c tcp_user_timeout=6000"
            + " -c statement_timeout=5min";

    private PostgresqlConnections() {}

    /**
     * Opens a connection for writing; creates the schema if it does not exist.
     *
     * @param holder names this process to others
     */
    static Connection open(PostgresqlServer server, String holder) {
        Connection connection = connect(server, holder, SERVER_TIMEOUTS);
        try {
            endStatementsOfEndedProcess(connection);
            createSchema(connection, server.schema());
            return connection;
        } catch (SQLException e) {
            close(connection);
            throw Database.failure(e);
        }
    }

    /** Opens a connection for reading. */
    public static Connection openToRead(PostgresqlServer server) {
        Connection connection = connect(server, "chatpress, reading", "");
        try (Statement statement = connection.createStatement()) {
            connection.setNetworkTimeout(Runnable::run, READ_SECONDS * 1000);
            statement.execute("SET default_transaction_read_only = on");
            return connection;
        } catch (SQLException e) {
            close(connection);
            throw Database.failure(e);
        }
    }

    private static Connection connect(PostgresqlServer server, String name, String options) {
        var properties = new Properties();
        PGProperty.USER.set(properties, server.user());
        PGProperty.PASSWORD.set(properties, server.password().reveal());
        PGProperty.CURRENT_SCHEMA.set(properties, server.schema());
        PGProperty.APPLICATION_NAME.set(properties, name);
        PGProperty.OPTIONS.set(properties, options);
        PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(properties, LOGIN_SECONDS);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        // Of several servers, the one that is no replica.
        PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
        PGProperty.HOST_RECHECK_SECONDS.set(properties, 0);
        switch (server.tls()) {
            case VERIFY_FULL -> {
                PGProperty.SSL_MODE.set(properties, "verify-full");
                server.certificates()
                        .ifPresentOrElse(
                                file -> PGProperty.SSL_ROOT_CERT.set(properties, file.toString()),
                                () -> PGProperty.SSL_FACTORY.set(
                                        properties, "org.postgresql.ssl.DefaultJavaSSLFactory"));
            }
            case REQUIRE -> PGProperty.SSL_MODE.set(properties, "require");
            case NONE -> PGProperty.SSL_MODE.set(properties, "disable");
        }
        try {
            Connection connection = new Driver().connect(url(server), properties);
            requireVersion(connection, server);
            return connection;
        } catch (SQLException e) {
            throw Database.failure(e);
        }
    }

    /** The port is the same for all hosts. */
    private static String url(PostgresqlServer server) {
        String hosts = server.host().replace(",", ":" + server.port() + ",") + ":" + server.port();
        return "jdbc:postgresql://" + hosts + "/" + URLEncoder.encode(server.name(), StandardCharsets.UTF_8);
    }

    private static void requireVersion(Connection connection, PostgresqlServer server) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < MIN_VERSION) {
            close(connection);
            throw new StoreException(
                    "database " + server + " is PostgreSQL " + version,
                    "Use version " + MIN_VERSION + " or newer.",
                    null);
        }
    }

    /** Otherwise the server would notice only after a statement that the process has ended, and hold the lock. */
    private static void endStatementsOfEndedProcess(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET client_connection_check_interval = '1s'");
        } catch (SQLException e) {
            // Some operating systems of servers cannot tell it.
        }
    }

    /** Looks for the schema first: a user may be allowed to use it, but not to create it. */
    private static void createSchema(Connection connection, String schema) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet found =
                    statement.executeQuery("SELECT 1 FROM pg_namespace WHERE nspname = '" + schema + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.executeUpdate("CREATE SCHEMA IF NOT EXISTS " + schema);
        }
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The server ends the session.
        }
    }
}
