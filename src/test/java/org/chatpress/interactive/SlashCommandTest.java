package org.chatpress.interactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.chatpress.support.FakeInteractivity.Ephemeral;
import org.chatpress.support.Fault;
import org.chatpress.support.HostileTexts;
import org.junit.jupiter.api.Test;

/** {@code /livechat} and the shortcut "Why isn't it public?". */
class SlashCommandTest extends WithEditors {
    @Test
    void livechatShowsTheStateOfTheChatToWhoAsks() throws InterruptedException {
        newsroom.says(approval("") + ", page: \"https://news.example/election\"");
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        String held = newsroom.slack.post(CHANNEL, REPORTER, "Jones wins");
        newsroom.slack.react(CHANNEL, held, EDITOR, "hourglass");
        String pending = newsroom.slack.post(CHANNEL, REPORTER, "The count goes on");
        newsroom.cycle();
        connect();
        newsroom.clock.advance(Duration.ofMinutes(5));

        Ephemeral answer = types(REPORTER, CHANNEL, "");

        assertThat(answer.user()).isEqualTo(REPORTER);
        assertThat(answer.channel()).isEqualTo(CHANNEL);
        assertThat(answer.message().path("response_type").asText()).isEqualTo("ephemeral");
        assertThat(answer.text())
                .contains(
                        "Election night",
                        "Live · <https://news.example/election|page for readers>",
                        "1 public, 1 pending, 1 held, 0 rejected",
                        "• Rosa Reporter, 5 min ago: The count goes on <https://newsroom.slack.com/archives/" + CHANNEL
                                + "/p" + pending.replace(".", "") + "|open>")
                .doesNotContain("Jones wins");
    }

    @Test
    void livechatNamesAStorageThatFails() throws Exception {
        Path site = folder.resolve("site");
        newsroom.publishesToReal("directory: " + site);
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        Files.move(site, folder.resolve("elsewhere"));
        newsroom.slack.post(CHANNEL, REPORTER, "Jones concedes");
        newsroom.cycle();
        connect();

        assertThat(types(REPORTER, CHANNEL, "").text()).contains("Publishing to", "fails. Last success: ");
    }

    @Test
    void pendingMessagesComeInPages() throws InterruptedException {
        newsroom.says(approval(""));
        IntStream.rangeClosed(1, 64).forEach(i -> newsroom.slack.post(CHANNEL, REPORTER, "report no. " + i + "."));
        newsroom.cycle();
        connect();

        assertThat(types(EDITOR, CHANNEL, "").text()).contains("report no. 10.").doesNotContain("report no. 11.");
        assertThat(types(EDITOR, CHANNEL, "pending").text())
                .contains("report no. 1.", "report no. 30.", "`/livechat pending 2`")
                .doesNotContain("report no. 31.");
        assertThat(types(EDITOR, CHANNEL, "pending 3").text())
                .contains("report no. 61.", "report no. 64.")
                .doesNotContain("There are more");
        assertThat(types(EDITOR, CHANNEL, "pending 4").text()).isEqualTo("There is no page 4.");
    }

    @Test
    void anUnlistedChannelLearnsWhatToWriteIntoTheSettings() throws InterruptedException {
        newsroom.cycle();
        newsroom.slack.channel("C0OTHER");
        connect();

        String answer = types(REPORTER, "C0OTHER", "pending").text();

        assertThat(answer).contains("not a live chat", "- id: C0OTHER", "slug: ", "since: 2026-11-03T");
        assertThat(types(REPORTER, "C0OTHER", "help").text()).contains("`/livechat pending`");
        assertThat(asksWhy(REPORTER, "C0OTHER", "1793758925.000100").text()).contains("- id: C0OTHER");
    }

