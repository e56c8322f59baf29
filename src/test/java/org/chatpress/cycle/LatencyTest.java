package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.Latency.channel;
import static org.chatpress.support.Latency.percentile;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.chatpress.support.Latency;
import org.junit.jupiter.api.Test;

/** Seconds from a post to the pointer that shows it, with Slack's rate limits in force. */
class LatencyTest extends WithNewsroom {
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

    @Test
    void aLonelyChannelIsShownWithinThreeSeconds() {
        Latency latency = new Latency(newsroom)
                .channels(1)
                .talk(channel(0), QUARTER, HALF_A_MINUTE, new Random(1))
                .run(QUARTER.plusMinutes(1));

        List<Double> seconds = latency.seconds(post -> true);
        assertThat(seconds).hasSizeGreaterThan(25);
        assertThat(percentile(95, seconds)).isLessThanOrEqualTo(3);
    }

    @Test
    void threeOfTenThatTalkAreShownWithinFiveSecondsOnceTheyHaveTalkedForAMinute() {
        Latency latency = new Latency(newsroom).channels(10).run(Duration.ofMinutes(3));
        Instant begin = newsroom.clock.instant();
        for (int i = 0; i < 3; i++) {
            latency.talk(channel(i), QUARTER, HALF_A_MINUTE, new Random(i));
        }

        latency.run(QUARTER.plusMinutes(1));

        List<Double> seconds = latency.seconds(post -> post.at().isAfter(begin.plusSeconds(60)));
        assertThat(seconds).hasSizeGreaterThan(75);
        assertThat(percentile(95, seconds)).isLessThanOrEqualTo(5);
        assertThat(latency.longestWaitSince(begin)).isLessThanOrEqualTo(Duration.ofSeconds(61));
    }

    @Test
    void fiftyChannelsAreEachReadInAHundredSecondsWhoeverTalks() {
        Latency latency = new Latency(newsroom).channels(50).run(Duration.ofMinutes(3));
        Instant begin = newsroom.clock.instant();
        for (int i = 0; i < 5; i++) {
            latency.talk(channel(i), QUARTER, HALF_A_MINUTE, new Random(i));
        }

        latency.run(QUARTER.plusMinutes(5));

        assertThat(latency.seconds(post -> true)).hasSizeGreaterThan(100).doesNotContain(Double.POSITIVE_INFINITY);
        assertThat(latency.longestWaitSince(begin)).isLessThanOrEqualTo(Duration.ofSeconds(101));
    }
}
