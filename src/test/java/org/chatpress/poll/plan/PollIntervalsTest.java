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
    private static final Duration A_BIT = Duration.ofMillis(50);

    @ParameterizedTest
    @CsvSource({
        // talking, quiet, closed; seconds between two readings of one that is talking, quiet, closed; two of the sweep
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
    void sharesTheCalls(
            int talking,
            int quiet,
            int closed,
            double talkingPause,
            double quietPause,
            double closedPause,
            double sweep) {
        PollIntervals turns = PollIntervals.of(talking, quiet, closed, CALLS);

        assertThat(turns.active()).isCloseTo(seconds(talkingPause), A_BIT);
        assertThat(turns.idle()).isCloseTo(seconds(quietPause), A_BIT);
        assertThat(turns.closed()).isCloseTo(seconds(closedPause), A_BIT);
        assertThat(turns.rescan()).isCloseTo(seconds(sweep), A_BIT);
    }

    @Test
    void staysWithinItsCallsHoweverManyChannelsThereAre() {
        for (int channels = 1; channels <= 300; channels += 7) {
            for (int talking = 0; talking <= channels; talking += 3) {
                for (int closed = 0; closed <= 300; closed += 150) {
                    int quiet = channels - talking;
                    PollIntervals turns = PollIntervals.of(talking, quiet, closed, CALLS);

                    double calls = talking * perMinute(turns.active())
                            + quiet * perMinute(turns.idle())
                            + closed * perMinute(turns.closed())
                            + perMinute(turns.rescan());
                    assertThat(calls)
                            .as("%d of %d channels talk", talking, channels)
                            .isLessThan(CALLS + 0.1);
                }
            }
        }
    }

    @Test
    void forgetsNoChannelForLongerThanAMinuteOrTwoSecondsForEachThereIs() {
        for (int channels = 1; channels <= 300; channels++) {
            for (int talking = 0; talking <= channels; talking++) {
                PollIntervals turns = PollIntervals.of(talking, channels - talking, 0, CALLS);

                Duration longest = seconds(Math.max(60, 1.8 * channels));
                assertThat(turns.active()).isLessThanOrEqualTo(longest);
                assertThat(turns.idle()).isLessThanOrEqualTo(longest);
                if (talking > 0 && talking < channels) {
                    assertThat(turns.active()).isLessThanOrEqualTo(turns.idle());
                }
            }
        }
    }

    @Test
    void theMostOverdueChannelIsFirst() {
        PollIntervals turns = PollIntervals.of(2, 8, 1, CALLS);

        List<PollCandidate> due = turns.due(
                List.of(
                        waiting("C0QUIET", Activity.IDLE, 61),
                        waiting("C0WAITED", Activity.IDLE, 62),
                        waiting("C0TALKING", Activity.ACTIVE, 15),
                        waiting("C0RESTING", Activity.ACTIVE, 1),
                        waiting("C0CLOSED", Activity.CLOSED, 599)),
                seconds(2));

        assertThat(names(due)).containsExactly("C0TALKING", "C0WAITED", "C0QUIET");
    }

    @Test
    void channelsThatWereReadTogetherAreNotReadTogetherAgain() {
        PollIntervals turns = PollIntervals.of(0, 10, 0, CALLS);
        List<PollCandidate> channels = together(10, 20);

        assertThat(names(turns.due(channels, seconds(1)))).containsExactly("C00");
        assertThat(names(turns.due(channels, seconds(3)))).containsExactly("C00", "C01", "C02");
    }

    @Test
    void aChannelIsPressingOnceItAndThoseBeforeItCouldNotAllBeReadInTime() {
        PollIntervals turns = PollIntervals.of(0, 50, 0, CALLS);

        assertThat(turns.overdue(together(50, 0))).isEmpty();
        assertThat(names(turns.overdue(together(50, 2)))).containsExactly("C00");
        assertThat(turns.overdue(together(50, 45))).hasSize(25);
        assertThat(turns.overdue(together(50, 90))).hasSize(50);
        assertThat(names(turns.overdue(List.of(
                        waiting("C0SHORT", Activity.IDLE, 10),
                        new PollCandidate(new ChannelId("C0NEW"), Activity.IDLE, Optional.empty()),
                        waiting("C0LONG", Activity.ACTIVE, 91),
                        waiting("C0CLOSED", Activity.CLOSED, 599)))))
                .containsExactly("C0NEW", "C0LONG");
    }

    @Test
    void nobodyIsForgottenAsLongAsThePressingOnesAreRead() {
        for (int channels : List.of(1, 7, 33, 50, 200)) {
            PollIntervals turns = PollIntervals.of(0, channels, 0, CALLS);
            double[] waited = new double[channels];
            int most = 0;
            int inThisMinute = 0;
            for (int second = 0; second < 900; second++) {
                inThisMinute = second % 60 == 0 ? 0 : inThisMinute;
                List<PollCandidate> all = IntStream.range(0, channels)
                        .mapToObj(i -> waiting("C0" + i, Activity.IDLE, waited[i]))
                        .toList();
                for (String channel : names(turns.overdue(all))) {
                    waited[Integer.parseInt(channel.substring(2))] = 0;
                    most = Math.max(most, ++inThisMinute);
                }
                for (int i = 0; i < channels; i++) {
                    assertThat(seconds(waited[i]++)).isLessThanOrEqualTo(turns.longest());
                }
            }
            assertThat(most)
                    .isLessThanOrEqualTo((int) (channels * 60 / turns.longest().toSeconds()) + 2);
        }
    }

    @Test
    void aClockThatTicksAMomentEarlyCostsNoTick() {
        PollIntervals turns = PollIntervals.of(3, 7, 0, CALLS);

        assertThat(turns.isDue(waiting("C0TALKING", Activity.ACTIVE, 4.95))).isTrue();
        assertThat(turns.isDue(waiting("C0TALKING", Activity.ACTIVE, 4.8))).isFalse();
        assertThat(turns.isRescanDue(seconds(29.95))).isTrue();
        assertThat(turns.isRescanDue(seconds(29.8))).isFalse();
    }

    private static List<PollCandidate> together(int channels, double seconds) {
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

    private static double perMinute(Duration pause) {
        return 60_000.0 / pause.toMillis();
    }
}
