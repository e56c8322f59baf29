package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.Fault;
import org.junit.jupiter.api.Test;

/** A database and a storage that disagree: one was lost, or restored from an older backup. */
class OwnershipCycleTest extends WithNewsroom {
    private static final String OTHER = "C0WEATHER";

    @Test
    void aNewDatabaseRepublishesTheChatWithANewEpoch() {
        String ts = post("Smith wins");
        post("turnout is high");
        newsroom.cycle();
        String epoch = epoch();

        newsroom.losesItsDatabase();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.storage().forgetOperations();
        newsroom.cycle();

        assertThat(epoch()).isNotEqualTo(epoch);
        assertThat(newsroom.reader().texts()).containsExactly("turnout is high");
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("Smith");
        assertThatOnlyNamedFilesAreThere();
    }

    @Test
    void aChatHiddenAfterTheDatabaseWasLostLeavesNoFiles() {
        newsroom.says("approval: none, jsonp: true");
        post("Smith wins");
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).contains("Smith");

        newsroom.losesItsDatabase();
        newsroom.says("approval: none, hidden: true").cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.startsWith(SLUG));
    }

    @Test
    void theSecondCycleAfterALossPublishesNothingAndReadsTheChatOnce() {
        post("Smith wins");
        newsroom.cycle();
        newsroom.losesItsDatabase().cycle();
        newsroom.storage().forgetOperations();
        int calls = newsroom.slackServer.calls("conversations.history");

        newsroom.cycle();

        assertThat(newsroom.storage().changes()).isEmpty();
        assertThat(newsroom.slackServer.calls("conversations.history")).isEqualTo(calls + 1);
    }

    @Test
    void aChatDoesNotShrinkWhileANewDatabaseIsBackfilling() {
        newsroom.slackServer.pagesOf(10);
        IntStream.range(0, 50).forEach(i -> post("update " + i));
        newsroom.cycle();

        newsroom.losesItsDatabase();
        newsroom.storage().forgetOperations();
        newsroom.faults.onCall(3, Fault.SERVER_ERROR);
        newsroom.cycle();
        assertThat(newsroom.storage().changes()).isEmpty();
        assertThat(newsroom.reader().texts()).hasSize(50);

        newsroom.cycle();
        assertThat(newsroom.reader().texts()).hasSize(50);
        assertThat(newsroom.reader().whole().path("messages")).hasSize(50);
    }

    @Test
    void aRestoredDatabaseRepublishesNothingThatWasTakenDown() {
        newsroom.says(approval(""));
        String withdrawn = approved("Smith wins");
        String rejected = approved("Jones wins");
        String deleted = approved("nobody wins");
        String edited = approved("turnout is low");
        newsroom.cycle();
        byte[] copy = newsroom.copiesItsDatabase();

        newsroom.slack.unreact(CHANNEL, withdrawn, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, rejected, EDITOR, "no_entry");
        newsroom.slack.delete(CHANNEL, deleted);
        newsroom.slack.edit(CHANNEL, edited, EDITOR, "turnout is high");
        approved("a recount");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("turnout is high", "a recount");
        String epoch = epoch();

        newsroom.putsBack(copy);
        newsroom.storage().forgetOperations();
        newsroom.cycle();

        assertThat(epoch()).isNotEqualTo(epoch);
        assertThat(newsroom.reader().texts()).hasSize(2).contains("a recount");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("wins");
        assertThat(newsroom.storage().everything()).doesNotContain("wins");
        newsroom.clock.advance(Duration.ofMinutes(16));
        newsroom.cycle();
        assertThatOnlyNamedFilesAreThere();
    }

    /** Slack shows what it showed when the backup was made, so there is nothing to upload. */
    @Test
    void aRestoredDatabaseTakesDownWhatItDoesNotKnowThoughNothingHasChangedForIt() {
        post("turnout is high");
        newsroom.cycle();
        byte[] copy = newsroom.copiesItsDatabase();
        String deleted = post("Smith wins");
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).contains("Smith wins");

        newsroom.slack.delete(CHANNEL, deleted);
        newsroom.putsBack(copy);
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("turnout is high");
        assertThat(newsroom.storage().everything()).doesNotContain("Smith wins");
    }

    @Test
    void aRestoredDatabaseThatGrewWhileTheStorageWasDownLeavesNoOldFiles() {
        post("turnout is high");
        newsroom.cycle();
        byte[] copy = newsroom.copiesItsDatabase();
        String deleted = post("Smith wins");
        for (int i = 0; i < 12; i++) {
            post("update " + i);
            newsroom.cycle();
        }
        String epoch = epoch();

        newsroom.putsBack(copy);
        newsroom.storage().down(true);
        newsroom.slack.delete(CHANNEL, deleted);
        for (int i = 0; i < 20; i++) {
            post("more " + i);
            newsroom.clock.advance(Duration.ofSeconds(10));
            newsroom.cycle();
        }
        newsroom.storage().down(false);
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(20));
        newsroom.cycle();

        assertThat(epoch()).isNotEqualTo(epoch);
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.reader().texts()).hasSize(33);
    }

    @Test
    void aRestoredDatabaseRepublishesNothingDeletedBelowTheHeadPage() {
        String deleted = post("Smith wins");
        IntStream.range(0, 450).forEach(i -> post("update " + i));
        newsroom.cycle();
        byte[] copy = newsroom.copiesItsDatabase();
        newsroom.slack.delete(CHANNEL, deleted);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).hasSize(450);

        newsroom.putsBack(copy);
        newsroom.storage().forgetOperations();
        newsroom.cycle();

        assertThat(newsroom.storage().everythingEver()).doesNotContain("Smith");
        assertThat(newsroom.reader().texts()).hasSize(450);
    }

    @Test
    void aChatDoesNotShrinkWhileARestoredDatabaseIsBackfilling() {
        newsroom.slackServer.pagesOf(10);
        IntStream.range(0, 20).forEach(i -> post("update " + i));
        newsroom.cycle();
        byte[] copy = newsroom.copiesItsDatabase();
        IntStream.range(20, 60).forEach(i -> post("update " + i));
        newsroom.cycle();

        newsroom.putsBack(copy);
        newsroom.storage().forgetOperations();
        newsroom.faults.onCall(3, Fault.SERVER_ERROR);
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).hasSize(60);
        newsroom.storage().everPut().stream()
                .filter(object -> object.key().name().equals("live.json"))
                .forEach(pointer -> assertThat(new String(pointer.bytes(), StandardCharsets.UTF_8))
                        .contains("\"count\":60"));
    }

    @Test
    void aBackfillThatFailsHalfwayPublishesNothingYet() {
        newsroom.slackServer.pagesOf(10);
        String deleted = post("Smith wins");
        IntStream.range(0, 40).forEach(i -> post("update " + i));
        newsroom.cycle();
        byte[] copy = newsroom.copiesItsDatabase();
        newsroom.slack.delete(CHANNEL, deleted);
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 9; i++) {
            newsroom.cycle();
        }
        assertThat(newsroom.reader().texts()).hasSize(40);

        newsroom.putsBack(copy);
        newsroom.storage().forgetOperations();
        post("a recount");
        newsroom.faults.onCall(5, Fault.SERVER_ERROR);
        newsroom.cycle();
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().everythingEver()).doesNotContain("Smith");
        assertThat(newsroom.reader().texts()).hasSize(41).endsWith("a recount");
    }

    @Test
    void aStorageThatWasDownWhenTheDatabaseWasLostIsVerifiedLater() {
        newsroom.publishesTo("one", "two");
        String ts = post("Smith wins");
        post("turnout is high");
        newsroom.cycle();

        newsroom.losesItsDatabase();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.storage("two").down(true);
        newsroom.cycle();
        assertThat(newsroom.reader("one", SLUG).texts()).containsExactly("turnout is high");
        newsroom.restart();
        newsroom.cycle();
        newsroom.storage("two").forgetOperations();
        newsroom.storage("two").down(false);
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();
        newsroom.cycle();

        for (String storage : List.of("one", "two")) {
            assertThat(newsroom.reader(storage, SLUG).texts()).containsExactly("turnout is high");
            assertThat(newsroom.storage(storage).everything()).doesNotContain("Smith");
        }
        assertThat(newsroom.storage("two").everythingEver()).doesNotContain("Smith");
        assertThat(newsroom.reader("two", SLUG).pointer())
                .isEqualTo(newsroom.reader("one", SLUG).pointer());
    }

    @Test
    void aWipedStorageIsFilledAgain() {
        for (int i = 0; i < 100; i++) {
            post("update " + i);
        }
        newsroom.cycle();

        newsroom.restart();
        newsroom.storage().restore(Map.of());
        post("a recount");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).hasSize(101);
        assertThat(newsroom.reader().whole().path("messages")).hasSize(101);
        assertThat(newsroom.storage().keys()).contains("channels.json");
    }

    @Test
    void aStorageWipedWhileItWasDownIsFilledAgain() {
        for (int i = 0; i < 100; i++) {
            post("update " + i);
        }
        newsroom.cycle();
        newsroom.storage().down(true);
        post("a recount");
        newsroom.cycle();

        newsroom.restart();
        newsroom.storage().restore(Map.of());
        newsroom.storage().down(false);
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).hasSize(101);
    }

    @Test
    void aStorageRestoredFromABackupCatchesUpAndLosesWhatWasTakenDown() {
        String ts = post("Smith wins");
        for (int i = 0; i < 50; i++) {
            post("update " + i);
        }
        newsroom.cycle();
        Map<ObjectKey, StoredObject> backup = newsroom.storage().backup();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(20));
        newsroom.cycle();

        newsroom.restart();
        newsroom.storage().restore(backup);
        post("a recount");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).hasSize(51).endsWith("a recount");
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void chatsWithoutChangesComeBackOnAWipedStorageToo() {
        newsroom.slack.channel(OTHER);
        newsroom.slack.post(OTHER, REPORTER, "it rains");
        post("Smith wins");
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), channel(OTHER, "weather", "approval: none"))
                .cycle();

        newsroom.restart();
        newsroom.storage().restore(Map.of());
        post("a recount");
        newsroom.cycle();

        assertThat(newsroom.reader("memory", "weather").texts()).containsExactly("it rains");
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "a recount");
    }

    private String post(String text) {
        return newsroom.slack.post(CHANNEL, REPORTER, text);
    }

    private String approved(String text) {
        String ts = post(text);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        return ts;
    }

    private String epoch() {
        return newsroom.reader().pointer().path("epoch").asText();
    }

    private void assertThatOnlyNamedFilesAreThere() {
        String named = newsroom.reader().pointer()
                + newsroom.reader()
                        .file(SLUG + "/"
                                + newsroom.reader().pointer().path("index").asText())
                        .toString();
        assertThat(newsroom.storage().keys())
                .filteredOn(key -> key.contains("/i/"))
                .allMatch(key -> named.contains(key.replaceAll(".*/|\\.json", "")));
    }
}
