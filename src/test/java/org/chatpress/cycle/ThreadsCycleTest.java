package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.chatpress.support.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replies in threads, published below the message that they answer. */
class ThreadsCycleTest extends WithNewsroom {
    private static final String COLLEAGUE = "U0COLLEAGUE";

    private String root;

    @BeforeEach
    void aMessageIsPublic() {
        newsroom.says(approval("") + ", threads: publish, jsonp: true");
        newsroom.slack.person(COLLEAGUE, "Cora Colleague");
        root = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        approve(root);
        newsroom.cycle();
    }

    @Test
    void anApprovedReplyIsPublicBelowItsMessage() {
        String reply = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "by a mile");
        newsroom.cycle();
        assertThat(replies()).isEmpty();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("by a mile", "Cora");

        approve(reply);
        minuteAndCycle();

        assertThat(replies()).containsExactly("by a mile");
        JsonNode json = message().path("replies").path(0);
        assertThat(json.path("thread_id").asText()).isEqualTo(root);
        assertThat(json.path("user").path("display_name").asText()).isEqualTo("Cora Colleague");
        assertThat(newsroom.reader().pointer().path("count").asInt()).isEqualTo(1);
    }

    @Test
    void aDeletedReplyIsInNoFileAndNeitherIsItsAuthor() {
        approve(newsroom.slack.reply(CHANNEL, root, REPORTER, "so it seems"));
        String reply = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "by a mile");
        approve(reply);
        newsroom.cycle();
        for (int i = 0; i < 12; i++) {
            approve(newsroom.slack.post(CHANNEL, REPORTER, "update " + i));
            newsroom.cycle();
        }
        assertThat(replies()).containsExactly("so it seems", "by a mile");

        newsroom.slack.delete(CHANNEL, reply);
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("by a mile", "Cora", COLLEAGUE);
        assertThat(replies()).containsExactly("so it seems");
    }

    @Test
    void aReplyThatLostItsApprovalWasRejectedOrBecameACommandIsInNoFile() {
        String withdrawn = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "first secret");
        String rejected = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "second secret");
        String command = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "third secret");
        List.of(withdrawn, rejected, command).forEach(this::approve);
        newsroom.cycle();
        assertThat(replies()).hasSize(3);

        newsroom.slack.unreact(CHANNEL, withdrawn, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, rejected, EDITOR, "no_entry");
        newsroom.slack.edit(CHANNEL, command, COLLEAGUE, "headline: third");
        minuteAndCycle();

        assertThat(newsroom.storage().everything()).doesNotContain("secret", "Cora");
        assertThat(message().has("headline")).isFalse();
    }

    @Test
    void repliesGoWithTheirMessageAndComeBackWithIt() {
        approve(newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "by a mile"));
        newsroom.cycle();

        newsroom.slack.unreact(CHANNEL, root, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).doesNotContain("by a mile", "Smith", "Cora");

        approve(root);
        newsroom.cycle();
        assertThat(replies()).containsExactly("by a mile");
    }

    @Test
    void repliesGoWithTheirDeletedMessage() {
        approve(newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "by a mile"));
        newsroom.cycle();

        newsroom.slack.delete(CHANNEL, root);
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("by a mile", "Smith", "Cora");
    }

    @Test
    void aReplyToAMessageThatIsNotPublicIsNotPublic() {
        String pending = newsroom.slack.post(CHANNEL, REPORTER, "Jones wins");
        approve(newsroom.slack.reply(CHANNEL, pending, COLLEAGUE, "secret"));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret", "Jones", "Cora");
    }

    @Test
    void repliesGoWhenThreadsAreNoLongerPublished() {
        approve(newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "by a mile"));
        newsroom.cycle();
        assertThat(replies()).hasSize(1);

        newsroom.says(approval("") + ", jsonp: true");
        newsroom.cycle();

        assertThat(newsroom.storage().everything())
                .doesNotContain("by a mile", "Cora")
                .contains("Smith");
    }

    @Test
    void aReplyWithdrawnByTheSettingsNeedsANewApproval() {
        String reply = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "by a mile");
        approve(reply);
        newsroom.cycle();

        newsroom.says(approval("") + ", threads: publish, withdraw: [\"" + reply + "\"]");
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).doesNotContain("by a mile");

        newsroom.says(approval("") + ", threads: publish");
        newsroom.slack.reply(CHANNEL, root, REPORTER, "who knows");
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).doesNotContain("by a mile");
    }

    @Test
    void anEditedReplyWaitsForANewApproval() {
        String reply = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "by a mile");
        approve(reply);
        newsroom.cycle();

        newsroom.slack.edit(CHANNEL, reply, COLLEAGUE, "secret");
        minuteAndCycle();

        assertThat(replies()).containsExactly("by a mile");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret");
    }

    @Test
    void aReplySentToTheChannelTooIsOneMessage() {
        approve(newsroom.slack.broadcast(CHANNEL, root, COLLEAGUE, "by a mile"));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "by a mile");
        assertThat(replies()).isEmpty();
    }

    @Test
    void aLongThreadIsReadToItsEnd() {
        newsroom.slackServer.pagesOf(5);
        for (int i = 0; i < 23; i++) {
            approve(newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "reply " + i));
        }
        newsroom.cycle();

        assertThat(replies()).hasSize(23);
    }

    @Test
    void aThreadThatIsReadInPartDeletesNothing() {
        for (int i = 0; i < 9; i++) {
            approve(newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "reply " + i));
        }
        newsroom.cycle();
        newsroom.slackServer.pagesOf(5);
        newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "one more");
        newsroom.faults.next("conversations.replies", Fault.RESET, Fault.SERVER_ERROR);

        newsroom.cycle();
        assertThat(replies()).hasSize(9);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(replies()).hasSize(9);
    }

    @Test
    void aReplyIsPublicWhenItsDelayIsOver() {
        newsroom.says("approval: none, threads: publish, delay: 30s");
        newsroom.cycle();
        newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "by a mile");
        newsroom.cycle();
        assertThat(replies()).isEmpty();

        newsroom.cycle();
        newsroom.cycle();
        newsroom.cycle();
        assertThat(replies()).containsExactly("by a mile");
    }

    @Test
    void aQuietThreadCostsACallAMinute() {
        newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "by a mile");
        newsroom.cycle();
        newsroom.slackServer.resetCalls();

        for (int i = 0; i < 12; i++) {
            newsroom.cycle();
        }

        assertThat(newsroom.slackServer.calls("conversations.replies")).isEqualTo(2);
    }

    @Test
    void withoutApprovalAThreadThatCannotBeReadDelaysItsMessageForFiveTries() {
        newsroom.says("approval: none, threads: publish");
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Jones concedes");
        approve(ts);
        newsroom.slack.reply(CHANNEL, ts, COLLEAGUE, "at last");
        newsroom.faults.next("conversations.replies", Fault.RESET, Fault.RESET, Fault.RESET, Fault.RESET, Fault.RESET);

        for (int i = 0; i < 5; i++) {
            assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
            newsroom.cycle();
        }

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "Jones concedes");
    }

    @Test
    void reactionsAreCountedWhereTheSettingsSaySoWithoutEditorialOnes() {
        newsroom.slack.emoji("our_own", "https://emoji.slack-edge.com/T0NEWSROOM/our_own/3c4d.png");
        newsroom.slack.react(CHANNEL, root, COLLEAGUE, "tada");
        newsroom.slack.react(CHANNEL, root, REPORTER, "tada");
        newsroom.slack.react(CHANNEL, root, COLLEAGUE, "pushpin");
        newsroom.slack.react(CHANNEL, root, COLLEAGUE, "our_own");
        newsroom.cycle();
        assertThat(message().has("reactions")).isFalse();

        newsroom.says(approval("") + ", reactions: true");
        newsroom.slack.react(CHANNEL, root, COLLEAGUE, "wave");
        minuteAndCycle();
        minuteAndCycle();
        assertThat(message().path("reactions").findValuesAsText("emoji")).containsExactly("tada", "our_own", "wave");
        assertThat(message().path("reactions").path(0).path("count").asInt()).isEqualTo(2);
        assertThat(message().path("reactions").path(0).path("character").asText())
                .isEqualTo("\ud83c\udf89");

        newsroom.says(approval("") + ", reactions: [wave]");
        newsroom.cycle();
        assertThat(message().path("reactions").findValuesAsText("emoji")).containsExactly("wave");
    }

    @Test
    void aReplyThatIsRemovedFromTheChannelStaysInItsThread() {
        newsroom.says("approval: none, threads: publish");
        String reply = newsroom.slack.broadcast(CHANNEL, root, REPORTER, "by a mile");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "by a mile");

        becomes(reply, "user", REPORTER, "by a mile");
        newsroom.cycle();
        minuteAndCycle();
        minuteAndCycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(replies()).containsExactly("by a mile");
    }

    @Test
    void aTombstoneOfAReplySentToTheChannelTakesItDown() {
        newsroom.says("approval: none, threads: publish");
        String reply = newsroom.slack.broadcast(CHANNEL, root, REPORTER, "by a mile");
        newsroom.slack.reply(CHANNEL, root, REPORTER, "indeed");
        newsroom.cycle();

        becomes(reply, "subtype", "tombstone", "This message was deleted.");
        newsroom.cycle();
        minuteAndCycle();
        minuteAndCycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(newsroom.storage().everything()).doesNotContain("by a mile");
    }

    private void becomes(String reply, String member, String value, String text) {
        newsroom.slack.event(CHANNEL, """
                {"type": "message", "subtype": "message_changed", "message":
                 {"type": "message", "%s": "%s", "text": "%s", "ts": "%s", "thread_ts": "%s"}}
                """.formatted(member, value, text, reply, root));
    }

    @Test
    void aRejectedReplyGoesEvenIfTheClockWasSetBack() {
        String reply = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "by a mile");
        approve(reply);
        minuteAndCycle();
        minuteAndCycle();
        assertThat(replies()).containsExactly("by a mile");

        newsroom.clock.advance(Duration.ofHours(-2));
        newsroom.cycle();
        newsroom.slack.react(CHANNEL, reply, EDITOR, "no_entry");
        for (int i = 0; i < 5; i++) {
            minuteAndCycle();
        }

        assertThat(newsroom.storage().everything()).doesNotContain("by a mile");
    }

    private void approve(String ts) {
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
    }

    private void minuteAndCycle() {
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
    }

    private List<String> replies() {
        return message().path("replies").findValuesAsText("text");
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
