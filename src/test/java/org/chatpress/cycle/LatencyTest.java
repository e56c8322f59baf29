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

/** Seconds from a post to the pointer that shows it, with Slack's rate limits in force. */
@Tag("simulation")
class LatencyTest extends WithNewsroom {
    private static final Duration A_WHILE = Duration.ofMinutes(5);
    private static final Duration TWO_MINUTES = Duration.ofMinutes(2);
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

    private final Random random = new Random(1);

    @Test
    void aLonelyChannelIsShownWithinThreeSeconds() {
        Latency latency = new Latency(newsroom)
                .channels(1)
                .talk(channel(0), A_WHILE, Duration.ofSeconds(15), random)
                .run(A_WHILE.plusMinutes(1));

        List<Double> seconds = latency.seconds(post -> true);
        assertThat(seconds).hasSizeGreaterThan(10);
        assertThat(percentile(95, seconds)).isLessThanOrEqualTo(3);
        assertThat(newsroom.slack.calls("conversations.history")).isLessThanOrEqualTo(6 * 30 + 1);
    }

    @Test
    void threeOfTenThatTalkAreShownWithinFiveSecondsOnceTheyHaveTalkedForAMinute() {
        Latency latency = new Latency(newsroom).channels(10).run(Duration.ofMinutes(3));
        Instant begin = newsroom.clock.instant();
        for (int i = 0; i < 3; i++) {
            latency.talk(channel(i), A_WHILE.multipliedBy(2), HALF_A_MINUTE, random);
        }

        latency.run(A_WHILE.multipliedBy(2).plusMinutes(1));

        List<Double> seconds = latency.secondsOnceTalkedFor(Duration.ofMinutes(1));
        assertThat(seconds).hasSizeGreaterThan(20);
        assertThat(percentile(95, seconds)).isLessThanOrEqualTo(5);

        assertThat(latency.longestWaitSince(begin)).isLessThanOrEqualTo(Duration.ofSeconds(61));
    }

    @Test
    void fiftyChannelsAreEachReadInAHundredSecondsWhoeverTalks() {
        Instant begin = newsroom.clock.instant();
        Latency latency = new Latency(newsroom).channels(50).run(TWO_MINUTES);
        for (int i = 0; i < 5; i++) {
            latency.talk(channel(i), A_WHILE.minus(TWO_MINUTES), HALF_A_MINUTE, random);
        }

        latency.run(A_WHILE);

        assertThat(latency.seconds(post -> true)).hasSizeGreaterThan(20).doesNotContain(Double.POSITIVE_INFINITY);
        assertThat(latency.longestWaitSince(begin)).isLessThanOrEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void fiftyChannelsAreShownWithinASecondAndAHalfWhenTheDoorbellRings() {
        Latency latency = new Latency(newsroom).channels(50).doorbell().run(TWO_MINUTES);
        for (int i = 0; i < 50; i++) {
            latency.talk(channel(i), TWO_MINUTES, TWO_MINUTES, random);
        }

        latency.run(TWO_MINUTES.plusSeconds(10));

        List<Double> seconds = latency.seconds(post -> true);
        assertThat(seconds).hasSizeGreaterThan(25);
        assertThat(percentile(95, seconds)).isLessThanOrEqualTo(1.5);
    }

    @ParameterizedTest
    @CsvSource({"50, 120", "5, 5", "1, 1"})
    void noneOfFiftyChannelsIsForgottenWhereverTheDoorbellRings(int talking, int pause) {
        Instant begin = newsroom.clock.instant();
        Latency latency = new Latency(newsroom).channels(50).doorbell().run(TWO_MINUTES);
        for (int i = 0; i < talking; i++) {
            latency.talk(channel(i), A_WHILE, Duration.ofSeconds(pause), random);
        }

        latency.run(A_WHILE);

        assertThat(latency.longestWaitSince(begin)).isLessThanOrEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void fiftyMessagesInFiftyChannelsAtOnceAreShownInSecondsWhenTheDoorbellRings() {
        Latency latency = new Latency(newsroom).channels(50).doorbell().run(TWO_MINUTES);
        for (int i = 0; i < 50; i++) {
            latency.post(channel(i), Duration.ofMillis(random.nextInt(5000)));
        }

        latency.run(TWO_MINUTES);

        List<Double> seconds = latency.seconds(post -> true);
        assertThat(seconds).hasSize(50);
        assertThat(percentile(90, seconds)).isLessThanOrEqualTo(6);
        assertThat(percentile(100, seconds)).isLessThanOrEqualTo(30);
    }

    @Test
    void anEditOfAnOldMessageIsShownAtOnceWhenTheDoorbellRings() {
        String old = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        for (int i = 0; i < 300; i++) {
            newsroom.slack.post(CHANNEL, REPORTER, "update " + i);
        }
        newsroom.readsInTurn().cycle();
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, old, REPORTER, "Jones leads");
        newsroom.slack.resetCalls();

        newsroom.bells().onEvent(new ChannelId(CHANNEL), new MessageTs(old));
        newsroom.cycleNow();

        assertThat(newsroom.reader().texts()).contains("Jones leads").doesNotContain("Smith leads");
        assertThat(newsroom.slack.calls("conversations.history")).isZero();
        assertThat(newsroom.slack.calls("conversations.replies")).isOne();
    }

    @Test
    void ringsThatAreLateDoubledOrAboutNothingChangeNothing() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.readsInTurn().cycle();
        newsroom.storage().forgetOperations();

        for (int i = 0; i < 3; i++) {
            newsroom.bells().onEvent(new ChannelId(CHANNEL), new MessageTs(ts));
            newsroom.bells().onEvent(new ChannelId(CHANNEL), new MessageTs("1999999999.000100"));
            newsroom.bells().onEvent(new ChannelId("C0NEVERLISTED"), new MessageTs(ts));
            newsroom.cycle();
        }

        assertThat(newsroom.reader().texts()).containsExactly("polls are closed");
        assertThat(newsroom.storage().puts()).isEmpty();
    }

    @Test
    void whatNoBellRangForIsSeenByTurnsAllTheSame() {
        newsroom.readsInTurn().bells().onConnectionChange(true);
        newsroom.cycle();
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");

        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("polls are closed");
    }
}
