package org.chatpress.poll.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.chatpress.model.ChannelId;
import org.chatpress.poll.plan.PollIntervals.Activity;
import org.chatpress.poll.plan.PollIntervals.PollCandidate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollIntervalsTest {
    private static final int CALLS = 45;
    private static final Duration TOLERANCE = Duration.ofMillis(50);

    @ParameterizedTest
    @CsvSource({
        // active, idle, closed; seconds between two polls of an active, idle, closed channel; between two rescan pages
        "  0,   1,   0,  60.0,   2.0,  600,  6.7",
        "  1,   0,   0,   2.0,  60.0,  600,  6.7",
        "  0,  10,   0,  60.0,  14.0,  600, 30.0",
        "  1,   9,   0,   2.0,  41.5,  600, 30.0",
        "  3,   7,   0,   5.0,  60.0,  600, 30.0",
        " 10,   0,   0,  14.0,  60.0,  600, 30.0",
        "  0,  50,   0,  90.0,  69.8,  600, 30.0",
        "  3,  47,   0,  15.4,  90.0,  600, 30.0",
        " 50,   0,   0,  69.8,  90.0,  600, 30.0",
        "  0, 100,   0, 180.0, 139.5,  600, 30.0",
        "  5,  95,   0,  26.5, 180.0,  600, 30.0",
        "  0,   1, 200,  60.0,   2.0, 2000,  6.7",
    })
    void sharesTheCallsAmongTheChannels(
            int active,
            int idle,
            int closed,
            double activeInterval,
            double idleInterval,
            double closedInterval,
            double rescan) {
        PollIntervals intervals = PollIntervals.of(active, idle, closed, CALLS);

        assertThat(intervals.active()).isCloseTo(seconds(activeInterval), TOLERANCE);
        assertThat(intervals.idle()).isCloseTo(seconds(idleInterval), TOLERANCE);
        assertThat(intervals.closed()).isCloseTo(seconds(closedInterval), TOLERANCE);
        assertThat(intervals.rescan()).isCloseTo(seconds(rescan), TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({
        // active, idle, catching up; seconds between two polls of an active, idle channel; between two pages of gaps
        "  0,   0,   1,  60.0,  60.0,  2.0",
        "  0,   0,  10,  60.0,  60.0,  2.0",
        "  0,  29,   1,  60.0,  60.0,  4.6",
        "  1,  28,   1,   6.4,  60.0, 12.9",
        " 29,   0,   1,  60.0,  60.0,  4.6",
        "  3, 190,   7,  26.6, 360.0, 17.7",
    })
    void leavesActiveChannelsTwoThirdsOfTheirCallsWhileOthersCatchUp(
            int active, int idle, int catchingUp, double activeInterval, double idleInterval, double catchUp) {
        PollIntervals intervals = PollIntervals.of(active, idle, catchingUp, 0, CALLS);

        assertThat(intervals.active()).isCloseTo(seconds(activeInterval), TOLERANCE);
        assertThat(intervals.idle()).isCloseTo(seconds(idleInterval), TOLERANCE);
        assertThat(intervals.catchUp()).isCloseTo(seconds(catchUp), TOLERANCE);
    }

    @Test
    void staysWithinItsCallsHoweverManyChannelsThereAre() {
        for (int channels = 1; channels <= 300; channels += 7) {
            for (int active = 0; active <= channels; active += 3) {
                for (int closed = 0; closed <= 300; closed += 150) {
                    int catchingUp = (channels - active) / 3;
                    int idle = channels - active - catchingUp;
                    PollIntervals intervals = PollIntervals.of(active, idle, catchingUp, closed, CALLS);

                    double calls = active * perMinute(intervals.active())
                            + idle * perMinute(intervals.idle())
                            + catchingUp * perMinute(intervals.maxInterval())
                            + (catchingUp == 0 ? 0 : perMinute(intervals.catchUp()))
                            + closed * perMinute(intervals.closed())
                            + perMinute(intervals.rescan());
                    assertThat(calls)
                            .as("%d of %d channels active", active, channels)
                            .isLessThan(CALLS + 0.1);
                }
            }
        }
    }

    @Test
    void pollsEachChannelAtLeastOnceAMinuteOrEveryTwoSecondsPerChannel() {
        for (int channels = 1; channels <= 300; channels++) {
            for (int active = 0; active <= channels; active++) {
                PollIntervals intervals = PollIntervals.of(active, channels - active, 0, CALLS);

                Duration longest = seconds(Math.max(60, 1.8 * channels));
                assertThat(intervals.active()).isLessThanOrEqualTo(longest);
                assertThat(intervals.idle()).isLessThanOrEqualTo(longest);
                if (active > 0 && active < channels) {
                    assertThat(intervals.active()).isLessThanOrEqualTo(intervals.idle());
                }
            }
        }
    }

    @Test
    void theMostOverdueChannelComesFirst() {
        PollIntervals intervals = PollIntervals.of(2, 8, 1, CALLS);

        List<PollCandidate> due = intervals.due(
                List.of(
                        waiting("C0IDLE", Activity.IDLE, 61),
                        waiting("C0WAITED", Activity.IDLE, 62),
                        waiting("C0ACTIVE", Activity.ACTIVE, 15),
                        waiting("C0RECENT", Activity.ACTIVE, 1),
                        waiting("C0CLOSED", Activity.CLOSED, 599)),
                seconds(2));

        assertThat(names(due)).containsExactly("C0ACTIVE", "C0WAITED", "C0IDLE");
    }

    @Test
    void channelsThatWerePolledTogetherAreNotPolledTogetherAgain() {
        PollIntervals intervals = PollIntervals.of(0, 10, 0, CALLS);
        List<PollCandidate> channels = polledTogether(10, 20);

        assertThat(names(intervals.due(channels, seconds(1)))).containsExactly("C00");
        assertThat(names(intervals.due(channels, seconds(3)))).containsExactly("C00", "C01", "C02");
    }

    @Test
    void aChannelMustBePolledOnceItAndThoseBeforeItCouldNotAllBePolledInTime() {
        PollIntervals intervals = PollIntervals.of(0, 50, 0, CALLS);

        assertThat(intervals.mustPollNow(polledTogether(50, 0))).isEmpty();
        assertThat(names(intervals.mustPollNow(polledTogether(50, 2)))).containsExactly("C00");
        assertThat(intervals.mustPollNow(polledTogether(50, 45))).hasSize(25);
        assertThat(intervals.mustPollNow(polledTogether(50, 90))).hasSize(50);
        assertThat(names(intervals.mustPollNow(List.of(
                        waiting("C0SHORT", Activity.IDLE, 10),
                        new PollCandidate(new ChannelId("C0NEW"), Activity.IDLE, Optional.empty()),
                        waiting("C0LONG", Activity.ACTIVE, 91),
                        waiting("C0CLOSED", Activity.CLOSED, 599)))))
                .containsExactly("C0NEW", "C0LONG");
    }

    @Test
    void noChannelExceedsTheMaximumIntervalIfThoseThatMustBePolledAre() {
        for (int channels : List.of(1, 7, 33, 50, 200)) {
            PollIntervals intervals = PollIntervals.of(0, channels, 0, CALLS);
            double[] waited = new double[channels];
            int maxPerMinute = 0;
            int inThisMinute = 0;
            for (int second = 0; second < 900; second++) {
                inThisMinute = second % 60 == 0 ? 0 : inThisMinute;
                List<PollCandidate> all = IntStream.range(0, channels)
                        .mapToObj(i -> waiting("C0" + i, Activity.IDLE, waited[i]))
                        .toList();
                for (String channel : names(intervals.mustPollNow(all))) {
                    waited[Integer.parseInt(channel.substring(2))] = 0;
                    maxPerMinute = Math.max(maxPerMinute, ++inThisMinute);
                }
                for (int i = 0; i < channels; i++) {
                    assertThat(seconds(waited[i]++)).isLessThanOrEqualTo(intervals.maxInterval());
                }
            }
            assertThat(maxPerMinute)
                    .isLessThanOrEqualTo(
                            (int) (channels * 60L / intervals.maxInterval().toSeconds()) + 2);
        }
    }

    @Test
    void aCycleThatStartsALittleEarlyIsOnTime() {
        PollIntervals intervals = PollIntervals.of(3, 7, 0, CALLS);

        assertThat(intervals.isDue(waiting("C0ACTIVE", Activity.ACTIVE, 4.95))).isTrue();
        assertThat(intervals.isDue(waiting("C0ACTIVE", Activity.ACTIVE, 4.8))).isFalse();
        assertThat(intervals.isRescanDue(seconds(29.95))).isTrue();
        assertThat(intervals.isRescanDue(seconds(29.8))).isFalse();
    }

    private static List<PollCandidate> polledTogether(int channels, double seconds) {
        return IntStream.range(0, channels)
                .mapToObj(i -> waiting("C0" + i, Activity.IDLE, seconds))
                .toList();
    }

    private static PollCandidate waiting(String channel, Activity activity, double seconds) {
        return new PollCandidate(new ChannelId(channel), activity, Optional.of(seconds(seconds)));
    }

    private static List<String> names(List<PollCandidate> channels) {
        return channels.stream().map(waiting -> waiting.channel().value()).toList();
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static double perMinute(Duration interval) {
        return 60_000.0 / interval.toMillis();
    }
}
