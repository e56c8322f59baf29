package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;
import static org.chatpress.support.TestNewsroom.approval;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.model.ChannelId;
import org.chatpress.store.MessageRepository.MessageSummary;
import org.chatpress.support.Fault;
import org.chatpress.support.HostileTexts;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Thread commands and their effect on the message. No command is ever published itself. */
@Tag("slow")
class ThreadCommandsCycleTest extends WithNewsroom {
    private String root;

    @BeforeEach
    void aMessageIsPublic() {
        newsroom.says(approval("") + ", threads: publish, jsonp: true, kwargs: [layout], args: {camera: photo}");
        root = approved("Smith wins");
        newsroom.cycle();
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                key("edit: Smith %s", "Smith %s", message -> message.path("text")),
                key("headline: Smith %s", "Smith %s", message -> message.path("headline")),
                key("tags: count, #%s", "%s", message -> message.path("tags").path(1)),
                key("by: <@U0SECOND> of %s", "Sven Second of %s", message -> message.path("byline")),
                key(
                        "correction: It was %s.",
                        "It was %s.",
                        message -> message.path("corrections").path(0).path("text")),
                key("layout: %s", "%s", message -> message.path("kwargs").path("layout")));
    }

    private static Arguments key(String command, String shown, Function<JsonNode, JsonNode> place) {
        return arguments(command, shown, place);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void anApproversCommandIsInEffectUntilItIsEditedOrDeleted(
            String command, String shown, Function<JsonNode, JsonNode> place) {
        JsonNode before = message();

        String ts = newsroom.slack.reply(CHANNEL, root, EDITOR, command.formatted("first"));
        newsroom.cycle();
        assertThat(place.apply(message()).asText()).isEqualTo(shown.formatted("first"));

        newsroom.slack.edit(CHANNEL, ts, EDITOR, command.formatted("second"));
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
        assertThat(place.apply(message()).asText()).isEqualTo(shown.formatted("second"));

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        assertThat(message()).isEqualTo(before);
        assertThat(newsroom.storage().everythingEver()).doesNotContain(command.substring(0, command.indexOf(' ')));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void aCommandByAnyoneElseHasNoEffectAndIsNotPublished(
            String command, String shown, Function<JsonNode, JsonNode> place) {
        JsonNode before = message();

        String reply = newsroom.slack.reply(CHANNEL, root, REPORTER, command.formatted("secret"));
        newsroom.slack.react(CHANNEL, reply, EDITOR, "white_check_mark");
        newsroom.slack.reply(CHANNEL, root, "B0WIRE", command.formatted("secret"));
        String broadcast = newsroom.slack.broadcast(CHANNEL, root, REPORTER, command.formatted("secret"));
        newsroom.slack.react(CHANNEL, broadcast, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.restart().cycle();

        assertThat(newsroom.reader().whole().path("messages")).hasSize(1);
        assertThat(message()).isEqualTo(before);
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void aCommandSentToTheChannelTooIsNotAMessage(String command, String shown, Function<JsonNode, JsonNode> place) {
        String ts = newsroom.slack.broadcast(CHANNEL, root, EDITOR, command.formatted("first"));
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();

        assertThat(newsroom.reader().whole().path("messages")).hasSize(1);
        assertThat(place.apply(message()).asText()).isEqualTo(shown.formatted("first"));

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        assertThat(place.apply(message()).asText()).isNotEqualTo(shown.formatted("first"));
    }

    @Test
    void theNewestCommandWithAKeyIsInEffectAndTheOneBeforeOnceItIsDeleted() {
        newsroom.slack.reply(CHANNEL, root, EDITOR, "headline: One");
        String second = newsroom.slack.reply(CHANNEL, root, SECOND_EDITOR, "Headline: Two");
        newsroom.slack.reply(CHANNEL, root, REPORTER, "headline: secret");
        newsroom.cycle();
        assertThat(message().path("headline").asText()).isEqualTo("Two");

        newsroom.slack.delete(CHANNEL, second);
        newsroom.cycle();
        assertThat(message().path("headline").asText()).isEqualTo("One");

        newsroom.slack.reply(CHANNEL, root, EDITOR, "headline:");
        newsroom.cycle();
        assertThat(message().has("headline")).isFalse();
    }

    @Test
    void correctionsAddUpOldestFirstEachWithItsTime() {
        newsroom.slack.reply(CHANNEL, root, EDITOR, "correction: It was Jones.");
        newsroom.cycle();
        newsroom.slack.reply(CHANNEL, root, EDITOR, "correction: It was nobody.");
        newsroom.cycle();

        JsonNode corrections = message().path("corrections");
        assertThat(corrections.findValuesAsText("text")).containsExactly("It was Jones.", "It was nobody.");
        assertThat(corrections.findValuesAsText("time"))
                .containsExactly("2026-11-03T19:00:10Z", "2026-11-03T19:00:20Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*edit:* secret",
                "*edit*: secret",
                "`edit: secret`",
                "> edit: secret",
                "&gt; edit: secret",
                "  EDIT : secret",
                "_*edit: secret*_",
                "edit:secret",
                "```edit: secret```",
                "\u200bedit: secret"
            })
    void aKeyIsRecognizedInAnyStyle(String command) {
        String ts = newsroom.slack.reply(CHANNEL, root, REPORTER, command);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret");

        newsroom.slack.reply(CHANNEL, root, EDITOR, command);
        newsroom.cycle();
        assertThat(message().path("html").asText()).isEqualTo("<p>secret</p>");
    }

    @Test
    void aCommandOutsideAThreadIsAMessage() {
        approved("edit: is what we do");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).contains("edit: is what we do");
    }

    @Test
    void pinsAndKeyEventsAreSetByCommandsAndReactionsAndListedInThePointer() {
        newsroom.slack.reply(CHANNEL, root, EDITOR, "pin: yes");
        newsroom.slack.react(CHANNEL, root, EDITOR, "key");
        newsroom.slack.react(CHANNEL, root, EDITOR, "camera");
        newsroom.cycle();
        assertThat(message().path("pinned").asBoolean()).isTrue();
        assertThat(message().path("key").asBoolean()).isTrue();
        assertThat(message().path("args").path(0).asText()).isEqualTo("photo");
        JsonNode channel = newsroom.reader().pointer().path("channel");
        assertThat(channel.path("pinned").path(0).asText()).isEqualTo(root);
        assertThat(channel.path("key_events").path(0).asText()).isEqualTo(root);

        newsroom.slack.reply(CHANNEL, root, EDITOR, "pin: no");
        newsroom.slack.unreact(CHANNEL, root, EDITOR, "key");
        newsroom.slack.unreact(CHANNEL, root, EDITOR, "camera");
        newsroom.cycle();
        assertThat(message().has("pinned")).isFalse();
        assertThat(message().has("key")).isFalse();
        assertThat(message().has("args")).isFalse();
        assertThat(newsroom.reader().pointer().path("channel").has("pinned")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pushpin", "key", "camera"})
    void anEditorialReactionByAnyoneElseHasNoEffect(String emoji) {
        JsonNode before = message();

        newsroom.slack.react(CHANNEL, root, REPORTER, emoji);
        newsroom.slack.reply(CHANNEL, root, EDITOR, "pin: maybe");
        newsroom.cycle();

        assertThat(message()).isEqualTo(before);
    }

    @Test
    void usersMissingFromATruncatedListAreFetched() {
        newsroom.slackServer.shortenReactorsTo(1);
        newsroom.slack.react(CHANNEL, root, REPORTER, "pushpin");
        newsroom.slack.react(CHANNEL, root, EDITOR, "pushpin");
        newsroom.cycle();

        assertThat(message().path("pinned").asBoolean()).isTrue();
    }

    @Test
    void anEditCommandThatStartsWithThePrivatePrefixHidesTheMessage() {
        newsroom.slack.reply(CHANNEL, root, EDITOR, "edit: &lt;#&gt; secret");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).isEmpty();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret");
    }

    @Test
    void noCommandMakesAMessagePublic() {
        String pending = newsroom.slack.post(CHANNEL, REPORTER, "Jones wins");
        newsroom.slack.reply(CHANNEL, pending, EDITOR, "edit: secret");
        newsroom.slack.reply(CHANNEL, pending, EDITOR, "pin: yes");
        String held = approved("Brown wins");
        newsroom.slack.react(CHANNEL, held, EDITOR, "hourglass");
        newsroom.slack.reply(CHANNEL, held, EDITOR, "headline: secret");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret", "Jones", "Brown", pending, held);
    }

    @Test
    void textThatWasReplacedBeforeTheApprovalIsNeverPublic() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "the secret witness is here");
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "edit: a witness is here");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.faults.next("conversations.replies", Fault.RESET, Fault.SERVER_ERROR);
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");

        newsroom.cycle();
        newsroom.cycle();
        newsroom.losesItsDatabase().cycle();
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "a witness is here");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret");
    }

    @Test
    void whereApprovalIsRequiredAMessageWaitsForItsThreadHoweverOftenSlackFails() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "the secret witness is here");
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "edit: a witness is here");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.faults.always("conversations.replies", Fault.SERVER_ERROR);
        for (int i = 0; i < 20; i++) {
            minuteAndCycle();
        }
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(newsroom.store().messages().newest(new ChannelId(CHANNEL), 10))
                .filteredOn(message -> message.message().ts().value().equals(ts))
                .singleElement()
                .extracting(MessageSummary::verdict, MessageSummary::reason)
                .containsExactly(
                        Optional.of(Verdict.PENDING),
                        "waits until its thread can be read: a reply may replace its text");

        newsroom.faults.clear();
        minuteAndCycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "a witness is here");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"count: 2", "self-approve: false"})
    void whereOneEditorIsNotEnoughACommandThatBringsWordsNeedsWhatAMessageNeeds(String rule) {
        newsroom.says(approval(rule) + ", kwargs: [layout]");
        newsroom.slack.delete(CHANNEL, root);
        root = approvedByTwo(newsroom.slack.post(CHANNEL, EDITOR, "Jones leads"));
        List<String> commands = Stream.of("headline", "tags", "by", "correction", "layout")
                .map(key -> newsroom.slack.reply(CHANNEL, root, EDITOR, key + ": unseen"))
                .toList();
        newsroom.slack.reply(CHANNEL, root, EDITOR, "key: yes");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(message().path("text").asText()).isEqualTo("Jones leads");
        assertThat(message().path("key").asBoolean()).isTrue();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("unseen");

        commands.forEach(this::approvedByTwo);
        minuteAndCycle();

        assertThat(message().path("headline").asText()).isEqualTo("unseen");
        assertThat(message().path("tags").path(0).asText()).isEqualTo("unseen");
        assertThat(message().path("byline").asText()).isEqualTo("unseen");
        assertThat(message().path("corrections")).hasSize(1);
        assertThat(message().path("kwargs").path("layout").asText()).isEqualTo("unseen");
    }

    @Test
    void anEmptyCommandTakesWordsAwayAndNeedsNoSecondEditor() {
        newsroom.says(approval("count: 2"));
        approvedByTwo(root);
        approvedByTwo(newsroom.slack.reply(CHANNEL, root, EDITOR, "headline: A lead"));
        newsroom.cycle();
        assertThat(message().path("headline").asText()).isEqualTo("A lead");

        newsroom.slack.reply(CHANNEL, root, SECOND_EDITOR, "headline:");
        newsroom.cycle();

        assertThat(message().has("headline")).isFalse();
    }

    private String approvedByTwo(String ts) {
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, ts, SECOND_EDITOR, "white_check_mark");
        return ts;
    }

    @Test
    void whereTwoMustApproveAnEditCommandNeedsTwo() {
        newsroom.says(approval("count: 2"));
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Jones wins");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, ts, SECOND_EDITOR, "white_check_mark");
        String command = newsroom.slack.reply(CHANNEL, ts, EDITOR, "edit: Jones leads");
        newsroom.cycle();
        newsroom.slack.react(CHANNEL, command, EDITOR, "white_check_mark");
        minuteAndCycle();
        assertThat(newsroom.reader().texts()).containsExactly("Jones wins");

        newsroom.slack.react(CHANNEL, command, SECOND_EDITOR, "white_check_mark");
        minuteAndCycle();
        assertThat(newsroom.reader().texts()).containsExactly("Jones leads");

        newsroom.slack.edit(CHANNEL, command, EDITOR, "edit: secret");
        minuteAndCycle();
        assertThat(newsroom.reader().texts()).containsExactly("Jones leads");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret");
    }

    @Test
    void authorsWhoMayNotApproveTheirMessageMayNotReplaceItsTextAlone() {
        newsroom.says(approval("self-approve: false"));
        String ts = newsroom.slack.post(CHANNEL, EDITOR, "Jones wins");
        newsroom.slack.react(CHANNEL, ts, SECOND_EDITOR, "white_check_mark");
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "edit: secret");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).contains("Jones wins");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret");

        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "edit: Jones leads");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).contains("Jones leads");
    }

    @Test
    void aCommandStaysInEffectWhenItsAuthorStopsBeingAnApprover() {
        newsroom.slack.reply(CHANNEL, root, SECOND_EDITOR, "headline: One");
        newsroom.cycle();

        newsroom.says("approval: {approvers: [%s]}, threads: publish".formatted(EDITOR));
        newsroom.slack.reply(CHANNEL, root, SECOND_EDITOR, "by: secret");
        newsroom.slack.reply(CHANNEL, root, EDITOR, "tags: hall");
        newsroom.cycle();

        assertThat(message().path("headline").asText()).isEqualTo("One");
        assertThat(message().path("tags").path(0).asText()).isEqualTo("hall");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret");
    }

    @Test
    void whereNoApprovalIsRequiredEveryPersonMayUseCommandsAndBotsMayNot() {
        newsroom.says("approval: none");
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Jones wins");
        newsroom.slack.reply(CHANNEL, ts, REPORTER, "headline: Jones");
        newsroom.slack.reply(CHANNEL, ts, "B0WIRE", "edit: secret");
        newsroom.slack.react(CHANNEL, ts, REPORTER, "pushpin");
        newsroom.cycle();

        JsonNode newest = newsroom.reader().whole().path("messages").path(0);
        assertThat(newest.path("headline").asText()).isEqualTo("Jones");
        assertThat(newest.path("pinned").asBoolean()).isTrue();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret");
    }

    @Test
    void aClosedChatCanStillBeCorrected() {
        newsroom.says(approval("") + ", closed: true");
        newsroom.cycle();
        newsroom.slack.reply(CHANNEL, root, EDITOR, "correction: It was Jones.");
        newsroom.clock.advance(Duration.ofMinutes(10));
        newsroom.cycle();

        assertThat(message().path("corrections")).hasSize(1);
    }

    @Test
    void aHostileCommandBecomesPlainText() {
        newsroom.slack.reply(CHANNEL, root, EDITOR, "headline: &lt;script&gt;alert(1)&lt;/script&gt;\u202e *bold*");
        newsroom.slack.reply(CHANNEL, root, EDITOR, "edit: &lt;img src=x onerror=alert(1)&gt; <javascript:x|here>");
        newsroom.cycle();

        assertThat(message().path("headline").asText()).isEqualTo("<script>alert(1)</script> bold");
        assertThat(message().path("html").asText()).doesNotContain("<img", "href");
    }

    @Test
    void hostileCommandsBecomeHarmless() {
        List<String> keys = List.of("headline", "edit", "by", "tags", "layout", "correction");
        List<String> texts = HostileTexts.all();
        for (String hostile : texts) {
            String ts = approved("counting");
            keys.forEach(key -> newsroom.slack.reply(CHANNEL, ts, EDITOR, key + ": " + hostile));
        }
        for (int i = 0; i < 12; i++) {
            minuteAndCycle();
        }

        JsonNode messages = newsroom.reader().whole().path("messages");
        // An edit: command that starts with the private prefix hides its message.
        assertThat(messages).hasSizeGreaterThanOrEqualTo(texts.size());
        assertThat(messages.findValues("headline")).hasSizeGreaterThan(texts.size() / 2);
        for (JsonNode message : messages) {
            assertThat(message.toString())
                    .doesNotContainPattern("[\\u0000-\\u001f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]")
                    .doesNotContainPattern("(headline|edit|by|tags|layout|correction): ");
            for (Element part : Jsoup.parseBodyFragment(message.path("html").asText())
                    .body()
                    .select("*")) {
                assertThat(part.tagName()).isNotIn("script", "img", "svg", "iframe", "style", "form", "object");
                assertThat(part.attributes().asList())
                        .allSatisfy(attribute -> assertThat(attribute.getKey()).isIn("href", "rel", "class", "start"));
                assertThat(part.attr("href")).matches("|(https?|mailto|tel):.*");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"headline: a lie", "correction: a lie", "edit: a lie"})
    void theEffectOfACommandThatTheSettingsWithdrawEnds(String words) {
        String command = newsroom.slack.reply(CHANNEL, root, EDITOR, words);
        newsroom.cycle();
        assertThat(newsroom.reader().messages().toString()).contains("a lie");

        newsroom.says(approval("") + ", threads: publish, withdraw: [\"" + command + "\"]")
                .cycle();

        assertThat(newsroom.reader().messages().toString()).doesNotContain("a lie");
    }

    @Test
    void anEditCommandOfOneEditorEndsWhereTwoMustApprove() {
        newsroom.slack.react(CHANNEL, root, SECOND_EDITOR, "white_check_mark");
        newsroom.slack.reply(CHANNEL, root, EDITOR, "edit: a lie");
        newsroom.cycle();
        assertThat(newsroom.reader().messages().toString()).contains("a lie");

        newsroom.says(approval("count: 2") + ", threads: publish").cycle();

        assertThat(newsroom.reader().messages().toString()).doesNotContain("a lie");
    }

    @Test
    void aCommandThatIsEditedIntoAPlainReplyIsNotShownAsItWas() {
        newsroom.says(approval("self-approve: false") + ", threads: publish");
        newsroom.slack.react(CHANNEL, root, SECOND_EDITOR, "white_check_mark");
        String command = newsroom.slack.reply(CHANNEL, root, EDITOR, "headline: A win");
        newsroom.slack.react(CHANNEL, command, SECOND_EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(message().path("headline").asText()).isEqualTo("A win");

        newsroom.slack.edit(CHANNEL, command, EDITOR, "forget it");
        minuteAndCycle();
        minuteAndCycle();

        assertThat(message().path("replies")).isEmpty();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("headline:");
    }

    @Test
    void aNewKeyTurnsAPublicReplyInTheChannelIntoACommand() {
        newsroom.says(approval("") + ", threads: publish");
        newsroom.slack.unreact(CHANNEL, root, EDITOR, "white_check_mark");
        String reply = newsroom.slack.broadcast(CHANNEL, root, REPORTER, "mood: gloomy");
        newsroom.slack.react(CHANNEL, reply, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("mood: gloomy");

        newsroom.says(approval("") + ", threads: publish, kwargs: [mood]").cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("gloomy");
    }

    private void minuteAndCycle() {
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
    }

    private String approved(String text) {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, text);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        return ts;
    }

    private JsonNode message() {
        for (JsonNode message : newsroom.reader().whole().path("messages")) {
            if (message.path("id").asText().equals(root)) {
                return message;
            }
        }
        throw new AssertionError("the message is not public");
    }
}
