package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.chatpress.model.Json;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.Fault;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a chat was closed, and that nothing posted later is ever published. */
class ClosingCycleTest extends WithNewsroom {
    private static final String SECRET = "the mayor is a crook";

    // A TIME IN THE SETTINGS

    @Test
    void nothingPostedAfterTheTimeInTheSettingsIsPublished() {
        newsroom.says("approval: none, closed: 2026-11-03T19:30:00Z");
        newsroom.clock.set(Instant.parse("2026-11-03T19:29:59Z"));
        post("goodbye");
        newsroom.clock.set(Instant.parse("2026-11-03T19:30:01Z"));
        post(SECRET);
        newsroom.clock.set(Instant.parse("2026-11-03T20:00:00Z"));
        newsroom.cycle();

        assertOnlyGoodbyeIsPublic();
        assertThat(closedAt()).isEqualTo("2026-11-03T19:30:00Z");
    }

    @Test
    void aChatGoesOnUntilTheTimeInTheSettingsAndEndsThenBySlacksClock() {
        newsroom.clock.advance(Duration.ofHours(5));
        newsroom.slackIsAheadBy(Duration.ofHours(-2));
        newsroom.says("approval: none, closed: 2026-11-03T22:05:00Z");
        post("good evening");
        newsroom.cycle();

        assertThat(newsroom.reader().pointer().path("live").asBoolean()).isTrue();
        assertThat(newsroom.reader().pointer().path("poll").asInt()).isEqualTo(10);
        assertThat(closedAt()).isEmpty();

        newsroom.clock.advance(Duration.ofMinutes(4));
        post("goodbye");
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
        post(SECRET);
        newsroom.clock.advance(Duration.ofMinutes(11));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("good evening", "goodbye");
        assertThat(newsroom.reader().pointer().path("live").asBoolean()).isFalse();
        assertThat(newsroom.reader().pointer().path("poll").asInt()).isZero();
        assertThat(closedAt()).isEqualTo("2026-11-03T22:05:00Z");
    }

    @Test
    void anEarlierTimeTakesDownWhatWasPostedAfterIt() {
        newsroom.clock.set(Instant.parse("2026-11-03T19:29:00Z"));
        post("goodbye");
        newsroom.clock.set(Instant.parse("2026-11-03T19:31:00Z"));
        post(SECRET);
        newsroom.says("approval: none").cycle();
        assertThat(newsroom.reader().texts()).containsExactly("goodbye", SECRET);

        newsroom.says("approval: none, closed: 2026-11-03T19:30:00Z").cycle();

        assertThat(newsroom.reader().texts()).containsExactly("goodbye");
        assertThat(newsroom.storage().everything()).doesNotContain(SECRET);
    }

    @Test
    void aTimeThatBecomesTrueStaysAsItWas() {
        newsroom.clock.set(Instant.parse("2026-11-03T19:29:00Z"));
        post("goodbye");
        newsroom.says("approval: none, closed: 2026-11-03T19:30:00Z").cycle();
        newsroom.clock.advance(Duration.ofMinutes(10));
        post(SECRET);

        newsroom.says("approval: none, closed: true");
        pollTheClosedChat();

        assertOnlyGoodbyeIsPublic();
        assertThat(closedAt()).isEqualTo("2026-11-03T19:30:00Z");
    }

    // closed: true

