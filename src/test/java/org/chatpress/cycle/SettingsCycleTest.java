package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes of the settings while Chatpress is running. */
class SettingsCycleTest extends WithNewsroom {
    private static final String SINCE = "since: 2026-11-03T18:00:00Z, ";
    private static final String WIRE = "B0WIRE";
    private static final String OTHER = "C0WEATHER";

    // STRICTER AND LAXER

    static Stream<Arguments> tighterSettings() {
        return Stream.of(
                arguments("approval is required", "approval: none", approval("emoji: [star]")),
                arguments("another emoji approves", approval(""), approval("emoji: [star]")),
                arguments("two people have to approve", approval(""), approval("count: 2")),
                arguments("the author may not approve", approval(""), approval("self-approve: false")),
                arguments("an emoji rejects", approval(""), approval("reject: [x]")),
                arguments("an emoji holds", approval(""), approval("hold: [x]")),
                arguments("a prefix is private", "approval: none", "approval: none, private-prefix: Smith"),
                arguments("the channel is hidden", "approval: none", "approval: none, hidden: true"),
                arguments("messages are withdrawn", "approval: none", "approval: none, withdraw: [\"$ts\"]"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tighterSettings")
    void aStricterPolicyWithdrawsAtOnceEvenWhileSlackIsDown(String what, String before, String after) {
        newsroom.says(before);
        String ts = newsroom.slack.post(CHANNEL, EDITOR, "Smith wins");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "x");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");

        newsroom.slack.removeBot(CHANNEL);
        newsroom.says(after.replace("$ts", ts)).cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");

        newsroom.storage().forgetOperations();
        newsroom.slack.inviteBot(CHANNEL);
        newsroom.cycle();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("Smith");
    }

    @Test
    void aNewPrefixHidesAnApprovedMessageThatStartedWithItBeforeItsEdit() {
        newsroom.says(approval(""));
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "// not for readers");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "not for readers");
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).contains("// not");

