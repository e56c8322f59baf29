package org.chatpress.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.zip.GZIPInputStream;
import org.chatpress.store.Store;

/**
 * A database that an earlier release wrote, with schema version 12: an evening of approvals, edits, takedowns, threads,
 * photos and custom emoji in six channels, ended while one storage is down, one is in conflict and Slack fails.
 */
public final class OldDatabase {
    /** When the last cycle of the evening started. */
    public static final Instant END = Instant.parse("2026-11-04T21:15:40Z");

    private OldDatabase() {}

    /** Writes the database to a file that does not exist yet. */
    public static void write(Path file) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                InputStream dump = new GZIPInputStream(resource("version-12.sql.gz"))) {
            statement.executeUpdate(new String(dump.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes the database to where {@link TestDatabase} has the one of this path. */
    public static Path writeTo(Path path) {
        if (TestDatabase.isPostgresql()) {
            Path file = path.resolveSibling("old.db");
            write(file);
            TestDatabase.write(path, file);
        } else {
            write(path);
        }
        return path;
    }

    /** The settings that the evening ended with. */
    public static String settings() {
        return text("version-12.yml");
    }

    /**
     * What the earlier release rendered from the database: lines of digest, way and key, in the order of keys. The
     * files of the closed chat and the list of channels also have {@code closed_at}, which that release did not publish.
     */
    public static String rendered() {
        return text("version-12-rendered.txt");
    }

    private static String text(String name) {
        try (InputStream in = resource(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name) {
        return Store.class.getResourceAsStream(name);
    }
}
