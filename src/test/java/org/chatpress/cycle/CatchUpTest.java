package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.Latency.channel;
import static org.chatpress.support.Latency.percentile;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.chatpress.model.ChannelId;
import org.chatpress.poll.ChannelPoller;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.Fault;
import org.chatpress.support.Latency;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels in which more was posted while Chatpress could not read than one page holds. */
@Tag("slow")
class CatchUpTest extends WithNewsroom {
    private static final int BEFORE = 300;
    private static final int MISSED = 2500;
    private static final Duration FOUR_MINUTES = Duration.ofMinutes(4);

    @ParameterizedTest
    @ValueSource(ints = {2500, 12_000})
    @Tag("simulation")
    void aGapInOneOfThirtyChannelsIsPublishedWithinEightMinutesAndDelaysAnActiveChannelLittle(int missed) {
        var random = new Random(1);
        Latency latency = new Latency(newsroom).channels(30).run(FOUR_MINUTES);
        newsroom.slack.removeBot(channel(0));
        newsroom.clock.advance(Duration.ofHours(4));
        latency.postRegularly(channel(1), FOUR_MINUTES.multipliedBy(3), Duration.ofSeconds(15), random)
                .run(FOUR_MINUTES);
        Instant end = newsroom.clock.instant();
        for (int i = 0; i < missed; i++) {
            Instant at = end.minusSeconds(missed - i);
            newsroom.slack.postAt(channel(0), "%d.%06d".formatted(at.getEpochSecond(), i), REPORTER, "missed " + i);
        }
        newsroom.slack.inviteBot(channel(0));

        latency.run(FOUR_MINUTES.multipliedBy(2));

        assertThat(newsroom.reader("memory", "chat-0").pointer().path("count").asInt())
                .isEqualTo(missed + 1);
        List<Double> usual = latency.seconds(post -> post.at().isAfter(end.minus(FOUR_MINUTES.minusMinutes(1)))
                && post.at().isBefore(end));
        List<Double> meanwhile =
                latency.seconds(post -> post.at().isAfter(end) && post.at().isBefore(end.plus(FOUR_MINUTES)));
        assertThat(meanwhile).hasSizeGreaterThan(10);
        assertThat(percentile(50, meanwhile)).isLessThanOrEqualTo(2 * percentile(50, usual));
        assertThat(percentile(90, meanwhile)).isLessThanOrEqualTo(2 * percentile(90, usual));
        // The upload of 300 pages takes nine seconds.
        assertThat(latency.longestWaitSince(end)).isLessThanOrEqualTo(Duration.ofSeconds(71));
    }

    @Test
    void aGapIsClosedBySingleCyclesThatHaveNoCallLeftAfterTheirPolls() {
        newsroom.waitsForRateLimits(Duration.ofMinutes(1)).faults.enforceLimits();
        newsroom.lists(IntStream.range(0, 120)
                .mapToObj(i -> {
                    newsroom.slack.channel(channel(i));
                    newsroom.slack.post(channel(i), REPORTER, "before");
                    return entry(channel(i), "chat-" + i, "since: 2026-11-01T00:00:00Z, approval: none");
                })
                .toArray(String[]::new));
        singleCycles(3);
        IntStream.range(0, MISSED).forEach(i -> newsroom.slack.post(channel(7), REPORTER, "missed " + i));

        singleCycles(6);

        assertThat(newsroom.reader("memory", "chat-7").pointer().path("count").asInt())
                .isEqualTo(MISSED + 1);
    }

    private void singleCycles(int number) {
        for (int i = 0; i < number; i++) {
            newsroom.restart().cycle();
            newsroom.clock.advance(Duration.ofMinutes(1));
        }
    }

    @Test
    void nothingAboveAGapIsPublicUntilItIsClosed() {
        openGap();
        int count = newsroom.reader().pointer().path("count").asInt();

        newsroom.slack.post(CHANNEL, REPORTER, "above the gap");
        newsroom.faults.onCall(2, Fault.SERVER_ERROR);
        newsroom.cycle();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("missed", "above the gap");
        assertThat(newsroom.reader().pointer().path("count").asInt()).isEqualTo(count);

        newsroom.cycle();
        assertThat(newsroom.reader().texts()).hasSize(BEFORE + MISSED + 1).contains("above the gap");
    }

    @Test
    void aMessageBelowAGapIsTakenDownWhileItIsOpen() {
        openGap();
        String old = newsroom.reader().messages().keySet().iterator().next();

        newsroom.faults.onCall(2, Fault.SERVER_ERROR);
        newsroom.says("approval: none, withdraw: [\"%s\"]".formatted(old)).cycle();

        assertThat(newsroom.reader().messages()).hasSize(BEFORE - 1).doesNotContainKey(old);
    }

    @Test
    void aPageOfAGapIsReadOnceEvenAfterARestart() {
        openGap();
        newsroom.restart();

        newsroom.cycle();

        assertThat(newsroom.reader().texts()).hasSize(BEFORE + MISSED);
        List<String> pages = newsroom.slackServer.calls().stream()
                .filter(call -> call.method().equals("conversations.history"))
                .map(call -> call.get("latest"))
                .filter(latest -> !latest.isEmpty())
                .toList();
        assertThat(pages)
                .as("one failed")
                .hasSize(4)
                .containsExactlyElementsOf(List.of(pages.get(0), pages.get(1), pages.get(1), pages.get(3)));
    }

    @Test
    void theLogAndTheStatusSayHowFarAGapHasBeenRead() {
        try (var log = CapturedLog.open()) {
            openGap();

            var id = new ChannelId(CHANNEL);
            Instant since = TestNewsroom.START;
            assertThat(ChannelPoller.progress(id, newsroom.store().channels().position(id), since, newsroom.store()))
                    .hasValueSatisfying(progress -> assertThat(progress)
                            .matches("catching up: 1,199 messages read, back to 2026-11-03T[0-9:]+Z"));
            assertThat(log.linesWith("election-night: catching up: 1,199 messages read"))
                    .hasSize(1);

            newsroom.cycle();
            assertThat(log.linesWith("election-night: caught up")).hasSize(1);
        }
    }

    /** The channel is public; then the first page of its gap is read, and each further one fails. */
    private void openGap() {
        IntStream.range(0, BEFORE).forEach(i -> newsroom.slack.post(CHANNEL, REPORTER, "before " + i));
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).hasSize(BEFORE);
        newsroom.slackServer.resetCalls();
        IntStream.range(0, MISSED).forEach(i -> newsroom.slack.post(CHANNEL, REPORTER, "missed " + i));
        newsroom.faults.onCall(3, Fault.SERVER_ERROR);
        newsroom.cycle();
    }
}
