package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.support.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When cycles run, by a real Quartz. A test waits for what is to happen, and never for a time. */
@Timeout(30)
class CycleSchedulerTest {
    private static final CycleInterval QUICKLY = every(Duration.ofMillis(20));
    private static final CycleInterval HARDLY_EVER = every(Duration.ofHours(1));
    private static final CycleInterval EACH_SECOND = new CycleInterval(Optional.empty(), Optional.of("* * * * * ?"));

    private final LinkedBlockingQueue<String> turns = new LinkedBlockingQueue<>();
    private Clock clock = Clock.systemUTC();
    private volatile CycleInterval interval = QUICKLY;
    private CycleScheduler schedule;
    private Thread runner;

    @AfterEach
    void stop() throws InterruptedException {
        schedule.stop();
        runner.join();
    }

    @Test
    void theFirstTurnIsAtOnceAndOthersFollow() throws InterruptedException {
        start(() -> turns.add("turn"));

        assertThat(turns.take()).isEqualTo("turn");
        assertThat(turns.take()).isEqualTo("turn");
    }

    @Test
    void aCronExpressionSaysWhenToo() throws InterruptedException {
        interval = EACH_SECOND;
        start(() -> turns.add("turn"));

        assertThat(turns.take()).isEqualTo("turn");
        assertThat(turns.take()).isEqualTo("turn");
    }

    @Test
    void aClockThatIsSetBackKeepsNobodyWaitingForTheOldTime() throws InterruptedException {
        var itsClock = new FakeClock(Instant.now());
        clock = itsClock;
        interval = HARDLY_EVER;
        start(() -> turns.add("turn"));
        assertThat(turns.take()).isEqualTo("turn");

        String next;
        do {
            itsClock.advance(Duration.ofHours(-1));
            next = turns.poll(100, TimeUnit.MILLISECONDS);
        } while (next == null);

        assertThat(next).isEqualTo("turn");
    }

    @Test
    void turnsNeverOverlap() throws InterruptedException {
        var running = new AtomicInteger();
        var mayEnd = new Semaphore(0);
        start(() -> {
            turns.add("running: " + running.incrementAndGet());
            mayEnd.acquireUninterruptibly();
            running.decrementAndGet();
        });

        assertThat(turns.take()).isEqualTo("running: 1");
        assertThat(turns.poll(200, TimeUnit.MILLISECONDS))
                .as("ten turns are due")
                .isNull();
        mayEnd.release();
        assertThat(turns.take()).isEqualTo("running: 1");
        mayEnd.release(1000);
    }

    @Test
    void aChangedCadenceHoldsFromTheNextTurn() throws InterruptedException {
        interval = HARDLY_EVER;
        start(() -> {
            turns.add("turn");
            interval = EACH_SECOND;
        });

        assertThat(turns.take()).isEqualTo("turn");
        assertThat(turns.take()).as("an hour early").isEqualTo("turn");
    }

    @Test
    void aTurnThatBreaksIsFollowedByTheNext() throws InterruptedException {
        var turn = new AtomicInteger();
        start(() -> {
            turns.add("turn");
            if (turn.incrementAndGet() == 1) {
                throw new IllegalStateException("a bug, thrown by a test");
            }
        });

        assertThat(turns.take()).isEqualTo("turn");
        assertThat(turns.take()).isEqualTo("turn");
    }

    @Test
    void stoppingWaitsForTheTurnInHand() throws InterruptedException {
        var mayEnd = new Semaphore(0);
        start(() -> {
            turns.add("begun");
            mayEnd.acquireUninterruptibly();
            turns.add("ended");
        });
        assertThat(turns.take()).isEqualTo("begun");

        schedule.stop();
        mayEnd.release();
        runner.join();

        assertThat(turns).containsExactly("ended");
    }

    @ParameterizedTest
    @CsvSource({
        "0/10 * * * * ?, true",
        "0 0 18 ? * TUE, true",
        "*/5 * * * *, false",
        "soon, false",
        "0/99 * * * 13 ?, false",
        "0 0 0 1 1 ? 2020, false",
        "0 0 0 31 2 ?, false"
    })
    void knowsWhichExpressionsQuartzTakes(String cron, boolean isTaken) throws InterruptedException {
        start(() -> {});

        assertThat(CycleScheduler.isValid(cron)).isEqualTo(isTaken);
    }

    private void start(Runnable turn) {
        schedule = new CycleScheduler(turn, () -> interval, clock);
        runner = new Thread(schedule::runUntilStopped, "runner");
        runner.start();
    }

    private static CycleInterval every(Duration pause) {
        return new CycleInterval(Optional.of(pause), Optional.empty());
    }
}