    @Test
    void theTimeOfAClosingIsPublishedWhereverTheChatIsDescribed() {
        post("goodbye");
        newsroom.cycle();

        newsroom.says("approval: none, closed: true").cycle();

        String time = newsroom.clock.instant().toString();
        JsonNode index = newsroom.reader()
                .file(SLUG + "/" + newsroom.reader().pointer().path("index").asText());
        JsonNode list = new SiteReader(newsroom.storage(), SLUG).file("channels.json");
        assertThat(closedAt()).isEqualTo(time);
        assertThat(newsroom.reader().whole().at("/channel/closed_at").asText()).isEqualTo(time);
        assertThat(index.at("/channel/closed_at").asText()).isEqualTo(time);
        assertThat(list.at("/channels/0/closed_at").asText()).isEqualTo(time);

        newsroom.says("approval: none").cycle();

        for (String file : List.of("channels.json", SLUG + ".json", SLUG + "/live.json")) {
            assertThat(newsroom.storage().text(file)).doesNotContain("closed_at");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 2})
    void aClosingIsTimedBySlacksClock(int hoursAhead) {
        newsroom.clock.advance(Duration.ofHours(5));
        newsroom.slackIsAheadBy(Duration.ofHours(hoursAhead));
        String goodbye = post("goodbye");
        newsroom.cycle();
        newsroom.says("approval: none, closed: true").cycle();

        newsroom.slack.react(CHANNEL, goodbye, EDITOR, "tada");
        newsroom.clock.advance(Duration.ofMinutes(1));
        post(SECRET);
        pollTheClosedChat();

        assertOnlyGoodbyeIsPublic();
        newsroom.losesItsDatabase().cycle();
        newsroom.cycle();
        assertOnlyGoodbyeIsPublic();
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 2})
    void fromCronOnceAnHourAClosingIsTimedByTheChangeOfTheFile(int hoursAhead) {
        newsroom.clock.advance(Duration.ofHours(5));
        newsroom.slackIsAheadBy(Duration.ofHours(hoursAhead)).stopsAtConflicts();
        post("good evening");
        newsroom.cycle();

        newsroom.restart().clock.advance(Duration.ofMinutes(20));
        post("goodbye");
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.says("approval: none, closed: true").savesSettings();
        newsroom.clock.advance(Duration.ofMinutes(1));
        post(SECRET);
        newsroom.clock.advance(Duration.ofMinutes(38));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("good evening", "goodbye");
        newsroom.restart().clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("good evening", "goodbye");
        assertThat(newsroom.storage().everythingEver()).doesNotContain(SECRET);
    }

    @Test
    void aClosingWhileSlackDoesNotAnswerIsTimedByTheChangeOfTheFile() {
        post("good evening");
        newsroom.cycle();
        post("goodbye");
        newsroom.clock.advance(Duration.ofSeconds(5));

        newsroom.faults.next("*", Collections.nCopies(100, Fault.SERVER_ERROR).toArray(Fault[]::new));
        newsroom.says("approval: none, closed: true").cycle();
        assertThat(newsroom.reader().pointer().path("live").asBoolean()).isFalse();
        newsroom.clock.advance(Duration.ofMinutes(5));
        post(SECRET);
        newsroom.restart().cycle();
        newsroom.faults.clear();
        pollTheClosedChat();

        assertThat(newsroom.reader().texts()).containsExactly("good evening", "goodbye");
        assertThat(newsroom.storage().everythingEver()).doesNotContain(SECRET);
    }

    @Test
    void aChatThatWasOpenedAgainCanBeClosedAgain() {
        newsroom.cycle();
        newsroom.says("approval: none, closed: true").cycle();
        newsroom.says("approval: none").cycle();
        post("goodbye");
        newsroom.cycle();

        newsroom.says("approval: none, closed: true").cycle();
        newsroom.clock.advance(Duration.ofMinutes(1));
        post(SECRET);
        pollTheClosedChat();

        assertOnlyGoodbyeIsPublic();
        assertThat(newsroom.reader().pointer().path("live").asBoolean()).isFalse();
    }

    // A LOST OR RESTORED DATABASE

    @Test
    void aLostDatabaseReadsTheTimeFromTheSite() {
        closeAfterGoodbyeAndPostASecret();
        String time = closedAt();

        newsroom.losesItsDatabase().cycle();
        newsroom.cycle();

        assertOnlyGoodbyeIsPublic();
        assertThat(closedAt()).isEqualTo(time);
    }

    @Test
    void aBackupFromBeforeTheClosingReadsTheTimeFromTheSite() {
        post("goodbye");
        newsroom.cycle();
        byte[] backup = newsroom.copiesItsDatabase();
        closeAndPostASecret();
        String time = closedAt();

        newsroom.putsBack(backup).cycle();
        newsroom.cycle();

        assertOnlyGoodbyeIsPublic();
        assertThat(closedAt()).isEqualTo(time);
    }

    @Test
    void aBackupFromBeforeTheChatWasOpenedAndClosedAgainReadsTheTimeFromTheSite() {
        post("goodbye");
        newsroom.cycle();
        newsroom.says("approval: none, closed: true").cycle();
        byte[] backup = newsroom.copiesItsDatabase();
        newsroom.says("approval: none").cycle();
        post("we are back");
        newsroom.cycle();
        closeAndPostASecret();
        String time = closedAt();

        newsroom.putsBack(backup).cycle();
        pollTheClosedChat();

        assertThat(newsroom.reader().texts()).containsExactly("goodbye", "we are back");
        assertThat(newsroom.storage().everythingEver()).doesNotContain(SECRET);
        assertThat(closedAt()).isEqualTo(time);
    }

    @Test
    void theTimeOnTheSiteOfALostDatabaseIsNotThatOfALaterClosing() {
        newsroom.says(approval("")).cycle();
        newsroom.slack.react(CHANNEL, post("good evening"), EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.says(approval("") + ", closed: true").cycle();
        newsroom.losesItsDatabase().cycle();

        newsroom.says(approval("")).cycle();
        newsroom.clock.advance(Duration.ofMinutes(10));
        String ts = post("goodbye");
        newsroom.cycle();
        newsroom.says(approval("") + ", closed: true").cycle();
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        pollTheClosedChat();

        assertThat(newsroom.reader().texts()).containsExactly("good evening", "goodbye");
    }

    @Test
    void aChatThatIsClosedAfterItsDatabaseWasRestoredIsClosedNow() {
        post("good evening");
        newsroom.cycle();
        byte[] backup = newsroom.copiesItsDatabase();
        post("goodbye");
        newsroom.cycle();
        newsroom.putsBack(backup).cycle();

        newsroom.says("approval: none, closed: true").cycle();

        assertThat(closedAt()).isEqualTo(newsroom.clock.instant().toString());
    }

    @Test
    void aBackupFromBeforeTheClosingPublishesNothingNewIfTheSiteDoesNotTellTheTime() {
        post("good evening");
        newsroom.cycle();
        byte[] backup = newsroom.copiesItsDatabase();
        closeAfterGoodbyeAndPostASecret();
        forgetTheTimeOnTheSite();

        newsroom.putsBack(backup).cycle();
        newsroom.restart().cycle();
        pollTheClosedChat();

        assertThat(newsroom.reader().texts()).containsExactly("good evening", "goodbye");
        assertThat(newsroom.storage().everythingEver()).doesNotContain(SECRET);
        assertThat(closedAt()).isEmpty();
    }

    @Test
    void aMessageApprovedAfterALossIsPublishedIfItIsOlderThanTheClosing() {
        newsroom.says(approval(""));
        String goodbye = post("goodbye");
        newsroom.slack.react(CHANNEL, goodbye, EDITOR, "white_check_mark");
        String pending = post("turnout is high");
        newsroom.cycle();
        newsroom.says(approval("") + ", closed: true").cycle();

        newsroom.losesItsDatabase().cycle();
        newsroom.slack.react(CHANNEL, pending, EDITOR, "white_check_mark");
        pollTheClosedChat();

        assertThat(newsroom.reader().texts()).containsExactly("goodbye", "turnout is high");
    }

    @Test
    void nothingNewIsPublishedWhereNeitherDatabaseNorSiteKnowsTheTime() {
        closeAfterGoodbyeAndPostASecret();
        forgetTheTimeOnTheSite();

        newsroom.losesItsDatabase();
        try (CapturedLog log = CapturedLog.open()) {
            newsroom.cycle();
            newsroom.cycle();
            assertThat(log.linesWith("closed: <time>"))
                    .singleElement()
                    .asString()
                    .startsWith("WARN " + SLUG);
        }
        assertOnlyGoodbyeIsPublic();
        assertThat(closedAt()).isEmpty();

        // Not even when the site has become the new database's own.
        newsroom.restart().cycle();
        pollTheClosedChat();
        assertOnlyGoodbyeIsPublic();

        newsroom.says("approval: none, closed: 2026-11-03T19:00:30Z").cycle();
        assertOnlyGoodbyeIsPublic();
        assertThat(closedAt()).isEqualTo("2026-11-03T19:00:30Z");
    }

    @Test
    void theTimeThatAnOperatorNamesBringsWhatWaitedForIt() {
        newsroom.says(approval(""));
        String goodbye = post("goodbye");
        newsroom.slack.react(CHANNEL, goodbye, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.says(approval("") + ", closed: true").cycle();
        forgetTheTimeOnTheSite();
        newsroom.losesItsDatabase();
        String late = post("turnout is high");
        newsroom.slack.react(CHANNEL, late, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("goodbye");

        newsroom.says(approval("") + ", closed: " + newsroom.clock.instant()).cycle();

        assertThat(newsroom.reader().texts()).containsExactly("goodbye", "turnout is high");
    }

    @Test
    void aTakedownDoesNotWaitForTheTime() {
        String wrong = post("Smith wins");
        closeAfterGoodbyeAndPostASecret();
        forgetTheTimeOnTheSite();
        newsroom.losesItsDatabase().cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "goodbye");

        newsroom.slack.delete(CHANNEL, wrong);
        pollTheClosedChat();

        assertOnlyGoodbyeIsPublic();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void aNewChannelThatIsClosedFromTheStartPublishesNothingUntilItsTimeIsNamed() {
        post(SECRET);
        newsroom.says("approval: none, closed: true").cycle();
        newsroom.cycle();
        assertThat(newsroom.storage().everythingEver()).doesNotContain(SECRET);

        newsroom.says("approval: none, closed: " + newsroom.clock.instant()).cycle();

        assertThat(newsroom.reader().texts()).containsExactly(SECRET);
    }

    @Test
    void aStorageThatIsDownAtTheClosingDelaysNoOther() {
        newsroom.publishesTo("one", "two");
        post("good evening");
        newsroom.cycle();
        newsroom.restart();
        newsroom.storage("two").down(true);
        post("goodbye");

        newsroom.says("approval: none, closed: true").cycle();

        assertThat(newsroom.reader("one", SLUG).texts()).containsExactly("good evening", "goodbye");
    }

    private void closeAfterGoodbyeAndPostASecret() {
        post("goodbye");
        newsroom.cycle();
        closeAndPostASecret();
    }

    private void closeAndPostASecret() {
        newsroom.says("approval: none, closed: true").cycle();
        newsroom.clock.advance(Duration.ofMinutes(30));
        post(SECRET);
        newsroom.clock.advance(Duration.ofMinutes(30));
        newsroom.cycle();
    }

    /** The site as an older Chatpress left it, or as it was when the program stopped before the closing. */
    private void forgetTheTimeOnTheSite() {
        newsroom.restart();
        Map<ObjectKey, StoredObject> site = new HashMap<>(newsroom.storage().backup());
        ObjectKey key = new ObjectKey(SLUG + "/live.json");
        StoredObject pointer = site.get(key);
        ObjectNode json = (ObjectNode) Json.parse(new String(pointer.bytes(), StandardCharsets.UTF_8));
        ((ObjectNode) json.path("channel")).remove("closed_at");
        site.put(
                key,
                new StoredObject(
                        key,
                        Json.of(json).getBytes(StandardCharsets.UTF_8),
                        pointer.contentType(),
                        pointer.cacheControl()));
        newsroom.storage().restore(site);
    }

    private void pollTheClosedChat() {
        newsroom.clock.advance(Duration.ofMinutes(11));
        newsroom.cycle();
    }

    private String closedAt() {
        return newsroom.reader().pointer().at("/channel/closed_at").asText("");
    }

    private void assertOnlyGoodbyeIsPublic() {
        assertThat(newsroom.reader().texts()).containsExactly("goodbye");
        assertThat(newsroom.storage().everythingEver()).doesNotContain(SECRET);
    }

    private String post(String text) {
        return newsroom.slack.post(CHANNEL, REPORTER, text);
    }
}
