package org.chatpress.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FakeSlackServerTest {
    private static final String C = "C0123456789";

    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-04T02:22:05Z"));
    private final FakeSlackServer server = FakeSlackServer.start(clock);
    private final FakeWorkspace slack = server.workspace();
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void openTheChannel() {
        slack.channel(C);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aTsComesFromTheClockAndIsUnique() {
        String first = slack.post(C, "U1", "a");
        String second = slack.post(C, "U1", "b");
        clock.advance(Duration.ofSeconds(10));
        String third = slack.post(C, "U1", "c");

        assertThat(List.of(first, second, third))
                .containsExactly("1793758925.000000", "1793758925.000001", "1793758935.000000");
    }

    @Test
    void historyIsPagedByCursorFromTheNewestOn() {
        List<String> posted = post(5);

        JsonNode first = ask("conversations.history", "channel", C, "limit", "2");
        JsonNode second = ask("conversations.history", "channel", C, "limit", "2", "cursor", cursor(first));
        JsonNode third = ask("conversations.history", "channel", C, "limit", "2", "cursor", cursor(second));

        assertThat(timestamps(first)).containsExactly(posted.get(4), posted.get(3));
        assertThat(timestamps(second)).containsExactly(posted.get(2), posted.get(1));
        assertThat(timestamps(third)).containsExactly(posted.get(0));
        assertThat(first.path("has_more").asBoolean()).isTrue();
        assertThat(third.path("has_more").asBoolean()).isFalse();
        assertThat(cursor(third)).isEmpty();
    }

    @Test
    void aFullLastPageHasNoMore() {
        post(2);

        assertThat(ask("conversations.history", "channel", C, "limit", "2")
                        .path("has_more")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void endsAreExcludedUnlessInclusive() {
        List<String> posted = post(5);
        String[] ends = {"channel", C, "oldest", posted.get(1), "latest", posted.get(3)};
        String[] inclusive = {"channel", C, "oldest", posted.get(1), "latest", posted.get(3), "inclusive", "true"};

        assertThat(timestamps(ask("conversations.history", ends))).containsExactly(posted.get(2));
        assertThat(timestamps(ask("conversations.history", inclusive)))
                .containsExactly(posted.get(3), posted.get(2), posted.get(1));
    }

    @Test
    void aPageHoldsAtMost999AndAHundredUnlessAskedOtherwise() {
        post(101);

        assertThat(ask("conversations.history", "channel", C).path("messages")).hasSize(100);
        assertThat(ask("conversations.history", "channel", C, "limit", "999").path("messages"))
                .hasSize(101);
        assertThat(error("conversations.history", "channel", C, "limit", "1000"))
                .isEqualTo("invalid_limit");
    }

    @Test
    void repliesStayOutOfHistoryUnlessBroadcast() {
        String root = slack.post(C, "U1", "root");
        String reply = slack.reply(C, root, "U2", "reply");
        String broadcast = slack.broadcast(C, root, "U3", "to all");

        JsonNode history = ask("conversations.history", "channel", C);
        JsonNode thread = ask("conversations.replies", "channel", C, "ts", root);

        assertThat(timestamps(history)).containsExactly(broadcast, root);
        JsonNode toldRoot = history.path("messages").get(1);
        assertThat(toldRoot.path("thread_ts").asText()).isEqualTo(root);
        assertThat(toldRoot.path("reply_count").asInt()).isEqualTo(2);
        assertThat(toldRoot.path("latest_reply").asText()).isEqualTo(broadcast);
        assertThat(history.path("messages")
                        .get(0)
                        .path("root")
                        .path("reply_count")
                        .asInt())
                .isEqualTo(2);
        assertThat(timestamps(thread)).containsExactly(root, reply, broadcast);
    }

    @Test
    void theRootComesFirstOnEveryPageOfAThread() {
        String root = slack.post(C, "U1", "root");
        List<String> replies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            replies.add(slack.reply(C, root, "U2", "reply " + i));
        }

        JsonNode first = ask("conversations.replies", "channel", C, "ts", root, "limit", "3");
        JsonNode second = ask("conversations.replies", "channel", C, "ts", root, "limit", "3", "cursor", cursor(first));
        JsonNode alone = ask("conversations.replies", "channel", C, "ts", root, "limit", "1");

        assertThat(timestamps(first)).containsExactly(root, replies.get(0), replies.get(1));
        assertThat(timestamps(second)).containsExactly(root, replies.get(2), replies.get(3));
        assertThat(second.path("has_more").asBoolean()).isFalse();
        assertThat(timestamps(alone)).containsExactly(root);
        assertThat(alone.path("has_more").asBoolean()).isTrue();
    }

    @Test
    void aDeletedMessageIsAbsentAndARootLeavesATombstone() {
        String plain = slack.post(C, "U1", "plain");
        String root = slack.post(C, "U1", "root");
        String reply = slack.reply(C, root, "U2", "reply");

        slack.delete(C, plain);
        slack.delete(C, root);

        JsonNode history = ask("conversations.history", "channel", C);
        assertThat(timestamps(history)).containsExactly(root);
        JsonNode tombstone = history.path("messages").get(0);
        assertThat(tombstone.path("subtype").asText()).isEqualTo("tombstone");
        assertThat(tombstone.path("reply_count").asInt()).isEqualTo(1);
        assertThat(error("conversations.replies", "channel", C, "ts", plain)).isEqualTo("thread_not_found");
        assertThat(timestamps(ask("conversations.replies", "channel", C, "ts", root)))
                .containsExactly(root, reply);
    }

    @Test
    void aThreadWithoutItsRepliesRemembersThatItWasOne() {
        String root = slack.post(C, "U1", "root");
        slack.delete(C, slack.reply(C, root, "U2", "reply"));

        JsonNode told =
                ask("conversations.history", "channel", C).path("messages").get(0);

        assertThat(told.path("reply_count").asInt()).isZero();
        assertThat(told.path("latest_reply").asText()).isEqualTo("0000000000.000000");
    }

    @Test
    void anEditIsDatedToTheSecond() {
        String ts = slack.post(C, "U1", "tpyo");
        clock.advance(Duration.ofMillis(1700));

        slack.edit(C, ts, "U2", "typo");

        JsonNode told =
                ask("conversations.history", "channel", C).path("messages").get(0);
        assertThat(told.path("text").asText()).isEqualTo("typo");
        assertThat(told.path("edited").path("user").asText()).isEqualTo("U2");
        assertThat(told.path("edited").path("ts").asText()).isEqualTo("1793758926.000000");
    }

    @Test
    void shortensWhoReactedButNotHowMany() {
        String ts = slack.post(C, "U1", "count");
        for (String user : List.of("U1", "U2", "U3", FakeWorkspace.BOT)) {
            slack.react(C, ts, user, "tada");
        }
        slack.unreact(C, ts, "U3", "tada");
        server.shortenReactorsTo(1);

        JsonNode told = ask("conversations.history", "channel", C)
                .path("messages")
                .get(0)
                .path("reactions")
                .get(0);
        JsonNode full = ask("reactions.get", "channel", C, "timestamp", ts, "full", "true");

        assertThat(told.path("count").asInt()).isEqualTo(3);
        assertThat(told.path("users").toString()).isEqualTo("[\"U1\",\"" + FakeWorkspace.BOT + "\"]");
        assertThat(full.path("message").path("reactions").get(0).path("users")).hasSize(3);
    }

    @Test
    void takenAwayReactionsLeaveNothing() {
        String ts = slack.post(C, "U1", "count");
        slack.react(C, ts, "U1", "tada");
        slack.unreact(C, ts, "U1", "tada");

        assertThat(ask("conversations.history", "channel", C)
                        .path("messages")
                        .get(0)
                        .has("reactions"))
                .isFalse();
    }

    @Test
    void retentionHidesWhatIsOld() {
        List<String> posted = post(3);

        slack.hideBefore(posted.get(1));

        assertThat(timestamps(ask("conversations.history", "channel", C)))
                .containsExactly(posted.get(2), posted.get(1));
        assertThat(error("conversations.replies", "channel", C, "ts", posted.get(0)))
                .isEqualTo("thread_not_found");
    }

    @Test
    void aBotThatWasThrownOutSeesNothing() {
        slack.channel("G0SECRET", "desk", true);
        slack.removeBot(C);
        slack.removeBot("G0SECRET");

        assertThat(error("conversations.history", "channel", C)).isEqualTo("not_in_channel");
        assertThat(error("conversations.history", "channel", "G0SECRET")).isEqualTo("channel_not_found");
        assertThat(error("conversations.history", "channel", "C0NOWHERE")).isEqualTo("channel_not_found");
        slack.inviteBot(C);
        assertThat(error("conversations.history", "channel", C)).isEmpty();
    }

    @Test
    void returnsAnOldUploadInTodaysFormat() {
        slack.event("C1", """
                {"type": "message", "subtype": "file_share", "channel": "C1", "user": "U1", "ts": "1517437504.000001",
                 "text": "<@U1> uploaded a file: <https://x.slack.com/a|a> and commented: look",
                 "file": {"id": "F1", "initial_comment": {"comment": "look"}}}""");
        slack.event("C1", """
                {"type": "message", "subtype": "file_share", "channel": "C1", "user": "U1", "ts": "1517437503.000001",
                 "text": "<@U1> uploaded a file: <https://x.slack.com/b|b>", "file": {"id": "F2"}}""");

        JsonNode messages = ask("conversations.history", "channel", "C1").path("messages");

        assertThat(messages)
                .extracting(message -> message.path("text").asText())
                .containsExactly("look", "<@U1> uploaded a file: <https://x.slack.com/b|b>");
        assertThat(messages)
                .extracting(message -> message.at("/files/0/id").asText())
                .containsExactly("F1", "F2");
        assertThat(messages).noneMatch(message -> message.has("subtype") || message.has("file"));
    }

    @Test
    void appliesEventsAsSlackSendsThem() {
        slack.event("C1", """
                {"type": "message", "channel": "C1", "user": "U1", "text": "one", "ts": "1517437503.000643", "event_ts": "1517437503.000643"}""");
        slack.event("C1", """
                {"type": "message", "subtype": "file_share", "channel": "C1", "user": "U1", "text": "two", "ts": "1517437504.000001", "file": {"id": "F1"}}""");
        slack.event("C1", """
                {"type": "reaction_added", "user": "U2", "reaction": "tada", "item": {"type": "message", "channel": "C1", "ts": "1517437503.000643"}}""");
        slack.event("C1", """
                {"type": "message", "subtype": "message_changed", "hidden": true, "ts": "1517438016.000458", "message":
                 {"type": "message", "user": "U1", "text": "one!", "ts": "1517437503.000643", "edited": {"user": "U1", "ts": "1517438016.000000"}}}""");
        slack.event("C1", """
                {"type": "message", "channel": "C1", "user": "U2", "text": "reply", "ts": "1517438020.000001", "thread_ts": "1517437503.000643"}""");
        slack.event("C1", """
                {"type": "message", "subtype": "message_replied", "ts": "1517438020.000002", "message": {"ts": "1517437503.000643"}}""");
        slack.event("C1", """
                {"type": "message", "subtype": "message_deleted", "deleted_ts": "1517437504.000001", "ts": "1517438030.000001"}""");
        slack.event("C1", """
                {"type": "message", "subtype": "message_deleted", "deleted_ts": "1400000000.000001", "ts": "1517438031.000001"}""");

        JsonNode history = ask("conversations.history", "channel", "C1");

        assertThat(timestamps(history)).containsExactly("1517437503.000643");
        JsonNode message = history.path("messages").get(0);
        assertThat(message.path("text").asText()).isEqualTo("one!");
        assertThat(message.path("reply_count").asInt()).isEqualTo(1);
        assertThat(message.path("reactions").get(0).path("users").get(0).asText())
                .isEqualTo("U2");
        assertThat(message.has("channel")).isFalse();
    }

    @Test
    void theBotPostsAndReacts() {
        String root = slack.post(C, "U1", "photo");

        String reply = ask("chat.postMessage", "channel", C, "thread_ts", root, "text", "no photo")
                .path("ts")
                .asText();
        ask("reactions.add", "channel", C, "timestamp", root, "name", "rocket");

        assertThat(timestamps(ask("conversations.replies", "channel", C, "ts", root)))
                .containsExactly(root, reply);
        assertThat(error("reactions.add", "channel", C, "timestamp", root, "name", "rocket"))
                .isEqualTo("already_reacted");
        assertThat(error("reactions.remove", "channel", C, "timestamp", root, "name", "rocket"))
                .isEmpty();
        assertThat(error("reactions.remove", "channel", C, "timestamp", root, "name", "rocket"))
                .isEqualTo("no_reaction");
    }

    @Test
    void faultsHappenInOrderAndEnd() {
        server.faults().next("auth.test", Fault.notOk("fatal_error"), Fault.notOk("internal_error"));
        server.faults().next("*", Fault.notOk("service_unavailable"));

        assertThat(error("auth.test")).isEqualTo("fatal_error");
        assertThat(error("conversations.history", "channel", C)).isEqualTo("service_unavailable");
        assertThat(error("auth.test")).isEqualTo("internal_error");
        assertThat(error("auth.test")).isEmpty();
    }

    @Test
    void theNthCallFailsAndNoOther() {
        assertThat(error("auth.test")).isEmpty();
        server.faults().onCall(2, Fault.notOk("fatal_error"));

        assertThat(error("auth.test")).isEmpty();
        assertThat(error("conversations.info", "channel", C)).isEqualTo("fatal_error");
        assertThat(error("auth.test")).isEmpty();

        server.faults().onCall(1);
        assertThatThrownBy(() -> send("auth.test")).isInstanceOf(IOException.class);
        assertThat(error("auth.test")).isEmpty();
    }

    @Test
    void aHalfAnswerBreaksOff() {
        server.faults().next("auth.test", Fault.HALF_ANSWER);

        assertThatThrownBy(() -> send("auth.test")).isInstanceOf(IOException.class);
    }

    @Test
    void datesItsAnswersByTheTestsClock() throws Exception {
        clock.set(Instant.parse("2026-01-02T03:04:05.678Z"));

        assertThat(send("auth.test").headers().firstValue("Date")).contains("Fri, 02 Jan 2026 03:04:05 GMT");
    }

    @Test
    void enforcesSlacksLimitsIfAsked() throws Exception {
        server.faults().enforceLimits();
        for (int i = 0; i < 50; i++) {
            assertThat(error("conversations.history", "channel", C)).isEmpty();
        }
        clock.advance(Duration.ofSeconds(20));

        HttpResponse<String> refused = send("conversations.history", "channel", C);

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).contains("40");
        clock.advance(Duration.ofSeconds(40));
        assertThat(error("conversations.history", "channel", C)).isEmpty();
    }

    @Test
    void remembersItsCalls() {
        ask("conversations.history", "channel", C, "limit", "2");
        ask("auth.test");

        assertThat(server.calls("auth.test")).isEqualTo(1);
        assertThat(server.calls())
                .extracting(FakeSlackServer.Call::method)
                .containsExactly("conversations.history", "auth.test");
        assertThat(server.calls().get(0).get("limit")).isEqualTo("2");
        server.resetCalls();
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void letsOnlyItsTokenIn() throws Exception {
        HttpRequest stranger = HttpRequest.newBuilder(server.apiUri().resolve("auth.test"))
                .header("Authorization", "Bearer xoxb-other")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();

        assertThat(client.send(stranger, HttpResponse.BodyHandlers.ofString()).body())
                .contains("invalid_auth");
    }

    private List<String> post(int number) {
        var posted = new ArrayList<String>();
        for (int i = 0; i < number; i++) {
            posted.add(slack.post(C, "U1", "message " + i));
        }
        return posted;
    }

    private String error(String method, String... parameters) {
        return ask(method, parameters).path("error").asText();
    }

    private JsonNode ask(String method, String... parameters) {
        try {
            return new ObjectMapper().readTree(send(method, parameters).body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> send(String method, String... parameters) throws IOException, InterruptedException {
        var form = new StringJoiner("&");
        for (int i = 0; i < parameters.length; i += 2) {
            form.add(parameters[i] + "=" + URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
        }
        HttpRequest request = HttpRequest.newBuilder(server.apiUri().resolve(method))
                .header("Authorization", "Bearer " + server.token().reveal())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .version(HttpClient.Version.HTTP_1_1)
                .POST(HttpRequest.BodyPublishers.ofString(form.toString()))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String cursor(JsonNode answer) {
        return answer.path("response_metadata").path("next_cursor").asText();
    }

    private static List<String> timestamps(JsonNode answer) {
        return StreamSupport.stream(answer.path("messages").spliterator(), false)
                .map(message -> message.path("ts").asText())
                .toList();
    }
}
