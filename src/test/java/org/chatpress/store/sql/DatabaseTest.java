package org.chatpress.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.chatpress.error.StoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

class DatabaseTest {
    @TempDir
    Path folder;

    @Test
    void aTransactionThatCouldNotBeginLeavesTheNextOneWhole() throws SQLException {
        try (Connection other = connection();
                Statement statement = other.createStatement();
                var db = Database.sqlite(connection())) {
            db.run("CREATE TABLE word (text TEXT)");
            statement.execute("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> db.inTransaction(() -> db.run("INSERT INTO word VALUES ('never')")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("SQLITE_BUSY");
            statement.execute("ROLLBACK");

            assertThatThrownBy(() -> db.inTransaction(() -> {
                        db.run("INSERT INTO word VALUES ('half')");
                        throw new IllegalStateException("half-way");
                    }))
                    .hasMessage("half-way");
            assertThat(db.exists("SELECT 1 FROM word")).isFalse();

            db.inTransaction(() -> db.run("INSERT INTO word VALUES ('whole')"));
            assertThat(statement.executeQuery("SELECT text FROM word").getString(1))
                    .isEqualTo("whole");
        }
    }

    @Test
    void theOnlyWriterKeepsRowsUntilItWritesOrRollsBack() throws SQLException {
        try (var db = Database.sqlite(connection())) {
            db.run("CREATE TABLE word (text TEXT)");
            db.becomeOnlyWriter();
            assertThat(words(db)).isEmpty();

            db.run("INSERT INTO word VALUES ('one')");
            assertThat(words(db)).containsExactly("one");
            assertThat(words(db)).as("the same list").isSameAs(words(db));

            db.runEach("INSERT INTO word VALUES (?)", List.of("two"), List::of);
            assertThat(words(db)).containsExactly("one", "two");

            assertThat(db.first(
                            "UPDATE word SET text = 'three' WHERE text = 'two' RETURNING text",
                            row -> row.text("text")))
                    .contains("three");
            assertThat(words(db)).containsExactly("one", "three");

            assertThatThrownBy(() -> db.inTransaction(() -> {
                        db.run("INSERT INTO word VALUES ('never')");
                        assertThat(words(db)).contains("never");
                        throw new IllegalStateException("half-way");
                    }))
                    .hasMessage("half-way");
            assertThat(words(db)).containsExactly("one", "three");
        }
    }

    @Test
    void aReaderSeesWhatAnotherConnectionWrites() throws SQLException {
        try (var writer = Database.sqlite(connection());
                var reader = Database.sqlite(connection())) {
            writer.run("CREATE TABLE word (text TEXT)");
            assertThat(words(reader)).isEmpty();

            writer.run("INSERT INTO word VALUES ('one')");

            assertThat(words(reader)).containsExactly("one");
        }
    }

    private static List<String> words(Database db) {
        return db.listUntilWritten("SELECT text FROM word ORDER BY rowid", row -> row.text("text"));
    }

    private Connection connection() throws SQLException {
        var config = new SQLiteConfig();
        config.setBusyTimeout(50);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        return JDBC.createConnection("jdbc:sqlite:" + folder.resolve("words.db"), config.toProperties());
    }
}
