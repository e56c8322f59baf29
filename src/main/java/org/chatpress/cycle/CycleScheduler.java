package org.chatpress.cycle;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.chatpress.config.Settings.CycleInterval;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.triggers.CronTriggerImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs cycles at the interval or by the cron expression of the settings, never two at a time: if a cycle takes longer
 * than the interval, the next one starts right after it. With an interval, the first cycle starts at once.
 */
public final class CycleScheduler {
    private static final Logger LOG = LoggerFactory.getLogger(CycleScheduler.class);
    private static final TriggerKey TRIGGER = TriggerKey.triggerKey("interval");
    private static final JobKey JOB = JobKey.jobKey("cycle");
    private static final String SCHEDULER = "scheduler";

    /** A clock set back by more than this reschedules the cycles. */
    private static final Duration MIN_CLOCK_JUMP = Duration.ofSeconds(2);

    private final Runnable cycle;
    private final Supplier<CycleInterval> interval;
    private final Clock clock;
    private final AtomicBoolean requested = new AtomicBoolean();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Optional<Error> error = Optional.empty();
    private Scheduler scheduler;
    private volatile CycleInterval scheduled;

    /**
     * @param interval read after each cycle: the settings or the channels' activity may have changed
     * @param clock shows the same time as the system clock, which Quartz uses
     */
    public CycleScheduler(Runnable cycle, Supplier<CycleInterval> interval, Clock clock) {
        this.cycle = cycle;
        this.interval = interval;
        this.clock = clock;
    }

    /**
     * Runs cycles until another thread calls {@link #stop}.
     *
     * @throws Error thrown by a cycle: the state of the process is unknown then, and no other cycle runs
     */
    public void runUntilStopped() {
        try {
            scheduler = new StdSchedulerFactory(quartzProperties()).getScheduler();
            scheduled = interval.get();
            JobDetail detail =
                    JobBuilder.newJob(CycleJob.class).withIdentity(JOB).build();
            detail.getJobDataMap().put(SCHEDULER, this);
            scheduler.scheduleJob(detail, trigger(scheduled));
            scheduler.start();
            started.countDown();
            try {
                watchClock();
            } finally {
                scheduler.shutdown(true);
            }
        } catch (SchedulerException e) {
            throw new IllegalStateException("Quartz failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (error.isPresent()) {
            throw error.get();
        }
    }

    /** Starts a cycle at once, or after the current one; does nothing if one was requested and has not started yet. */
    public void runNow() {
        if (started.getCount() > 0 || !requested.compareAndSet(false, true)) {
            return;
        }
        try {
            scheduler.triggerJob(JOB);
        } catch (SchedulerException e) {
            // The scheduler is stopping, or runs the next cycle soon anyway
            requested.set(false);
        }
    }

    /** Lets the current cycle end and starts no other. */
    public void stop() {
        stopped.countDown();
    }

    /** Waits for the stop. If the clock is set back, reschedules: Quartz would wait until its old time comes again. */
    private void watchClock() throws InterruptedException, SchedulerException {
        Instant lastTime = clock.instant();
        long lastNanos = System.nanoTime();
        while (!stopped.await(1, TimeUnit.SECONDS)) {
            Instant time = clock.instant();
            long nanos = System.nanoTime();
            Duration setBack = Duration.ofNanos(nanos - lastNanos).minus(Duration.between(lastTime, time));
            if (setBack.compareTo(MIN_CLOCK_JUMP) > 0) {
                LOG.warn("the clock was set back by {} s; rescheduling the cycles", setBack.toSeconds());
                scheduler.rescheduleJob(TRIGGER, trigger(scheduled));
            }
            lastTime = time;
            lastNanos = nanos;
        }
    }

    /** Runs a cycle, then reschedules if the interval has changed. */
    private void runCycle() {
        try {
            requested.set(false);
            // Quartz may fire once more before it shuts down.
            if (stopped.getCount() > 0) {
                cycle.run();
            }
            CycleInterval current = interval.get();
            if (!current.equals(scheduled)) {
                scheduler.rescheduleJob(TRIGGER, trigger(current));
                scheduled = current;
                LOG.debug("the interval changed to {}", current);
            }
        } catch (Exception e) {
            // The edge of the scheduler: whatever went wrong, the next cycle must run.
            LOG.error("the cycle ended early because of a bug in Chatpress; the next cycle will run", e);
        } catch (Error e) {
            error = Optional.of(e);
            stop();
        }
    }

    private static Properties quartzProperties() {
        var properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "chatpress");
        properties.setProperty("org.quartz.threadPool.threadCount", "1");
        properties.setProperty("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
        return properties;
    }

    private static Trigger trigger(CycleInterval interval) {
        if (interval.cron().isPresent()) {
            CronTriggerImpl trigger = CronSchedule.of(interval.cron().get(), ZoneId.systemDefault())
                    .orElseThrow()
                    .trigger();
            trigger.setKey(TRIGGER);
            return trigger;
        }
        return TriggerBuilder.newTrigger()
                .withIdentity(TRIGGER)
                .withSchedule(SimpleScheduleBuilder.simpleSchedule()
                        .withIntervalInMilliseconds(
                                interval.every().orElseThrow().toMillis())
                        .repeatForever()
                        .withMisfireHandlingInstructionNextWithRemainingCount())
                .build();
    }

    /** The job that Quartz creates; it finds the scheduler in the job's data. */
    @DisallowConcurrentExecution
    public static final class CycleJob implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            ((CycleScheduler) context.getMergedJobDataMap().get(SCHEDULER)).runCycle();
        }
    }
}
