package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.REPORTER;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.support.FakeSlackServer.Call;
import org.chatpress.support.Fault;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slack accepts connections and does not respond: each call takes its whole timeout. */
@Tag("slow")
class SilentSlackTest extends WithNewsroom {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int CHANNELS = 30;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCycleWaitsForThreeTimeoutsHoweverManyChannelsThereAre(boolean pollsWhenDue) {
        publishOneMessageInEachChannel(pollsWhenDue);
        newsroom.clock.advance(Duration.ofMinutes(2));
        silence("*");
        Instant start = newsroom.clock.instant();

        CycleReport report = newsroom.cycleNow();

        assertThat(Duration.between(start, newsroom.clock.instant())).isEqualTo(TIMEOUT.multipliedBy(3));
        assertThat(report.incidents()).hasSize(3);
        assertThat(report.isComplete()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void laterCyclesWaitForOneTimeout(boolean pollsWhenDue) {
        publishOneMessageInEachChannel(pollsWhenDue);
        newsroom.clock.advance(Duration.ofMinutes(2));
        silence("*");
        newsroom.cycleNow();

        for (int i = 0; i < 5; i++) {
            Instant start = newsroom.clock.instant();
            newsroom.cycle();
            assertThat(Duration.between(start, newsroom.clock.instant())).isLessThanOrEqualTo(TIMEOUT.plusSeconds(10));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyChannelIsPolledOnceSlackRespondsAgain(boolean pollsWhenDue) {
        publishOneMessageInEachChannel(pollsWhenDue);
        newsroom.clock.advance(Duration.ofMinutes(2));
        silence("*");
        newsroom.cycleNow();
        newsroom.faults.clear();
        IntStream.range(0, CHANNELS).forEach(i -> newsroom.slack.post(channel(i), REPORTER, "second message"));

        for (int i = 0; i < 8; i++) {
            newsroom.cycle();
        }

        for (int i = 0; i < CHANNELS; i++) {
            assertThat(newsroom.reader("memory", "chat-" + i).texts())
                    .containsExactly("first message", "second message");
        }
    }

    @Test
    void aMethodThatAloneDoesNotRespondHoldsUpNoOther() {
        publishOneMessageInEachChannel(false);
        List<String> gone = IntStream.range(0, CHANNELS)
                .mapToObj(i -> newsroom.slack.post(channel(i), REPORTER, "to be deleted"))
                .toList();
        newsroom.cycle();
        IntStream.range(0, CHANNELS).forEach(i -> {
            newsroom.slack.delete(channel(i), gone.get(i));
            newsroom.slack.post(channel(i), REPORTER, "second message");
        });
        silence("conversations.replies");

        for (int i = 0; i < 3; i++) {
            newsroom.cycle();
        }

        assertThat(newsroom.slackServer.calls("conversations.replies")).isBetween(3, 6);
        for (int i = 0; i < CHANNELS; i++) {
            assertThat(newsroom.reader("memory", "chat-" + i).texts()).contains("second message");
        }
    }

    @Test
    void aThreadThatWasNotAskedForHasNotFailed() {
        newsroom.says(TestNewsroom.approval(""));
        String approved = newsroom.slack.post(TestNewsroom.CHANNEL, REPORTER, "the name of the minor");
        newsroom.slack.react(TestNewsroom.CHANNEL, approved, TestNewsroom.EDITOR, "white_check_mark");
        newsroom.slack.reply(TestNewsroom.CHANNEL, approved, TestNewsroom.EDITOR, "edit: a minor");
        silence("conversations.replies");

        for (int i = 0; i < 3; i++) {
            newsroom.cycle();
        }
        List<Call> calls = newsroom.slackServer.calls();
        for (int i = 0; i < 20; i++) {
            newsroom.cycleNow();
        }

        assertThat(newsroom.slackServer.calls()).hasSize(calls.size() + 20);
        assertThat(newsroom.storage().everythingEver()).doesNotContain("the name of the minor");
    }

    private void publishOneMessageInEachChannel(boolean pollsWhenDue) {
        if (pollsWhenDue) {
            newsroom.pollsWhenDue();
        }
        for (int i = 0; i < CHANNELS; i++) {
            newsroom.slack.channel(channel(i));
            newsroom.slack.post(channel(i), REPORTER, "first message");
        }
        newsroom.lists(IntStream.range(0, CHANNELS)
                .mapToObj(i -> TestNewsroom.channel(channel(i), "chat-" + i, "approval: none"))
                .toArray(String[]::new));
        for (int i = 0; i < 6; i++) {
            newsroom.cycle();
        }
    }

    /** The connection breaks in the end; until then, the clock advances by the timeout. */
    private void silence(String method) {
        newsroom.faults.always(method, Fault.before(() -> newsroom.clock.advance(TIMEOUT)));
    }

    private static String channel(int number) {
        return "C0SILENT%02d".formatted(number);
    }
}
