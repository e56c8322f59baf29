package org.chatpress.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.chatpress.error.StoreException;

/**
 * Brings a database up to date: numbered files, run in order, each in a transaction that moves {@code user_version}
 * too. A file never changes once it was released; add the next number to the list.
 */
final class Migrations {
    private static final List<String> FILES = List.of(
            "001.sql", "002.sql", "003.sql", "004.sql", "005.sql", "006.sql", "007.sql", "008.sql", "009.sql",
            "010.sql", "011.sql", "012.sql");

    private Migrations() {}

    static void run(Database db, String database) {
        int version = knownVersion(db, database);
        for (int next = version + 1; next <= FILES.size(); next++) {
            String script = script(FILES.get(next - 1));
            int reached = next;
            db.inTransaction(() -> {
                db.script(script);
                db.run("PRAGMA user_version = " + reached);
            });
        }
    }

    /** Refuses a database that only a writer could make readable. */
    static void check(Database db, String database) {
        int version = knownVersion(db, database);
        if (version < FILES.size()) {
            throw StoreException.schemaOutdated(
                    "database " + database + " was written by an older Chatpress (its version is " + version
                            + ", this program needs " + FILES.size() + ")",
                    "Run a cycle first, which brings it up to date: chatpress once.");
        }
    }

    private static int knownVersion(Database db, String database) {
        int version = version(db);
        if (version > FILES.size()) {
            throw new StoreException(
                    "database " + database + " was written by a newer Chatpress (its version is " + version
                            + ", this program knows " + FILES.size() + ")",
                    "Run the newer Chatpress, or restore a database from before the upgrade.",
                    null);
        }
        return version;
    }

    static int version(Database db) {
        return (int) db.first("PRAGMA user_version", row -> row.number("user_version"))
                .orElseThrow()
                .longValue();
    }

    private static String script(String name) {
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
