package org.chatpress.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.chatpress.model.MessageTs;
import org.chatpress.pull.KnownThread.Cause;
import org.junit.jupiter.api.Test;

class ThreadPlanTest {
    private static final Instant NOW = Instant.parse("2026-11-03T20:00:00Z");

    @Test
    void changedThreadsComeFirstTheOneWithTheNewestReplyAtTheirHead() {
        assertThat(read(
                        45,
                        thread(1, Cause.NEWEST, 120),
                        thread(2, Cause.CHANGED, 1),
                        thread(3, Cause.LONGEST_UNREAD, 3600),
                        thread(4, Cause.DELAYED, 1)))
                .containsExactly(4, 2, 1, 3);
    }

    @Test
    void aThreadIsReadOnceForAllItsCauses() {
        assertThat(read(
                        45,
                        thread(1, Cause.CHANGED, 120),
                        thread(1, Cause.NEWEST, 120),
                        thread(1, Cause.LONGEST_UNREAD, 900)))
                .containsExactly(1);
    }

    @Test
    void theNewestAreReadOnceAMinuteAndTheOthersEveryTenMinutesOneAtATime() {
        assertThat(read(45, thread(1, Cause.NEWEST, 59), thread(2, Cause.NEWEST, 60)))
                .containsExactly(2);
        assertThat(read(45, thread(1, Cause.LONGEST_UNREAD, 599))).isEmpty();
        assertThat(read(45, thread(1, Cause.LONGEST_UNREAD, 600), thread(2, Cause.LONGEST_UNREAD, 700)))
                .containsExactly(2);
    }

    @Test
    void someCallsAreLeftForTakedownsAndMoreWhereNothingMayHaveChanged() {
        KnownThread[] changed = IntStream.range(1, 60)
                .mapToObj(i -> thread(i, Cause.CHANGED, 120))
                .toArray(KnownThread[]::new);
        KnownThread[] newest = IntStream.range(1, 60)
                .mapToObj(i -> thread(i, Cause.NEWEST, 120))
                .toArray(KnownThread[]::new);

        assertThat(read(45, changed)).hasSize(45 - ThreadPlan.KEPT_FOR_TAKEDOWNS);
        assertThat(read(45, newest)).hasSize(45 - ThreadPlan.KEPT_FOR_CHANGES);
        assertThat(read(0, changed)).isEmpty();
        assertThat(read(Integer.MAX_VALUE, changed)).hasSize(59);
    }

    @Test
    void oneThatFailsComesAfterTheOthersAndMoreSeldom() {
        assertThat(read(45, failed(1, 1, 10), thread(2, Cause.CHANGED, 120), failed(3, 1, 9)))
                .containsExactly(2, 1);
        assertThat(read(45, failed(1, ThreadPlan.PATIENCE, 59), failed(2, ThreadPlan.PATIENCE, 60)))
                .containsExactly(2);
    }

    private static List<Integer> read(int callsLeft, KnownThread... known) {
        return ThreadPlan.toRead(List.of(known), NOW, callsLeft).stream()
                .map(thread -> Integer.parseInt(thread.root().value().substring(11)))
                .toList();
    }

    private static KnownThread thread(int number, Cause cause, int triedSecondsAgo) {
        return known(number, cause, 0, triedSecondsAgo);
    }

    private static KnownThread failed(int number, int failures, int triedSecondsAgo) {
        return known(number, Cause.CHANGED, failures, triedSecondsAgo);
    }

    private static KnownThread known(int number, Cause cause, int failures, int triedSecondsAgo) {
        var ts = new MessageTs("1793728800.%06d".formatted(number));
        return new KnownThread(
                ts, ts, "1", Optional.of(NOW.minus(Duration.ofSeconds(triedSecondsAgo))), failures, cause);
    }
}
