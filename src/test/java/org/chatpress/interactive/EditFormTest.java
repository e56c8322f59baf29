package org.chatpress.interactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeInteractivity.OpenedForm;
import org.chatpress.support.FakeSlackServer.Call;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.chatpress.support.HostileTexts;
import org.chatpress.support.Pictures;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The form "Edit for readers", from the shortcut to the page and back. */
@Tag("slow")
class EditFormTest extends WithEditors {
    private static final String STRANGER = "U0STRANGER";

    @ParameterizedTest
    @ValueSource(strings = {"approval: none", "", "count: 2", "self-approve: false"})
    void changesReachReadersWithinACycleAndGoWhenTheReplyIsDeleted(String rule) throws InterruptedException {
        newsroom.says(rule.startsWith("approval") ? rule : approval(rule));
        String ts = approvedByBoth("Smith wins");
        JsonNode before = message();
        connect();

        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        assertThat(form.value("edit")).isEqualTo("Smith wins");
        JsonNode response = sends(people.submission(
                EDITOR,
                form,
                Map.of(
                        "edit", "Smith *wins* & Jones concedes",
                        "headline", "A winner",
                        "by", "The politics team",
                        "tags", "count, hall",
                        "correction", "It was Smith.",
                        "pin", "yes",
                        "key", "yes")));

        assertThat(response.isMissingNode()).isTrue();
        String reply = onlyReply(ts);
        if (rule.equals("count: 2")) {
            newsroom.cycle();
            assertThat(message()).isEqualTo(before);
            assertThat(asksWhy(EDITOR, CHANNEL, reply).text()).contains("*Pending*", "approvers add");
            newsroom.slack.react(CHANNEL, reply, EDITOR, "white_check_mark");
            newsroom.slack.react(CHANNEL, reply, SECOND_EDITOR, "white_check_mark");
            newsroom.slack.post(CHANNEL, REPORTER, "so that the thread is read again");
            newsroom.clock.advance(Duration.ofMinutes(1));
        }
        newsroom.cycle();
        assertThat(message().path("text").asText()).isEqualTo("Smith wins & Jones concedes");
        assertThat(message().path("html").asText()).contains("<strong>wins</strong> &amp; Jones");
        assertThat(message().path("headline").asText()).isEqualTo("A winner");
        assertThat(message().path("byline").asText()).isEqualTo("The politics team");
        assertThat(message().path("tags")).map(JsonNode::asText).containsExactly("count", "hall");
        assertThat(message().path("corrections").findValuesAsText("text")).containsExactly("It was Smith.");
        assertThat(message().path("pinned").asBoolean()).isTrue();
        assertThat(message().path("key").asBoolean()).isTrue();
        assertThat(newsroom.slack.botReplies(CHANNEL, ts))
                .singleElement()
                .asString()
                .startsWith(
                        "Edda Editor changed for readers\nWords: Smith *wins* &amp; Jones concedes\nHeadline: A winner");

        newsroom.slack.delete(CHANNEL, reply);
        newsroom.cycle();
        assertThat(message()).isEqualTo(before);
    }

