package org.chatpress.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.approval;

import java.time.Duration;
import org.chatpress.cycle.WithNewsroom;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A new message that is fetched on its own, because no call is left for its channel's first page. */
@Tag("slow")
class EventDrivenPollerTest extends WithNewsroom {
    private static final String LATER = "1999999999.000100";

    @BeforeEach
    void pollWhenDue() {
        newsroom.slack.post(CHANNEL, REPORTER, "good evening");
        newsroom.pollsWhenDue().events().onConnectionChange(true);
    }

    @Test
    void isPublishedAtOnce() {
        useUpHistoryCalls();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");

        event(ts);

        assertThat(newsroom.slackServer.calls("conversations.history")).isZero();
        assertThat(newsroom.slackServer.calls("conversations.replies")).isOne();
        assertThat(newsroom.reader().texts()).containsExactly("good evening", "polls are closed");
    }

    @Test
    void doesNotHideEarlierMessagesThatNoEventNamed() {
        useUpHistoryCalls();
        newsroom.slack.post(CHANNEL, REPORTER, "polls close");
        for (int i = 0; i < 1300; i++) {
            newsroom.slack.post(CHANNEL, REPORTER, "update " + i);
        }
        event(newsroom.slack.post(CHANNEL, REPORTER, "polls are closed"));
        assertThat(newsroom.reader().texts()).containsExactly("good evening", "polls are closed");

        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).hasSize(1303).contains("polls close", "update 0", "update 1299");
    }

    @Test
    void waitsForApproval() {
        newsroom.says(approval(""));
        useUpHistoryCalls();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        event(ts);
        assertThat(newsroom.storage().everything()).doesNotContain("polls are closed");

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        event(ts);

        assertThat(newsroom.slackServer.calls("conversations.history")).isZero();
        assertThat(newsroom.reader().texts()).containsExactly("polls are closed");
    }

    @Test
    void isPendingIfItWasEditedAfterItsApproval() {
        newsroom.says(approval(""));
        useUpHistoryCalls();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Jones leads");

        event(ts);

        assertThat(newsroom.slackServer.calls("conversations.history")).isZero();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith leads", "Jones leads");
    }

    @Test
    void needsANewApprovalIfItWasApprovedAndEditedBetweenTwoPages() {
        newsroom.says(approval(""));
        useUpHistoryCalls();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        event(ts);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Jones leads");

        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith leads", "Jones leads");
    }

    @Test
    void keepsToItsDelayWhateverEventsArrive() {
        newsroom.says("approval: none, delay: 30s");
        useUpHistoryCalls();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        event(ts);
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Jones leads");
        newsroom.clock.advance(Duration.ofSeconds(25));
        event(ts);
        assertThat(newsroom.storage().everything()).doesNotContain("Smith leads", "Jones leads");

        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("good evening", "Jones leads");
        assertThat(newsroom.storage().everything()).doesNotContain("Smith leads");
    }

    @Test
    void isNeverPublishedIfItWasDeletedBefore() {
        useUpHistoryCalls();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.slack.delete(CHANNEL, ts);

        event(ts);
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("good evening");
    }

    @Test
    void isTakenDownIfItIsDeletedAfterwards() {
        useUpHistoryCalls();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        event(ts);
        newsroom.slack.delete(CHANNEL, ts);

        event(ts);

        assertThat(newsroom.slackServer.calls("conversations.history")).isZero();
        assertThat(newsroom.storage().everything()).doesNotContain("polls are closed");
    }

    @Test
    void isNotFetchedIfItIsOlderThanSince() {
        useUpHistoryCalls();

        event("1700000000.000100");

        assertThat(newsroom.slackServer.calls("conversations.history")).isZero();
        assertThat(newsroom.slackServer.calls("conversations.replies")).isZero();
    }

    @Test
    void leavesCallsForTakedowns() {
        String wrong = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        useUpHistoryCalls();
        for (int i = 0; i < 50; i++) {
            event(newsroom.slack.post(CHANNEL, REPORTER, "update " + i));
        }
        int lookups = newsroom.slackServer.calls("conversations.replies");
        assertThat(lookups).isBetween(30, 35);
        newsroom.slack.delete(CHANNEL, wrong);

        event(wrong);

        assertThat(newsroom.storage().everything()).doesNotContain("Smith wins");
    }

    @Test
    void showsAnEditorsReplyAtOnceWhenAnEventNamesItsThread() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        useUpHistoryCalls();
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "edit: Jones leads");

        event(ts);

        assertThat(newsroom.slackServer.calls("conversations.history")).isZero();
        assertThat(newsroom.reader().texts()).containsExactly("good evening", "Jones leads");
    }

    private void event(String ts) {
        newsroom.events().onEvent(new ChannelId(CHANNEL), new MessageTs(ts));
        newsroom.cycleNow();
    }

    /** Sends events for an unknown message until no call is left for the channel's first page. */
    private void useUpHistoryCalls() {
        newsroom.cycle();
        for (int calls = -1; calls < newsroom.slackServer.calls("conversations.history"); ) {
            calls = newsroom.slackServer.calls("conversations.history");
            event(LATER);
        }
        newsroom.slackServer.resetCalls();
    }
}
