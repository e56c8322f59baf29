package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.channel;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.StorageStatusRepository.StorageStatus;
import org.chatpress.support.Overridden;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A storage rejects a file, as one that is too large: its chat waits, and nothing else. */
@Tag("slow")
class RejectedFilesTest extends WithNewsroom {
    private static final String SPORTS = "C0SPORTS";

    private final Set<String> rejectedPuts = new HashSet<>();
    private final Set<String> rejectedDeletes = new HashSet<>();
    private int attempts;

    @BeforeEach
    void publishTwoChats() {
        newsroom.usesStoragesThrough(real -> Overridden.of(Storage.class, real)
                .with("put", args -> {
                    reject("put", rejectedPuts, ((StoredObject) args[0]).key());
                    real.put((StoredObject) args[0]);
                    return null;
                })
                .with("putUnlessChanged", args -> {
                    reject("put", rejectedPuts, ((StoredObject) args[0]).key());
                    return real.putUnlessChanged((StoredObject) args[0]);
                })
                .with("delete", args -> {
                    reject("delete", rejectedDeletes, (ObjectKey) args[0]);
                    real.delete((ObjectKey) args[0]);
                    return null;
                })
                .get());
        newsroom.slack.channel(SPORTS);
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), channel(SPORTS, "sports", "approval: none"));
        post("polls are closed");
        postSports("kick-off");
        newsroom.cycle();
    }

    @Test
    void anotherChatDoesNotWaitForTheOneOfWhichAFileIsRejected() {
        rejectedPuts.add(SLUG);

        for (int i = 0; i < 12; i++) {
            post("Smith leads by " + i);
            postSports("goal " + i);
            newsroom.cycle();

            assertThat(newsroom.storage().everything()).contains("goal " + i).doesNotContain("Smith");
        }
    }

    @Test
    void aRejectedFileIsTriedLessAndLessOftenAndReportedAsLongAsItIsRejected() {
        Instant lastSuccess = status().lastSuccessAt().orElseThrow();
        rejectedPuts.add(SLUG + ".json");
        var reported = new HashSet<String>();
        String goal = postSports("goal");
        for (int i = 0; i < 60; i++) {
            post("Smith leads by " + i);
            newsroom.slack.delete(SPORTS, goal);
            goal = postSports("goal " + i);
            int before = attempts;
            CycleReport report = newsroom.cycle();

            assertThat(report.isComplete()).isFalse();
            assertThat(report.succeeded()).doesNotContain("memory");
            assertThat(report.incidents()).hasSize(attempts - before).hasSizeLessThan(2);
            report.incidents().forEach(incident -> reported.add(incident.description()));
            assertThat(status().failures()).isEqualTo(attempts);
            assertThat(status().lastError()).isEqualTo("cannot put election-night.json to memory: too large");
            assertThat(status().lastSuccessAt()).hasValue(lastSuccess);
        }
        assertThat(attempts).isBetween(10, 20);
        assertThat(reported).as("so that the log has it once").hasSize(1);

        rejectedPuts.clear();
        newsroom.clock.advance(Duration.ofMinutes(1));
        CycleReport report = newsroom.cycle();

        assertThat(report.isComplete()).isTrue();
        assertThat(report.succeeded()).contains("memory");
        assertThat(status().failures()).isZero();
        assertThat(status().lastError()).isEmpty();
        assertThat(newsroom.reader().whole().path("messages")).hasSize(61);
    }

    @Test
    void aNewProcessTriesARejectedFileAtOnce() {
        rejectedPuts.add(SLUG);
        post("Smith wins");
        for (int i = 0; i < 20; i++) {
            newsroom.cycle();
        }
        rejectedPuts.clear();

        newsroom.restart().cycleNow();

        assertThat(newsroom.reader().texts()).containsExactly("polls are closed", "Smith wins");
        assertThat(status().failures()).isZero();
    }

    @Test
    void aTakedownInTheChatOfARejectedFileDoesNotWait() {
        String ts = post("Smith wins");
        newsroom.cycle();
        rejectedPuts.add(SLUG + ".json");
        cyclesUntilTheWaitIsLong();

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.reader().texts()).startsWith("polls are closed", "turnout is high");
    }

    @Test
    void aChatThatIsAddedDoesNotHideTheRejectedFileOfAnother() {
        rejectedPuts.add(SLUG + ".json");
        cyclesUntilTheWaitIsLong();
        newsroom.slack.channel("C0WEATHER");
        newsroom.lists(
                channel(CHANNEL, SLUG, "approval: none"),
                channel(SPORTS, "sports", "approval: none"),
                channel("C0WEATHER", "weather", "approval: none"));

        CycleReport report = newsroom.cycle();

        assertThat(newsroom.storage().keys()).contains("weather/live.json");
        assertThat(report.succeeded()).doesNotContain("memory");
        assertThat(status().lastError()).isEqualTo("cannot put election-night.json to memory: too large");
    }

    @Test
    void everyChatOfWhichAFileIsRejectedIsReported() {
        rejectedPuts.addAll(List.of(SLUG + ".json", "sports.json"));
        post("Smith wins");
        newsroom.cycle();
        postSports("goal");
        newsroom.cycle();

        assertThat(status().lastError())
                .isEqualTo(
                        "cannot put election-night.json to memory: too large; cannot put sports.json to memory: too large");

        rejectedPuts.remove(SLUG + ".json");
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
        assertThat(status().lastError()).isEqualTo("cannot put sports.json to memory: too large");

        newsroom.lists(
                        channel(CHANNEL, SLUG, "approval: none"),
                        channel(SPORTS, "sports", "approval: none, hidden: true"))
                .cycle();
        assertThat(newsroom.cycle().isComplete()).isTrue();
        assertThat(status().failures()).isZero();
    }

    @Test
    void afterAShortOutageNothingElseWaitsAndTheRejectedFileIsReportedAgain() {
        rejectedPuts.add(SLUG + ".json");
        cyclesUntilTheWaitIsLong();
        newsroom.storage().down(true);
        postSports("goal");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(status().lastError()).contains("it is down");
        newsroom.storage().down(false);
        int before = attempts;

        newsroom.cycle();

        assertThat(attempts).isEqualTo(before);
        assertThat(newsroom.reader("memory", "sports").texts()).containsExactly("kick-off", "goal");
        assertThat(status().lastError()).isEqualTo("cannot put election-night.json to memory: too large");
    }

    @Test
    void aRejectedDeleteIsReportedAndTriedLessAndLessOftenAndNothingWaitsForIt() {
        String index = newsroom.storage().keys().stream()
                .filter(key -> key.startsWith(SLUG + "/i/x-"))
                .findFirst()
                .orElseThrow();
        rejectedDeletes.add(index);
        for (int i = 0; i < 100; i++) {
            post("update " + i);
        }
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(20));
        for (int i = 0; i < 60; i++) {
            postSports("goal " + i);
            CycleReport report = newsroom.cycle();

            assertThat(newsroom.storage().everything()).contains("goal " + i);
            assertThat(report.isComplete()).isFalse();
            assertThat(status().lastError()).isEqualTo("cannot delete " + index + " to memory: too large");
        }
        assertThat(attempts).isBetween(10, 20);

        rejectedDeletes.clear();
        newsroom.clock.advance(Duration.ofMinutes(1));
        assertThat(newsroom.cycle().isComplete()).isTrue();
        assertThat(newsroom.storage().keys()).doesNotContain(index);
        assertThat(status().failures()).isZero();
    }

    @Test
    void aRejectedDeleteOfATakedownIsTriedInEachCycle() {
        rejectedDeletes.add(SLUG);
        String ts = post("Smith wins");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, ts);
        rejectedPuts.add(SLUG);
        for (int i = 0; i < 20; i++) {
            int before = attempts;
            newsroom.cycle();
            assertThat(attempts).isGreaterThan(before);
        }
        assertThat(newsroom.storage().everything()).contains("Smith");

        rejectedDeletes.clear();
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void aTakedownDoesNotWaitForManyOthersThatAreRejectedInItsChatAndAllAreDeletedOnceTheyMayBe() {
        List<ObjectKey> old = IntStream.range(0, 300)
                .mapToObj(i -> new ObjectKey("%s/i/p-%012x.json".formatted(SLUG, i)))
                .toList();
        old.forEach(key -> rejectedDeletes.add(key.value()));
        newsroom.store().storages().addPendingDeletes("memory", new ChannelId(CHANNEL), FileRole.PAGE, old);
        String ts = post("Smith wins");
        newsroom.cycle();
        newsroom.cycle();

        newsroom.slack.delete(CHANNEL, ts);
        int before = attempts;
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(attempts - before).isLessThan(150);
        assertThat(status().lastError()).contains("too large; and ");
        rejectedDeletes.clear();
        newsroom.cycle();
        assertThat(newsroom.store().storages().takedowns("memory")).isEmpty();
    }

    /** Ends after an attempt, so that the next one is a minute later. */
    private void cyclesUntilTheWaitIsLong() {
        post("turnout is high");
        while (attempts < 6) {
            newsroom.cycle();
        }
    }

    private void reject(String what, Set<String> rejected, ObjectKey key) {
        if (rejected.stream().anyMatch(key.value()::startsWith)) {
            attempts++;
            throw RemoteException.rejected("cannot %s %s to memory: too large".formatted(what, key), null);
        }
    }

    private StorageStatus status() {
        return newsroom.store().storages().status("memory").orElseThrow();
    }

    private String post(String text) {
        return newsroom.slack.post(CHANNEL, REPORTER, text);
    }

    private String postSports(String text) {
        return newsroom.slack.post(SPORTS, REPORTER, text);
    }
}
