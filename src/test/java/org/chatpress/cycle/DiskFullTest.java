package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.error.StoreException;
import org.chatpress.store.Store;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of the database fills up, and is freed again. */
class DiskFullTest {
    @TempDir
    Path folder;

    private Connection connection;

    @Test
    void failsWithAHintAndContinuesOnceThereIsSpace() {
        try (var newsroom = new TestNewsroom(folder)) {
            newsroom.opens(() -> Store.open(new SqliteFile(newsroom.database()), "a test", real -> connection = real));
            newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
            newsroom.cycle();
            limitDatabase(70);
            for (int i = 0; i < 300; i++) {
                newsroom.slack.post(CHANNEL, REPORTER, "update " + i + " of many, none of them short ".repeat(20));
            }

            StoreException failure = catchThrowableOfType(StoreException.class, newsroom::cycle);

            assertThat(failure.hint()).startsWith("Free disk space");
            assertThat(newsroom.reader().texts()).containsExactly("polls are closed");

            limitDatabase(100_000);
            newsroom.cycle();

            assertThat(newsroom.reader().texts()).hasSize(301);
        }
    }

    private void limitDatabase(int pages) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA max_page_count = " + pages);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
