package org.chatpress.store.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.chatpress.error.StoreException;

/**
 * Creates the tables of a new database by {@code schema.sql}, and upgrades an older one by numbered files, run in
 * order. Each file is a transaction that sets the version of the schema too. A file never changes once it was released:
 * a change of the schema adds the next number to the list and edits {@code schema.sql}. The files are written for SQLite
 * and translated for PostgreSQL, where no database is older than version 21.
 */
public final class Migrations {
    private static final List<String> FILES = List.of(
            "001.sql", "002.sql", "003.sql", "004.sql", "005.sql", "006.sql", "007.sql", "008.sql", "009.sql",
            "010.sql", "011.sql", "012.sql", "013.sql", "014.sql", "015.sql", "016.sql", "017.sql", "018.sql",
            "019.sql", "020.sql", "021.sql", "022.sql", "023.sql", "024.sql", "025.sql", "026.sql", "027.sql",
            "028.sql", "029.sql", "030.sql", "031.sql");

    private Migrations() {}

    /** @param database the name of the database for messages */
    public static void run(Database db, String database) {
        int version = knownVersion(db, database);
        if (version == 0) {
            run(db, "schema.sql", FILES.size());
        } else {
            upgrade(db, version);
        }
    }

    /** @param version the version of the database's schema; 0: it is empty */
    public static void upgrade(Database db, int version) {
        for (int next = version + 1; next <= FILES.size(); next++) {
            run(db, FILES.get(next - 1), next);
        }
    }

    /**
     * @return false if PostgreSQL has no tables yet
     * @throws StoreException that is {@link StoreException#isSchemaOutdated} for a database that must be upgraded first
     */
    public static boolean check(Database db, String database) {
        int version = knownVersion(db, database);
        if (version == 0 && db.dialect() == Dialect.POSTGRESQL) {
            return false;
        }
        if (version < FILES.size()) {
            throw StoreException.schemaOutdated(
                    "database " + database + " was written by an older Chatpress (schema " + version
                            + ", this program needs " + FILES.size() + ")",
                    "Run a cycle first, which upgrades it: chatpress once.");
        }
        return true;
    }

    /** @throws StoreException if a newer Chatpress wrote the database */
    public static void requireKnown(Database db, String database) {
        knownVersion(db, database);
    }

    private static int knownVersion(Database db, String database) {
        int version = db.dialect().schemaVersion(db);
        if (version > FILES.size()) {
            throw new StoreException(
                    "database " + database + " was written by a newer Chatpress (schema " + version
                            + ", this program knows " + FILES.size() + ")",
                    "Run the newer Chatpress, or restore a backup from before the upgrade.",
                    null);
        }
        return version;
    }

    private static void run(Database db, String file, int version) {
        String statements = text(file);
        db.inTransaction(() -> {
            db.dialect().allowLongStatements(db);
            db.script(statements);
            db.dialect().setSchemaVersion(db, version);
        });
    }

    private static String text(String file) {
        try (InputStream in = Migrations.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
