package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;
import static org.chatpress.support.TestNewsroom.approval;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.chatpress.support.FakeSlackServer.Call;
import org.junit.jupiter.api.Test;

/** The reactions and replies by which our bot tells editors what to do. */
class EditorFeedbackCycleTest extends WithNewsroom {
    @Test
    void anEditThatWaitsGetsAPencilAndOneReplyUntilItIsApproved() {
        newsroom.says(approval("") + ", threads: publish, reactions: true");
        String ts = approved("Smith wins");
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Jones wins");
        cycles(3);

        assertThat(added()).containsExactly("pencil2");
        assertThat(replies()).singleElement().asString().startsWith("This message was edited after its approval");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("pencil2", "edited after", "Jones");

        newsroom.slack.react(CHANNEL, ts, SECOND_EDITOR, "white_check_mark");
        cycles(3);
        assertThat(newsroom.reader().texts()).containsExactly("Jones wins");
        assertThat(removed()).containsExactly("pencil2");

        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Brown wins");
        cycles(3);
        assertThat(added()).containsExactly("pencil2", "pencil2");
        assertThat(replies()).hasSize(1);
    }

    @Test
    void anEditFirstSeenWithItsApprovalGetsThemToo() {
        newsroom.says(approval(""));
        String ts = approved("Smith wins");
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Jones wins");
        cycles(2);

        assertThat(added()).containsExactly("pencil2");
        assertThat(replies()).singleElement().asString().contains("is not public");
        assertThat(newsroom.reader().texts()).isEmpty();
    }

    @Test
    void aReplySaysWhyAnApprovedMessageCannotBePublished() {
        newsroom.says(approval("")).cycle();
        newsroom.says(approval("") + ", closed: true").cycle();
        String ts = newsroom.slack.post(CHANNEL, "B0WIRE", "Smith wins, says the wire");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.post(CHANNEL, "B0WIRE", "nobody cares");
        newsroom.clock.advance(Duration.ofMinutes(10));
        cycles(2);

        assertThat(added()).containsExactly("warning");
        assertThat(replies())
                .containsExactly("This is approved, but can't be published: by a bot that is not listed under bots.");
    }

    @Test
    void aReplyNamesTheFilesThatReadersDoNotSee() {
        newsroom.says(approval(""));
        String ts = newsroom.slack.postRaw(CHANNEL, """
            {"type": "message", "user": "U0REPORTER", "text": "the ruling", "ts": "$ts",
             "files": [{"id": "F1", "name": "ruling.pdf", "mimetype": "application/pdf", "size": 5}]}\
            """);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        cycles(2);

        assertThat(added()).containsExactly("warning");
        assertThat(replies()).containsExactly("Readers don't see ruling.pdf.");
    }

    @Test
    void aReplyNamesAForwardedMessageOfWhichOnlyTheCommentIsPublic() {
        newsroom.says(approval(""));
        String ts = newsroom.slack.postRaw(CHANNEL, """
            {"type": "message", "user": "U0REPORTER", "text": "read this", "ts": "$ts",
             "attachments": [{"is_share": true, "is_msg_unfurl": true, "text": "a source's name"}]}\
            """);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        cycles(2);

        assertThat(added()).containsExactly("warning");
        assertThat(replies()).containsExactly("Readers don't see a copy of another message.");
        assertThat(newsroom.reader().texts()).containsExactly("read this");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("source");
    }

    @Test
    void aReplySaysWhyAForwardedMessageWithoutACommentIsNotPublic() {
        newsroom.says(approval(""));
        String ts = newsroom.slack.postRaw(CHANNEL, """
            {"type": "message", "user": "U0REPORTER", "text": "", "ts": "$ts",
             "attachments": [{"is_share": true, "is_msg_unfurl": true, "text": "a source's name"}]}\
            """);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        cycles(2);

        assertThat(added()).containsExactly("warning");
        assertThat(replies())
                .containsExactly(
                        "This is approved, but can't be published: has no text, only a copy of another message.");
    }

