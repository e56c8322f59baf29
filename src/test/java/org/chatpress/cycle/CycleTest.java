package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.slack.SlackClient;
import org.chatpress.support.Overridden;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Test;

/** The whole program, from a message in Slack to the published files. */
class CycleTest extends WithNewsroom {
    @Test
    void publishesNewMessages() {
        newsroom.slack.post(CHANNEL, REPORTER, "polls are *closed* &amp; counting starts");

        CycleReport report = newsroom.cycle();

        assertThat(report.isComplete()).isTrue();
        assertThat(newsroom.reader().texts()).containsExactly("polls are closed & counting starts");
        assertThat(newsroom.reader().whole().at("/messages/0/user/display_name").asText())
                .isEqualTo("Rosa Reporter");
        assertThat(newsroom.storage().puts()).endsWith(SLUG + "/live.json", SLUG + ".json", "channels.json");
    }

    @Test
    void tellsHowFarItHasComeWhileItRuns() {
        var seen = new ArrayList<String>();
        newsroom.asksSlackThrough(slack -> Overridden.of(SlackClient.class, slack)
                .with("history", arguments -> {
                    seen.add(newsroom.inProgress().orElseThrow().summary());
                    return slack.history((ChannelId) arguments[0], page(arguments[1]), (int) arguments[2]);
                })
                .get());
        for (int i = 0; i < 250; i++) {
            newsroom.slack.post(CHANNEL, REPORTER, "update " + i);
        }

        newsroom.cycle();

        assertThat(seen).startsWith("", "200 messages read");
        assertThat(newsroom.inProgress()).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private static Optional<MessageTs> page(Object until) {
        return (Optional<MessageTs>) until;
    }

    @Test
    void aSecondCyclePublishesNothing() {
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.cycle();
        newsroom.cycle();
        newsroom.storage().forgetOperations();
        newsroom.slackServer.resetCalls();

        CycleReport report = newsroom.cycle();

        assertThat(report.summary()).isEmpty();
        assertThat(newsroom.storage().changes()).isEmpty();
        assertThat(newsroom.slackServer.calls()).hasSize(1);
        assertThat(newsroom.slackServer.calls("conversations.history")).isEqualTo(1);
    }

    @Test
    void aDeletedMessageIsInNoFile() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "the winner is Smith");
        newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.cycle();

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("turnout is high");
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void aMessageIsPublicOnlyWhileItIsApproved() {
        newsroom.says(TestNewsroom.approval(""));
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "the winner is Smith");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).isEmpty();

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("the winner is Smith");

        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).isEmpty();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void readsAndPublishesAChatOfManyPages() {
        for (int i = 0; i < 1234; i++) {
            newsroom.slack.post(CHANNEL, REPORTER, "update " + i);
        }

        newsroom.cycle();

        assertThat(newsroom.reader().texts()).hasSize(1234).endsWith("update 1233");
        assertThat(newsroom.reader().whole().path("messages")).hasSize(1234);
        for (int i = 1234; i < 1300; i++) {
            newsroom.slack.post(CHANNEL, REPORTER, "update " + i);
            if (i % 3 == 0) {
                newsroom.cycle();
                assertThat(newsroom.reader().texts()).hasSize(i + 1);
            }
        }
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        assertThat(newsroom.reader().whole().path("messages")).hasSize(1300);
    }

    @Test
    void aRestartWithChangedTextsKeepsTheEpoch() {
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.cycle();
        String epoch = newsroom.reader().pointer().path("epoch").asText();

        newsroom.restart().says("approval: none, live-content: <p>Counting</p>");
        newsroom.cycle();

        assertThat(newsroom.reader().pointer().path("epoch").asText()).isEqualTo(epoch);
        assertThat(newsroom.reader().whole().at("/channel/live_content").asText())
                .isEqualTo("<p>Counting</p>");
    }

    @Test
    void theTimeOfTheNewestChangeNeverGoesBackWithTheClock() {
        newsroom.clock.advance(Duration.ofHours(2));
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.cycle();
        String updated = newsroom.reader().pointer().path("updated").asText();

        newsroom.clock.set(newsroom.clock.instant().minus(Duration.ofHours(1)));
        newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).hasSize(2);
        assertThat(newsroom.reader().pointer().path("updated").asText()).isEqualTo(updated);
    }
}
