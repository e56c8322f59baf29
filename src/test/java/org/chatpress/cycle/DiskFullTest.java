package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.error.StoreException;
import org.chatpress.model.ChannelId;
import org.chatpress.slack.SlackClient;
import org.chatpress.store.Store;
import org.chatpress.support.Overridden;
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

    @Test
    void aFailureBesideTheCyclesEndsOneOfThemAndNoOther() {
        var isFull = new AtomicBoolean(true);
        try (var newsroom = new TestNewsroom(folder)) {
            newsroom.worksBesideCycles()
                    .saysAtTheTop("public-url: https://static.example/")
                    .asksSlackThrough(real -> Overridden.of(SlackClient.class, real)
                            .with("customEmoji", arguments -> {
                                if (isFull.getAndSet(false)) {
                                    throw new StoreException("database or disk is full", "Free disk space.", null);
                                }
                                return real.customEmoji();
                            })
                            .get());
            newsroom.slack.post(CHANNEL, REPORTER, "polls are closed :logo:");
            Throwable failure = null;
            for (Instant end = Instant.now().plusSeconds(60);
                    failure == null && Instant.now().isBefore(end); ) {
                failure = catchThrowable(newsroom::cycle);
            }
            assertThat(failure).isInstanceOf(StoreException.class).hasMessage("database or disk is full");

            newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
            for (int i = 0; i < 3; i++) {
                newsroom.cycle();
            }
            assertThat(newsroom.store().messages().counts(new ChannelId(CHANNEL)))
                    .containsEntry(Verdict.APPROVED, 2);
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
