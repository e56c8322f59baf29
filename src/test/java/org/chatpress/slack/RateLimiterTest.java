package org.chatpress.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.error.RemoteException;
import org.chatpress.slack.RateLimiter.SlackMethod;
import org.chatpress.support.FakeClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RateLimiterTest {
    private static final SlackMethod HISTORY = SlackMethod.HISTORY;

    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-04T02:22:05Z"));
    private final List<Duration> waits = new ArrayList<>();
    private final RateLimiter limiter = RateLimiter.nonBlocking(clock);

    @ParameterizedTest
    @EnumSource
    void allowsOnlyTheConfiguredNumberOfCallsPerMethodAndMinute(SlackMethod method) {
        take(limiter, method, method.callsPerMinute());

        RemoteException failure = failure(limiter, method);

        assertThat(failure.kind()).isEqualTo(RemoteException.Kind.TRANSIENT);
        assertThat(failure).hasMessage("rate limit of " + method.slackName() + " reached, next call in 60 s");
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(60));
    }

    @Test
    void staysBelowSlacksLimits() {
        assertThat(HISTORY.callsPerMinute()).isEqualTo(45);
        assertThat(SlackMethod.REPLIES.callsPerMinute()).isEqualTo(45);
        assertThat(SlackMethod.REACTIONS.callsPerMinute()).isEqualTo(45);
        assertThat(SlackMethod.USER.callsPerMinute()).isEqualTo(90);
        assertThat(SlackMethod.GROUP.callsPerMinute()).isEqualTo(18);
    }

    @Test
    void countsEachMethodSeparately() {
        take(limiter, HISTORY, 45);

        assertThatCode(() -> limiter.acquire(SlackMethod.REPLIES)).doesNotThrowAnyException();
    }

    @Test
    void countsTheLastSixtySeconds() {
        take(limiter, HISTORY, 20);
        clock.advance(Duration.ofSeconds(53));
        take(limiter, HISTORY, 25);

        assertThat(failure(limiter, HISTORY))
                .hasMessage("rate limit of conversations.history reached, next call in 7 s");

        clock.advance(Duration.ofSeconds(7));
        take(limiter, HISTORY, 20);
        assertThat(failure(limiter, HISTORY).retryAfter()).contains(Duration.ofSeconds(53));
    }

    @Test
    void allowsNoCallForAsLongAsSlackAsks() {
        limiter.block(HISTORY, Duration.ofSeconds(30));

        assertThat(failure(limiter, HISTORY).retryAfter()).contains(Duration.ofSeconds(30));

        clock.advance(Duration.ofMillis(29_001));
        assertThat(failure(limiter, HISTORY))
                .hasMessage("rate limit of conversations.history reached, next call in 1 s");
        assertThatCode(() -> limiter.acquire(SlackMethod.REPLIES)).doesNotThrowAnyException();

        clock.advance(Duration.ofMillis(999));
        limiter.acquire(HISTORY);
    }

    @Test
    void allowsCallsAfterTheClockIsSetBack() {
        take(limiter, HISTORY, 45);
        limiter.block(HISTORY, Duration.ofSeconds(30));

        clock.advance(Duration.ofHours(-1));

        assertThatCode(() -> take(limiter, HISTORY, 45)).doesNotThrowAnyException();
    }

    @Test
    void tellsHowManyCallsRemain() {
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
    void waitsIfItMay() {
        RateLimiter blocking = blockingLimiter(Duration.ofMinutes(1));
        take(blocking, HISTORY, 45);
        clock.advance(Duration.ofSeconds(50));

        blocking.acquire(HISTORY);

        assertThat(waits).containsExactly(Duration.ofSeconds(10));
    }

    @Test
    void waitsNoLongerThanItsMaximumInTotal() {
        RateLimiter blocking = blockingLimiter(Duration.ofMinutes(1));
        blocking.block(HISTORY, Duration.ofSeconds(40));
        blocking.acquire(HISTORY);
        blocking.block(HISTORY, Duration.ofSeconds(21));

        RemoteException failure = failure(blocking, HISTORY);

        assertThat(failure).hasMessage("rate limit of conversations.history reached, next call in 21 s");
        assertThat(waits).containsExactly(Duration.ofSeconds(40));

        clock.advance(Duration.ofSeconds(1));
        blocking.acquire(HISTORY);
        assertThat(waits).containsExactly(Duration.ofSeconds(40), Duration.ofSeconds(20));
    }

    @Test
    void stopsWaitingWhenInterrupted() {
        RateLimiter blocking = RateLimiter.blocking(
                clock,
                time -> {
                    throw new InterruptedException();
                },
                Duration.ofMinutes(1));
        blocking.block(HISTORY, Duration.ofSeconds(40));

        RemoteException failure = failure(blocking, HISTORY);

        assertThat(failure.kind()).isEqualTo(RemoteException.Kind.TRANSIENT);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void pausesAfterThreeCallsInARowWithoutAResponse() {
        takeWithoutResponse(HISTORY, 2);
        limiter.acquire(HISTORY);
        limiter.recordResponse(HISTORY);
        takeWithoutResponse(HISTORY, 2);
        assertThat(limiter.isResponding(HISTORY)).isTrue();

        takeWithoutResponse(SlackMethod.REPLIES, 1);

        assertThat(limiter.isResponding(HISTORY)).isFalse();
        assertThat(limiter.remaining(SlackMethod.USER)).isZero();
        RemoteException failure = failure(limiter, SlackMethod.USER);
        assertThat(failure).hasMessage("Slack does not respond, next call of users.info in 10 s");
        assertThat(failure.isNotSent()).isTrue();
    }

    @Test
    void allowsOneCallAfterAPauseAndPausesAgainIfThatGetsNoResponse() {
        takeWithoutResponse(HISTORY, 3);
        clock.advance(Duration.ofSeconds(10));

        takeWithoutResponse(HISTORY, 1);
        assertThat(limiter.isResponding(HISTORY)).isFalse();

        clock.advance(Duration.ofSeconds(10));
        limiter.acquire(HISTORY);
        limiter.recordResponse(HISTORY);
        takeWithoutResponse(HISTORY, 2);
        assertThat(limiter.isResponding(HISTORY)).isTrue();
    }

    @Test
    void pausesOnlyTheMethodThatAloneGetsNoResponse() {
        for (int i = 0; i < 3; i++) {
            takeWithoutResponse(SlackMethod.REPLIES, 1);
            limiter.acquire(HISTORY);
            limiter.recordResponse(HISTORY);
        }

        assertThat(limiter.isResponding(SlackMethod.REPLIES)).isFalse();
        assertThat(limiter.isResponding(HISTORY)).isTrue();
    }

    @Test
    void waitsForNoPause() {
        RateLimiter blocking = blockingLimiter(Duration.ofMinutes(1));
        for (int i = 0; i < 3; i++) {
            blocking.recordNoResponse(HISTORY);
        }

        assertThat(failure(blocking, HISTORY).isNotSent()).isTrue();
        assertThat(waits).isEmpty();
    }

    @Test
    void endsAPauseWhenTheClockIsSetBack() {
        takeWithoutResponse(HISTORY, 3);

        clock.advance(Duration.ofHours(-1));

        assertThat(limiter.isResponding(HISTORY)).isTrue();
    }

    private void takeWithoutResponse(SlackMethod method, int times) {
        for (int i = 0; i < times; i++) {
            limiter.acquire(method);
            limiter.recordNoResponse(method);
        }
    }

    private RateLimiter blockingLimiter(Duration maxWait) {
        return RateLimiter.blocking(
                clock,
                time -> {
                    waits.add(time);
                    clock.advance(time);
                },
                maxWait);
    }

    private static void take(RateLimiter limiter, SlackMethod method, int times) {
        for (int i = 0; i < times; i++) {
            limiter.acquire(method);
        }
    }

    private static RemoteException failure(RateLimiter limiter, SlackMethod method) {
        return catchThrowableOfType(RemoteException.class, () -> limiter.acquire(method));
    }
}
