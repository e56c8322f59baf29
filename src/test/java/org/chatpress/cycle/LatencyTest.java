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
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.support.Latency;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Seconds from a post to the pointer that shows it, under Slack's rate limits. */
@Tag("simulation")
class LatencyTest extends WithNewsroom {
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
    private static final Duration THREE_MINUTES = Duration.ofMinutes(3);
    private static final Duration TWO_MINUTES = Duration.ofMinutes(2);
    private static final Duration THIRTY_SECONDS = Duration.ofSeconds(30);

    private final Random random = new Random(1);

    @Test
    void oneChannelIsPublishedWithinThreeSeconds() {
        Latency latency = new Latency(newsroom)
                .channels(1)
                .postRegularly(channel(0), FIVE_MINUTES, Duration.ofSeconds(15), random)
                .run(FIVE_MINUTES.plusMinutes(1));

        List<Double> seconds = latency.seconds(post -> true);
        assertThat(seconds).hasSizeGreaterThan(10);
        assertThat(percentile(95, seconds)).isLessThanOrEqualTo(3);
        assertThat(newsroom.slackServer.calls("conversations.history")).isLessThanOrEqualTo(6 * 30 + 1);
    }

    @Test
    void threeActiveChannelsOfTenArePublishedWithinFiveSecondsAfterTheirFirstMinute() {
        Latency latency = new Latency(newsroom).channels(10).run(Duration.ofMinutes(3));
        Instant start = newsroom.clock.instant();
        for (int i = 0; i < 3; i++) {
            latency.postRegularly(channel(i), FIVE_MINUTES.multipliedBy(2), THIRTY_SECONDS, random);
        }

        latency.run(FIVE_MINUTES.multipliedBy(2).plusMinutes(1));

        List<Double> seconds = latency.secondsOnceActiveFor(Duration.ofMinutes(1));
        assertThat(seconds).hasSizeGreaterThan(20);
        assertThat(percentile(95, seconds)).isLessThanOrEqualTo(5);

        assertThat(latency.longestWaitSince(start)).isLessThanOrEqualTo(Duration.ofSeconds(61));
    }

    @Test
    void eachOfFiftyChannelsIsPolledWithinAHundredSecondsHoweverManyAreActive() {
        Instant start = newsroom.clock.instant();
        Latency latency = new Latency(newsroom).channels(50).run(TWO_MINUTES);
        for (int i = 0; i < 5; i++) {
            latency.postRegularly(channel(i), FIVE_MINUTES.minus(TWO_MINUTES), THIRTY_SECONDS, random);
        }

        latency.run(FIVE_MINUTES);

        assertThat(latency.seconds(post -> true)).hasSizeGreaterThan(20).doesNotContain(Double.POSITIVE_INFINITY);
        assertThat(latency.longestWaitSince(start)).isLessThanOrEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void fiftyChannelsArePublishedWithinASecondAndAHalfWithEvents() {
        Latency latency = new Latency(newsroom).channels(50).withEvents().run(TWO_MINUTES);
        for (int i = 0; i < 50; i++) {
            latency.postRegularly(channel(i), TWO_MINUTES, TWO_MINUTES, random);
        }

        latency.run(TWO_MINUTES.plusSeconds(10));

        List<Double> seconds = latency.seconds(post -> true);
        assertThat(seconds).hasSizeGreaterThan(25);
        assertThat(percentile(95, seconds)).isLessThanOrEqualTo(1.5);
    }

    @ParameterizedTest
    @CsvSource({"50, 120", "5, 5", "1, 1"})
    void eachOfFiftyChannelsIsPolledWithinAHundredSecondsWhateverEventsArrive(int active, int pause) {
        Instant start = newsroom.clock.instant();
        Latency latency = new Latency(newsroom).channels(50).withEvents().run(TWO_MINUTES);
        for (int i = 0; i < active; i++) {
            latency.postRegularly(channel(i), THREE_MINUTES, Duration.ofSeconds(pause), random);
        }

        latency.run(THREE_MINUTES);

        assertThat(latency.longestWaitSince(start)).isLessThanOrEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void fiftyMessagesInFiftyChannelsAtOnceArePublishedWithinSecondsWithEvents() {
        Latency latency = new Latency(newsroom).channels(50).withEvents().run(TWO_MINUTES);
        for (int i = 0; i < 50; i++) {
            latency.post(channel(i), Duration.ofMillis(random.nextInt(5000)));
        }

        latency.run(TWO_MINUTES);

        List<Double> seconds = latency.seconds(post -> true);
        assertThat(seconds).hasSize(50);
        assertThat(percentile(80, seconds)).isLessThanOrEqualTo(6);
        // Few wait for the next minute's calls; how many depends on the order in which storages answer.
        assertThat(percentile(100, seconds)).isLessThanOrEqualTo(62);
    }

    @Test
    void anEditOfAnOldMessageIsPublishedAtOnceWithEvents() {
        String old = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        for (int i = 0; i < 300; i++) {
            newsroom.slack.post(CHANNEL, REPORTER, "update " + i);
        }
        newsroom.pollsWhenDue().cycle();
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, old, REPORTER, "Jones leads");
        newsroom.slackServer.resetCalls();

        newsroom.events().onEvent(new ChannelId(CHANNEL), new MessageTs(old));
        newsroom.cycleNow();

        assertThat(newsroom.reader().texts()).contains("Jones leads").doesNotContain("Smith leads");
        assertThat(newsroom.slackServer.calls("conversations.history")).isZero();
        assertThat(newsroom.slackServer.calls("conversations.replies")).isOne();
    }

    @Test
    void lateDuplicateOrUnknownEventsChangeNothing() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.pollsWhenDue().cycle();
        newsroom.storage().forgetOperations();

        for (int i = 0; i < 3; i++) {
            newsroom.events().onEvent(new ChannelId(CHANNEL), new MessageTs(ts));
            newsroom.events().onEvent(new ChannelId(CHANNEL), new MessageTs("1999999999.000100"));
            newsroom.events().onEvent(new ChannelId("C0NEVERLISTED"), new MessageTs(ts));
            newsroom.cycle();
        }

        assertThat(newsroom.reader().texts()).containsExactly("polls are closed");
        assertThat(newsroom.storage().puts()).isEmpty();
    }

    @Test
    void aMessageThatNoEventNamedIsFoundByPolling() {
        newsroom.pollsWhenDue().events().onConnectionChange(true);
        newsroom.cycle();
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");

        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("polls are closed");
    }
}
