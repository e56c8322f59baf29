package org.chatpress.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.function.UnaryOperator;
import org.chatpress.config.DatabaseSettings;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.model.Hashes;
import org.chatpress.store.Store;

/**
 * The databases of tests, by the path of a file: SQLite's, or with the environment variable
 * {@code CHATPRESS_TEST_DATABASE=postgresql} a schema of PostgreSQL.
 */
public final class TestDatabase {
    private static final boolean IS_POSTGRESQL = "postgresql".equals(System.getenv("CHATPRESS_TEST_DATABASE"));

    private TestDatabase() {}

    public static boolean isPostgresql() {
        return IS_POSTGRESQL;
    }

    public static DatabaseSettings at(Path file) {
        return IS_POSTGRESQL ? PostgresqlProcess.shared().settings(schema(file)) : new SqliteFile(file);
    }

    /** The value of {@code database} in channels.yml. */
    public static String yaml(Path file) {
        return IS_POSTGRESQL
                ? PostgresqlProcess.yaml(PostgresqlProcess.shared().port(), schema(file))
                : file.toString();
    }

    public static Store open(Path file, String holder) {
        return Store.open(at(file), holder);
    }

    public static Store open(Path file, String holder, UnaryOperator<Connection> wrapper) {
        return Store.open(at(file), holder, wrapper);
    }

    /** A new database; in memory if it is SQLite's. */
    public static Store empty() {
        if (!IS_POSTGRESQL) {
            return Store.inMemory();
        }
        Path name = Path.of("empty " + System.nanoTime());
        delete(name);
        return open(name, "a test");
    }

    /** Deletes a database that no process uses. */
    public static void delete(Path file) {
        if (IS_POSTGRESQL) {
            PostgresqlProcess.shared().execute("chatpress", "DROP SCHEMA IF EXISTS " + schema(file) + " CASCADE");
            return;
        }
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of a database that no process uses, as a file of SQLite. */
    public static byte[] copy(Path file) {
        try {
            if (!IS_POSTGRESQL) {
                return Files.readAllBytes(file);
            }
            Path copied = Files.createTempDirectory("copy").resolve("chatpress.db");
            try (Store store = Store.openToRead(at(file));
                    Store copy = Store.open(new SqliteFile(copied), "a test")) {
                store.copyTo(copy);
            }
            return Files.readAllBytes(copied);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a database of a copy. */
    public static void write(Path file, byte[] copy) {
        try {
            if (!IS_POSTGRESQL) {
                Files.write(file, copy);
                return;
            }
            Path copied = Files.createTempDirectory("copy").resolve("chatpress.db");
            write(file, Files.write(copied, copy));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a database of PostgreSQL of one of SQLite. */
    static void write(Path file, Path sqlite) {
        try (Store store = Store.open(new SqliteFile(sqlite), "a test");
                Store written = open(file, "a test")) {
            store.copyTo(written);
        }
    }

    private static String schema(Path file) {
        byte[] path = file.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        return "test_" + Hashes.sha256(path).substring(0, 16);
    }
}