    @Test
    void onlyChangedFieldsAreSavedAndEmptyOnesRemoveWhatWasThere() throws InterruptedException {
        newsroom.says(approval(""));
        String ts = approvedByBoth("Smith wins");
        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "headline: A winner");
        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "pin: yes");
        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "edit: Smith has won");
        newsroom.cycle();
        connect();

        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        assertThat(form.value("headline")).isEqualTo("A winner");
        assertThat(form.value("pin")).isEqualTo("yes");
        assertThat(form.value("edit")).isEqualTo("Smith has won");
        sends(people.submission(EDITOR, form, Map.of("headline", "", "pin", "", "edit", "", "by", "", "alt", "")));
        newsroom.cycle();

        assertThat(message().has("headline")).isFalse();
        assertThat(message().path("pinned").asBoolean()).isFalse();
        assertThat(message().path("text").asText()).isEqualTo("Smith wins");
        assertThat(note()).isEqualTo("{\"by\":\"U0EDITOR\",\"keys\":{\"edit\":\"\",\"headline\":\"\",\"pin\":\"\"}}");
        assertThat(newsroom.slack.botReplies(CHANNEL, ts))
                .containsExactly(
                        "Edda Editor changed for readers\nWords: (removed)\nHeadline: (removed)\nPin to the top: (removed)");
    }

    @Test
    void aFormWithoutChangesPostsNothing() throws InterruptedException {
        String ts = approvedByBoth("Smith & Jones *draw* <@U0EDITOR>, see <https://a.example/?a=1&amp;b=2|the count>");
        connect();

        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        JsonNode response = sends(people.submission(EDITOR, form, Map.of()));

        assertThat(response.isMissingNode()).isTrue();
        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).isEmpty();
    }

    @Test
    void mentionsAndLinksOfTheMessageStayAndNoNewOnesAppear() throws InterruptedException {
        String ts = approvedByBoth("Thanks <@U0EDITOR>, see <https://a.example/count|the count>");
        connect();

        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        assertThat(form.value("edit")).isEqualTo("Thanks <@U0EDITOR>, see <https://a.example/count|the count>");
        String typed = form.value("edit") + " <!channel> <https://evil.example|here> <@U0SECOND>";
        sends(people.submission(EDITOR, form, Map.of("edit", typed)));
        newsroom.cycle();

        var html = Jsoup.parse(message().path("html").asText());
        assertThat(html.text())
                .isEqualTo("Thanks @Edda Editor, see the count <!channel> <https://evil.example|here> <@U0SECOND>");
        assertThat(html.select("a").eachAttr("href")).containsExactly("https://a.example/count");
        assertThat(newsroom.slack.botReplies(CHANNEL, ts).toString()).doesNotContain("<", ">");
    }

    @Test
    void authorsDescribeTheirOwnPhotosAndChangeNothingElse() throws InterruptedException {
        newsroom.says(approval("")).saysAtTheTop("public-url: https://cdn.example/\nphotos: {beside-the-chat: true}");
        String ts = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "Two photos",
                FakeFile.jpeg("F0ONE", Pictures.photo(60, 40)),
                FakeFile.jpeg("F0TWO", Pictures.photo(60, 40)));
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        connect();

        OpenedForm form = edits(REPORTER, CHANNEL, ts);
        assertThat(form.keys()).containsExactly("alt-1", "caption-1", "credit-1", "alt-2", "caption-2", "credit-2");
        sends(people.submission(REPORTER, form, Map.of("alt-2", "The hall: full", "credit-1", "Rosa & Co")));
        newsroom.cycle();

        assertThat(message().path("photos").path(0).path("credit").asText()).isEqualTo("Rosa & Co");
        assertThat(message().path("photos").path(1).path("alt").asText()).isEqualTo("The hall: full");

        sends(people.submission(REPORTER, edits(REPORTER, CHANNEL, ts), Map.of("alt-2", "")));
        newsroom.cycle();
        assertThat(message().path("photos").path(1).path("alt").asText()).isEmpty();
        assertThat(message().path("photos").path(0).path("credit").asText()).isEqualTo("Rosa & Co");
    }

    @Test
    void filesHaveTheNumbersThatThreadCommandsGiveThem() throws InterruptedException {
        newsroom.says(approval(""))
                .saysAtTheTop(
                        "public-url: https://cdn.example/\nphotos: {beside-the-chat: true}\nvideos: {beside-the-chat: true}");
        FakeFile notes = FakeFile.jpeg("F0ANOTES", new byte[100]).called("notes.pdf", "application/pdf");
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "From the hall");
        newsroom.slack.shareAsStub(CHANNEL, ts, notes);
        newsroom.slack.addFile(CHANNEL, ts, FakeFile.jpeg("F0GONE", Pictures.photo(60, 40)));
        newsroom.slack.addFile(
                CHANNEL, ts, FakeFile.jpeg("F0VOICE", new byte[100]).called("a.m4a", "audio/mp4"));
        newsroom.slack.addFile(
                CHANNEL, ts, FakeFile.jpeg("F0ZHALL", Pictures.photo(60, 40)).saying("The hall"));
        newsroom.slack.addFile(
                CHANNEL, ts, FakeFile.jpeg("F0DESK", Pictures.photo(60, 40)).saying("The desk"));
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.slack.deleteFile(CHANNEL, ts, "F0GONE");
        newsroom.cycle();
        newsroom.cycle();
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "credit: 3: Radio");
        newsroom.cycle();
        connect();

        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        assertThat(form.keys()).filteredOn(key -> key.startsWith("alt-")).containsExactly("alt-1", "alt-2", "alt-3");
        assertThat(form.text()).contains("Photo 1: caption", "Photo 2: caption", "Audio 3: caption");
        assertThat(form.value("alt-1")).isEqualTo("The hall");
        assertThat(form.value("alt-2")).isEqualTo("The desk");
        assertThat(form.value("credit-3")).isEqualTo("Radio");
        sends(people.submission(
                EDITOR,
                form,
                Map.of("caption-1", "Full", "caption-2", "Empty", "caption-3", "A voice", "credit-3", "")));
        newsroom.cycle();

        assertThat(message().path("photos").findValuesAsText("alt")).containsExactly("The hall", "The desk");
        assertThat(message().path("photos").findValuesAsText("caption")).containsExactly("Full", "Empty");
        assertThat(message().at("/media/0/caption").asText()).isEqualTo("A voice");
        assertThat(message().at("/media/0/credit").asText()).isEmpty();
        assertThat(asksWhy(EDITOR, CHANNEL, ts).text())
                .contains("Photo 1: readers see it", "Photo 2: readers see it", "Audio 3: ")
                .doesNotContain("Photo 3");
    }

    @Test
    void theWordsOfABotsBlocksAreThoseThatReadersSee() throws InterruptedException {
        newsroom.says(approval("") + ", bots: [B0WIRE]");
        String ts = newsroom.slack.postRaw(CHANNEL, """
                {"type": "message", "subtype": "bot_message", "bot_id": "B0WIRE", "ts": "$ts", "text": "New report",
                 "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Smith wins & how"}}],
                 "attachments": [{"fallback": "Turnout", "text": "Turnout is 61 %"}]}""");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        connect();

        OpenedForm form = edits(EDITOR, CHANNEL, ts);

        assertThat(form.value("edit")).isEqualTo("Smith wins & how");
        assertThat(form.text()).contains("replace its tables and attachments");
    }

    @Test
    void aLongValueOfAThreadCommandDoesNotKeepTheFormFromOpening() throws InterruptedException {
        newsroom.says(approval(""));
        String ts = approvedByBoth("Smith wins");
        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "headline: " + "long ".repeat(200));
        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "by: " + "long ".repeat(700));
        newsroom.cycle();
        connect();

        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        assertThat(form.value("headline")).hasSize(999);
        assertThat(form.keys()).doesNotContain("by");
        assertThat(form.text()).contains("Byline: too long for a form. Reply `by:`");

        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "headline: A winner");
        newsroom.cycle();
        JsonNode response = sends(people.submission(EDITOR, form, Map.of("headline", "very long ".repeat(90))));
        assertThat(people.updated(form, response).value("headline")).hasSize(899);
    }

    @Test
    void aPersonWhoMayNotEditLearnsWhyAndNothingIsPosted() throws InterruptedException {
        newsroom.slack.person(STRANGER, "Sam Stranger");
        newsroom.says(approval(""));
        String ts = approvedByBoth("Smith wins");
        String reply = newsroom.slack.reply(CHANNEL, ts, REPORTER, "really?");
        newsroom.cycle();
        connect();

        OpenedForm refusal = edits(STRANGER, CHANNEL, ts);
        assertThat(refusal.view().has("submit")).isFalse();
        assertThat(refusal.text()).contains("Only approvers of this channel").doesNotContain("Smith");
        assertThat(edits(REPORTER, CHANNEL, ts).text()).contains("Only approvers of this channel");
        assertThat(edits(EDITOR, CHANNEL, reply).text()).contains("not replies");
        assertThat(edits(EDITOR, CHANNEL, "1793758925.000100").text()).contains("has not read this message yet");

        JsonNode response =
                sends(people.submission(STRANGER, edits(EDITOR, CHANNEL, ts), Map.of("edit", "Jones wins")));
        assertThat(response.path("response_action").asText()).isEqualTo("update");
        assertThat(response.toString()).contains("Nothing was saved. Only approvers");
        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).isEmpty();
    }

    @Test
    void membersOfAnApprovingGroupMayEditOnceSlackHasNamedThem() throws InterruptedException {
        newsroom.slack.group("S0EDITORS", EDITOR);
        newsroom.says("approval: {approvers: [S0EDITORS]}");
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        connect();

        newsroom.faults.next("usergroups.users.list", Fault.SERVER_ERROR);
        assertThat(edits(EDITOR, CHANNEL, ts).text()).contains("Slack does not say now who is an approver");
        assertThat(edits(EDITOR, CHANNEL, ts).value("edit")).isEqualTo("Smith wins");
        assertThat(edits(SECOND_EDITOR, CHANNEL, ts).text()).contains("Only approvers");
    }

    @Test
    void aMessageThatWasEditedMeanwhileIsShownBesideTheEdit() throws InterruptedException {
        newsroom.says(approval(""));
        String ts = approvedByBoth("Smith wins");
        connect();
        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "edit: Smith wins by ten votes");
        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "headline: A winner");
        newsroom.cycle();

        JsonNode response = sends(people.submission(EDITOR, form, Map.of("edit", "Smith has won")));

        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).isEmpty();
        OpenedForm again = people.updated(form, response);
        assertThat(again.text()).contains("was changed while you were editing", "Smith wins by ten votes");
        assertThat(again.value("edit")).isEqualTo("Smith has won");
        assertThat(again.value("headline")).isEqualTo("A winner");

        assertThat(sends(people.submission(EDITOR, again, Map.of())).isMissingNode())
                .isTrue();
        newsroom.cycle();
        assertThat(message().path("text").asText()).isEqualTo("Smith has won");
        assertThat(message().path("headline").asText()).isEqualTo("A winner");
        assertThat(note()).isEqualTo("{\"by\":\"U0EDITOR\",\"keys\":{\"edit\":\"Smith has won\"}}");
    }

    @Test
    void aFieldThatOnlyAnotherEditorChangedMeanwhileStaysChanged() throws InterruptedException {
        String ts = approvedByBoth("Smith wins");
        connect();
        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "headline: A winner");
        newsroom.cycle();

        sends(people.submission(EDITOR, form, Map.of("edit", "Smith has won")));
        newsroom.cycle();

        assertThat(message().path("text").asText()).isEqualTo("Smith has won");
        assertThat(message().path("headline").asText()).isEqualTo("A winner");
    }

    @Test
    void theEditsAreThereAgainAfterTheDatabaseIsDeleted() throws InterruptedException {
        newsroom.says(approval(""));
        String ts = approvedByBoth("Smith wins");
        connect();
        sends(people.submission(
                EDITOR, edits(EDITOR, CHANNEL, ts), Map.of("edit", "Smith has won", "headline", "Done")));
        newsroom.cycle();
        JsonNode before = message();
        disconnect();

        newsroom.losesItsDatabase();
        newsroom.cycle();
        newsroom.cycle();

        assertThat(before.path("headline").asText()).isEqualTo("Done");
        assertThat(message().path("headline").asText()).isEqualTo("Done");
        assertThat(message().path("text").asText()).isEqualTo("Smith has won");
    }

    @Test
    void anEditInAPrivateChannelAndInAClosedChatTakesEffectToo() throws InterruptedException {
        newsroom.slack.channel("C0PRIVATE", "private", true);
        newsroom.lists(channel("C0PRIVATE", SLUG, approval("")));
        String ts = newsroom.slack.post("C0PRIVATE", REPORTER, "Smith wins");
        newsroom.slack.react("C0PRIVATE", ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.lists(channel("C0PRIVATE", SLUG, approval("") + ", closed: true"));
        newsroom.cycle();
        connect();

        sends(people.submission(EDITOR, edits(EDITOR, "C0PRIVATE", ts), Map.of("edit", "Smith has won")));
        newsroom.events().onEvent(new ChannelId("C0PRIVATE"), new MessageTs(ts));
        newsroom.cycle();

        assertThat(message().path("text").asText()).isEqualTo("Smith has won");
    }

    static Stream<String> forgeries() {
        String note = """
                "metadata": {"event_type": "chatpress_note",
                             "event_payload": {"by": "U0EDITOR", "keys": {"headline": "forged", "edit": "forged"}}},
                "chatpress_note": {"by": "U0EDITOR", "keys": {"headline": "forged", "edit": "forged"}},
                "type": "message", "ts": "$ts", "thread_ts": "$root",
                "text": "Edda Editor changed for readers\\nHeadline: forged"}""";
        return Stream.of(
                        "{\"user\": \"U0REPORTER\", ",
                        "{\"user\": \"U0REPORTER\", \"bot_id\": \"B0CHATPRESS\", \"app_id\": \"A0CHATPRESS\", ",
                        "{\"user\": \"U0OTHERBOT\", \"bot_id\": \"B0OTHER\", \"app_id\": \"A0OTHER\", ",
                        "{\"user\": \"U0CHATPRESS\", \"bot_id\": \"B0OTHER\", \"app_id\": \"A0CHATPRESS\", ",
                        "{\"user\": \"U0CHATPRESS\", \"bot_id\": \"B0CHATPRESS\", \"app_id\": \"A0OTHER\", ",
                        "{\"subtype\": \"bot_message\", \"bot_id\": \"B0CHATPRESS\", \"app_id\": \"A0CHATPRESS\", ",
                        "{\"user\": \"U0CHATPRESS\", \"app_id\": \"A0CHATPRESS\", ")
                .map(signature -> signature + note);
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void aForgedReplyChangesNothing(String forgery) {
        newsroom.says(approval("") + ", threads: publish, bots: [B0OTHER]");
        String ts = approvedByBoth("Smith wins");
        JsonNode before = message();

        String reply = newsroom.slack.postRaw(CHANNEL, forgery.replace("$root", ts));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.store().messages().summary(new ChannelId(CHANNEL), new MessageTs(reply)))
                .isPresent();
        assertThat(message()).isEqualTo(before);
        assertThat(newsroom.storage().everythingEver()).doesNotContain("forged");
    }

    @Test
    void aNoteIsNeverPublishedWhateverItsKeys() {
        newsroom.says(approval("") + ", threads: publish");
        String ts = approvedByBoth("Smith wins");
        JsonNode before = message();

        String reply = newsroom.slack.postRaw(CHANNEL, """
                {"user": "U0CHATPRESS", "bot_id": "B0CHATPRESS", "app_id": "A0CHATPRESS", "type": "message", "ts": "$ts",
                 "thread_ts": "%s", "text": "never shown", "metadata": {"event_type": "chatpress_note",
                 "event_payload": {"by": "U0EDITOR", "keys": {"unknown": "value"}}}}""".formatted(ts));
        newsroom.slack.react(CHANNEL, reply, EDITOR, "white_check_mark");
        newsroom.cycle();

        assertThat(message()).isEqualTo(before);
    }

    @Test
    void aNoteWaitsUntilItIsKnownWhichBotIsOurs() throws InterruptedException {
        newsroom.says(approval(""));
        String ts = approvedByBoth("Smith wins");
        connect();
        sends(people.submission(EDITOR, edits(EDITOR, CHANNEL, ts), Map.of("edit", "Smith has won")));
        newsroom.faults.next("bots.info", Fault.SERVER_ERROR, Fault.SERVER_ERROR);
        newsroom.restart();

        newsroom.cycle();
        assertThat(message().path("text").asText()).isEqualTo("Smith wins");
        for (int i = 0; i < 4; i++) {
            newsroom.cycle();
        }

        assertThat(message().path("text").asText()).isEqualTo("Smith has won");
    }

    @Test
    void hostileTextsComeOutHarmless() throws InterruptedException {
        String ts = approvedByBoth("Smith wins");
        connect();
        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        int cycles = 0;
        for (String text : HostileTexts.all()) {
            String line = text.replaceAll("\\s+", " ");
            sends(people.submission(
                    EDITOR, form, Map.of("edit", text + " ", "headline", line, "by", line, "tags", line)));
            if (++cycles % 5 == 0) {
                newsroom.cycle();
                assertThat(Jsoup.parse(message().path("html").asText())
                                .select("script, iframe, object, style, img, svg, [onclick], [href^=javascript]"))
                        .isEmpty();
                form = edits(EDITOR, CHANNEL, ts);
            }
        }
        newsroom.cycle();

        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).hasSizeGreaterThan(50);
        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).noneMatch(reply -> reply.matches("(?s).*[<>].*"));
        assertThat(newsroom.slackServer.calls())
                .filteredOn(call -> call.method().equals("chat.postMessage"))
                .allMatch(call -> call.get("parse").equals("none")
                        && call.get("link_names").equals("false")
                        && call.get("mrkdwn").equals("false"));
    }

    @Test
    void afterAFailureTheFormStaysOpenAndASecondSubmissionPostsOnce() throws InterruptedException {
        String ts = approvedByBoth("Smith wins");
        connect();
        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        newsroom.faults.next("chat.postMessage", Fault.notOk("restricted_action"));

        JsonNode response = sends(people.submission(EDITOR, form, Map.of("edit", "Smith has secret won")));
        assertThat(response.path("response_action").asText()).isEqualTo("errors");
        assertThat(response.path("errors").path("edit.0").asText()).contains("nothing was saved");

        JsonNode second = people.submission(EDITOR, form, Map.of("edit", "Smith has won"));
        assertThat(sends(second).isMissingNode()).isTrue();
        sends(second);
        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).hasSize(1);
    }

    @Test
    void aSubmissionIsAcknowledgedInTimeWhileSlackIsSlow() throws InterruptedException {
        String ts = approvedByBoth("Smith wins");
        connect();
        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        newsroom.faults.next("chat.postMessage", Fault.slow(Duration.ofSeconds(6)));

        JsonNode response = sends(people.submission(EDITOR, form, Map.of("edit", "Smith has won")));

        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).isEmpty();
        assertThat(response.toString()).contains("update", "Look into the thread");
    }

    @Test
    void aFormThatCannotBeOpenedIsReported() throws InterruptedException {
        String ts = approvedByBoth("Smith wins");
        connect();
        JsonNode late = people.shortcut("edit", CHANNEL, ts, EDITOR);
        newsroom.clock.advance(Duration.ofSeconds(4));

        sends(late);

        assertThat(people.ephemeral().text()).contains("could not be opened");
        assertThat(people.forms()).isEmpty();
    }

    @Test
    void longWordsAreLeftOutOfTheForm() throws InterruptedException {
        String ts = approvedByBoth("x".repeat(3_500));
        connect();

        OpenedForm form = edits(EDITOR, CHANNEL, ts);

        assertThat(form.keys()).contains("headline").doesNotContain("edit");
        assertThat(form.text()).contains("too long for a form");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "no JSON", "{\"channel\": \"../\", \"ts\": 5}"})
    void aFormWithForeignMetadataSavesNothing(String metadata) throws InterruptedException {
        String ts = approvedByBoth("Smith wins");
        connect();
        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        JsonNode request = people.submission(EDITOR, form, Map.of("edit", "Smith has won"));
        ((ObjectNode) request.at("/payload/view")).put("private_metadata", metadata);

        assertThat(sends(request).toString()).contains("Nothing was saved");
        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).isEmpty();
    }

    private String approvedByBoth(String text) {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, text);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, ts, SECOND_EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        return ts;
    }

    private JsonNode message() {
        return newsroom.reader().whole().path("messages").path(0);
    }

    /** The payload of the last note as Slack received it. */
    private String note() {
        List<Call> calls = newsroom.slackServer.calls().stream()
                .filter(call -> !call.get("metadata").isEmpty())
                .toList();
        String metadata = calls.get(calls.size() - 1).get("metadata");
        return metadata.replaceFirst(".*\"event_payload\":", "").replaceFirst("}$", "");
    }

    private String onlyReply(String root) {
        assertThat(newsroom.slack.botReplies(CHANNEL, root)).hasSize(1);
        return newsroom.slack.newestReply(CHANNEL, root, FakeWorkspace.BOT);
    }
}
