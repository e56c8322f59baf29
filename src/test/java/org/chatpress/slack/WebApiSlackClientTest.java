package org.chatpress.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Secret;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;
import org.chatpress.slack.SlackReader.MessageLookup.State;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.support.FakeClock;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class WebApiSlackClientTest {
    private static final String C = "C0123456789";
    private static final ChannelId CHANNEL = new ChannelId(C);
    private static final MessageTs SOME_TS = new MessageTs("1793758925.000100");

    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-04T02:22:05Z"));
    private final FakeSlackServer server = FakeSlackServer.start(clock);
    private final FakeWorkspace workspace = server.workspace();
    private final WebApiSlackClient slack = slack(server.token(), RateLimiter.nonBlocking(clock));

    @BeforeEach
    void openTheChannel() {
        workspace.channel(C, "election-night", false);
    }

    @AfterEach
    void close() {
        slack.close();
        server.close();
    }

    // THREADS

    @Test
    void leavesNoThreadOfTheSdkForStatistics() throws InterruptedException {
        slack.history(CHANNEL, Optional.empty(), 200);

        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("slack-api-metrics")) {
                thread.join(5_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    // HISTORY

    @Test
    void readsAChannelNewestFirst() {
        String first = workspace.post(C, "U1", "Polls are closed");
        String second = workspace.post(C, "U1", "First count");

        HistoryPage page = slack.history(CHANNEL, Optional.empty(), 200);

        assertThat(page.messages()).extracting(SlackMessage::text).containsExactly("First count", "Polls are closed");
        assertThat(timestamps(page)).containsExactly(second, first);
        assertThat(page.channel()).isEqualTo(CHANNEL);
        assertThat(page.hasMore()).isFalse();
        assertThat(page.range().from()).isEmpty();
        assertThat(page.range().until()).isEmpty();
    }

    @Test
    void sendsNoBoundsForTheNewestMessages() {
        slack.history(CHANNEL, Optional.empty(), 200);

        FakeSlackServer.Call call = server.calls().get(0);
        assertThat(call.method()).isEqualTo("conversations.history");
        assertThat(call.parameters()).containsOnlyKeys("channel", "limit");
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void pagesWithoutMissingOrRepeatingAMessage() {
        List<String> posted = post(7);

        HistoryPage newest = slack.history(CHANNEL, Optional.empty(), 3);
        HistoryPage middle = slack.history(CHANNEL, newest.oldest(), 3);
        HistoryPage oldest = slack.history(CHANNEL, middle.oldest(), 3);

        assertThat(timestamps(newest)).containsExactly(posted.get(6), posted.get(5), posted.get(4));
        assertThat(timestamps(middle)).containsExactly(posted.get(3), posted.get(2), posted.get(1));
        assertThat(timestamps(oldest)).containsExactly(posted.get(0));
        assertThat(newest.hasMore()).isTrue();
        assertThat(oldest.hasMore()).isFalse();
    }

    @Test
    void aPageCoversTheRangeUpToItsOldestMessage() {
        List<String> posted = post(5);
        var until = new MessageTs(posted.get(4));

        HistoryPage page = slack.history(CHANNEL, Optional.of(until), 2);

        assertThat(page.range().until()).contains(until);
        assertThat(page.range().from()).contains(new MessageTs(posted.get(2)));
        assertThat(page.range().covers(new MessageTs(posted.get(2)))).isTrue();
        assertThat(page.range().covers(new MessageTs(posted.get(1)))).isFalse();
        assertThat(page.range().covers(until)).isFalse();
    }

    @Test
    void theLastPageCoversEverythingBefore() {
        List<String> posted = post(2);

        HistoryPage page = slack.history(CHANNEL, Optional.of(new MessageTs(posted.get(1))), 999);

        assertThat(timestamps(page)).containsExactly(posted.get(0));
        assertThat(page.range().from()).isEmpty();
        assertThat(page.range().covers(new MessageTs("0000000000.000000"))).isTrue();
    }

    @Test
    void aShortPageMayHaveMoreBelow() {
        post(4);
        server.pagesOf(3);

        HistoryPage page = slack.history(CHANNEL, Optional.empty(), 200);

        assertThat(page.messages()).hasSize(3);
        assertThat(page.hasMore()).isTrue();
        assertThat(page.range().from()).isEqualTo(page.oldest());
    }

    @Test
    void anEmptyPageWithMoreBelowCoversNothing() {
        String posted = post(1).get(0);
        server.faults().next("conversations.history", Fault.EMPTY_PAGE_OF_MORE, Fault.EMPTY_PAGE_OF_MORE);

        HistoryPage head = slack.history(CHANNEL, Optional.empty(), 200);
        HistoryPage below = slack.history(CHANNEL, Optional.of(SOME_TS), 200);

        assertThat(head.hasMore()).isTrue();
        for (String ts : List.of(posted, "0000000000.000000", "9999999999.999999", SOME_TS.value())) {
            assertThat(head.range().covers(new MessageTs(ts))).isFalse();
            assertThat(below.range().covers(new MessageTs(ts))).isFalse();
        }
    }

    @Test
    void acceptsAnEmptyPage() {
        post(1);
        server.faults().next("conversations.history", Fault.EMPTY_PAGE);

        assertThat(slack.history(CHANNEL, Optional.empty(), 200).messages()).isEmpty();
    }

    @Test
    void sortsMessagesAndKeepsTheFirstOfTwoWithTheSameTs() {
        server.faults().next("conversations.history", Fault.answer("""
            {"ok": true, "has_more": true, "messages": [
              {"ts": "1793758925.000200", "text": "second"},
              {"ts": "1793758925.000300", "text": "third"},
              {"ts": "1793758925.000200", "text": "second again"},
              {"ts": "1793758925.000100", "text": "first"}]}\
            """));

        HistoryPage page = slack.history(CHANNEL, Optional.empty(), 200);

        assertThat(page.messages()).extracting(SlackMessage::text).containsExactly("third", "second", "first");
        assertThat(page.unusable()).isZero();
        assertThat(page.range().from()).contains(new MessageTs("1793758925.000100"));
    }

    @Test
    void takesANextCursorForMoreMessages() {
        server.faults().next("conversations.history", Fault.answer("""
            {"ok": true, "messages": [{"ts": "1793758925.000200"}], "response_metadata": {"next_cursor": "bmV4dA=="}}\
            """));

        assertThat(slack.history(CHANNEL, Optional.empty(), 200).hasMore()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'ts': '$ts', 'blocks': [{'elements': []}, {'type': 'rich_text', 'elements': [{}]}]}",
                "{'ts': '$ts', 'blocks': [{'type': 'rich_text', 'elements': [{'type': 'message_mention'}]}]}",
                "{'ts': '$ts', 'blocks': [{'type': 'table', 'rows': []}]}",
                "{'ts': '$ts', 'files': [{'id': 'F1', 'shares': []}]}",
                "{'ts': '$ts', 'files': [{'id': 'F1', 'size': 3221225472, 'created': 4102444800}]}",
                "{'ts': '$ts', 'attachments': [{'thumb_width': 'wide'}]}",
                "{'ts': '$ts', 'reactions': {}, 'edited': 7, 'user': null, 'text': ['a']}",
                "{'ts': '$ts', 'never_heard_of': {'a': [1, 2.5]}}",
            })
    void keepsUnexpectedJsonUnchanged(String odd) {
        String before = workspace.post(C, "U1", "before");
        String ts = workspace.postRaw(C, odd.replace('\'', '"'));
        String after = workspace.post(C, "U1", "after");

        HistoryPage page = slack.history(CHANNEL, Optional.empty(), 200);

        assertThat(timestamps(page)).containsExactly(after, ts, before);
        assertThat(page.messages().get(1).json().toString())
                .isEqualTo(odd.replace('\'', '"').replace("$ts", ts).replaceAll("([:,]) ", "$1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"text\": \"no ts\"}", "{\"ts\": \"yesterday\"}", "{\"ts\": {}}", "null", "42", "[]", "\"\""})
    void countsEntriesWithoutAValidTsAndKeepsTheRest(String unusable) {
        String before = workspace.post(C, "U1", "before");
        workspace.postRaw(C, unusable);
        String after = workspace.post(C, "U1", "after");

        HistoryPage page = slack.history(CHANNEL, Optional.empty(), 200);

        assertThat(timestamps(page)).containsExactly(after, before);
        assertThat(page.unusable()).isEqualTo(1);
    }

    static Stream<Arguments> valuesThatAParserRefuses() {
        return Stream.of(
                Arguments.of("a number of 2,000 digits", "1".repeat(2000)),
                Arguments.of("1,200 arrays in each other", "[".repeat(1200) + "]".repeat(1200)),
                Arguments.of("a string of 21 MB", "\"" + "a".repeat(21_000_000) + "\""),
                Arguments.of("a name of 60 KB", "{\"" + "a".repeat(60_000) + "\": 1}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("valuesThatAParserRefuses")
    void skipsAMessageWithAValueThatTheParserRefuses(String name, String odd) {
        server.faults().next("conversations.history", Fault.answer("""
                {"ok": true, "messages": [{"ts": "1793758925.000300"}, {"ts": "1793758925.000200", "odd": %s},
                    {"ts": "1793758925.000100"}]}""".formatted(odd)));

        HistoryPage page = slack.history(CHANNEL, Optional.empty(), 200);

        assertThat(timestamps(page)).containsExactly("1793758925.000300", "1793758925.000100");
        assertThat(page.unusable()).isEqualTo(1);
    }

    @Test
    void keepsAMessageWithNaN() {
        server.faults().next("conversations.history", Fault.answer("""
                {"ok": true, "messages": [{"ts": "1793758925.000300", "odd": NaN}]}"""));

        HistoryPage page = slack.history(CHANNEL, Optional.empty(), 200);

        assertThat(Json.parse(Json.of(page.messages().get(0).json()))
                        .path("odd")
                        .asText())
                .isEqualTo("NaN");
    }

    @Test
    void namesTheLimitThatAResponseExceeds() {
        server.faults()
                .next(
                        "auth.test",
                        Fault.answer("{\"ok\": true, \"odd\": " + "[".repeat(20_000) + "]".repeat(20_000) + "}"),
                        Fault.answer(" ".repeat(40 << 20)));

        assertThat(failure(slack::identity))
                .hasMessageMatching("auth.test: refused JSON: Document nesting depth \\([0-9]+\\) exceeds .*");
        assertThat(failure(slack::identity)).hasMessage("auth.test: more than 32 MB");
    }

    @Test
    void translatesInformationalResponsesThatTheHttpClientRefuses() {
        var fault = Fault.status(100, "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}");
        server.faults().next("auth.test", fault);
        server.faults().next("image.png", fault);

        RemoteException failure = failure(slack::identity);

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessage("auth.test: not a valid HTTP response");
        assertThat(slack.identity().scopes()).isNotEmpty();
        assertThat(failure(() -> slack.publicImage(server.apiUri() + "image.png")))
                .hasMessage("an image from Slack: incomplete response");
    }

    @Test
    void datesAPageBySlacksClock() {
        clock.set(Instant.parse("2026-11-04T03:00:00.750Z"));

        assertThat(slack.history(CHANNEL, Optional.empty(), 200).readAt()).isEqualTo("2026-11-04T03:00:00Z");
    }

    @Test
    void tellsHowFarSlacksClockIsAheadOfThisMachines() {
        var ours = new FakeClock(clock.instant());
        try (var client = new WebApiSlackClient(
                server.token(), server.apiUri(), RateLimiter.nonBlocking(ours), ours, ProxySettings.NONE)) {
            assertThat(client.clockDifference()).isEmpty();

            client.identity();
            assertThat(client.clockDifference()).contains(Duration.ZERO);

            ours.advance(Duration.ofMillis(1900));
            client.identity();
            assertThat(client.clockDifference()).contains(Duration.ZERO);

            ours.advance(Duration.ofHours(2));
            client.identity();
            assertThat(client.clockDifference()).contains(Duration.ofHours(-2).minusMillis(1900));

            server.faults().next("auth.test", Fault.HTML_PAGE);
            ours.advance(Duration.ofHours(2));
            assertThat(catchThrowableOfType(RemoteException.class, client::identity))
                    .isNotNull();
            assertThat(client.clockDifference()).contains(Duration.ofHours(-2).minusMillis(1900));
        }
    }

    @Test
    void warnsOnceThatTheAppIsTreatedAsDistributed() {
        post(40);
        server.pagesOf(15);
        List<ILoggingEvent> log = logOf(() -> {
            slack.history(CHANNEL, Optional.empty(), 200);
            slack.history(CHANNEL, Optional.empty(), 200);
        });

        assertThat(log).hasSize(1);
        assertThat(log.get(0).getFormattedMessage())
                .startsWith("Slack returned 15 messages instead of 200: it treats this app as commercially distributed")
                .contains("Create an internal app");
    }

    @Test
    void doesNotWarnAboutSmallPagesWithAnotherReason() {
        post(20);
        List<ILoggingEvent> log = logOf(() -> {
            slack.history(CHANNEL, Optional.empty(), 15);
            server.pagesOf(16);
            slack.history(CHANNEL, Optional.empty(), 200);
            server.faults().next("conversations.history", Fault.EMPTY_PAGE_OF_MORE);
            slack.history(CHANNEL, Optional.empty(), 200);
        });

        assertThat(log).isEmpty();
    }

    // MESSAGE LOOKUP

    @Test
    void findsAMessage() {
        String ts = workspace.post(C, "U1", "here");
        post(3);

        SlackReader.MessageLookup found = slack.lookUpMessage(CHANNEL, new MessageTs(ts));

        assertThat(found.state()).isEqualTo(State.FOUND);
        assertThat(found.message()).map(SlackMessage::text).contains("here");
        FakeSlackServer.Call call = server.calls().get(0);
        assertThat(call.method()).isEqualTo("conversations.replies");
        assertThat(call.get("limit")).isEqualTo("1");
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void findsTheRootOfAThread() {
        String root = workspace.post(C, "U1", "root");
        workspace.reply(C, root, "U2", "reply");

        assertThat(slack.lookUpMessage(CHANNEL, new MessageTs(root)).message())
                .map(SlackMessage::text)
                .contains("root");
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void findsAReplyBehindItsRoot() {
        String root = workspace.post(C, "U1", "root");
        workspace.reply(C, root, "U2", "first");
        String second = workspace.reply(C, root, "U2", "second");
        workspace.reply(C, root, "U2", "third");

        SlackReader.MessageLookup found = slack.lookUpMessage(CHANNEL, new MessageTs(second));

        assertThat(found.state()).isEqualTo(State.FOUND);
        assertThat(found.message()).map(SlackMessage::text).contains("second");
    }

    @Test
    void findsAReplyThatSlackReturnsAlone() {
        server.returnRepliesAlone();
        String root = workspace.post(C, "U1", "root");
        String reply = workspace.broadcast(C, root, "U2", "reply");

        assertThat(slack.lookUpMessage(CHANNEL, new MessageTs(reply)).state()).isEqualTo(State.FOUND);
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void reportsADeletedMessage() {
        String ts = workspace.post(C, "U1", "oops");
        workspace.delete(C, ts);

        SlackReader.MessageLookup found = slack.lookUpMessage(CHANNEL, new MessageTs(ts));

        assertThat(found.state()).isEqualTo(State.DELETED);
        assertThat(found.message()).isEmpty();
    }

    @Test
    void reportsATombstoneAsDeleted() {
        String root = workspace.post(C, "U1", "oops");
        workspace.reply(C, root, "U2", "reply");
        workspace.delete(C, root);

        SlackReader.MessageLookup found = slack.lookUpMessage(CHANNEL, new MessageTs(root));

        assertThat(found.state()).isEqualTo(State.DELETED);
        assertThat(found.message()).isEmpty();
    }

    @Test
    void reportsAReplyMissingFromItsThreadAsDeleted() {
        server.faults().next("conversations.replies", Fault.answer("""
            {"ok": true, "messages": [{"ts": "1793758925.000050", "thread_ts": "1793758925.000050"}]}\
            """));
        workspace.postAt(C, "1793758925.000050", "U1", "root");

        assertThat(slack.lookUpMessage(CHANNEL, SOME_TS).state()).isEqualTo(State.DELETED);
        assertThat(server.calls()).hasSize(2);
    }

    @Test
    void reportsAMessageAsDeletedIfAnotherIsInItsPlace() {
        server.faults().next("conversations.replies", Fault.answer("""
            {"ok": true, "messages": [{"ts": "1793758925.000050", "text": "another"}]}\
            """));

        SlackReader.MessageLookup found = slack.lookUpMessage(CHANNEL, SOME_TS);

        assertThat(found.state()).isEqualTo(State.DELETED);
        assertThat(found.message()).isEmpty();
        assertThat(server.calls()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"thread_not_found", "message_not_found"})
    void reportsAMessageThatSlackDoesNotFindAsDeleted(String error) {
        server.faults().next("conversations.replies", Fault.notOk(error));

        assertThat(slack.lookUpMessage(CHANNEL, SOME_TS).state()).isEqualTo(State.DELETED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[null]", "[{\"text\": \"no ts\"}]"})
    void concludesNothingFromAnEmptyResponse(String messages) {
        server.faults().next("conversations.replies", Fault.answer("{\"ok\": true, \"messages\": " + messages + "}"));

        assertThat(slack.lookUpMessage(CHANNEL, SOME_TS).state()).isEqualTo(State.UNKNOWN);
    }

    @Test
    void concludesNothingFromAServerError() {
        server.faults()
                .next("conversations.replies", Fault.status(500, "{\"ok\": false, \"error\": \"thread_not_found\"}"));

        assertThat(failure(() -> slack.lookUpMessage(CHANNEL, SOME_TS)).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void concludesNoDeletionFromBeingRemovedFromTheChannel() {
        String ts = workspace.post(C, "U1", "here");
        workspace.removeBot(C);

        RemoteException failure = failure(() -> slack.lookUpMessage(CHANNEL, new MessageTs(ts)));

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessage("conversations.replies of C0123456789 " + ts + ": not_in_channel");
    }

    // REACTIONS, USERS, GROUPS, CHANNELS

    @Test
    void listsAllUsersWhoReacted() {
        String ts = workspace.post(C, "U1", "count me");
        for (int i = 10; i < 70; i++) {
            workspace.react(C, ts, "U" + i, "white_check_mark");
        }
        server.shortenReactorsTo(50);

        Reaction shortened = slack.history(CHANNEL, Optional.empty(), 200)
                .messages()
                .get(0)
                .reactions()
                .get(0);
        List<Reaction> complete =
                slack.messageWithReactions(CHANNEL, new MessageTs(ts)).reactions();

        assertThat(shortened.hasAllUsers()).isFalse();
        assertThat(complete).hasSize(1);
        assertThat(complete.get(0).users()).hasSize(60).contains(new UserId("U69"));
        assertThat(complete.get(0).count()).isEqualTo(60);
    }

    @Test
    void readsAMessageWithoutReactions() {
        String ts = workspace.post(C, "U1", "nobody cares");

        assertThat(slack.messageWithReactions(CHANNEL, new MessageTs(ts)).reactions())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ok\": true}", "{\"ok\": true, \"message\": {\"ts\": \"1793758925.000999\"}}"})
    void takesAResponseWithoutTheMessageForAnError(String answer) {
        server.faults().next("reactions.get", Fault.answer(answer));

        RemoteException failure = failure(() -> slack.messageWithReactions(CHANNEL, SOME_TS));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void readsNameTitleAndAvatarOfAUser() {
        workspace.person("U1", "Ada Lovelace").title("Politics editor");

        assertThat(slack.userProfile(new UserId("U1")))
                .isEqualTo(new UserProfile(
                        new UserId("U1"),
                        "Ada Lovelace",
                        "Politics editor",
                        "https://avatars.slack-edge.com/2026-01-01/U1_48.png",
                        false));
    }

    @Test
    void fallsBackToTheUserName() {
        workspace.person("U1", " ").name("ada");

        assertThat(slack.userProfile(new UserId("U1")).displayName()).isEqualTo("ada");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'real_name': 'Ada', 'name': 'al'}",
                "{'profile': {'real_name': 'Ada'}, 'name': 'al'}",
                "{'real_name': null, 'profile': {'real_name': 'Ada'}}",
            })
    void findsTheRealNameInEitherPlace(String user) {
        assertNamedAda(user);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'real_name': '', 'profile': {'real_name': 'Ada'}, 'name': 'al'}",
                "{'real_name': '', 'profile': {'real_name': '', 'display_name': 'Ada'}, 'name': 'al'}",
                "{'real_name': '\u3164', 'name': '', 'profile': {'display_name': 'Ada'}}",
                "{'real_name': 7, 'profile': [], 'name': ' Ada '}",
            })
    void fallsThroughEmptyNames(String user) {
        assertNamedAda(user);
    }

    private void assertNamedAda(String user) {
        server.faults().next("users.info", Fault.answer("{\"ok\": true, \"user\": " + user.replace('\'', '"') + "}"));

        assertThat(slack.userProfile(new UserId("U1")).displayName()).isEqualTo("Ada");
    }

    @Test
    void tellsBotsFromPeople() {
        workspace.person("U1", "Ada");
        workspace.person("U2", "Build bot").bot();
        workspace.person("USLACKBOT", "Slackbot");

        assertThat(slack.userProfile(new UserId("U1")).bot()).isFalse();
        assertThat(slack.userProfile(new UserId("U2")).bot()).isTrue();
        assertThat(slack.userProfile(new UserId("USLACKBOT")).bot()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://avatars.slack-edge.com/2017-02-15/142028577508_8649861497b2bc0cc258_48.jpg",
                "https://a.slack-edge.com/80588/img/avatars/ava_0010-48.png",
                "https://ca.slack-edge.com/T0-U0-hash-48",
                "https://files.slack.com/avatar.png",
            })
    void acceptsAvatarsOnSlacksHosts(String address) {
        workspace.person("U1", "Ada").image48(address);

        assertThat(slack.userProfile(new UserId("U1")).image48()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://secure.gravatar.com/avatar/0123456789abcdef0123456789abcdef.jpg?s=48",
                "https://i2.wp.com/a.slack-edge.com/avatars/ava_0010-48.png",
                "https://a.slack-edge.com/x.png?d=https%3A%2F%2Fsecure.gravatar.com%2Favatar%2F0123",
                "https://a.slack-edge.com/x.png?d=https://secure.gravatar.com/avatar/0123",
                "https://a.slack-edge.com/https/secure.Gravatar.com/avatar/0123.png",
                "https://a.slack-edge.com/%67ravatar/0123.png",
                "https://slack-edge.com.evil.example/x.png",
                "https://evilslack-edge.com/x.png",
                "https://evil.example/a.slack-edge.com/x.png",
                "https://a.slack-edge.com@evil.example/x.png",
                "https://a.slack-edge.com:8443/x.png",
                "https://a.slack-edge.com\\\\@evil.example/x.png",
                "http://a.slack-edge.com/x.png",
                "javascript:alert(1)",
                "",
            })
    void acceptsNoOtherAvatars(String address) {
        workspace.person("U1", "Ada").image48(address);

        assertThat(slack.userProfile(new UserId("U1")).image48()).isEmpty();
    }

    @Test
    void readsAMalformedProfileAsFarAsPossible() {
        server.faults().next("users.info", Fault.answer("""
            {"ok": true, "user": {"name": "ada", "real_name": 7, "profile": [], "is_bot": "maybe"}}\
            """));

        assertThat(slack.userProfile(new UserId("U1")))
                .isEqualTo(new UserProfile(new UserId("U1"), "ada", "", "", false));
    }

    @Test
    void rejectsAnUnknownUserAndReportsAnUnknownGroup() {
        RemoteException stranger = failure(() -> slack.userProfile(new UserId("U404")));
        RemoteException group = failure(() -> slack.groupMembers("S404"));

        assertThat(stranger.kind()).isEqualTo(Kind.REJECTED);
        assertThat(stranger).hasMessage("users.info of U404: user_not_found");
        assertThat(group.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(group).hasMessage("usergroups.users.list of S404: no_such_subteam");
        assertThat(group.hint()).isEqualTo("Check the user group's id in approvers.");
    }

    @Test
    void listsTheMembersOfAGroup() {
        workspace.group("S0DESK", "U1", "U2");

        assertThat(slack.groupMembers("S0DESK")).isEqualTo(Set.of(new UserId("U1"), new UserId("U2")));
    }

    @Test
    void takesAResponseWithoutMembersForAnError() {
        server.faults().next("usergroups.users.list", Fault.answer("{\"ok\": true}"));

        assertThat(failure(() -> slack.groupMembers("S0DESK")).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void readsItsIdentityAndScopes() {
        SlackReader.BotIdentity identity = slack.identity();

        assertThat(identity.user()).isEqualTo(new UserId(FakeWorkspace.BOT));
        assertThat(identity.team()).isEqualTo("Newsroom");
        assertThat(identity.scopes()).contains("channels:history", "users:read").hasSize(12);
    }

    @Test
    void describesAChannel() {
        workspace.channel("G0SECRET", "desk", true);
        workspace.removeBot(C);
        workspace.archive(C);

        assertThat(slack.channel(CHANNEL))
                .isEqualTo(new SlackReader.ChannelInfo(CHANNEL, "election-night", false, true));
        assertThat(slack.channel(new ChannelId("G0SECRET")))
                .isEqualTo(new SlackReader.ChannelInfo(new ChannelId("G0SECRET"), "desk", true, false));
    }

    // ERRORS

    static Stream<Arguments> everyFaultInEveryCall() {
        List<Fault> faults = List.of(
                Fault.tooMany(7),
                Fault.TOO_MANY,
                Fault.SERVER_ERROR,
                Fault.HTML_PAGE,
                Fault.HALF_ANSWER,
                Fault.HALF_JSON,
                Fault.RESET,
                Fault.EMPTY_BODY,
                Fault.status(302),
                Fault.status(503),
                Fault.answer("[]"),
                Fault.answer("{\"ok\": true}"),
                Fault.answer("{\"ok\": true, \"messages\": {}, \"message\": []} trailing"),
                Fault.slow(Duration.ofSeconds(30)),
                Fault.notOk("ratelimited"),
                Fault.notOk("fatal_error"),
                Fault.notOk("internal_error"),
                Fault.notOk("service_unavailable"),
                Fault.notOk("request_timeout"));
        return faults.stream()
                .flatMap(fault -> Stream.of("conversations.history", "conversations.replies", "reactions.get")
                        .map(method -> Arguments.of(fault, method)));
    }

    @ParameterizedTest
    @MethodSource("everyFaultInEveryCall")
    void recoversFromTransientFaults(Fault fault, String method) {
        String ts = workspace.post(C, "U1", "secret-body");
        server.faults().next(method, fault);
        try (var hasty = slack(server.token(), Duration.ofMillis(500))) {
            Consumer<WebApiSlackClient> call = api -> call(api, method, new MessageTs(ts));

            RemoteException failure = failure(() -> call.accept(hasty));

            assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(failure.getMessage()).startsWith(method + " of " + C);
            assertThat(printed(failure))
                    .doesNotContain("secret-body", server.token().reveal());
            clock.advance(Duration.ofSeconds(7));
            call.accept(hasty);
        }
    }

    @Test
    void namesTheCallAndTheHttpStatus() {
        server.faults().next("conversations.history", Fault.SERVER_ERROR);

        assertThat(failure(this::readHistory)).hasMessage("conversations.history of C0123456789: HTTP 500");
    }

    @Test
    void namesWhatIsWrongWithTheResponse() {
        server.faults()
                .next(
                        "auth.test",
                        Fault.slow(Duration.ofSeconds(30)),
                        Fault.HALF_ANSWER,
                        Fault.HALF_JSON,
                        Fault.HTML_PAGE,
                        Fault.answer("{\"ok\": true}"));
        try (var hasty = slack(server.token(), Duration.ofMillis(500))) {
            var messages = new ArrayList<String>();
            for (int i = 0; i < 5; i++) {
                messages.add(failure(hasty::identity).getMessage());
            }

            assertThat(messages)
                    .containsExactly(
                            "auth.test: timed out",
                            "auth.test: incomplete response",
                            "auth.test: HTTP 200 without a JSON body",
                            "auth.test: HTTP 200 without a JSON body",
                            "auth.test: no user_id in the response");
        }
    }

    @Test
    void obeysRetryAfter() {
        server.faults().next("conversations.history", Fault.tooMany(7));

        RemoteException failure = failure(this::readHistory);

        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(7));
        assertThat(failure).hasMessage("conversations.history of C0123456789: rate limited by Slack, retry in 7 s");
        clock.advance(Duration.ofSeconds(6));
        assertThat(failure(this::readHistory))
                .hasMessage("rate limit of conversations.history reached, next call in 1 s");
        assertThat(server.calls()).hasSize(1);
        clock.advance(Duration.ofSeconds(1));
        readHistory();
    }

    @Test
    void waitsASecondIfRetryAfterIsMissing() {
        server.faults().next("*", Fault.TOO_MANY, Fault.notOk("ratelimited"), Fault.tooMany(0), Fault.status(429));

        for (int i = 0; i < 4; i++) {
            assertThat(failure(this::readHistory).retryAfter()).contains(Duration.ofSeconds(1));
            assertThat(failure(this::readHistory))
                    .hasMessage("rate limit of conversations.history reached, next call in 1 s");
            clock.advance(Duration.ofSeconds(1));
        }
        readHistory();
    }

    @Test
    void retriesA429WithABlockingLimiter() {
        var waits = new ArrayList<Duration>();
        RateLimiter blocking = RateLimiter.blocking(
                clock,
                time -> {
                    waits.add(time);
                    clock.advance(time);
                },
                Duration.ofMinutes(1));
        workspace.post(C, "U1", "here");
        server.faults().next("conversations.history", Fault.tooMany(20), Fault.tooMany(30), Fault.tooMany(20));
        try (var api = slack(server.token(), blocking)) {
            RemoteException failure = failure(() -> api.history(CHANNEL, Optional.empty(), 200));

            assertThat(waits).containsExactly(Duration.ofSeconds(20), Duration.ofSeconds(30));
            assertThat(failure.retryAfter()).contains(Duration.ofSeconds(20));
        }
    }

    @Test
    void staysWithinTheLimitsThatSlackEnforces() {
        server.faults().enforceLimits();

        int read = 0;
        for (int second = 0; second < 180; second++) {
            try {
                readHistory();
                read++;
            } catch (RemoteException e) {
                assertThat(e).hasMessageStartingWith("rate limit of conversations.history reached");
            }
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(read).isEqualTo(3 * 45);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        invalid_auth           | Copy the Bot User OAuth Token from the Slack app's OAuth & Permissions page and export it as SLACK_BOT_TOKEN, or as the variable that slack.token names.
        not_authed             | Copy the Bot User OAuth Token from the Slack app's OAuth & Permissions page and export it as SLACK_BOT_TOKEN, or as the variable that slack.token names.
        account_inactive       | Copy the Bot User OAuth Token from the Slack app's OAuth & Permissions page and export it as SLACK_BOT_TOKEN, or as the variable that slack.token names.
        token_revoked          | Copy the Bot User OAuth Token from the Slack app's OAuth & Permissions page and export it as SLACK_BOT_TOKEN, or as the variable that slack.token names.
        token_expired          | Copy the Bot User OAuth Token from the Slack app's OAuth & Permissions page and export it as SLACK_BOT_TOKEN, or as the variable that slack.token names.
        not_allowed_token_type | Set slack.token to a bot token, which starts with xoxb-.
        not_in_channel         | Type /invite and the bot's name in the channel.
        channel_not_found      | Check the channel's id. If it is correct, the channel is private: type /invite and the bot's name in it.
        is_archived            | Unarchive the channel in Slack, or remove it from channels.yml.
        missing_scope          | Add the scope to the Slack app and reinstall the app.
        access_denied          | Ask a workspace admin to approve the Slack app.
        """)
    void givesAHintIfAPersonMustAct(String error, String hint) {
        server.faults().next("conversations.history", Fault.notOk(error));

        RemoteException failure = failure(this::readHistory);

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessage("conversations.history of C0123456789: " + error);
        assertThat(failure.hint()).isEqualTo(hint);
    }

    @Test
    void namesTheMissingScope() {
        workspace.removeScope("channels:history");

        RemoteException failure = failure(this::readHistory);

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessage("conversations.history of C0123456789: missing_scope channels:history");
        assertThat(failure.hint()).isEqualTo("Add the scope channels:history to the Slack app and reinstall the app.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/auth.test", "http://localhost/elsewhere"})
    void followsNoRedirectWithTheToken(String location) {
        server.faults().next("conversations.history", Fault.redirectTo(location));

        RemoteException failure = failure(this::readHistory);

        assertThat(failure).hasMessage("conversations.history of C0123456789: HTTP 302");
        assertThat(server.calls()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"401", "403", "404"})
    void reportsARefusingProxy(int status) {
        server.faults().next("conversations.history", Fault.status(status));

        RemoteException failure = failure(this::readHistory);

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure.hint()).isEqualTo("Check slack.api-url and the proxy.");
    }

    @ParameterizedTest
    @CsvSource({
        "invalid_cursor, conversations.history of C0123456789: invalid_cursor",
        "<b>hello</b>, conversations.history of C0123456789: unknown error",
        "'', conversations.history of C0123456789: unknown error",
    })
    void rejectsOtherErrors(String error, String message) {
        server.faults().next("conversations.history", Fault.notOk(error));

        RemoteException failure = failure(this::readHistory);

        assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
        assertThat(failure).hasMessage(message);
    }

    @Test
    void namesAnUnknownHostEachTime() {
        try (var unreachable = new WebApiSlackClient(
                server.token(),
                URI.create("https://slack.invalid/api/"),
                RateLimiter.nonBlocking(clock),
                clock,
                ProxySettings.NONE)) {
            for (int call = 1; call <= 2; call++) {
                RemoteException failure = failure(unreachable::identity);

                assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
                assertThat(failure).hasMessage("auth.test: cannot resolve host slack.invalid");
                assertThat(failure.hint()).isEqualTo("Check DNS, network and proxy settings.");
            }
        }
    }

    @Test
    void hintsAtTheNetworkIfSlackIsUnreachable() {
        for (Fault fault : List.of(Fault.status(503), Fault.HTML_PAGE, Fault.RESET)) {
            server.faults().next("conversations.history", fault);

            assertThat(failure(this::readHistory).hint())
                    .as(fault.toString())
                    .isEqualTo("Check the network, the proxy and slack.api-url.");
        }
    }

    @Test
    void treatsAnUnreachableSlackAsTransient() {
        server.close();

        RemoteException failure = failure(this::readHistory);

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.hint()).isEqualTo("Check the network, the proxy and slack.api-url.");
        assertThat(printed(failure)).doesNotContain(server.token().reveal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"xoxb-wrong-token", "xoxb-with\nbreak", "xoxb-with blank", "xoxb-ünïcode", ""})
    void reportsAWrongTokenWithoutPrintingIt(String token) {
        try (var api = slack(new Secret(token), RateLimiter.nonBlocking(clock))) {
            RemoteException failure = failure(api::identity);

            assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
            assertThat(failure.hint()).contains("slack.token");
            if (!token.isEmpty()) {
                assertThat(printed(failure)).doesNotContain(token);
            }
        }
    }

    @Test
    void reachesLocalhostWithoutTheProxy() {
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", "9");
        try (var api = slack(server.token(), RateLimiter.nonBlocking(clock))) {
            assertThat(api.identity().team()).isEqualTo("Newsroom");
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }
    }

    @Test
    void reachesSlackThroughTheProxy() {
        String proxy = "user:p%40ss@127.0.0.1:" + server.apiUri().getPort();
        try (var api = new WebApiSlackClient(
                server.token(),
                URI.create("http://slack.invalid/api/"),
                RateLimiter.nonBlocking(clock),
                clock,
                ProxySettings.of(Map.of("https_proxy", proxy)))) {
            assertThat(api.identity().team()).isEqualTo("Newsroom");
        }
    }

    private void readHistory() {
        slack.history(CHANNEL, Optional.empty(), 200);
    }

    private static void call(WebApiSlackClient api, String method, MessageTs ts) {
        switch (method) {
            case "conversations.history" -> api.history(CHANNEL, Optional.empty(), 200);
            case "conversations.replies" -> api.lookUpMessage(CHANNEL, ts);
            case "reactions.get" -> api.messageWithReactions(CHANNEL, ts);
            default -> throw new IllegalArgumentException(method);
        }
    }

    private WebApiSlackClient slack(Secret token, RateLimiter limiter) {
        return new WebApiSlackClient(token, server.apiUri(), limiter, clock, ProxySettings.NONE);
    }

    private WebApiSlackClient slack(Secret token, Duration timeout) {
        return new WebApiSlackClient(
                token, server.apiUri(), RateLimiter.nonBlocking(clock), clock, ProxySettings.NONE, timeout);
    }

    private List<String> post(int number) {
        var posted = new ArrayList<String>();
        for (int i = 1; i <= number; i++) {
            posted.add(workspace.post(C, "U1", "message " + i));
        }
        return posted;
    }

    private static List<String> timestamps(HistoryPage page) {
        return page.messages().stream().map(message -> message.ts().value()).toList();
    }

    private static RemoteException failure(Runnable call) {
        RemoteException failure = catchThrowableOfType(RemoteException.class, call::run);
        assertThat(failure).isNotNull();
        return failure;
    }

    private static String printed(Throwable failure) {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static List<ILoggingEvent> logOf(Runnable work) {
        var logger = (Logger) LoggerFactory.getLogger(WebApiSlackClient.class);
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        try {
            work.run();
        } finally {
            logger.detachAppender(appender);
            logger.setAdditive(true);
        }
        return appender.list;
    }
}