        newsroom.says(approval("") + ", private-prefix: \"//\"").cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("// not");
    }

    @Test
    void aReactionOlderThanThePolicyDoesNotRestoreARejectedMessage() {
        newsroom.says("approval: none");
        newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "no_entry");
        newsroom.cycle();

        newsroom.says(approval("")).cycle();
        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "no_entry");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).isEmpty();
    }

    @Test
    void aLaterSinceWithdrawsOlderMessagesAndAnEarlierOneRestoresThemOnAChangeInSlack() {
        String old = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.cycle();

        newsroom.lists(entry(CHANNEL, SLUG, "since: 2026-11-03T19:30:00Z, approval: none"))
                .cycle();
        assertThat(newsroom.reader().texts()).containsExactly("turnout is high");
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");

        newsroom.storage().forgetOperations();
        newsroom.lists(entry(CHANNEL, SLUG, SINCE + "approval: none")).cycle();
        newsroom.cycle();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("Smith");

        newsroom.slack.edit(CHANNEL, old, REPORTER, "Smith leads");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith leads", "turnout is high");
    }

    @Test
    void anEarlierSincePublishesMessagesThatWereNeverRead() {
        newsroom.slack.post(CHANNEL, REPORTER, "polls are open");
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.lists(entry(CHANNEL, SLUG, "since: 2026-11-03T19:30:00Z, approval: none"))
                .cycle();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("polls");

        newsroom.lists(entry(CHANNEL, SLUG, SINCE + "approval: none")).cycle();

        assertThat(newsroom.reader().texts()).containsExactly("polls are open", "turnout is high");
    }

    @Test
    void aRemovedBotIsWithdrawn() {
        newsroom.says("approval: none, bots: [" + WIRE + "]");
        newsroom.slack.post(CHANNEL, WIRE, "Smith wins");
        newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "turnout is high");

        newsroom.says("approval: none").cycle();

        assertThat(newsroom.reader().texts()).containsExactly("turnout is high");
        assertThat(newsroom.storage().everything()).doesNotContain("Smith", WIRE);
    }

    static Stream<Arguments> looserSettings() {
        return Stream.of(
                arguments("no approval any more", approval("emoji: [star]"), "approval: none"),
                arguments("one person is enough", approval("count: 2"), approval("")),
                arguments("the author may approve", approval("self-approve: false"), approval("")),
                arguments("an emoji rejects no more", approval("reject: [x]"), approval("")),
                arguments("an emoji holds no more", approval("hold: [x]"), approval("")),
                arguments("a prefix is no longer private", "approval: none, private-prefix: Smith", "approval: none"),
                arguments("nothing is withdrawn any more", "approval: none, withdraw: [\"$ts\"]", "approval: none"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("looserSettings")
    void aLaxerPolicyPublishesOnlyWhatChangesInSlackAfterwards(String what, String before, String after) {
        String ts = newsroom.slack.post(CHANNEL, EDITOR, "Smith wins");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "x");
        newsroom.says(before.replace("$ts", ts)).cycle();

        newsroom.says(after).cycle();
        newsroom.cycle();
        newsroom.restart().cycle();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("Smith");

        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "x");
        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
    }

    // NAMES

    @Test
    void aRenamedChatMovesAndLeavesNoFiles() {
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.says("approval: none, jsonp: true").cycle();

        newsroom.lists(channel(CHANNEL, "the-count", "approval: none, jsonp: true"))
                .cycle();

        assertThat(newsroom.reader("memory", "the-count").texts()).containsExactly("Smith wins");
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.startsWith(SLUG));
        assertThat(newsroom.storage().keys()).contains("the-count.json", "the-count.jsonp");
    }

    @Test
    void theFileOfTheWholeChatCanBeRenamed() {
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();

        newsroom.says("approval: none, file: \"{id}.json\"").cycle();

        assertThat(newsroom.storage().keys())
                .contains(CHANNEL + ".json", SLUG + "/live.json")
                .doesNotContain(SLUG + ".json");
    }

    @Test
    void theJsonpFileIsPublishedAndDeletedWithItsSetting() {
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        assertThat(newsroom.storage().keys()).doesNotContain(SLUG + ".jsonp");

        newsroom.says("approval: none, jsonp: true").cycle();
        assertThat(newsroom.storage().text(SLUG + ".jsonp"))
                .startsWith("callback(")
                .contains("Smith wins");

        newsroom.says("approval: none").cycle();
        assertThat(newsroom.storage().keys()).contains(SLUG + ".json").doesNotContain(SLUG + ".jsonp");
    }

    @Test
    void twoChatsSwapTheirNames() {
        newsroom.slack.channel(OTHER);
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.post(OTHER, REPORTER, "it rains");
        newsroom.lists(channel(CHANNEL, "one", "approval: none"), channel(OTHER, "two", "approval: none"))
                .cycle();

        newsroom.lists(channel(CHANNEL, "two", "approval: none"), channel(OTHER, "one", "approval: none"))
                .cycle();

        assertThat(newsroom.reader("memory", "two").texts()).containsExactly("Smith wins");
        assertThat(newsroom.reader("memory", "one").texts()).containsExactly("it rains");
        assertThat(newsroom.reader("memory", "one")
                        .whole()
                        .at("/messages/0/text")
                        .asText())
                .isEqualTo("it rains");

        newsroom.slack.post(CHANNEL, REPORTER, "Jones concedes");
        newsroom.clock.advance(Duration.ofMinutes(20));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.reader("memory", "two").texts()).containsExactly("Smith wins", "Jones concedes");
        assertThat(newsroom.reader("memory", "one").texts()).containsExactly("it rains");
    }

    @Test
    void duringASwapEachPointerHasItsFiles() {
        newsroom.slack.channel(OTHER);
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.post(OTHER, REPORTER, "it rains");
        newsroom.lists(channel(CHANNEL, "one", "approval: none"), channel(OTHER, "two", "approval: none"))
                .cycle();
        newsroom.storage().forgetOperations();

        newsroom.lists(channel(CHANNEL, "two", "approval: none"), channel(OTHER, "one", "approval: none"))
                .cycle();

        int movedAway = newsroom.storage().operations().indexOf("put one/live.json");
        assertThat(newsroom.storage().operations().subList(0, movedAway))
                .noneMatch(operation -> operation.startsWith("delete one/"));
    }

    @Test
    void aNewChannelTakesTheNameOfARemovedOne() {
        newsroom.slack.channel(OTHER);
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.post(OTHER, REPORTER, "it rains");
        newsroom.cycle();

        newsroom.lists(channel(OTHER, SLUG, "approval: none")).cycle();
        assertThat(newsroom.reader().texts()).containsExactly("it rains");
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");

        newsroom.lists(channel(OTHER, SLUG, "approval: none"), channel(CHANNEL, "the-count", "approval: none"))
                .cycle();
        assertThat(newsroom.reader().texts()).containsExactly("it rains");
        assertThat(newsroom.reader("memory", "the-count").texts()).containsExactly("Smith wins");
    }

    @Test
    void aNewChannelTakesTheFileNameOfARemovedOne() {
        newsroom.slack.channel(OTHER);
        newsroom.slack.post(CHANNEL, EDITOR, "Smith wins");
        newsroom.slack.post(OTHER, REPORTER, "it rains");
        newsroom.cycle();

        newsroom.lists(channel(OTHER, "weather", "approval: none, file: " + SLUG + ".json"))
                .cycle();
        newsroom.slack.person(EDITOR, "Edda Renamed");
        newsroom.clock.advance(Duration.ofDays(2));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.reader().whole().at("/messages/0/text").asText()).isEqualTo("it rains");
    }

    // TEXTS

    static Stream<Arguments> words() {
        return Stream.of(
                arguments("headline: Recount, live", "/headline"),
                arguments("description: <p>Recount, live</p>", "/description"),
                arguments("live-content: <p>Recount, live</p>", "/live_content"),
                arguments("extras: {video: \"Recount, live\"}", "/extras/video"));
    }

    @ParameterizedTest
    @MethodSource("words")
    void changedChannelTextsCauseAMetaOpAndANewIndex(String words, String place) {
        newsroom.lists(entry(CHANNEL, SLUG, SINCE + "approval: none"));
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        JsonNode before = newsroom.reader().pointer();

        newsroom.lists(entry(CHANNEL, SLUG, SINCE + "approval: none, " + words.replace("Recount, live", "Recount")))
                .cycle();

        JsonNode after = newsroom.reader().pointer();
        assertThat(after.path("seq").asLong()).isEqualTo(before.path("seq").asLong() + 1);
        assertThat(after.path("ops").findValuesAsText("op")).endsWith("meta");
        assertThat(after.path("index").asText())
                .isNotEqualTo(before.path("index").asText());
        assertThat(after.path("epoch")).isEqualTo(before.path("epoch"));
        JsonNode index = newsroom.reader().file(SLUG + "/" + after.path("index").asText());
        assertThat(index.path("channel").at(place).asText()).contains("Recount");
        assertThat(newsroom.reader().whole().path("channel").at(place).asText()).contains("Recount");
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
    }

    // HIDDEN, CLOSED, REMOVED

    @Test
    void aHiddenChatHasNoFilesAndComesBackWhenUnhidden() {
        newsroom.slack.channel(OTHER);
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.post(OTHER, REPORTER, "it rains");
        String weather = channel(OTHER, "weather", "approval: none");
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none, jsonp: true"), weather)
                .cycle();

        newsroom.lists(channel(CHANNEL, SLUG, "approval: none, jsonp: true, hidden: true"), weather)
                .cycle();
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.startsWith(SLUG));
        assertThat(listed()).isEqualTo("[weather]");

        newsroom.slack.post(CHANNEL, REPORTER, "Jones concedes");
        newsroom.cycle();
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.startsWith(SLUG));

        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), weather).cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "Jones concedes");
        assertThat(newsroom.reader().whole().path("messages")).hasSize(2);
        assertThat(listed()).isEqualTo("[" + SLUG + ", weather]");
    }

    @Test
    void theListIsEmptyWhenTheOnlyChatIsHidden() {
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();

        newsroom.says("approval: none, hidden: true").cycle();

        assertThat(newsroom.storage().keys()).containsExactly("channels.json");
        assertThat(listed()).isEqualTo("[]");
    }

    @Test
    void aClosedChatIsMarkedAtOnceAndPolledEveryTenMinutes() {
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();

        newsroom.says("approval: none, closed: true").cycle();

        assertThat(newsroom.reader().pointer().path("live").asBoolean()).isFalse();
        assertThat(newsroom.reader().pointer().path("poll").asInt()).isZero();
        assertThat(newsroom.storage().blob(SLUG + "/live.json").orElseThrow().cacheControl())
                .isEqualTo("public, max-age=300");
        assertThat(newsroom.reader().whole().at("/channel/live").asBoolean()).isFalse();
        assertThat(newsroom.reader().whole().path("seq"))
                .isEqualTo(newsroom.reader().pointer().path("seq"));

        newsroom.slackServer.resetCalls();
        for (int i = 0; i < 3 * 60; i++) {
            newsroom.cycle();
        }
        assertThat(newsroom.slackServer.calls("conversations.history")).isEqualTo(3);
    }

    @Test
    void aClosedChatPublishesWithdrawalsAndApprovalsButNothingNew() {
        newsroom.says(approval(""));
        String shown = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        String rejected = newsroom.slack.post(CHANNEL, REPORTER, "Jones wins");
        String late = newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.slack.react(CHANNEL, shown, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, rejected, EDITOR, "white_check_mark");
        newsroom.cycle();

        newsroom.says(approval("") + ", closed: true").cycle();
        newsroom.clock.advance(Duration.ofSeconds(5));
        String after = newsroom.slack.post(CHANNEL, REPORTER, "goodnight");
        newsroom.slack.react(CHANNEL, after, EDITOR, "white_check_mark");
        newsroom.slack.unreact(CHANNEL, shown, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, rejected, EDITOR, "no_entry");
        newsroom.slack.react(CHANNEL, late, EDITOR, "white_check_mark");
        newsroom.clock.advance(Duration.ofMinutes(10));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("turnout is high");
        assertThat(newsroom.reader().whole().path("messages")).hasSize(1);
        assertThat(newsroom.storage().everything()).doesNotContain("wins");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("goodnight");
    }

    @Test
    void aReopenedChatContinues() {
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        newsroom.says("approval: none, closed: true").cycle();
        newsroom.clock.advance(Duration.ofMinutes(11));
        newsroom.slack.post(CHANNEL, REPORTER, "just between us");
        newsroom.cycle();

        newsroom.says("approval: none").cycle();
        newsroom.slack.post(CHANNEL, REPORTER, "a recount");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "a recount");
        assertThat(newsroom.reader().pointer().path("live").asBoolean()).isTrue();
        assertThat(newsroom.reader().pointer().path("poll").asInt()).isEqualTo(10);
        assertThat(newsroom.storage().everythingEver()).doesNotContain("between us");
    }

    @Test
    void aRemovedChannelKeepsItsFilesAndCanComeBack() {
        newsroom.slack.channel(OTHER);
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.post(OTHER, REPORTER, "it rains");
        String weather = channel(OTHER, "weather", "approval: none");
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), weather).cycle();

        newsroom.lists(weather).cycle();
        newsroom.slack.post(CHANNEL, REPORTER, "Jones concedes");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(newsroom.reader().pointer().path("live").asBoolean()).isFalse();
        assertThat(newsroom.reader().whole().at("/channel/live").asBoolean()).isFalse();
        assertThat(listed()).isEqualTo("[weather]");

        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), weather).cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "Jones concedes");
        assertThat(newsroom.reader().pointer().path("live").asBoolean()).isTrue();
        assertThat(listed()).isEqualTo("[" + SLUG + ", weather]");
    }

    @Test
    void aChannelThatFailsHoldsUpNoOther() {
        newsroom.slack.channel(OTHER);
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.lists(channel(OTHER, "weather", "approval: none"), channel(CHANNEL, SLUG, "approval: none"));
        newsroom.slack.removeBot(OTHER);

        CycleReport report = newsroom.cycle();

        assertThat(report.incidents()).hasSize(1);
        assertThat(report.incidents().get(0).what()).isEqualTo("weather");
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");

        newsroom.slack.post(OTHER, REPORTER, "it rains");
        newsroom.slack.inviteBot(OTHER);
        assertThat(newsroom.cycle().isComplete()).isTrue();
        assertThat(newsroom.reader("memory", "weather").texts()).containsExactly("it rains");
        assertThat(listed()).isEqualTo("[weather, " + SLUG + "]");
    }

    // A BROKEN FILE

    @Test
    void aBrokenFileChangesNothing() {
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        newsroom.live().problem();

        newsroom.writes(Optional.of("channels: [{id: general, hidden: true"));
        newsroom.slack.post(CHANNEL, REPORTER, "Jones concedes");
        CycleReport report = newsroom.cycle();

        assertThat(report.isComplete()).isTrue();
        assertThat(newsroom.live().problem()).isPresent();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "Jones concedes");

        newsroom.writes(Optional.empty()).says("approval: none, hidden: true").cycle();
        assertThat(newsroom.storage().keys()).containsExactly("channels.json");
    }

    // DELAY

    @Test
    void changesWithinTheDelayAreNotPublished() {
        newsroom.says("approval: none, delay: 60s");
        String edited = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        String deleted = newsroom.slack.post(CHANNEL, REPORTER, "Jones wins");
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, edited, REPORTER, "Smith leads");
        newsroom.slack.delete(CHANNEL, deleted);
        for (int i = 0; i < 4; i++) {
            newsroom.cycle();
        }
        assertThat(newsroom.reader().texts()).isEmpty();

        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith leads");
        assertThat(newsroom.reader().pointer().path("seq").asLong()).isEqualTo(1);
        assertThat(newsroom.storage().everythingEver()).doesNotContain("wins");
    }

    private String listed() {
        return new SiteReader(newsroom.storage(), "none")
                .file("channels.json")
                .path("channels")
                .findValuesAsText("slug")
                .toString();
    }
}
