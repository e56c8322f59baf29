package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.Store;
import org.chatpress.support.PostgresqlProcess;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A leader that was stopped in the middle of an upload goes on with it after another process leads. */
class FormerLeaderTest {
    private static final ObjectKey POINTER = new ObjectKey(SLUG + "/live.json");

    @TempDir
    Path folder;

    @Test
    void itsPointerIsReplacedWithinSecondsAndReadersNeedNotStartOver(TestInfo test) {
        try (TestNewsroom newsroom = newsroom(test)) {
            newsroom.slack.post(CHANNEL, REPORTER, "polls are open");
            newsroom.cycle();
            StoredObject old = newsroom.storage().read(POINTER).orElseThrow();
            newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
            newsroom.cycle();
            String epoch = newsroom.reader().pointer().path("epoch").asText();

            newsroom.storage().put(old);
            newsroom.cycle();

            assertThat(newsroom.reader().texts()).containsExactly("polls are open", "polls are closed");
            assertThat(newsroom.reader().pointer().path("epoch").asText()).isEqualTo(epoch);
            assertThat(newsroom.store().storages().conflict("memory")).isEmpty();
        }
    }

    @Test
    void itsPointerIsReplacedBeforeFiveSecondsHavePassed(TestInfo test) {
        try (TestNewsroom newsroom = newsroom(test)) {
            newsroom.slack.post(CHANNEL, REPORTER, "polls are open");
            newsroom.cycle();
            StoredObject old = newsroom.storage().read(POINTER).orElseThrow();
            newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
            newsroom.cycle();

            newsroom.storage().put(old);
            newsroom.clock.advance(Duration.ofSeconds(3));
            newsroom.cycleNow();

            assertThat(newsroom.reader().texts()).containsExactly("polls are open", "polls are closed");
        }
    }

    @Test
    void tenMinutesLaterNoPointerIsRead(TestInfo test) {
        try (TestNewsroom newsroom = newsroom(test)) {
            newsroom.slack.post(CHANNEL, REPORTER, "polls are open");
            newsroom.cycle();
            newsroom.clock.advance(Duration.ofMinutes(11));
            newsroom.cycle();
            newsroom.storage().forgetOperations();

            newsroom.cycle();

            assertThat(newsroom.storage().operations()).isEmpty();
        }
    }

    private TestNewsroom newsroom(TestInfo test) {
        String schema = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
        var server = PostgresqlProcess.shared().settings(schema.substring(0, Math.min(60, schema.length())));
        return new TestNewsroom(folder)
                .opens(() -> Store.openAsLeader(server, "a test", () -> false).orElseThrow());
    }
}
