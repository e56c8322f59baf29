package org.chatpress.store.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What differs between the databases. Statements are written in the SQL of SQLite, in forms that PostgreSQL accepts too:
 * conditions are comparisons and not numbers, {@code ON CONFLICT} names columns with their table, and
 * {@code IS DISTINCT FROM} compares what may be NULL. The rest is translated here, once for each statement.
 */
enum Dialect {
    SQLITE {
        @Override
        Translated translate(String sql) {
            return new Translated(sql, List.of());
        }

        @Override
        String script(String statements) {
            return statements;
        }

        @Override
        int schemaVersion(Database db) {
            return db.first("PRAGMA user_version", row -> (int) row.number("user_version"))
                    .orElseThrow();
        }

        @Override
        void setSchemaVersion(Database db, int version) {
            db.run("PRAGMA user_version = " + version);
        }

        @Override
        void allowLongStatements(Database db) {
            // It has no limit.
        }

        @Override
        void releaseLocks(Connection connection) {
            // Its lock is on a file.
        }

        @Override
        List<String> tables(Database db) {
            return db.list(
                    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
                    row -> row.text("name"));
        }

        @Override
        String text(String value) {
            return value;
        }
    },

    POSTGRESQL {
        @Override
        Translated translate(String sql) {
            String text = INDEXED_BY.matcher(sql).replaceAll("");
            // SQLite keeps the order of a CROSS JOIN; PostgreSQL chooses its own.
            text = text.replace("CROSS JOIN", "JOIN").replace("instr(", "strpos(");
            text = ROW_ID.matcher(text).replaceAll("ctid");
            text = LARGER_OF_TWO.matcher(text).replaceAll("GREATEST(");
            text = SMALLER_OF_TWO.matcher(text).replaceAll("LEAST(");
            return numbered(text);
        }

        /** SQLite compares texts by bytes, as Java does with these texts; so does the collation C. */
        @Override
        String script(String statements) {
            String text = COMMENT.matcher(statements).replaceAll("");
            text = TABLE_OPTIONS.matcher(text).replaceAll(");");
            text = text.replaceAll("\\bINTEGER\\b", "BIGINT").replaceAll("\\bBLOB\\b", "BYTEA");
            return text.replaceAll("\\bTEXT\\b", "TEXT COLLATE \"C\"");
        }

        @Override
        int schemaVersion(Database db) {
            boolean exists = db.exists("SELECT 1 WHERE to_regclass('schema_version') IS NOT NULL");
            return exists
                    ? db.first("SELECT version FROM schema_version", row -> (int) row.number("version"))
                            .orElse(0)
                    : 0;
        }

        @Override
        void setSchemaVersion(Database db, int version) {
            db.script("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)");
            db.run("DELETE FROM schema_version");
            db.run("INSERT INTO schema_version (version) VALUES (?)", version);
        }

        @Override
        void allowLongStatements(Database db) {
            db.run("SET LOCAL statement_timeout = 0");
        }

        @Override
        void releaseLocks(Connection connection) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_unlock_all()");
            } catch (SQLException e) {
                // The session has ended, or will when its process does.
            }
        }

        @Override
        List<String> tables(Database db) {
            return db.list("""
                    SELECT tablename AS name
                    FROM pg_tables
                    WHERE schemaname = current_schema() AND tablename <> 'schema_version'
                    ORDER BY tablename
                    """, row -> row.text("name"));
        }

        /** PostgreSQL stores no character 0; nor can a reader see one. */
        @Override
        String text(String value) {
            return value.indexOf('\0') < 0 ? value : value.replace("\0", "");
        }
    };

    private static final Pattern INDEXED_BY = Pattern.compile(" INDEXED BY \\w+");
    private static final Pattern ROW_ID = Pattern.compile("\\browid\\b");
    private static final Pattern LARGER_OF_TWO = Pattern.compile("\\bMAX\\((?=[\\w.?]+,\\s)");
    private static final Pattern SMALLER_OF_TWO = Pattern.compile("\\bMIN\\((?=[\\w.?]+,\\s)");
    private static final Pattern PARAMETER = Pattern.compile("\\?(\\d+)");
    private static final Pattern COMMENT = Pattern.compile("--[^\n]*");
    private static final Pattern TABLE_OPTIONS = Pattern.compile("\\) STRICT(, WITHOUT ROWID)?;");

    /**
     * A statement as the driver takes it.
     *
     * @param order the index of the argument for each parameter, from 0; empty: as they are given
     */
    record Translated(String sql, List<Integer> order) {}

    abstract Translated translate(String sql);

    /** Statements that change the schema. */
    abstract String script(String statements);

    /** The version of the schema; 0: there are no tables. */
    abstract int schemaVersion(Database db);

    abstract void setSchemaVersion(Database db, int version);

    /** Lets statements of the current transaction take as long as they need. */
    abstract void allowLongStatements(Database db);

    /** Releases the locks of a session that is about to end; the server itself does so a little later. */
    abstract void releaseLocks(Connection connection);

    /** The tables that hold content. */
    abstract List<String> tables(Database db);

    /** A text as the database can store it. */
    abstract String text(String value);

    /** Replaces parameters like {@code ?1}, each of which may occur more than once. */
    private static Translated numbered(String sql) {
        var order = new ArrayList<Integer>();
        Matcher parameters = PARAMETER.matcher(sql);
        while (parameters.find()) {
            order.add(Integer.parseInt(parameters.group(1)) - 1);
        }
        return new Translated(parameters.replaceAll("?"), order);
    }
}
