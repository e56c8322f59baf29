package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chatpress.model.MessageTs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Feeds, pages and share pages of a chat: when they are written, and that takedowns reach them. */
class FormatsCycleTest extends WithNewsroom {
    private static final String EVERY_FORM = "formats: [json-feed, atom, liveblog, html, share-pages, archive]";
    private static final List<String> NEWEST_FORMATS = List.of(
            SLUG + "/feed.json",
            SLUG + "/atom.xml",
            SLUG + "/liveblogposting.json",
            SLUG + "/fragment.html",
            SLUG + "/index.html");

    @Test
    void everyFormatIsPublishedWithTheFirstMessageAndTheArchiveWhenTheChatCloses() {
        newsroom.says("approval: none, " + EVERY_FORM);
        String ts = post("polls are closed");
        newsroom.cycle();

        assertThat(newsroom.storage().keys()).containsAll(NEWEST_FORMATS).contains(share(ts));
        assertThat(newsroom.storage().keys()).doesNotContain(SLUG + "/archive.ndjson");
        for (String key : NEWEST_FORMATS) {
            assertThat(newsroom.storage().text(key)).as(key).contains("polls are closed");
        }

        newsroom.says("approval: none, closed: true, " + EVERY_FORM).cycle();
        assertThat(newsroom.storage().text(SLUG + "/archive.ndjson")).contains("polls are closed");
        assertThat(newsroom.storage().text(SLUG + "/feed.json")).contains("\"expired\":true");
    }

    @Test
    void aCycleWithoutChangesPublishesNothing() {
        newsroom.says("approval: none, " + EVERY_FORM);
        post("polls are closed");
        newsroom.cycle();
        newsroom.cycle();
        newsroom.storage().forgetOperations();

        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        newsroom.restart().cycle();

        assertThat(newsroom.storage().changes()).isEmpty();
    }

    @Test
    void coverageStartsWithTheFirstPublicMessageAndNeverMoves() {
        newsroom.says(approval("") + ", formats: [liveblog]");
        String earlier = post("the hall opens");
        newsroom.clock.advance(Duration.ofMinutes(5));
        String first = approved("polls are closed");
        newsroom.cycle();
        String start = coverageStart();
        assertThat(start)
                .isEqualTo(new MessageTs(first)
                        .instant()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());

        newsroom.slack.react(CHANNEL, earlier, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(coverageStart()).isEqualTo(start);

        newsroom.slack.delete(CHANNEL, first);
        newsroom.slack.delete(CHANNEL, earlier);
        approved("Smith wins");
        newsroom.cycle();
        newsroom.restart().cycle();
        assertThat(coverageStart()).isEqualTo(start);
    }

    private String coverageStart() {
        JsonNode posting = newsroom.reader().file(SLUG + "/liveblogposting.json");
        assertThat(posting.path("datePublished")).isEqualTo(posting.path("coverageStartTime"));
        return posting.path("coverageStartTime").asText();
    }

    // TAKEDOWN

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTakedownRemovesTheTextFromEveryFormatWithinTheCycle(boolean closed) {
        newsroom.says(approval("") + ", " + EVERY_FORM);
        approved("turnout is high");
        String ts = approved("Smith wins");
        newsroom.cycle();
        if (closed) {
            newsroom.says(approval("") + ", closed: true, " + EVERY_FORM).cycle();
            newsroom.clock.advance(Duration.ofMinutes(11));
        }
        assertThat(filesWith("Smith")).contains(share(ts)).containsAll(NEWEST_FORMATS);

        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.storage().keys()).containsAll(NEWEST_FORMATS).doesNotContain(share(ts));
    }

    @Test
    void aTakedownReachesEveryFormatOnAStorageThatWasDown() {
        newsroom.publishesTo("one", "two").says(approval("") + ", " + EVERY_FORM);
        approved("turnout is high");
        String ts = approved("Smith wins");
        newsroom.cycle();
        newsroom.storage("two").down(true);

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        assertThat(newsroom.storage("one").everything()).doesNotContain("Smith");
        newsroom.restart();
        newsroom.storage("two").down(false);
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();

        assertThat(newsroom.storage("two").everything()).doesNotContain("Smith");
        assertThat(newsroom.storage("two").keys())
                .isEqualTo(newsroom.storage("one").keys());
    }

