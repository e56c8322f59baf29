package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.chatpress.error.StoreException;
import org.chatpress.support.CrashPoint;
import org.chatpress.support.CrashPoint.When;
import org.chatpress.support.Fault;
import org.chatpress.support.TestDatabase;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A new process continues from the state that the previous one left. */
@Tag("slow")
class RestartTest extends WithNewsroom {
    @Test
    void keepsItsEpochUnderANewHeadline() {
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.cycle();
        String epoch = newsroom.reader().pointer().path("epoch").asText();
        newsroom.storage().forgetOperations();

        newsroom.restart();
        newsroom.lists(TestNewsroom.channel(CHANNEL, SLUG, "approval: none").replace("Election night", "The count"));
        newsroom.cycle();

        assertThat(newsroom.reader().pointer().path("epoch").asText()).isEqualTo(epoch);
        assertThat(newsroom.reader().pointer().at("/channel/headline").asText()).isEqualTo("The count");
        assertThat(newsroom.storage().puts()).noneMatch(key -> key.contains("/i/p-"));
    }

    @Test
    void deletesThePointerOfAHiddenChatBeforeTheFilesThatItNames() {
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.cycle();
        newsroom.storage().forgetOperations();

        newsroom.says("approval: none, hidden: true").cycle();

        assertThat(newsroom.storage().operations().stream().filter(operation -> operation.startsWith("delete")))
                .hasSize(5)
                .startsWith("delete " + SLUG + "/live.json");
    }

    @Test
    void keepsTheNameOfAUserThatSlackNoLongerReturns() {
        newsroom.slack.post(CHANNEL, EDITOR, "a first report");
        newsroom.slack.postRaw(CHANNEL, """
                {"type": "message", "user": "U0ELSEWHERE", "text": "from elsewhere", "ts": "$ts",
                 "user_profile": {"real_name": "Elsa Elsewhere"}}""");
        newsroom.cycle();

        newsroom.faults.next("users.info", Fault.notOk("user_not_found"));
        newsroom.clock.advance(Duration.ofHours(25));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.reader().whole().at("/messages/0/user/display_name").asText())
                .isEqualTo("Elsa Elsewhere");
        assertThat(newsroom.reader().whole().at("/messages/1/user/display_name").asText())
                .isEqualTo("Edda Editor");
    }

    @Test
    void aRestoredDatabaseTakesANewEpochWhicheverOfItsUpdatesFails() throws IOException {
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.cycle();
        newsroom.restart();
        byte[] backup = newsroom.copiesItsDatabase();
        String deleted = newsroom.slack.post(CHANNEL, REPORTER, "the winner is Smith");
        newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, deleted);
        var calls = new CrashPoint("executeUpdate", "executeBatch");
        newsroom.opens(
                () -> TestDatabase.open(newsroom.database(), "a test", real -> calls.through(Connection.class, real)));
        var epochs =
                new HashSet<>(List.of(newsroom.reader().pointer().path("epoch").asText()));
        int restores = 0;

        for (int n = 1; restores == 0 || calls.failed(); n++) {
            newsroom.putsBack(backup);
            newsroom.store();
            calls.failAt(n, When.BEFORE, () -> new SQLException("disk I/O error"));
            try {
                newsroom.cycle();
            } catch (StoreException e) {
                newsroom.cycle();
            }
            restores++;

            assertThat(newsroom.reader().texts())
                    .as("change %d failed", n)
                    .containsExactly("polls are closed", "turnout is high");
            assertThat(newsroom.storage().everything())
                    .as("change %d failed", n)
                    .doesNotContain("Smith");
            assertThat(epochs.add(newsroom.reader().pointer().path("epoch").asText()))
                    .as("another epoch, change %d having failed", n)
                    .isTrue();
        }
        assertThat(restores).isGreaterThan(30);
    }
}