    @Test
    void theNoteOnAReplyStandsInItsThreadAndQuotesTheReply() {
        newsroom.says(approval("") + ", threads: publish");
        String root = approved("Smith wins");
        newsroom.cycle();
        String reply = newsroom.slack.postRaw(CHANNEL, """
            {"type": "message", "user": "U0REPORTER", "ts": "$ts", "thread_ts": "$root",
             "text": "the ruling of <@U0EDITOR> &amp; others,\\n which is a text that goes on for mre than sixty characters",
             "files": [{"id": "F1", "name": "ruling.pdf", "mimetype": "application/pdf", "size": 5}]}\
            """.replace("$root", root));
        newsroom.slack.react(CHANNEL, reply, EDITOR, "white_check_mark");
        String blank = newsroom.slack.reply(CHANNEL, root, REPORTER, " ");
        newsroom.slack.react(CHANNEL, blank, EDITOR, "white_check_mark");
        newsroom.clock.advance(Duration.ofMinutes(1));
        cycles(3);

        assertThat(calls("reactions.add", "timestamp")).containsExactlyInAnyOrder(reply, blank);
        assertThat(calls("chat.postMessage", "thread_ts")).containsExactly(root, root);
        assertThat(replies())
                .containsExactly(
                        "\u201Cthe ruling of \u2026 &amp; others, which is a text that goes on for m\u2026\u201D:"
                                + " Readers don't see ruling.pdf.",
                        "This is approved, but can't be published: has no text.");
    }

    @Test
    void anApprovedReplyInAChannelWithoutPublicThreadsGetsANote() {
        newsroom.says(approval(""));
        String root = approved("Smith wins");
        newsroom.cycle();
        approvedReply(root, "by a mile");
        cycles(3);

        assertThat(replies())
                .containsExactly(
                        "\u201Cby a mile\u201D: This is approved, but can't be published: a reply in a thread.");
        assertThat(calls("chat.postMessage", "thread_ts")).containsExactly(root);
    }

    @Test
    void publicRepliesGetNeitherTheReactionOfPublicMessagesNorANoteWhenTheSettingsHideThem() {
        newsroom.writes(Optional.of(settings("marks: {live: newspaper}", approval("") + ", threads: publish")));
        String root = approved("Smith wins");
        newsroom.cycle();
        approvedReply(root, "by a mile");
        cycles(2);
        assertThat(newsroom.reader().whole().at("/messages/0/replies")).hasSize(1);

        newsroom.writes(Optional.of(settings("marks: {live: newspaper}", approval(""))));
        newsroom.clock.advance(Duration.ofMinutes(1));
        cycles(3);

        assertThat(newsroom.reader().whole().at("/messages/0/replies")).isEmpty();
        assertThat(calls("reactions.add", "timestamp")).containsExactly(root);
        assertThat(replies()).isEmpty();
    }

    @Test
    void aPublicMessageGetsTheReactionThatTheSettingsName() {
        newsroom.writes(Optional.of(settings("marks: {live: newspaper}", "reactions: true, " + approval(""))));
        String ts = approved("Smith wins");
        cycles(2);
        assertThat(added()).containsExactly("newspaper");

        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        cycles(2);
        assertThat(removed()).containsExactly("newspaper");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("newspaper");
    }

    @Test
    void marksFalseSwitchesFeedbackOff() {
        newsroom.writes(Optional.of(settings("marks: false", approval(""))));
        String ts = approved("Smith wins");
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Jones wins");
        cycles(2);

        assertThat(added()).isEmpty();
        assertThat(replies()).isEmpty();
    }

    private String settings(String feedback, String channel) {
        return """
            slack: {token: %s, api-url: "%s"}
            database: %s
            publish: [{directory: memory}]
            %s
            channels: [{id: %s, slug: election-night, since: 2026-11-03T18:00:00Z, %s}]
            """.formatted(
                        newsroom.slackServer.token().reveal(),
                        newsroom.slackServer.apiUri(),
                        newsroom.database(),
                        feedback,
                        CHANNEL,
                        channel);
    }

    private void cycles(int number) {
        for (int i = 0; i < number; i++) {
            newsroom.cycle();
        }
    }

    private String approved(String text) {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, text);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        return ts;
    }

    /** Posts and approves a reply, a minute before the next cycle reads its thread. */
    private void approvedReply(String root, String text) {
        String reply = newsroom.slack.reply(CHANNEL, root, REPORTER, text);
        newsroom.slack.react(CHANNEL, reply, EDITOR, "white_check_mark");
        newsroom.clock.advance(Duration.ofMinutes(1));
    }

    private List<String> added() {
        return calls("reactions.add", "name");
    }

    private List<String> removed() {
        return calls("reactions.remove", "name");
    }

    private List<String> replies() {
        return calls("chat.postMessage", "text");
    }

    private List<String> calls(String method, String parameter) {
        return newsroom.slackServer.calls().stream()
                .filter(call -> call.method().equals(method))
                .map((Call call) -> call.get(parameter))
                .toList();
    }
}