    @Test
    void aTakedownReachesEveryFormatOnAFullStorage() {
        newsroom.says(approval("") + ", " + EVERY_FORM);
        approved("turnout is high");
        String ts = approved("Smith wins");
        newsroom.cycle();
        newsroom.storage().full(true);

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");

        newsroom.storage().full(false);
        newsroom.cycle();
        assertThat(newsroom.storage().keys()).containsAll(NEWEST_FORMATS);
    }

    @Test
    void aTakedownReachesAFormatThatWasSwitchedOffWhileTheStorageWasDown() {
        newsroom.publishesTo("one", "two").says("approval: none, " + EVERY_FORM);
        post("turnout is high");
        String ts = post("Smith wins");
        newsroom.cycle();
        newsroom.storage("two").down(true);
        newsroom.says("approval: none").cycle();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        newsroom.storage("two").down(false);
        newsroom.storage("two").full(true);
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();

        assertThat(newsroom.storage("two").everything()).doesNotContain("Smith");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void aTakedownThatFailsAnywhereIsCompletedInTheNextCycle(int operationsThatSucceed) {
        newsroom.says("approval: none, " + EVERY_FORM);
        post("turnout is high");
        String ts = post("Smith wins");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.storage().failAfter(operationsThatSucceed, new IllegalStateException("the power went"));
        try {
            newsroom.cycle();
        } catch (IllegalStateException crash) {
            newsroom.restart();
        }

        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.storage().keys()).containsAll(NEWEST_FORMATS);
    }

    @Test
    void afterALostDatabaseNoFormatShowsDeletedMessages() {
        newsroom.says("approval: none, " + EVERY_FORM);
        post("turnout is high");
        String ts = post("Smith wins");
        newsroom.cycle();
        newsroom.losesItsDatabase();
        newsroom.slack.delete(CHANNEL, ts);

        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void afterALostDatabaseAFormatThatIsSwitchedOffIsDeleted() {
        newsroom.says("approval: none, " + EVERY_FORM);
        post("Smith wins");
        newsroom.cycle();
        newsroom.losesItsDatabase();

        newsroom.says("approval: none").cycle();

        assertThat(newsroom.storage().keys()).noneMatch(key -> key.matches(".*\\.(html|xml|ndjson)|.*/feed\\.json"));
    }

    @Test
    void aHiddenChatHasNoFormatAndComesBackWithAll() {
        newsroom.says("approval: none, " + EVERY_FORM);
        String ts = post("Smith wins");
        newsroom.cycle();

        newsroom.says("approval: none, hidden: true, " + EVERY_FORM).cycle();
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.startsWith(SLUG));

        newsroom.says("approval: none, " + EVERY_FORM).cycle();
        assertThat(newsroom.storage().keys()).containsAll(NEWEST_FORMATS).contains(share(ts));
    }

    // SETTINGS

    @Test
    void aFormatIsDeletedWhenSwitchedOffAndComesBackWhenSwitchedOn() {
        newsroom.says("approval: none, closed: true, " + EVERY_FORM);
        newsroom.says("approval: none, " + EVERY_FORM);
        String ts = post("Smith wins");
        newsroom.cycle();

        newsroom.says("approval: none, formats: [atom]").cycle();
        assertThat(newsroom.storage().keys())
                .contains(SLUG + "/atom.xml")
                .doesNotContain(SLUG + "/feed.json", SLUG + "/index.html", SLUG + "/fragment.html", share(ts));

        newsroom.says("approval: none, " + EVERY_FORM).cycle();
        assertThat(newsroom.storage().keys()).containsAll(NEWEST_FORMATS).contains(share(ts));
    }

    @Test
    void theArchiveIsDeletedWhenTheChatIsReopened() {
        newsroom.says("approval: none, " + EVERY_FORM);
        post("Smith wins");
        newsroom.cycle();
        newsroom.says("approval: none, closed: true, " + EVERY_FORM).cycle();

        newsroom.says("approval: none, " + EVERY_FORM).cycle();

        assertThat(newsroom.storage().keys()).doesNotContain(SLUG + "/archive.ndjson");
    }

    @Test
    void everyFormatMovesWithTheSlug() {
        newsroom.says("approval: none, " + EVERY_FORM);
        String ts = post("Smith wins");
        newsroom.cycle();

        newsroom.lists(channel(CHANNEL, "the-count", "approval: none, " + EVERY_FORM))
                .cycle();

        assertThat(newsroom.storage().keys())
                .contains("the-count/feed.json", "the-count/m/" + ts + ".html")
                .noneMatch(key -> key.matches(SLUG + "/(m/.*|.*\\.html|.*\\.xml|feed\\.json|liveblogposting\\.json)"));
    }

