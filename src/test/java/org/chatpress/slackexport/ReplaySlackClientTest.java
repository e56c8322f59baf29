package org.chatpress.slackexport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.HistoryPage.TimeRange;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;
import org.chatpress.slack.SlackClient;
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SlackReader.MessageLookup.State;
import org.chatpress.support.FakeClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplaySlackClientTest {
    private static final ChannelId NEWS = new ChannelId("C0NEWS");
    private static final ChannelId SIDE = new ChannelId("C0SIDE");
    private static final Instant START = Instant.parse("2026-11-03T18:00:00Z");
    private static final long POSTED = 1_767_312_000;

    @TempDir
    Path folder;

    private final FakeClock clock = new FakeClock(START);

    @BeforeEach
    void writeUsersAndChannels() throws IOException {
        Files.writeString(folder.resolve("users.json"), "[{\"id\": \"U1\", \"name\": \"ann\"}]");
        Files.writeString(
                folder.resolve("channels.json"),
                "[{\"id\": \"C0SIDE\", \"name\": \"side\"}, {\"id\": \"C0NEWS\", \"name\": \"news\"}]");
    }

    @Test
    void postsAMessageAtItsTime() {
        SlackClient slack = replay(message(0, "one"), message(100, "two"), message(200, "three"));

        clock.set(START.minusMillis(1));
        assertThat(texts(slack)).isEmpty();
        clock.set(START);
        assertThat(texts(slack)).containsExactly("one");
        clock.advance(Duration.ofMillis(9_999));
        assertThat(texts(slack)).containsExactly("one");
        clock.advance(Duration.ofMillis(1));
        assertThat(texts(slack)).containsExactly("two", "one");
        clock.advance(Duration.ofSeconds(10));
        assertThat(texts(slack)).containsExactly("three", "two", "one");
    }

    @Test
    void messagesHaveTheTimesOfTheReplay() {
        SlackClient slack = replay(message(0, "one"), message(100, "two"));
        clock.advance(Duration.ofSeconds(60));

        HistoryPage page = slack.history(NEWS, Optional.empty(), 200);

        assertThat(page.messages())
                .extracting(SlackMessage::ts)
                .containsExactly(MessageTs.at(START.plusSeconds(10)), MessageTs.at(START));
        assertThat(page.messages())
                .allSatisfy(message -> assertThat(message.json().path("ts").asText())
                        .isEqualTo(message.ts().value()));
        assertThat(page.readAt()).isEqualTo(clock.instant());
    }

    @Test
    void messagesOfTheSameMomentKeepTheirOrderAndHaveDifferentTimes() {
        var messages = new String[50];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = "{\"ts\": \"%d.%06d\", \"text\": \"%d\"}".formatted(POSTED, i, i);
        }
        ReplaySlackClient slack = ReplaySlackClient.atSpeed(1_000_000, export(messages), clock, START);
        clock.advance(Duration.ofSeconds(1));

        List<SlackMessage> seen = slack.history(NEWS, Optional.empty(), 200).messages();

        assertThat(seen).extracting(SlackMessage::text).startsWith("49", "48").endsWith("1", "0");
        assertThat(Set.copyOf(seen.stream().map(SlackMessage::ts).toList())).hasSize(50);
    }

    @Test
    void shortensALongGap() {
        SlackClient slack = replay(message(0, "good night"), message(8 * 3600, "good morning"));

        clock.advance(ReplayClock.MAX_GAP.minusMillis(1));
        assertThat(texts(slack)).containsExactly("good night");
        clock.advance(Duration.ofMillis(1));
        assertThat(texts(slack)).containsExactly("good morning", "good night");
    }

    @Test
    void lastsNoLongerThanAskedForAndIsNeverSlowerThanTheExport() {
        var messages = new String[101];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = message(i * 60L + (i > 50 ? 30_000 : 0), "m" + i);
        }
        Duration tenMinutes = Duration.ofMinutes(10);

        ReplaySlackClient faster = ReplaySlackClient.withLength(tenMinutes, export(messages), clock, START);
        ReplaySlackClient original =
                ReplaySlackClient.withLength(tenMinutes, export(message(0, "a"), message(3, "b")), clock, START);

        assertThat(faster.replayLength()).isBetween(tenMinutes.minusMillis(10), tenMinutes);
        assertThat(original.replayLength()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void editsAMessageAtItsTime() {
        SlackClient slack = replay("""
                {"ts": "%d.000100", "user": "U1", "text": "final", "original_text": "frist", "blocks": [{"type": "x"}],
                 "edited": {"user": "U1", "ts": "%d.000000"}}""".formatted(POSTED, POSTED + 100));

        SlackMessage before = only(slack);
        clock.advance(Duration.ofSeconds(10));
        SlackMessage after = only(slack);

        assertThat(before.text()).isEqualTo("frist");
        assertThat(before.editedAt()).isEmpty();
        assertThat(before.json().has("blocks")).isFalse();
        assertThat(after.text()).isEqualTo("final");
        assertThat(after.editedAt())
                .hasValueSatisfying(at -> assertThat(at).isBetween(START.plusSeconds(9), START.plusSeconds(10)));
        assertThat(after.editor()).contains(new UserId("U1"));
        assertThat(after.json().has("blocks")).isTrue();
        assertThat(after.json().has("original_text")).isFalse();
    }

    @Test
    void withoutTheOriginalTextAnEditOnlySetsEdited() {
        SlackClient slack = replay("{\"ts\": \"%d.000100\", \"text\": \"final\", \"edited\": {\"ts\": \"%d.000000\"}}"
                .formatted(POSTED, POSTED + 100));

        SlackMessage before = only(slack);
        clock.advance(Duration.ofSeconds(10));
        SlackMessage after = only(slack);

        assertThat(before.text()).isEqualTo("final");
        assertThat(before.editedAt()).isEmpty();
        assertThat(after.editedAt()).isPresent();
    }

    @Test
    void addsAReactionAtItsTimeOrAfterARandomDelay() {
        SlackClient slack = replay("""
                {"ts": "%d.000000", "text": "a", "reactions": [
                  {"name": "tada", "users": ["U1"], "count": 1, "at": 40},
                  {"name": "heart", "users": ["U1", "U2"], "count": 2}]}""".formatted(POSTED));

        assertThat(only(slack).json().has("reactions")).isFalse();
        clock.advance(Duration.ofMillis(1_999));
        assertThat(emoji(slack)).isEmpty();
        clock.set(START.plusMillis(3_999));
        assertThat(emoji(slack)).doesNotContain("tada");
        clock.set(START.plusMillis(4_000));
        assertThat(emoji(slack)).contains("tada");
        clock.set(START.plusMillis(20_000));
        assertThat(emoji(slack)).containsExactly("tada", "heart");
        assertThat(only(slack).json().at("/reactions/0").has("at")).isFalse();
    }

    @Test
    void theRandomDelayIsTheSameInEachReplay() {
        String reacted = "{\"ts\": \"%d.000000\", \"reactions\": [{\"name\": \"heart\", \"users\": [\"U1\"]}]}"
                .formatted(POSTED);

        ReplaySlackClient one = replay(reacted);
        ReplaySlackClient other = replay(reacted);

        assertThat(one.replayLength())
                .isEqualTo(other.replayLength())
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(20));
    }

    @Test
    void deletesAMessageAtItsTime() {
        ReplaySlackClient slack = replay(
                message(0, "stays"),
                "{\"ts\": \"%d.000000\", \"text\": \"goes\", \"deleted_after\": 50}".formatted(POSTED + 10));
        MessageTs goes = MessageTs.at(START.plusSeconds(1));
        clock.set(START.plusMillis(5_999));

        assertThat(texts(slack)).containsExactly("goes", "stays");
        assertThat(slack.lookUpMessage(NEWS, goes).state()).isEqualTo(State.FOUND);
        assertThat(slack.lookUpMessage(NEWS, goes)
                        .message()
                        .orElseThrow()
                        .json()
                        .has("deleted_after"))
                .isFalse();
        clock.set(START.plusMillis(6_000));
        assertThat(texts(slack)).containsExactly("stays");
        assertThat(slack.lookUpMessage(NEWS, goes).state()).isEqualTo(State.DELETED);
        assertThat(slack.lookUpMessage(NEWS, new MessageTs("1700000000.000000")).state())
                .isEqualTo(State.DELETED);
    }

    @Test
    void aDeletedMessageWithRepliesBecomesATombstone() {
        ReplaySlackClient slack = replay(
                "{\"ts\": \"%1$d.000000\", \"thread_ts\": \"%1$d.000000\", \"text\": \"goes\", \"deleted_after\": 50}"
                        .formatted(POSTED),
                reply(20, 0, "", "a reply"));
        clock.advance(Duration.ofSeconds(10));

        SlackMessage left = only(slack);

        assertThat(left.isTombstone()).isTrue();
        assertThat(left.json().path("reply_count").asInt()).isEqualTo(1);
        assertThat(slack.lookUpMessage(NEWS, left.ts()).state()).isEqualTo(State.DELETED);
    }

    @Test
    void aThreadCountsTheRepliesThatArePosted() {
        SlackClient slack = replay(
                """
                {"ts": "%1$d.000000", "text": "root", "user": "U9", "thread_ts": "%1$d.000000", "reply_count": 2,
                 "latest_reply": "%2$d.000000", "reply_users": ["U1", "U2"], "reply_users_count": 2,
                 "replies": [{"user": "U1", "ts": "%2$d.000000"}]}""".formatted(POSTED, POSTED + 40),
                reply(20, 0, "", "in the thread"),
                reply(40, 0, "thread_broadcast", "to the channel"));

        assertThat(only(slack).json().has("thread_ts")).isFalse();
        assertThat(only(slack).json().has("reply_count")).isFalse();
        clock.set(START.plusSeconds(2));
        JsonNode root = only(slack).json();
        assertThat(root.path("thread_ts").asText())
                .isEqualTo(MessageTs.at(START).value());
        assertThat(root.path("reply_count").asInt()).isEqualTo(1);
        assertThat(root.path("latest_reply").asText())
                .isEqualTo(MessageTs.at(START.plusSeconds(2)).value());
    }

    @Test
    void theHistoryHasBroadcastRepliesButNoOthers() {
        SlackClient slack = replay(
                message(0, "root"),
                reply(20, 0, "", "in the thread"),
                """
                {"ts": "%2$d.000000", "thread_ts": "%1$d.000000", "subtype": "thread_broadcast", "text": "to the channel",
                 "root": {"ts": "%1$d.000000", "thread_ts": "%1$d.000000", "reply_count": 3, "latest_reply": "%3$d.000000"}}""".formatted(POSTED, POSTED + 40, POSTED + 60),
                reply(60, 0, "", "later"));
        clock.set(START.plusSeconds(4));

        SlackMessage broadcast =
                slack.history(NEWS, Optional.empty(), 200).messages().get(0);

        assertThat(texts(slack)).containsExactly("to the channel", "root");
        assertThat(broadcast.thread()).contains(MessageTs.at(START));
        assertThat(broadcast.json().at("/root/ts").asText())
                .isEqualTo(MessageTs.at(START).value());
        assertThat(broadcast.json().at("/root/reply_count").asInt()).isEqualTo(2);
        assertThat(broadcast.json().at("/root/latest_reply").asText())
                .isEqualTo(broadcast.ts().value());
        assertThat(slack.lookUpMessage(NEWS, MessageTs.at(START.plusSeconds(2))).message())
                .hasValueSatisfying(reply -> assertThat(reply.text()).isEqualTo("in the thread"));
    }

    @Test
    void aThreadThatStartedBeforeTheExportStartsBeforeTheReplay() {
        SlackClient slack = replay(message(0, "first"), reply(20, -100, "thread_broadcast", "to an old thread"));
        clock.advance(Duration.ofSeconds(2));

        SlackMessage reply = slack.history(NEWS, Optional.empty(), 1).messages().get(0);

        assertThat(reply.thread()).contains(MessageTs.at(START.minusSeconds(10)));
    }

    @Test
    void pagesReachBackToTheFirstMessage() {
        var messages = new ArrayList<String>();
        for (int i = 0; i < 7; i++) {
            messages.add(message(i * 10L, "m" + i));
        }
        SlackClient slack = replay(messages.toArray(String[]::new));
        clock.advance(Duration.ofMinutes(1));

        HistoryPage head = slack.history(NEWS, Optional.empty(), 3);
        HistoryPage middle = slack.history(NEWS, head.oldest(), 3);
        HistoryPage end = slack.history(NEWS, middle.oldest(), 3);

        assertThat(head.messages()).extracting(SlackMessage::text).containsExactly("m6", "m5", "m4");
        assertThat(head.range()).isEqualTo(new TimeRange(head.oldest(), Optional.empty()));
        assertThat(head.hasMore()).isTrue();
        assertThat(middle.messages()).extracting(SlackMessage::text).containsExactly("m3", "m2", "m1");
        assertThat(middle.range()).isEqualTo(new TimeRange(middle.oldest(), head.oldest()));
        assertThat(end.messages()).extracting(SlackMessage::text).containsExactly("m0");
        assertThat(end.range()).isEqualTo(new TimeRange(Optional.empty(), middle.oldest()));
        assertThat(end.hasMore()).isFalse();
        assertThat(slack.history(NEWS, end.oldest(), 3).messages()).isEmpty();
    }

    @Test
    void aPageThatEndsWithTheFirstMessageIsTheLast() {
        SlackClient slack = replay(message(0, "one"), message(10, "two"));
        clock.advance(Duration.ofSeconds(1));

        HistoryPage page = slack.history(NEWS, Optional.empty(), 2);

        assertThat(page.messages()).hasSize(2);
        assertThat(page.hasMore()).isFalse();
    }

    @Test
    void aClockThatIsSetBackShowsThePast() {
        SlackClient slack = replay(message(0, "one"), message(100, "two"));
        clock.advance(Duration.ofMinutes(1));
        texts(slack);

        clock.set(START);

        assertThat(texts(slack)).containsExactly("one");
    }

    @Test
    void isOverAfterTheLastChange() {
        ReplaySlackClient slack = replay(
                message(0, "one"),
                "{\"ts\": \"%d.000000\", \"reactions\": [{\"name\": \"tada\", \"users\": [\"U1\"], \"at\": 50}]}"
                        .formatted(POSTED + 100));

        assertThat(slack.replayLength()).isEqualTo(Duration.ofSeconds(15));
        clock.set(START.plusMillis(14_999));
        assertThat(slack.isOver()).isFalse();
        clock.set(START.plusMillis(15_000));
        assertThat(slack.isOver()).isTrue();
    }

    @Test
    void knowsUsersAndChannelsThoseWithMostMessagesFirst() {
        ReplaySlackClient slack = replay(message(0, "one"));

        assertThat(slack.channels()).extracting(SlackReader.ChannelInfo::id).containsExactly(NEWS, SIDE);
        assertThat(slack.channel(NEWS).isMember()).isTrue();
        assertThat(slack.userProfile(new UserId("U1")).displayName()).isEqualTo("ann");
        assertThat(slack.identity().scopes()).isEmpty();
    }

    @Test
    void rejectsWhatAnExportDoesNotContain() {
        SlackClient slack = replay(message(0, "one"));

        assertFails(RemoteException.Kind.REJECTED, () -> slack.userProfile(new UserId("U404")));
        assertFails(RemoteException.Kind.REJECTED, () -> slack.groupMembers("S0DESK"));
        assertFails(
                RemoteException.Kind.REJECTED,
                () -> slack.messageWithReactions(NEWS, new MessageTs("1700000000.000000")));
        assertFails(RemoteException.Kind.ACTION_REQUIRED, () -> slack.channel(new ChannelId("C404")));
        assertFails(
                RemoteException.Kind.ACTION_REQUIRED, () -> slack.history(new ChannelId("C404"), Optional.empty(), 1));
    }

    @Test
    void downloadsAFileThatTheExportContains() throws IOException {
        Files.createDirectories(folder.resolve("__uploads/F0PHOTO"));
        Files.writeString(folder.resolve("__uploads/F0PHOTO/count.jpg"), "12345");
        SlackClient slack = replay(message(0, "one"));
        String url = "https://files.slack.com/files-pri/T0TEAM-%s/download/count.jpg";

        assertThat(slack.download(url.formatted("F0PHOTO"), 5, 5)).asString().isEqualTo("12345");
        assertFails(RemoteException.Kind.REJECTED, () -> slack.download(url.formatted("F0PHOTO"), 5, 4));
        assertFails(RemoteException.Kind.REJECTED, () -> slack.download(url.formatted("F0OTHER"), 5, 5));
        assertFails(RemoteException.Kind.REJECTED, () -> slack.download("https://elsewhere.example/F0PHOTO", 5, 5));
    }

    @Test
    void aVisitorPostsEditsReactsAndDeletes() {
        ReplaySlackClient slack = replay(message(0, "one"));

        clock.advance(Duration.ofSeconds(1));
        MessageTs ts = slack.post(NEWS, new UserId("U1"), "two");
        assertThat(texts(slack)).containsExactly("two", "one");
        slack.edit(NEWS, ts, "three");
        slack.setReaction(NEWS, ts, "eyes", Set.of(new UserId("U1")));
        slack.setReaction(NEWS, ts, "tada", Set.of(new UserId("U1")));
        slack.setReaction(NEWS, ts, "tada", Set.of());

        SlackMessage edited = slack.lookUpMessage(NEWS, ts).message().orElseThrow();
        assertThat(edited.text()).isEqualTo("three");
        assertThat(edited.editor()).contains(new UserId("U1"));
        assertThat(edited.reactions()).containsExactly(new Reaction("eyes", List.of(new UserId("U1")), 1));
        slack.delete(NEWS, ts);
        assertThat(texts(slack)).containsExactly("one");
        assertFails(RemoteException.Kind.REJECTED, () -> slack.edit(NEWS, ts, "four"));
    }

    @Test
    void aMessageThatAVisitorChangesNoLongerChangesByItself() {
        ReplaySlackClient slack = replay("""
                {"ts": "%d.000100", "user": "U1", "text": "final", "original_text": "first",
                 "edited": {"user": "U1", "ts": "%d.000000"}}""".formatted(POSTED, POSTED + 100));

        slack.edit(NEWS, only(slack).ts(), "mine");
        clock.advance(Duration.ofSeconds(60));

        assertThat(only(slack).text()).isEqualTo("mine");
    }

    @Test
    void aVisitorUploadsAnImage() throws IOException {
        ReplaySlackClient slack = replay(message(0, "one"));
        byte[] gull = Files.readAllBytes(Path.of("examples/demo/export/__uploads/F07GULLPIER/gull.jpg"));

        clock.advance(Duration.ofSeconds(1));
        MessageTs ts = slack.upload(NEWS, new UserId("U1"), "", "A gull", gull);

        SlackImageFile image =
                slack.lookUpMessage(NEWS, ts).message().orElseThrow().images().get(0);
        assertThat(image.alt()).isEqualTo("A gull");
        assertThat(slack.download(image.url(), image.size(), 1_000_000)).isEqualTo(gull);
    }

    private static void assertFails(RemoteException.Kind kind, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RemoteException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    /** A replay at ten times the speed. */
    private ReplaySlackClient replay(String... messages) {
        return ReplaySlackClient.atSpeed(10, export(messages), clock, START);
    }

    private SlackExport export(String... messages) {
        try {
            Files.createDirectories(folder.resolve("news"));
            Files.writeString(folder.resolve("news/2026-01-02.json"), "[" + String.join(",", messages) + "]");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return SlackExport.open(folder);
    }

    private static String message(long seconds, String text) {
        return "{\"type\": \"message\", \"user\": \"U1\", \"ts\": \"%d.000000\", \"text\": \"%s\"}"
                .formatted(POSTED + seconds, text);
    }

    private static String reply(long seconds, long root, String subtype, String text) {
        return "{\"ts\": \"%d.000000\", \"thread_ts\": \"%d.000000\", \"subtype\": \"%s\", \"user\": \"U1\", \"text\": \"%s\"}"
                .formatted(POSTED + seconds, POSTED + root, subtype, text);
    }

    private static List<String> texts(SlackClient slack) {
        return slack.history(NEWS, Optional.empty(), 200).messages().stream()
                .map(SlackMessage::text)
                .toList();
    }

    private static SlackMessage only(SlackClient slack) {
        List<SlackMessage> messages = slack.history(NEWS, Optional.empty(), 200).messages();
        assertThat(messages).hasSize(1);
        return messages.get(0);
    }

    private static List<String> emoji(SlackClient slack) {
        return slack.messageWithReactions(NEWS, only(slack).ts()).reactions().stream()
                .map(Reaction::emoji)
                .toList();
    }
}
