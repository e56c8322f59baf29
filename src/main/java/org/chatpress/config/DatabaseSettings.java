package org.chatpress.config;

import java.nio.file.Path;
import java.util.Optional;
import org.chatpress.model.Secret;

/** The database of the settings. As a string, it is its name in messages, without a password. */
public sealed interface DatabaseSettings {
    /**
     * A file of SQLite.
     *
     * @param path relative to the working directory, or absolute
     */
    record SqliteFile(Path path) implements DatabaseSettings {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A schema in a database of a PostgreSQL server, which several processes may share: one of them leads.
     *
     * @param host may be several, separated by commas: the first that accepts writes is used
     * @param certificates a file with the certificates of the authorities that sign the server's; empty: those of Java
     */
    record PostgresqlServer(
            String host,
            int port,
            String name,
            String user,
            Secret password,
            String schema,
            Tls tls,
            Optional<Path> certificates)
            implements DatabaseSettings {
        public static final int DEFAULT_PORT = 5432;
        public static final String DEFAULT_SCHEMA = "chatpress";

        /** What is verified of the server. */
        public enum Tls {
            /** Its certificate and its name. */
            VERIFY_FULL,
            /** Nothing, but the connection is encrypted. */
            REQUIRE,
            /** Nothing, and the connection is not encrypted. */
            NONE
        }

        @Override
        public String toString() {
            return "postgresql://" + host + ":" + port + "/" + name + " (schema " + schema + ")";
        }
    }
}
