package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.channel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.publish.Publisher;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.StorageStatusRepository.StorageStatus;
import org.chatpress.support.ConditionalMemoryStorage;
import org.chatpress.support.MemoryStorage;
import org.chatpress.support.Overridden;
import org.chatpress.support.S3ServerInProcess;
import org.chatpress.support.SiteReader;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances with databases of their own publish the same chats to the same place. */
@Tag("slow")
class ConcurrentInstancesTest extends WithNewsroom {
    private static final String WEATHER = "C0WEATHER";
    private final RemoteException down = RemoteException.transientFailure("cannot put: timeout", (Throwable) null);

    @TempDir
    Path anotherMachine;

    private TestNewsroom twin;

    @BeforeEach
    void startBoth() {
        newsroom.usesStoragesThrough(ConcurrentInstancesTest::watchful);
        twin = newsroom.twin(anotherMachine).usesStoragesThrough(ConcurrentInstancesTest::watchful);
    }

    @AfterEach
    void stopTheTwin() {
        twin.close();
    }

    private static Storage watchful(Storage storage) {
        return new ConditionalMemoryStorage((MemoryStorage) storage);
    }

    @Test
    void theOneStartedLastPublishesAndTheOtherReportsItAndStops() {
        overtake();
        newsroom.storage().forgetOperations();

        post("Jones concedes");
        CycleReport report = newsroom.cycle();

        assertThat(report.isComplete()).isFalse();
        assertThat(report.incidents())
                .containsExactly(new CycleReport.Incident(
                        "memory",
                        "memory: another instance publishes election-night there since 2026-11-03 19:00 UTC;"
                                + " this one has stopped publishing there",
                        "Stop one of the two. If this one is to publish, restart it with chatpress run, which takes over"
                                + " when it starts; chatpress once does not.",
                        Kind.ACTION_REQUIRED));
        assertThat(newsroom.storage().changes()).isEmpty();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(twin.cycle().incidents()).isEmpty();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "Jones concedes");
    }

    @Test
    void theyNeverTakeTurns() {
        overtake();
        String epoch = epoch();

        for (int i = 0; i < 60; i++) {
            post("update " + i);
            CycleReport report = newsroom.cycleNow();
            assertThat(report.uploads() + report.deletes()).isZero();
            assertThat(report.incidents()).hasSize(1);
            assertThat(twin.cycle().incidents()).isEmpty();
            assertThat(newsroom.reader().texts()).hasSize(2 + i);
        }
        for (int i = 0; i < 60; i++) {
            assertThat(newsroom.cycle().uploads() + twin.cycle().uploads()).isZero();
        }

        assertThat(epoch()).isEqualTo(epoch);
    }

    @Test
    void aConflictIsReportedInTheSameWordsWhileItLasts() {
        overtake();
        post("Jones concedes");
        CycleReport.Incident first = newsroom.cycle().incidents().get(0);
        twin.cycle();

        newsroom.clock.advance(Duration.ofHours(1));

        assertThat(newsroom.cycle().incidents()).containsExactly(first);
        StorageStatus status = newsroom.store().storages().status("memory").orElseThrow();
        assertThat(status.lastError()).isEqualTo(first.message() + ". " + first.hint());
        assertThat(status.pendingDeletes()).isZero();
    }

    @Test
    void theOtherStoragesGoOn() {
        newsroom.publishesTo("memory", "own");
        overtake();

        post("Jones concedes");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.reader("own", SLUG).texts()).containsExactly("Smith wins", "Jones concedes");
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
    }

    @Test
    void aTakedownIsTheBusinessOfTheOneThatPublishes() {
        String ts = post("nobody wins");
        overtake();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.storage().forgetOperations();

        newsroom.cycle();
        assertThat(newsroom.storage().changes()).isEmpty();
        twin.cycle();
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(newsroom.storage().everything()).doesNotContain("nobody");
        StorageStatus status = newsroom.store().storages().status("memory").orElseThrow();
        assertThat(status.pendingDeletes())
                .as("a health check must not start it anew")
                .isZero();
    }

    @Test
    void aPointerThatFailsWhileTheOtherTakesOverRemovesNothingOfIts() {
        var interruption = new AtomicReference<Runnable>(() -> {});
        newsroom.usesStoragesThrough(real -> interrupted(watchful(real), interruption));
        String ts = post("nobody wins");
        post("Smith wins");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, ts);
        interruption.set(() -> {
            interruption.set(() -> {});
            twin.cycleNow();
            throw down;
        });

        CycleReport report = newsroom.cycle();

        assertThat(report.deletes()).isZero();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(newsroom.cycle().incidents())
                .extracting(CycleReport.Incident::message)
                .first()
                .asString()
                .contains("another");
    }

    private static Storage interrupted(Storage real, AtomicReference<Runnable> interruption) {
        return Overridden.of(Storage.class, real)
                .with("putUnlessChanged", args -> {
                    interruption.get().run();
                    return real.putUnlessChanged((StoredObject) args[0]);
                })
                .get();
    }

    @Test
    void aPendingDeleteWaitsOnceTheOtherInstancePublishes() {
        String ts = post("nobody wins");
        post("Smith wins");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.storage().down(true);
        newsroom.cycle();
        assertThat(newsroom.store().storages().status("memory").orElseThrow().pendingDeletes())
                .isPositive();
        newsroom.storage().down(false);
        twin.cycle();
        newsroom.storage().forgetOperations();
        newsroom.clock.advance(Duration.ofMinutes(2));

        CycleReport report = newsroom.cycle();

        assertThat(report.incidents())
                .extracting(CycleReport.Incident::message)
                .first()
                .asString()
                .contains("another");
        assertThat(newsroom.storage().changes()).isEmpty();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
    }

    @Test
    void whatIsOutOfGraceStaysOnceTheOtherPublishes() {
        for (int i = 0; i < 30; i++) {
            post("update " + i);
            newsroom.cycle();
        }
        twin.cycle();
        newsroom.storage().forgetOperations();
        newsroom.clock.advance(Publisher.GRACE);

        assertThat(newsroom.cycle().deletes()).isZero();

        assertThat(newsroom.storage().operations()).noneMatch(operation -> operation.startsWith("delete"));
        assertThat(newsroom.reader().texts()).hasSize(30);
    }

    @Test
    void noPageIsPutBesideAnothersPointer() {
        overtake();
        for (int i = 0; i < 100; i++) {
            post("update " + i);
        }
        newsroom.storage().forgetOperations();

        newsroom.cycle();

        assertThat(newsroom.storage().puts()).isEmpty();
    }

    @Test
    void itNeverTakesOverByItself() {
        overtake();
        post("Jones concedes");
        newsroom.cycle();
        twin.restart();

        for (int i = 0; i < 30; i++) {
            newsroom.clock.advance(Duration.ofHours(1));
            CycleReport report = newsroom.cycle();
            assertThat(report.uploads() + report.deletes()).isZero();
            assertThat(report.incidents()).hasSize(1);
        }

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
    }

    @Test
    void aRestartTakesOverAndLeavesNoFileOfTheOther() {
        overtake();
        String epoch = epoch();
        post("Jones concedes");
        newsroom.cycle();
        twin.restart();

        newsroom.restart();
        assertThat(newsroom.cycle().isComplete()).isTrue();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "Jones concedes");
        assertThat(epoch()).isNotEqualTo(epoch);
        assertThat(newsroom.store().storages().conflict("memory")).isEmpty();
        post("a recount");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).endsWith("a recount");
        newsroom.clock.advance(Duration.ofMinutes(16));
        newsroom.cycle();
        assertThatOnlyNamedFilesAreThere();
    }

    @Test
    void aTakedownThatTheOtherDidNotSeeIsDoneByTheRestart() {
        String ts = post("nobody wins");
        overtake();
        twin.restart();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).contains("nobody");

        newsroom.restart().cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("nobody");
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
    }

    @Test
    void aRestartTakesOverAllChats() {
        newsroom.slack.channel(WEATHER);
        newsroom.slack.post(WEATHER, REPORTER, "it rains");
        for (TestNewsroom each : List.of(newsroom, twin)) {
            each.lists(channel(CHANNEL, SLUG, "approval: none"), channel(WEATHER, "weather", "approval: none"));
        }
        overtake();
        String epoch = epoch();
        newsroom.slack.post(WEATHER, REPORTER, "it snows");
        newsroom.cycle();
        twin.restart();

        newsroom.restart().cycle();

        assertThat(newsroom.reader("memory", "weather").texts()).containsExactly("it rains", "it snows");
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(epoch()).isNotEqualTo(epoch);
    }

    @Test
    void theInstanceThatLostToARestartStops() {
        overtake();
        post("Jones concedes");
        newsroom.cycle();
        newsroom.restart().cycle();

        post("a recount");
        CycleReport report = twin.cycle();

        assertThat(report.incidents())
                .extracting(CycleReport.Incident::message)
                .first()
                .asString()
                .contains("another");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "Jones concedes", "a recount");
    }

    @Test
    void twoThatStoppedEachOtherWaitForARestart() {
        overtake();
        post("Jones concedes");
        newsroom.cycle();
        ObjectKey pointer = new ObjectKey(SLUG + "/live.json");
        newsroom.storage()
                .put(new StoredObject(
                        pointer, "{\"epoch\": \"other\", \"seq\": 1}".getBytes(StandardCharsets.UTF_8), "", ""));
        assertThat(twin.cycle().isComplete()).isFalse();
        for (int i = 0; i < 30; i++) {
            assertThat(newsroom.cycle().isComplete()).isFalse();
            assertThat(twin.cycle().isComplete()).isFalse();
        }

        twin.restart();

        post("a recount");
        List<CycleReport> reports = List.of(newsroom.cycle(), twin.cycle());
        assertThat(reports).extracting(CycleReport::isComplete).containsExactly(false, true);
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "Jones concedes", "a recount");
    }

    @Test
    void aRealServerTellsThemApart() {
        try (var s3 = new S3ServerInProcess().start();
                Storage site = s3.settings("chats", false).storage()) {
            String entry = "s3: {bucket: %s, prefix: chats, endpoint: \"%s\", region: us-east-1}"
                    .formatted(S3ServerInProcess.BUCKET, s3.endpoint());
            newsroom.publishesToReal(entry);
            twin.publishesToReal(entry);
            var reader = new SiteReader(site, SLUG);
            overtake();
            post("Jones concedes");

            CycleReport stopped = newsroom.cycle();
            assertThat(stopped.uploads()).isZero();
            assertThat(stopped.incidents())
                    .extracting(CycleReport.Incident::message)
                    .first()
                    .asString()
                    .contains(": another instance publishes election-night there");
            assertThat(twin.cycle().isComplete()).isTrue();
            assertThat(reader.texts()).containsExactly("Smith wins", "Jones concedes");

            post("a recount");
            newsroom.restart().cycle();
            assertThat(reader.texts()).endsWith("a recount");
            post("a protest");
            assertThat(twin.cycle().uploads()).isZero();
            assertThat(newsroom.cycle().isComplete()).isTrue();
            assertThat(reader.texts()).endsWith("a protest");
            twin.restart();
        }
    }

    @Test
    void aRestartTakesOverWhileTheOtherPublishes() {
        overtake();
        post("Jones concedes");
        newsroom.cycle();
        twin.cycle();

        newsroom.restart();
        assertThat(newsroom.cycle().isComplete()).isTrue();

        post("a recount");
        assertThat(twin.cycle().isComplete()).isFalse();
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).hasSize(3);
    }

    @Test
    void processesOfACronNeverTakeOver() {
        newsroom.stopsAtConflicts();
        twin.stopsAtConflicts();
        overtake();
        String epoch = epoch();
        for (int i = 0; i < 10; i++) {
            post("update " + i);
            assertThat(newsroom.restart().cycle().isComplete()).isFalse();
            assertThat(twin.restart().cycle().isComplete()).isTrue();
            newsroom.clock.advance(Duration.ofSeconds(40));
        }
        assertThat(epoch()).isEqualTo(epoch);
        assertThat(newsroom.reader().texts()).hasSize(11);

        post("a recount");
        for (int i = 0; i < 10; i++) {
            newsroom.clock.advance(Duration.ofHours(1));
            assertThat(newsroom.restart().cycle().isComplete()).isFalse();
        }
        assertThat(newsroom.reader().texts()).as("cron starts it, not a person").hasSize(11);

        newsroom.takesOver().restart();
        assertThat(newsroom.cycle().isComplete()).isTrue();
        assertThat(newsroom.reader().texts()).hasSize(12);
    }

    @Test
    void aProcessOfACronGoesOnAtOnceWithALostOrRestoredDatabase() {
        newsroom.stopsAtConflicts();
        post("Smith wins");
        newsroom.cycle();
        byte[] copy = newsroom.copiesItsDatabase();
        post("Jones concedes");
        newsroom.cycle();

        newsroom.putsBack(copy);
        assertThat(newsroom.cycle().isComplete()).isTrue();
        assertThat(newsroom.reader().texts()).hasSize(2);

        newsroom.losesItsDatabase();
        post("a recount");
        assertThat(newsroom.cycle().isComplete()).isTrue();
        assertThat(newsroom.reader().texts()).hasSize(3);
    }

    @Test
    void aProcessOfACronGoesOnToReplaceASiteThatItHasBegunToReplace() {
        newsroom.stopsAtConflicts();
        post("Smith wins");
        newsroom.cycle();
        byte[] copy = newsroom.copiesItsDatabase();
        post("Jones concedes");
        newsroom.cycle();
        newsroom.putsBack(copy);
        newsroom.storage().full(true);
        assertThat(newsroom.cycle().isComplete()).isFalse();
        newsroom.storage().full(false);
        newsroom.clock.advance(Duration.ofMinutes(1));

        assertThat(newsroom.restart().cycle().isComplete()).isTrue();

        assertThat(newsroom.reader().texts()).hasSize(2);
    }

    @Test
    void aCopyOfTheDatabaseIsNoticedToo() throws IOException {
        post("Smith wins");
        newsroom.cycle();
        Files.write(twin.database(), newsroom.copiesItsDatabase());
        newsroom.cycle();
        post("Jones concedes");
        newsroom.cycle();
        twin.cycle();

        post("a recount");
        List<CycleReport> reports = List.of(newsroom.cycle(), twin.cycle());

        assertThat(reports).extracting(CycleReport::isComplete).containsExactlyInAnyOrder(true, false);
        newsroom.cycle();
        twin.cycle();
        assertThat(newsroom.reader().texts()).hasSize(3);
    }

    @Test
    void aLostAnswerIsNoFalseAlarm() {
        post("Smith wins");
        newsroom.cycle();
        post("Jones concedes");
        newsroom.storage().loseNextAnswer(down);
        newsroom.cycle();
        post("a recount");

        assertThat(newsroom.cycle().isComplete()).isTrue();

        assertThat(newsroom.reader().texts()).hasSize(3);
    }

    /** Both publish, the twin last. */
    private void overtake() {
        post("Smith wins");
        newsroom.cycle();
        twin.cycle();
    }

    private String post(String text) {
        return newsroom.slack.post(CHANNEL, REPORTER, text);
    }

    private String epoch() {
        return newsroom.reader().pointer().path("epoch").asText();
    }

    private void assertThatOnlyNamedFilesAreThere() {
        String index = SLUG + "/" + newsroom.reader().pointer().path("index").asText();
        String named =
                newsroom.reader().pointer() + newsroom.reader().file(index).toString();
        assertThat(newsroom.storage().keys())
                .filteredOn(key -> key.contains("/i/"))
                .allMatch(key -> named.contains(new ObjectKey(key).name().replace(".json", "")));
    }
}
