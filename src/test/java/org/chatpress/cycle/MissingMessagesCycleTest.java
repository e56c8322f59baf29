package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.approval;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.poll.PollScheduler;
import org.chatpress.poll.plan.PollIntervals.Activity;
import org.chatpress.support.Fault;
import org.junit.jupiter.api.Test;

/** Messages that history pages lack, and for which Slack answers a lookup with {@code ok} and no message. */
class MissingMessagesCycleTest extends WithNewsroom {
    @Test
    void aMessageIsTakenDownAfterThreeLookupsWithoutAResultOverHalfAMinute() {
        String ts = publish(10).get(4);
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.faults.always("conversations.replies", Fault.EMPTY_PAGE);
        newsroom.slackServer.resetCalls();

        for (int seconds = 0; seconds <= 20; seconds += 10) {
            newsroom.cycle();
            assertThat(newsroom.reader().messages()).containsKey(ts);
        }
        newsroom.cycle();
        assertThat(newsroom.reader().messages()).hasSize(9).doesNotContainKey(ts);
        assertThat(newsroom.slackServer.calls("conversations.replies")).isEqualTo(3);

        for (int i = 0; i < 20; i++) {
            newsroom.cycle();
        }
        assertThat(newsroom.slackServer.calls("conversations.replies")).isEqualTo(3);
        assertThat(newsroom.storage().everything()).doesNotContain("message 4");
    }

    @Test
    void aMissingMessageIsPublicAgainWithItsApprovalOnceAPageShowsIt() {
        newsroom.says(approval(""));
        String ts = publish(10).get(4);
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.faults.always("conversations.replies", Fault.EMPTY_PAGE);
        for (int i = 0; i < 5; i++) {
            newsroom.cycle();
        }
        assertThat(newsroom.reader().messages()).doesNotContainKey(ts);

        newsroom.slack.postAt(CHANNEL, ts, REPORTER, "message 4");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();

        assertThat(newsroom.reader().messages()).hasSize(10).containsKey(ts);
    }

    @Test
    void lookupsWithoutAResultWhilePagesShowTheMessageTakeNothingDown() {
        List<String> all = publish(10);
        newsroom.faults.always("conversations.replies", Fault.EMPTY_PAGE);

        for (int i = 0; i < 10; i++) {
            newsroom.events().onEvent(new ChannelId(CHANNEL), new MessageTs(all.get(4)));
            newsroom.cycle();
        }

        assertThat(newsroom.reader().messages()).hasSize(10);
    }

    @Test
    void oneSightInBetweenStartsTheCountAnew() {
        String ts = publish(10).get(4);
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.faults.always("conversations.replies", Fault.EMPTY_PAGE);
        newsroom.cycle();
        newsroom.cycle();
        newsroom.cycle();
        newsroom.slack.postAt(CHANNEL, ts, REPORTER, "message 4");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, ts);

        for (int i = 0; i < 3; i++) {
            newsroom.cycle();
            assertThat(newsroom.reader().messages()).containsKey(ts);
        }
    }

    @Test
    void manyMissingMessagesLeaveCallsToOthersAndDoNotKeepTheirChannelActive() {
        newsroom.pollsWhenDue();
        List<String> all = publish(60);
        newsroom.clock.advance(Duration.ofMinutes(5));
        newsroom.cycle();
        all.subList(10, 55).forEach(ts -> newsroom.slack.delete(CHANNEL, ts));
        newsroom.faults.always("conversations.replies", Fault.EMPTY_PAGE);
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(1));

        for (int minute = 0; minute < 8; minute++) {
            newsroom.slackServer.resetCalls();
            for (int i = 0; i < 6; i++) {
                newsroom.cycle();
                assertThat(PollScheduler.candidates(newsroom.settings(), newsroom.store(), newsroom.clock.instant()))
                        .allMatch(candidate -> candidate.activity() == Activity.IDLE);
            }
            assertThat(newsroom.slackServer.calls("conversations.replies")).isLessThanOrEqualTo(25);
        }

        assertThat(newsroom.reader().messages()).hasSize(15);
    }

    @Test
    void messagesThatAFreePlanHidesOneAtATimeStay() {
        List<String> all = publishAnHourApart(12);

        hideEachAtTheAgeOf(Duration.ofDays(90), all);

        assertThat(newsroom.reader().messages()).hasSize(12);
    }

    @Test
    void messagesThatAnotherRetentionHidesOneAtATimeStayAfterTheFirstTwo() {
        List<String> all = publishAnHourApart(12);

        hideEachAtTheAgeOf(Duration.ofDays(7), all);

        assertThat(newsroom.reader().messages().keySet()).containsExactlyElementsOf(all.subList(2, 12));
    }

    @Test
    void messagesThatAPersonDeletesOneAfterTheOtherAtTheOldEndAreTakenDown() {
        List<String> all = publishAnHourApart(12);
        newsroom.clock.advance(Duration.ofDays(7));

        for (String ts : all.subList(0, 8)) {
            newsroom.slack.delete(CHANNEL, ts);
            newsroom.cycle();
        }

        assertThat(newsroom.reader().messages().keySet()).containsExactlyElementsOf(all.subList(8, 12));
    }

    @Test
    void aMessageThatAPersonDeletesAfterRetentionHidOthersIsTakenDown() {
        List<String> all = publishAnHourApart(12);
        hideEachAtTheAgeOf(Duration.ofDays(90), all.subList(0, 3));
        newsroom.slack.delete(CHANNEL, all.get(6));

        newsroom.cycle();

        assertThat(newsroom.reader().messages()).hasSize(11).doesNotContainKey(all.get(6));
    }

    private List<String> publishAnHourApart(int messages) {
        newsroom.says("approval: none");
        return IntStream.range(0, messages)
                .mapToObj(i -> {
                    String ts = newsroom.slack.post(CHANNEL, REPORTER, "message " + i);
                    newsroom.cycle();
                    newsroom.clock.advance(Duration.ofHours(1));
                    return ts;
                })
                .toList();
    }

    private void hideEachAtTheAgeOf(Duration age, List<String> messages) {
        for (String ts : messages) {
            Duration left = Duration.between(
                    newsroom.clock.instant(), new MessageTs(ts).instant().plus(age));
            newsroom.clock.advance(left);
            newsroom.slack.hideBefore(ts + "0");
            newsroom.cycle();
            newsroom.cycle();
        }
    }

    private List<String> publish(int messages) {
        List<String> all = IntStream.range(0, messages)
                .mapToObj(i -> {
                    String ts = newsroom.slack.post(CHANNEL, REPORTER, "message " + i);
                    newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
                    return ts;
                })
                .toList();
        newsroom.cycle();
        assertThat(newsroom.reader().messages()).hasSize(messages);
        return all;
    }
}
