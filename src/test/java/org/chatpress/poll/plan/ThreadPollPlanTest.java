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
    void aLargeThreadComesAfterSmallOnesAndTakesAThirdOfTheCalls() {
        assertThat(read(45, large(1, Reason.CHANGED, 204), thread(2, Reason.CHANGED, 1)))
                .containsExactly(2, 1);
        assertThat(read(45, large(1, Reason.CHANGED, 203), large(2, Reason.NEWEST, 203)))
                .isEmpty();
        assertThat(read(45, large(1, Reason.NEWEST, 204))).containsExactly(1);
    }

    private static List<Integer> read(int callsLeft, ThreadCandidate... known) {
        return ThreadPollPlan.threadsToPoll(List.of(known), NOW, callsLeft).stream()
                .map(thread -> Integer.parseInt(thread.root().value().substring(11)))
                .toList();
    }

    private static ThreadCandidate thread(int number, Reason reason, int triedSecondsAgo) {
        return known(number, reason, 0, triedSecondsAgo);
    }

    private static ThreadCandidate large(int number, Reason reason, int triedSecondsAgo) {
        ThreadCandidate thread = thread(number, reason, triedSecondsAgo);
        return new ThreadCandidate(
                thread.root(), thread.latest(), "10000 1793728900.000000", thread.triedAt(), 0, reason);
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
