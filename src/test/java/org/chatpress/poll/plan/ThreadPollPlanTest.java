package org.chatpress.poll.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.chatpress.model.MessageTs;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadCandidate;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadCandidate.Reason;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadRescan;
import org.junit.jupiter.api.Test;

class ThreadPollPlanTest {
    private static final Instant NOW = Instant.parse("2026-11-03T20:00:00Z");

    @Test
    void changedThreadsComeFirstAndAmongThemTheOneWithTheNewestReply() {
        assertThat(read(
                        45,
                        thread(1, Reason.NEWEST, 120),
                        thread(2, Reason.CHANGED, 1),
                        thread(3, Reason.LONGEST_UNREAD, 3600),
                        thread(4, Reason.DELAYED, 1)))
                .containsExactly(4, 2, 1, 3);
    }

    @Test
    void aThreadIsReadOnceForAllItsReasons() {
        assertThat(read(
                        45,
                        thread(1, Reason.CHANGED, 120),
                        thread(1, Reason.NEWEST, 120),
                        thread(1, Reason.LONGEST_UNREAD, 900)))
                .containsExactly(1);
    }

    @Test
    void theNewestAreReadOnceAMinuteAndTheOthersEveryTenMinutesOneAtATime() {
        assertThat(read(45, thread(1, Reason.NEWEST, 59), thread(2, Reason.NEWEST, 60)))
                .containsExactly(2);
        assertThat(read(45, thread(1, Reason.LONGEST_UNREAD, 599))).isEmpty();
        assertThat(read(45, thread(1, Reason.LONGEST_UNREAD, 600), thread(2, Reason.LONGEST_UNREAD, 700)))
                .containsExactly(2);
    }

    @Test
    void someCallsAreReservedForTakedownsAndMoreForChangedThreads() {
        ThreadCandidate[] changed = IntStream.range(1, 60)
                .mapToObj(i -> thread(i, Reason.CHANGED, 120))
                .toArray(ThreadCandidate[]::new);
        ThreadCandidate[] newest = IntStream.range(1, 60)
                .mapToObj(i -> thread(i, Reason.NEWEST, 120))
                .toArray(ThreadCandidate[]::new);

        assertThat(read(45, changed)).hasSize(45 - ThreadPollPlan.RESERVED_FOR_TAKEDOWNS);
        assertThat(read(45, newest)).hasSize(45 - ThreadPollPlan.RESERVED_FOR_CHANGES);
        assertThat(read(0, changed)).isEmpty();
        assertThat(read(Integer.MAX_VALUE, changed)).hasSize(59);
    }

    @Test
    void aThreadThatFailedComesAfterTheOthersAndIsRetriedLessOften() {
        assertThat(read(45, failed(1, 1, 10), thread(2, Reason.CHANGED, 120), failed(3, 1, 9)))
                .containsExactly(2, 1);
        assertThat(read(45, failed(1, ThreadPollPlan.MAX_FAILURES, 59), failed(2, ThreadPollPlan.MAX_FAILURES, 60)))
                .containsExactly(2);
    }

    @Test
    void aRescanReadsAPageEveryFourSecondsAndLeavesCallsForChangedThreads() {
        assertThat(ThreadPollPlan.pagesToRescan(rescan(false, Optional.empty()), NOW))
                .isEqualTo(1);
        assertThat(ThreadPollPlan.pagesToRescan(rescan(false, secondsAgo(3)), NOW))
                .isZero();
        assertThat(ThreadPollPlan.pagesToRescan(rescan(false, secondsAgo(10)), NOW))
                .isEqualTo(2);
        assertThat(ThreadPollPlan.pagesToRescan(rescan(false, secondsAgo(3600)), NOW))
                .isEqualTo(15);
        assertThat(ThreadPollPlan.pagesToRescan(rescan(false, secondsAgo(-3600)), NOW))
                .isEqualTo(1);
        assertThat(ThreadPollPlan.mayReadMore(ThreadPollPlan.RESERVED_FOR_CHANGES))
                .isFalse();
        assertThat(ThreadPollPlan.mayReadMore(ThreadPollPlan.RESERVED_FOR_CHANGES + 1))
                .isTrue();
    }

    @Test
    void aSearchForADeletedReplyIsLimitedOnlyByTheCallsLeft() {
        assertThat(ThreadPollPlan.pagesToRescan(rescan(true, secondsAgo(0)), NOW))
                .isGreaterThan(1000);
    }

    private static ThreadRescan rescan(boolean isSearch, Optional<Instant> at) {
        var ts = new MessageTs("1793728800.000001");
        return new ThreadRescan(ts, Optional.empty(), ts, isSearch, at);
    }

    private static Optional<Instant> secondsAgo(int seconds) {
        return Optional.of(NOW.minusSeconds(seconds));
    }

    private static List<Integer> read(int callsLeft, ThreadCandidate... known) {
        return ThreadPollPlan.threadsToPoll(List.of(known), NOW, callsLeft).stream()
                .map(thread -> Integer.parseInt(thread.root().value().substring(11)))
                .toList();
    }

    private static ThreadCandidate thread(int number, Reason reason, int triedSecondsAgo) {
        return known(number, reason, 0, triedSecondsAgo);
    }

    private static ThreadCandidate failed(int number, int failures, int triedSecondsAgo) {
        return known(number, Reason.CHANGED, failures, triedSecondsAgo);
    }

    private static ThreadCandidate known(int number, Reason reason, int failures, int triedSecondsAgo) {
        var ts = new MessageTs("1793728800.%06d".formatted(number));
        return new ThreadCandidate(
                ts, ts, "1", Optional.of(NOW.minus(Duration.ofSeconds(triedSecondsAgo))), failures, reason);
    }
}
