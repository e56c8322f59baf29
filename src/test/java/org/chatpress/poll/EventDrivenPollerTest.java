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
import org.junit.jupiter.api.Test;

/** A new message that is asked for alone, because no call is left for its channel's first page. */
class EventDrivenPollerTest extends WithNewsroom {
    private static final String LATER = "1999999999.000100";

    @BeforeEach
    void readInTurn() {
        newsroom.slack.post(CHANNEL, REPORTER, "good evening");
        newsroom.readsInTurn().bells().onConnectionChange(true);
    }

    @Test
    void isShownAtOnce() {
        useUpReadings();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");

        ring(ts);

        assertThat(newsroom.slack.calls("conversations.history")).isZero();
        assertThat(newsroom.slack.calls("conversations.replies")).isOne();
        assertThat(newsroom.reader().texts()).containsExactly("good evening", "polls are closed");
    }

    @Test
    void hidesNoneThatWasPostedBeforeItAndThatNoBellRangFor() {
        useUpReadings();
        newsroom.slack.post(CHANNEL, REPORTER, "polls close");
        for (int i = 0; i < 1300; i++) {
            newsroom.slack.post(CHANNEL, REPORTER, "update " + i);
        }
        ring(newsroom.slack.post(CHANNEL, REPORTER, "polls are closed"));
        assertThat(newsroom.reader().texts()).containsExactly("good evening", "polls are closed");

        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).hasSize(1303).contains("polls close", "update 0", "update 1299");
    }

    @Test
    void waitsForItsApproval() {
        newsroom.says(approval(""));
        useUpReadings();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        ring(ts);
        assertThat(newsroom.storage().everything()).doesNotContain("polls are closed");

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        ring(ts);

        assertThat(newsroom.slack.calls("conversations.history")).isZero();
        assertThat(newsroom.reader().texts()).containsExactly("polls are closed");
    }

    @Test
    void isPendingIfItWasEditedAroundItsApproval() {
        newsroom.says(approval(""));
        useUpReadings();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Jones leads");

        ring(ts);

        assertThat(newsroom.slack.calls("conversations.history")).isZero();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith leads", "Jones leads");
    }

    @Test
    void stillNeedsANewApprovalIfItIsEditedAndApprovedBetweenTwoReadings() {
        newsroom.says(approval(""));
        useUpReadings();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        ring(ts);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Jones leads");

        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith leads", "Jones leads");
    }

    @Test
    void staysInsideItsDelayWhateverRings() {
        newsroom.says("approval: none, delay: 30s");
        useUpReadings();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        ring(ts);
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Jones leads");
        newsroom.clock.advance(Duration.ofSeconds(25));
        ring(ts);
        assertThat(newsroom.storage().everything()).doesNotContain("Smith leads", "Jones leads");

        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("good evening", "Jones leads");
        assertThat(newsroom.storage().everything()).doesNotContain("Smith leads");
    }

    @Test
    void isNeverShownIfItWasDeletedBefore() {
        useUpReadings();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.slack.delete(CHANNEL, ts);

        ring(ts);
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("good evening");
    }

    @Test
    void isTakenDownIfItIsDeletedAfterwards() {
        useUpReadings();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        ring(ts);
        newsroom.slack.delete(CHANNEL, ts);

        ring(ts);

        assertThat(newsroom.slack.calls("conversations.history")).isZero();
        assertThat(newsroom.storage().everything()).doesNotContain("polls are closed");
    }

    @Test
    void aMessageOlderThanAnyThatIsWantedIsNotAskedFor() {
        useUpReadings();

        ring("1700000000.000100");

        assertThat(newsroom.slack.calls("conversations.history")).isZero();
        assertThat(newsroom.slack.calls("conversations.replies")).isZero();
    }

    @Test
    void takedownsAreAskedForWhenNewMessagesHaveUsedUpTheirShare() {
        String wrong = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        useUpReadings();
        for (int i = 0; i < 50; i++) {
            ring(newsroom.slack.post(CHANNEL, REPORTER, "update " + i));
        }
        int asked = newsroom.slack.calls("conversations.replies");
        assertThat(asked).isBetween(30, 35);
        newsroom.slack.delete(CHANNEL, wrong);

        ring(wrong);

        assertThat(newsroom.storage().everything()).doesNotContain("Smith wins");
    }

    @Test
    void anEditorsNoteIsReadAtOnceWhenTheDoorbellRingsForItsMessage() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        useUpReadings();
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "edit: Jones leads");

        ring(ts);

        assertThat(newsroom.slack.calls("conversations.history")).isZero();
        assertThat(newsroom.reader().texts()).containsExactly("good evening", "Jones leads");
    }

    private void ring(String ts) {
        newsroom.bells().onEvent(new ChannelId(CHANNEL), new MessageTs(ts));
        newsroom.cycleNow();
    }

    /** Rings about nothing, until no call is left for the channel's first page at this moment. */
    private void useUpReadings() {
        newsroom.cycle();
        for (int calls = -1; calls < newsroom.slack.calls("conversations.history"); ) {
            calls = newsroom.slack.calls("conversations.history");
            ring(LATER);
        }
        newsroom.slack.resetCalls();
    }
}
