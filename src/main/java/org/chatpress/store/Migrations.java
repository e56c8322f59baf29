package org.chatpress.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.chatpress.failure.StoreFailure;

/**
 * Brings a database up to date: numbered files, run in order, each in a transaction that moves {@code user_version}
 * too. A file never changes once it was released; add the next number to the list.
 */
final class Migrations {
    private static final List<String> FILES = List.of("001.sql");

    private Migrations() {}

    static void run(Sql db, String database) {
        int version = version(db);
        if (version > FILES.size()) {
            throw new StoreFailure(
                    "database " + database + " was written by a newer Chatpress (its version is " + version
                            + ", this program knows " + FILES.size() + ")",
                    "Run the newer Chatpress, or restore a database from before the upgrade.",
                    null);
        }
        for (int next = version + 1; next <= FILES.size(); next++) {
            String script = script(FILES.get(next - 1));
            int reached = next;
            db.inTransaction(() -> {
                for (String statement : statements(script)) {
                    db.run(statement);
                }
                db.run("PRAGMA user_version = " + reached);
            });
        }
    }

    static int version(Sql db) {
        return (int) db.first("PRAGMA user_version", row -> row.number("user_version"))
                .orElseThrow()
                .longValue();
    }

    /** Statements end with a semicolon at a line's end; comments go, so that none of theirs is taken for one. */
    private static List<String> statements(String script) {
        String withoutComments = script.lines()
                .map(line -> line.contains("--") ? line.substring(0, line.indexOf("--")) : line)
                .map(String::stripTrailing)
                .collect(Collectors.joining("\n"));
        return List.of(withoutComments.split(";\n|;$")).stream()
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    private static String script(String name) {
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
