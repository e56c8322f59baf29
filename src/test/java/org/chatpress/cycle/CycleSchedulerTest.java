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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The scheduler with a real Quartz. Tests wait for events, never for a fixed time. */
@Tag("slow")
@Timeout(30)
class CycleSchedulerTest {
    private static final CycleInterval EVERY_20_MILLIS = every(Duration.ofMillis(20));
    private static final CycleInterval EVERY_HOUR = every(Duration.ofHours(1));
    private static final CycleInterval CRON_EVERY_SECOND =
            new CycleInterval(Optional.empty(), Optional.of("* * * * * ?"));

    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    private Clock clock = Clock.systemUTC();
    private volatile CycleInterval interval = EVERY_20_MILLIS;
    private CycleScheduler scheduler;
    private Thread runner;

    @AfterEach
    void stop() throws InterruptedException {
        if (scheduler != null) {
            scheduler.stop();
            runner.join();
        }
    }

    @Test
    void theFirstCycleStartsAtOnceAndOthersFollow() throws InterruptedException {
        start(() -> events.add("cycle"));

        assertThat(events.take()).isEqualTo("cycle");
        assertThat(events.take()).isEqualTo("cycle");
    }

    @Test
    void aCronExpressionStartsCyclesToo() throws InterruptedException {
        interval = CRON_EVERY_SECOND;
        start(() -> events.add("cycle"));

        assertThat(events.take()).isEqualTo("cycle");
        assertThat(events.take()).isEqualTo("cycle");
    }

    @Test
    void cyclesDoNotWaitForTheOldTimeAfterTheClockIsSetBack() throws InterruptedException {
        var fakeClock = new FakeClock(Instant.now());
        clock = fakeClock;
        interval = EVERY_HOUR;
        start(() -> events.add("cycle"));
        assertThat(events.take()).isEqualTo("cycle");

        String next;
        do {
            fakeClock.advance(Duration.ofHours(-1));
            next = events.poll(100, TimeUnit.MILLISECONDS);
        } while (next == null);

        assertThat(next).isEqualTo("cycle");
    }

    @Test
    void cyclesNeverOverlap() throws InterruptedException {
        var running = new AtomicInteger();
        var mayEnd = new Semaphore(0);
        start(() -> {
            events.add("running: " + running.incrementAndGet());
            mayEnd.acquireUninterruptibly();
            running.decrementAndGet();
        });

        assertThat(events.take()).isEqualTo("running: 1");
        assertThat(events.poll(200, TimeUnit.MILLISECONDS))
                .as("ten cycles are due")
                .isNull();
        mayEnd.release();
        assertThat(events.take()).isEqualTo("running: 1");
        mayEnd.release(1000);
    }

    @Test
    void aChangedIntervalAppliesFromTheNextCycle() throws InterruptedException {
        interval = EVERY_HOUR;
        start(() -> {
            events.add("cycle");
            interval = CRON_EVERY_SECOND;
        });

        assertThat(events.take()).isEqualTo("cycle");
        assertThat(events.take()).as("an hour early").isEqualTo("cycle");
    }

    @Test
    void afterACycleThatThrowsTheNextOneRuns() throws InterruptedException {
        var cycle = new AtomicInteger();
        start(() -> {
            events.add("cycle");
            if (cycle.incrementAndGet() == 1) {
                throw new IllegalStateException("a bug, thrown by a test");
            }
        });

        assertThat(events.take()).isEqualTo("cycle");
        assertThat(events.take()).isEqualTo("cycle");
    }

    @Test
    void anErrorInACycleEndsTheScheduler() throws InterruptedException {
        var thrown = new LinkedBlockingQueue<Throwable>();
        start(() -> {
            throw new StackOverflowError("thrown by a test");
        });
        runner.setUncaughtExceptionHandler((thread, e) -> thrown.add(e));

        assertThat(thrown.take()).isInstanceOf(StackOverflowError.class);
        runner.join();
    }

    @Test
    void stoppingWaitsForTheCurrentCycle() throws InterruptedException {
        var mayEnd = new Semaphore(0);
        start(() -> {
            events.add("started");
            mayEnd.acquireUninterruptibly();
            events.add("ended");
        });
        assertThat(events.take()).isEqualTo("started");

        scheduler.stop();
        mayEnd.release();
        runner.join();

        assertThat(events).containsExactly("ended");
    }

    private void start(Runnable cycle) {
        scheduler = new CycleScheduler(cycle, () -> interval, clock);
        runner = new Thread(scheduler::runUntilStopped, "runner");
        runner.start();
    }

    private static CycleInterval every(Duration interval) {
        return new CycleInterval(Optional.of(interval), Optional.empty());
    }
}
