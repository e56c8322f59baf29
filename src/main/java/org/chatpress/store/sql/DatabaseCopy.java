package org.chatpress.store.sql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.chatpress.error.StoreException;

/** Copies every row of a database to another one, of the same or another kind. */
public final class DatabaseCopy {
    private DatabaseCopy() {}

    /**
     * Replaces what is in {@code target}, in one transaction; both must have the newest schema.
     *
     * @return the number of rows of each table
     * @throws StoreException if the target has other rows than the source at the end
     */
    public static Map<String, Long> run(Database source, Database target) {
        return source.inTransaction(() -> target.inTransaction(() -> {
            source.dialect().allowLongStatements(source);
            target.dialect().allowLongStatements(target);
            var counts = new LinkedHashMap<String, Long>();
            for (String table : source.dialect().tables(source)) {
                target.run("DELETE FROM " + table);
                source.forEachRow(table, (columns, values) -> target.run(insert(table, columns), values));
                counts.put(table, count(source, table));
            }
            counts.forEach((table, rows) -> requireCount(target, table, rows));
            return counts;
        }));
    }

    private static void requireCount(Database target, String table, long rows) {
        long copied = count(target, table);
        if (copied != rows) {
            throw new StoreException(
                    "table " + table + " has " + copied + " rows after the copy instead of " + rows,
                    "Copy the database again while no process uses either.",
                    null);
        }
    }

    private static String insert(String table, List<String> columns) {
        String parameters = "?" + ", ?".repeat(columns.size() - 1);
        return "INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES (" + parameters + ")";
    }

    private static long count(Database db, String table) {
        return db.first("SELECT COUNT(*) AS n FROM " + table, row -> row.number("n"))
                .orElseThrow();
    }
}
