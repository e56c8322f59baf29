package org.chatpress.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.error.RemoteException;
import org.chatpress.support.FakeClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RateLimiterTest {
    private static final SlackMethod HISTORY = SlackMethod.HISTORY;

    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-04T02:22:05Z"));
    private final List<Duration> naps = new ArrayList<>();
    private final RateLimiter limiter = RateLimiter.nonBlocking(clock);

    @ParameterizedTest
    @EnumSource
    void allowsSoManyCallsOfAMethodInAMinuteAndNoMore(SlackMethod method) {
        take(limiter, method, method.callsPerMinute());

        RemoteException failure = refusal(limiter, method);

        assertThat(failure.kind()).isEqualTo(RemoteException.Kind.TRANSIENT);
        assertThat(failure).hasMessage("no call of " + method.slackName() + " left for 60 s");
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(60));
    }

    @Test
    void staysBelowWhatSlackPromises() {
        assertThat(HISTORY.callsPerMinute()).isEqualTo(45);
        assertThat(SlackMethod.REPLIES.callsPerMinute()).isEqualTo(45);
        assertThat(SlackMethod.REACTIONS.callsPerMinute()).isEqualTo(45);
        assertThat(SlackMethod.USER.callsPerMinute()).isEqualTo(90);
        assertThat(SlackMethod.GROUP.callsPerMinute()).isEqualTo(18);
    }

    @Test
    void countsEachMethodForItself() {
        take(limiter, HISTORY, 45);

        assertThatCode(() -> limiter.acquire(SlackMethod.REPLIES)).doesNotThrowAnyException();
    }

    @Test
    void theMinuteSlides() {
        take(limiter, HISTORY, 20);
        clock.advance(Duration.ofSeconds(53));
        take(limiter, HISTORY, 25);

        assertThat(refusal(limiter, HISTORY)).hasMessage("no call of conversations.history left for 7 s");

        clock.advance(Duration.ofSeconds(7));
        take(limiter, HISTORY, 20);
        assertThat(refusal(limiter, HISTORY).retryAfter()).contains(Duration.ofSeconds(53));
    }

    @Test
    void keepsSilentForAsLongAsSlackAsked() {
        limiter.block(HISTORY, Duration.ofSeconds(30));

        assertThat(refusal(limiter, HISTORY).retryAfter()).contains(Duration.ofSeconds(30));

        clock.advance(Duration.ofMillis(29_001));
        assertThat(refusal(limiter, HISTORY)).hasMessage("no call of conversations.history left for 1 s");
        assertThatCode(() -> limiter.acquire(SlackMethod.REPLIES)).doesNotThrowAnyException();

        clock.advance(Duration.ofMillis(999));
        limiter.acquire(HISTORY);
    }

    @Test
    void aClockThatIsSetBackDoesNotSilenceIt() {
        take(limiter, HISTORY, 45);
        limiter.block(HISTORY, Duration.ofSeconds(30));

        clock.advance(Duration.ofHours(-1));

        assertThatCode(() -> take(limiter, HISTORY, 45)).doesNotThrowAnyException();
    }

    @Test
    void saysHowManyCallsAreLeftAtThisMoment() {
        assertThat(limiter.remaining(HISTORY)).isEqualTo(45);

        take(limiter, HISTORY, 40);
        assertThat(limiter.remaining(HISTORY)).isEqualTo(5);

        limiter.block(HISTORY, Duration.ofSeconds(5));
        assertThat(limiter.remaining(HISTORY)).isZero();
        clock.advance(Duration.ofSeconds(5));
        assertThat(limiter.remaining(HISTORY)).isEqualTo(5);

        clock.advance(Duration.ofSeconds(55));
        assertThat(limiter.remaining(HISTORY)).isEqualTo(45);
    }

    @Test
    void waitsWhereItMay() {
        RateLimiter patient = patientFor(Duration.ofMinutes(1));
        take(patient, HISTORY, 45);
        clock.advance(Duration.ofSeconds(50));

        patient.acquire(HISTORY);

        assertThat(naps).containsExactly(Duration.ofSeconds(10));
    }

    @Test
    void waitsNoLongerThanAMinuteInAll() {
        RateLimiter patient = patientFor(Duration.ofMinutes(1));
        patient.block(HISTORY, Duration.ofSeconds(40));
        patient.acquire(HISTORY);
        patient.block(HISTORY, Duration.ofSeconds(21));

        RemoteException failure = refusal(patient, HISTORY);

        assertThat(failure).hasMessage("no call of conversations.history left for 21 s");
        assertThat(naps).containsExactly(Duration.ofSeconds(40));

        clock.advance(Duration.ofSeconds(1));
        patient.acquire(HISTORY);
        assertThat(naps).containsExactly(Duration.ofSeconds(40), Duration.ofSeconds(20));
    }

    @Test
    void stopsWaitingWhenInterrupted() {
        RateLimiter patient = RateLimiter.blocking(
                clock,
                time -> {
                    throw new InterruptedException();
                },
                Duration.ofMinutes(1));
        patient.block(HISTORY, Duration.ofSeconds(40));

        RemoteException failure = refusal(patient, HISTORY);

        assertThat(failure.kind()).isEqualTo(RemoteException.Kind.TRANSIENT);
        assertThat(Thread.interrupted()).isTrue();
    }

    private RateLimiter patientFor(Duration atMost) {
        return RateLimiter.blocking(
                clock,
                time -> {
                    naps.add(time);
                    clock.advance(time);
                },
                atMost);
    }

    private static void take(RateLimiter limiter, SlackMethod method, int times) {
        for (int i = 0; i < times; i++) {
            limiter.acquire(method);
        }
    }

    private static RemoteException refusal(RateLimiter limiter, SlackMethod method) {
        return catchThrowableOfType(RemoteException.class, () -> limiter.acquire(method));
    }
}
