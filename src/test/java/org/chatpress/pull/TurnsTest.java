package org.chatpress.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.pull.Turns.Pace;
import org.chatpress.pull.Turns.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnsTest {
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
        Turns turns = Turns.of(talking, quiet, closed, CALLS);

        assertThat(turns.talking()).isCloseTo(seconds(talkingPause), A_BIT);
        assertThat(turns.quiet()).isCloseTo(seconds(quietPause), A_BIT);
        assertThat(turns.closed()).isCloseTo(seconds(closedPause), A_BIT);
        assertThat(turns.sweep()).isCloseTo(seconds(sweep), A_BIT);
    }

    @Test
    void staysWithinItsCallsHoweverManyChannelsThereAre() {
        for (int channels = 1; channels <= 300; channels += 7) {
            for (int talking = 0; talking <= channels; talking += 3) {
                for (int closed = 0; closed <= 300; closed += 150) {
                    int quiet = channels - talking;
                    Turns turns = Turns.of(talking, quiet, closed, CALLS);

                    double calls = talking * perMinute(turns.talking())
                            + quiet * perMinute(turns.quiet())
                            + closed * perMinute(turns.closed())
                            + perMinute(turns.sweep());
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
                Turns turns = Turns.of(talking, channels - talking, 0, CALLS);

                Duration longest = seconds(Math.max(60, 1.8 * channels));
                assertThat(turns.talking()).isLessThanOrEqualTo(longest);
                assertThat(turns.quiet()).isLessThanOrEqualTo(longest);
                if (talking > 0 && talking < channels) {
                    assertThat(turns.talking()).isLessThanOrEqualTo(turns.quiet());
                }
            }
        }
    }

    @Test
    void theMostOverdueChannelIsFirstButForThoseThatWouldBeForgotten() {
        Turns turns = Turns.of(1, 9, 0, CALLS);
        var channels = List.of(
                waiting("C0QUIET", Pace.QUIET, 45),
                waiting("C0LONG", Pace.QUIET, 61),
                waiting("C0TALKING", Pace.TALKING, 15),
                waiting("C0RESTING", Pace.TALKING, 1),
                new Waiting(new ChannelId("C0NEW"), Pace.QUIET, Optional.empty()),
                waiting("C0CLOSED", Pace.CLOSED, 599));

        var due = new ArrayList<>(turns.inOrder(channels));
        assertThat(names(due)).containsExactly("C0NEW", "C0LONG", "C0TALKING", "C0QUIET", "C0CLOSED", "C0RESTING");

        due.removeIf(channel -> !turns.isDue(channel));
        assertThat(names(due)).containsExactly("C0NEW", "C0LONG", "C0TALKING", "C0QUIET");
    }

    @Test
    void aClockThatTicksAMomentEarlyCostsNoTick() {
        Turns turns = Turns.of(3, 7, 0, CALLS);

        assertThat(turns.isDue(waiting("C0TALKING", Pace.TALKING, 4.95))).isTrue();
        assertThat(turns.isDue(waiting("C0TALKING", Pace.TALKING, 4.8))).isFalse();
        assertThat(turns.isSweepDue(seconds(29.95))).isTrue();
        assertThat(turns.isSweepDue(seconds(29.8))).isFalse();
    }

    private static Waiting waiting(String channel, Pace pace, double seconds) {
        return new Waiting(new ChannelId(channel), pace, Optional.of(seconds(seconds)));
    }

    private static List<String> names(List<Waiting> channels) {
        return channels.stream().map(waiting -> waiting.channel().value()).toList();
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static double perMinute(Duration pause) {
        return 60_000.0 / pause.toMillis();
    }
}