    @Test
    void anAnswerDoesNotWaitForACycleThatWrites() throws InterruptedException {
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        connect();
        var answers = new ArrayList<String>();

        newsroom.store().inTransaction(() -> {
            newsroom.store().channels().recordTimestamp("a write", newsroom.clock.instant());
            try {
                answers.add(types(REPORTER, CHANNEL, "").text());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(answers).singleElement().asString().contains("1 public");
    }

    @Test
    void aSecondCopyOfARequestIsAcknowledgedAndNotAnswered() throws InterruptedException {
        newsroom.cycle();
        connect();
        JsonNode request = people.command(CHANNEL, REPORTER, "help");

        sends(request);
        people.ephemeral();
        sends(request);
        types(REPORTER, CHANNEL, "help");
        disconnect();

        assertThat(newsroom.slackServer.calls("response_url")).isEqualTo(2);
        assertThat(people.mostResponses()).isEqualTo(1);
    }

    @Test
    void whyExplainsEveryVerdictAndWhatToDo() throws InterruptedException {
        newsroom.says(approval("") + ", delay: 5m, withdraw: [\"1793732400.000100\"], private-prefix: \"<#>\""
                + ", page: \"https://news.example/election\"");
        String old = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.react(CHANNEL, old, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(6));
        newsroom.cycle();
        String pending = newsroom.slack.post(CHANNEL, REPORTER, "pending");
        String held = newsroom.slack.post(CHANNEL, REPORTER, "held");
        newsroom.slack.react(CHANNEL, held, REPORTER, "hourglass");
        String rejected = newsroom.slack.post(CHANNEL, REPORTER, "rejected");
        newsroom.slack.react(CHANNEL, rejected, EDITOR, "no_entry");
        String delayed = newsroom.slack.post(CHANNEL, REPORTER, "delayed");
        newsroom.slack.react(CHANNEL, delayed, EDITOR, "white_check_mark");
        String privately = newsroom.slack.post(CHANNEL, REPORTER, "&lt;#&gt; private");
        newsroom.cycle();
        newsroom.cycle();
        connect();

        assertThat(asksWhy(REPORTER, CHANNEL, old).text())
                .contains("*Public*", "approved by Edda Editor", "<https://news.example/election#m-" + old + "|");
        assertThat(asksWhy(REPORTER, CHANNEL, pending).text())
                .contains("*Pending*", "waits for an approval", "an approver adds ", ":white_check_mark:");
        assertThat(asksWhy(REPORTER, CHANNEL, held).text())
                .contains("*On hold*", "held by Rosa Reporter", "remove :hourglass:");
        assertThat(asksWhy(REPORTER, CHANNEL, rejected).text())
                .contains("*Rejected*", "rejected by Edda Editor", "remove :no_entry:, then approve it again");
        assertThat(asksWhy(REPORTER, CHANNEL, delayed).text()).contains("public soon", "public from ");
        assertThat(asksWhy(REPORTER, CHANNEL, privately).text()).contains("*Private*", "without the prefix");
        assertThat(asksWhy(REPORTER, CHANNEL, "1793758925.000100").text()).contains("has not read this message");
        assertThat(asksWhy(REPORTER, CHANNEL, "1577836800.000100").text()).contains("older than `since`");
    }

    @Test
    void anAnswerComesWithoutAResponseUrlAndWithoutCallsForHistory() throws InterruptedException {
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        connect();
        newsroom.slackServer.resetCalls();
        newsroom.faults.always("conversations.history", Fault.tooMany(30));
        JsonNode request = people.command(CHANNEL, REPORTER, "");
        ((ObjectNode) request.path("payload")).remove("response_url");

        sends(request);

        assertThat(people.ephemeral().text()).contains("1 public");
        assertThat(newsroom.slackServer.calls())
                .extracting(call -> call.method())
                .containsExactly("chat.postEphemeral");
    }

    @Test
    void aResponseUrlOfAnotherHostIsNotCalled() throws InterruptedException {
        newsroom.cycle();
        connect();
        for (String url : List.of(
                "https://evil.example/x",
                "http://hooks.slack.com/x",
                "https://hooks.slack.com.evil.example/x",
                "file:///x")) {
            JsonNode request = people.command(CHANNEL, REPORTER, "help");
            ((ObjectNode) request.path("payload")).put("response_url", url);

            sends(request);

            people.ephemeral();
            assertThat(newsroom.slackServer.calls("chat.postEphemeral")).isPositive();
        }
        assertThat(newsroom.slackServer.calls("chat.postEphemeral")).isEqualTo(4);
        assertThat(newsroom.slackServer.calls("response_url")).isZero();
    }

    @Test
    void noTokenIsSentToAResponseUrl() throws InterruptedException {
        newsroom.cycle();
        connect();

        types(REPORTER, CHANNEL, "help");

        assertThat(newsroom.slackServer.calls())
                .filteredOn(call -> call.method().equals("response_url"))
                .singleElement()
                .satisfies(call -> assertThat(call.get("authorization")).isEmpty());
    }

    @Test
    void hostileTextsMakeNoMentionsAndNoLinks() throws InterruptedException {
        newsroom.says(approval(""));
        List<String> texts = HostileTexts.all();
        assertThat(texts).hasSizeGreaterThanOrEqualTo(60);
        for (String text : texts) {
            newsroom.slack.post(CHANNEL, REPORTER, text);
        }
        newsroom.slack.post(CHANNEL, REPORTER, "<!channel> <@U0EDITOR> @here <https://evil.example|click> #general");
        newsroom.slack.person(REPORTER, "<!everyone> *Rosa*");
        newsroom.cycle();
        connect();

        for (int page = 1; page <= 3; page++) {
            String answer = types(EDITOR, CHANNEL, "pending " + page).text();
            assertThat(answer.replaceAll("<https://newsroom\\.slack\\.com/archives/[A-Z0-9]+/p[0-9]+\\|open>", ""))
                    .doesNotContain("<", ">");
        }
    }
}
