package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.channel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.Fault;
import org.chatpress.support.Overridden;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The failures in the log of a program that runs a cycle every second. */
@Tag("slow")
class IncidentLogTest {
    @TempDir
    Path folder;

    private final IncidentLog incidents = new IncidentLog();
    private CapturedLog log;
    private TestNewsroom newsroom;

    @BeforeEach
    void open() {
        log = CapturedLog.open();
        newsroom = new TestNewsroom(folder).pollsWhenDue();
    }

    @AfterEach
    void close() {
        newsroom.close();
        log.close();
    }

    @Test
    void channelsPolledInDifferentCyclesAreLoggedOnceAndEachWhenItWorksAgain() {
        newsroom.slack.channel("C0WEATHER");
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), channel("C0WEATHER", "weather", "approval: none"));
        cycles(10);

        fails("conversations.history", Fault.notOk("token_revoked"));
        cycles(60);

        assertThat(log.linesWith("token_revoked")).hasSize(2);
        assertThat(log.linesWith("works again")).isEmpty();

        newsroom.faults.clear();
        cycles(30);

        assertThat(log.linesWith("works again"))
                .containsExactlyInAnyOrder("INFO " + SLUG + " works again", "INFO weather works again");
    }

    @Test
    void aRateLimitedChannelIsLoggedOnceHoweverLongItWaits() {
        cycles(5);

        fails("conversations.history", Fault.tooMany(7), Fault.tooMany(9));
        cycles(60);

        assertThat(log.linesWith("rate limited by Slack")).hasSize(1);
        assertThat(log.linesWith("works again")).isEmpty();
    }

    @Test
    void aStorageInItsBackoffDoesNotCountAsWorkingAgain() {
        newsroom.storage().down(true);
        post();
        cycles(60);

        assertThat(log.linesWith("memory")).hasSize(1);

        newsroom.storage().down(false);
        cycles(120);

        assertThat(log.linesWith("memory works again")).hasSize(1);
    }

    @Test
    void aRejectedFileIsLoggedOnceWithTheReasonAndOnceWhenTheStorageAcceptsIt() {
        var isRejected = new AtomicBoolean(true);
        newsroom.usesStoragesThrough(real -> Overridden.of(Storage.class, real)
                .with("put", args -> {
                    var object = (StoredObject) args[0];
                    if (isRejected.get() && object.key().value().equals(SLUG + ".json")) {
                        throw RemoteException.rejected("cannot put " + object.key() + " to memory: too large", null);
                    }
                    real.put(object);
                    return null;
                })
                .get());
        for (int i = 0; i < 60; i++) {
            post();
            cycles(2);
        }

        assertThat(log.linesWith("memory:"))
                .containsExactly(
                        "WARN cannot put election-night.json to memory: too large; will try again in a later cycle");
        assertThat(log.linesWith("works again")).isEmpty();

        isRejected.set(false);
        cycles(120);

        assertThat(log.linesWith("memory works again")).hasSize(1);
    }

    @Test
    void manyDeletionsAtOnceTakeTheirTimeAndAreNoFailure() {
        List<String> messages = IntStream.range(0, 90).mapToObj(i -> post()).toList();
        cycles(5);

        messages.forEach(ts -> newsroom.slack.delete(CHANNEL, ts));
        cycles(40);

        assertThat(log.linesWith("messages are missing")).hasSize(1);
        assertThat(log.linesWith("rate limit of")).isEmpty();
        assertThat(log.linesWith("works again")).isEmpty();
        assertThat(newsroom.reader().texts()).isNotEmpty();

        cycles(90);

        assertThat(newsroom.reader().texts()).isEmpty();
        assertThat(log.linesWith("messages are missing")).hasSize(1);
    }

    @Test
    void waitingForOurOwnRateLimitIsNoFailure() {
        for (int i = 0; i < 130; i++) {
            String person = "U0READER" + i;
            newsroom.slack.person(person, "Reader " + i);
            newsroom.slack.post(CHANNEL, person, "hear, hear");
        }
        cycles(90);

        assertThat(newsroom.reader().texts()).hasSize(130);
        assertThat(log.linesWith("rate limit of")).isEmpty();
        assertThat(log.linesWith("works again")).isEmpty();
    }

    @Test
    void aDatabaseThatCannotBeWrittenIsLoggedOnceAndWhenItWorksAgain() {
        cycles(3);
        var full = new StoreException("cannot write chatpress.db: disk is full", "Free disk space.", null);

        for (int i = 0; i < 9; i++) {
            incidents.log(full);
        }
        assertThat(log.linesWith("disk is full")).hasSize(1);

        cycles(10);
        assertThat(log.linesWith("the database works again")).hasSize(1);

        incidents.log(full);
        assertThat(log.linesWith("disk is full")).hasSize(2);
    }

    @Test
    void settingsThatNeedARestartAreLoggedOnceForEachChange() throws IOException {
        Settings first = settings("{token: xoxb-1}", "one.db");
        Settings withAppToken = settings("{token: xoxb-1, app-token: xapp-1}", "one.db");
        Settings moved = settings("{token: xoxb-2, app-token: xapp-1}", "two.db");

        for (Settings now :
                List.of(first, withAppToken, withAppToken, withAppToken, moved, moved, first, withAppToken)) {
            incidents.logRestartNeeded(first, now);
        }

        assertThat(log.linesWith("restart Chatpress"))
                .containsExactly(
                        "WARN restart Chatpress to apply changed settings: slack.app-token",
                        "WARN restart Chatpress to apply changed settings: slack.token, slack.app-token, database",
                        "WARN restart Chatpress to apply changed settings: slack.app-token");
    }

    private Settings settings(String slack, String database) throws IOException {
        Path file = Files.writeString(
                folder.resolve("other.yml"), """
                slack: %s
                database: %s
                publish: [{directory: public}]
                channels: [%s]
                """.formatted(slack, database, channel(CHANNEL, SLUG, "approval: none")));
        return SettingsLoader.read(file, Map.of());
    }

    private void cycles(int seconds) {
        for (int i = 0; i < seconds; i++) {
            newsroom.clock.advance(Duration.ofSeconds(1));
            incidents.log(newsroom.cycleNow());
        }
    }

    private String post() {
        return newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
    }

    private void fails(String method, Fault... byTurns) {
        for (int i = 0; i < 200; i++) {
            newsroom.faults.next(method, byTurns);
        }
    }
}
