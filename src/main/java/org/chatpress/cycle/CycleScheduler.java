package org.chatpress.cycle;

import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.Properties;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.chatpress.config.Settings.CycleInterval;
import org.quartz.CronExpression;
import org.quartz.CronScheduleBuilder;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a job on the settings' cadence, one at a time: a job that takes longer than the pause is followed at once by the
 * next, never joined by it. The first runs at once where the cadence is a pause.
 */
public final class CycleScheduler {
    private static final Logger LOG = LoggerFactory.getLogger(CycleScheduler.class);
    private static final TriggerKey TRIGGER = TriggerKey.triggerKey("cadence");
    private static final JobKey JOB = JobKey.jobKey("cycle");
    private static final String WORK = "work";
    private static final Duration A_JUMP = Duration.ofSeconds(2);

    private final Runnable job;
    private final Supplier<CycleInterval> cadence;
    private final Clock clock;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Scheduler scheduler;

    /**
     * @param cadence asked after each job: the settings may have changed, or people may have begun to talk
     * @param clock the one that Quartz goes by
     */
    public CycleScheduler(Runnable job, Supplier<CycleInterval> cadence, Clock clock) {
        this.job = job;
        this.cadence = cadence;
        this.clock = clock;
    }

    /** True for a cron expression that Quartz takes and whose time comes again, as in {@code 0/10 * * * * ?}. */
    public static boolean isValid(String cron) {
        return CronExpression.isValidExpression(cron)
                && trigger(new CycleInterval(Optional.empty(), Optional.of(cron)))
                                .getFireTimeAfter(null)
                        != null;
    }

    /** When a cron expression's time comes after this moment; empty if never, or if Quartz does not take it. */
    public static Optional<Instant> nextTime(Instant moment, String cron) {
        try {
            Date next = new CronExpression(cron).getNextValidTimeAfter(Date.from(moment));
            return Optional.ofNullable(next).map(Date::toInstant);
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    /** Runs jobs until {@link #stop} is called from another thread. */
    public void runUntilStopped() {
        try {
            scheduler = new StdSchedulerFactory(oneThread()).getScheduler();
            CycleInterval first = cadence.get();
            var work = new CycleTask(this::turn, cadence, first);
            JobDetail detail =
                    JobBuilder.newJob(CycleJob.class).withIdentity(JOB).build();
            detail.getJobDataMap().put(WORK, work);
            scheduler.scheduleJob(detail, trigger(first));
            scheduler.start();
            started.countDown();
            try {
                watchTheClock(work);
            } finally {
                scheduler.shutdown(true);
            }
        } catch (SchedulerException e) {
            throw new IllegalStateException("the scheduler does not work: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A job runs at once, or after the one in hand; asking again before it has begun changes nothing. */
    public void runNow() {
        if (started.getCount() > 0 || !asked.compareAndSet(false, true)) {
            return;
        }
        try {
            scheduler.triggerJob(JOB);
        } catch (SchedulerException e) {
            // It is stopping, or will run soon anyway
            asked.set(false);
        }
    }

    /** No further job begins; the one in hand ends. */
    public void stop() {
        stopped.countDown();
    }

    /** Until it is stopped. Were the clock set back, Quartz would wait for its old time to come again. */
    private void watchTheClock(CycleTask work) throws InterruptedException, SchedulerException {
        Instant then = clock.instant();
        long ticks = System.nanoTime();
        while (!stopped.await(1, TimeUnit.SECONDS)) {
            Instant now = clock.instant();
            long ticksNow = System.nanoTime();
            Duration setBack = Duration.ofNanos(ticksNow - ticks).minus(Duration.between(then, now));
            if (setBack.compareTo(A_JUMP) > 0) {
                LOG.warn("the clock was set back by {} s; cycles go on by the new time", setBack.toSeconds());
                scheduler.rescheduleJob(TRIGGER, trigger(work.inForce));
            }
            then = now;
            ticks = ticksNow;
        }
    }

    private void turn() {
        asked.set(false);
        // The scheduler may fire once more before it hears of the end.
        if (stopped.getCount() > 0) {
            job.run();
        }
    }

    private static Properties oneThread() {
        var properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "chatpress");
        properties.setProperty("org.quartz.threadPool.threadCount", "1");
        properties.setProperty("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
        return properties;
    }

    private static Trigger trigger(CycleInterval interval) {
        var trigger = TriggerBuilder.newTrigger().withIdentity(TRIGGER);
        if (interval.cron().isPresent()) {
            return trigger.withSchedule(
                            CronScheduleBuilder.cronSchedule(interval.cron().get())
                                    .inTimeZone(TimeZone.getDefault())
                                    .withMisfireHandlingInstructionDoNothing())
                    .build();
        }
        long pause = interval.every().orElseThrow().toMillis();
        return trigger.withSchedule(SimpleScheduleBuilder.simpleSchedule()
                        .withIntervalInMilliseconds(pause)
                        .repeatForever()
                        .withMisfireHandlingInstructionNextWithRemainingCount())
                .build();
    }

    /** What Quartz runs; made by Quartz, so it finds its work in the context. */
    @DisallowConcurrentExecution
    public static final class CycleJob implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            ((CycleTask) context.getMergedJobDataMap().get(WORK)).run(context);
        }
    }

    /** The job, and the cadence it was last scheduled by. */
    private static final class CycleTask {
        private final Runnable job;
        private final Supplier<CycleInterval> cadence;
        private volatile CycleInterval inForce;

        CycleTask(Runnable job, Supplier<CycleInterval> cadence, CycleInterval inForce) {
            this.job = job;
            this.cadence = cadence;
            this.inForce = inForce;
        }

        void run(JobExecutionContext context) {
            try {
                job.run();
                CycleInterval wanted = cadence.get();
                if (!wanted.equals(inForce)) {
                    context.getScheduler().rescheduleJob(TRIGGER, trigger(wanted));
                    inForce = wanted;
                    LOG.debug("the cadence has changed: {}", wanted);
                }
            } catch (Exception e) {
                // The scheduler's edge: whatever went wrong, the next cycle is to run.
                LOG.error("a cycle ended early, which is a bug of Chatpress; the next one will run", e);
            }
        }
    }
}