    // COST

    @Test
    void aChangeWritesOnlyTheSharePagesOfTheChangedMessages() {
        newsroom.says("approval: none, " + EVERY_FORM);
        String first = post("polls are closed");
        String second = post("turnout is high");
        newsroom.cycle();
        newsroom.storage().forgetOperations();

        String third = post("Smith wins");
        newsroom.slack.edit(CHANNEL, first, REPORTER, "polls have closed");
        newsroom.cycle();

        assertThat(sharePagesPut()).containsExactly(share(first), share(third)).doesNotContain(share(second));
        assertThat(newsroom.storage().text(share(first))).contains("polls have closed");
    }

    @Test
    void aNewHeadlineReachesAHundredSharePagesPerCycleNewestFirst() {
        newsroom.says("approval: none, formats: [share-pages]");
        var all = new ArrayList<String>();
        IntStream.range(0, 250).forEach(i -> all.add(share(post("update " + i))));
        for (int i = 0; i < 3; i++) {
            newsroom.cycle();
        }
        assertThat(newsroom.storage().keys()).containsAll(all);

        newsroom.lists(
                channel(CHANNEL, SLUG, "approval: none, formats: [share-pages]").replace("Election night", "Recount"));
        for (int i = 2; i >= 0; i--) {
            newsroom.storage().forgetOperations();
            newsroom.cycle();
            assertThat(sharePagesPut()).containsExactlyElementsOf(all.subList(Math.max(0, i * 100 - 50), i * 100 + 50));
        }
        newsroom.storage().forgetOperations();
        newsroom.cycle();
        assertThat(newsroom.storage().changes()).isEmpty();
    }

    @Test
    void aNewStorageReceivesAHundredSharePagesPerCycleAndTakedownsInBetween() {
        newsroom.publishesTo("one").says("approval: none, formats: [share-pages]");
        var all = new ArrayList<String>();
        IntStream.range(0, 250).forEach(i -> all.add(post("update " + i + ".")));
        for (int i = 0; i < 3; i++) {
            newsroom.cycle();
        }

        newsroom.publishesTo("one", "two").cycle();
        assertThat(newsroom.storage("two").keys().stream().filter(key -> key.contains("/m/")))
                .hasSize(100)
                .contains(share(all.get(249)));
        newsroom.slack.delete(CHANNEL, all.get(249));
        newsroom.cycle();
        assertThat(newsroom.storage("two").everything()).doesNotContain("update 249.");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage("two").keys())
                .isEqualTo(newsroom.storage("one").keys());
    }

    @Test
    void feedsAndPagesKeepToTheirBudgetAndCatchUp() {
        newsroom.says("approval: none, formats: [html]");
        IntStream.range(0, 400).forEach(i -> post(randomText(i)));
        newsroom.cycle();
        newsroom.storage().forgetOperations();

        for (int i = 0; i < 12; i++) {
            post("more " + i + ".");
            newsroom.cycle();
        }
        long written = newsroom.storage().puts().stream()
                .filter((SLUG + "/index.html")::equals)
                .count();
        assertThat(written).isBetween(1L, 11L);

        newsroom.clock.advance(Duration.ofMinutes(5));
        newsroom.cycle();
        assertThat(newsroom.storage().text(SLUG + "/index.html")).contains("more 11.");
    }

    /** A text that compresses badly. */
    private static String randomText(int seed) {
        return new Random(seed)
                .ints(60, 0, 1 << 30)
                .mapToObj(number -> Integer.toString(number, 36))
                .collect(Collectors.joining(" "));
    }

    private String post(String text) {
        return newsroom.slack.post(CHANNEL, REPORTER, text);
    }

    private String approved(String text) {
        String ts = post(text);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        return ts;
    }

    private static String share(String ts) {
        return SLUG + "/m/" + ts + ".html";
    }

    private List<String> filesWith(String text) {
        return newsroom.storage().keys().stream()
                .filter(key -> newsroom.storage().text(key).contains(text))
                .toList();
    }

    private List<String> sharePagesPut() {
        return newsroom.storage().puts().stream()
                .filter(key -> key.startsWith(SLUG + "/m/"))
                .toList();
    }
}
