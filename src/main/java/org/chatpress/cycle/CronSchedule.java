package org.chatpress.cycle;

import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.SimpleTimeZone;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.quartz.CronExpression;
import org.quartz.CronTrigger;
import org.quartz.impl.triggers.CronTriggerImpl;

/**
 * The times that match a Quartz cron expression in a time zone, through changes of its offset. Quartz itself skips the
 * first pass of an hour that is repeated when the clocks go back, and skips what was due in an hour that is left out when
 * they go forward. Here the repeated hour matches twice, and a time that is left out is as many minutes later.
 */
public final class CronSchedule {
    private final String expression;
    private final ZoneRules rules;
    private final Map<ZoneOffset, CronExpression> atOffset = new ConcurrentHashMap<>();

    private CronSchedule(String expression, ZoneId zone) {
        this.expression = expression;
        this.rules = zone.getRules();
    }

    /** The schedule of an expression such as {@code 0/10 * * * * ?}; empty if Quartz does not accept it. */
    public static Optional<CronSchedule> of(String expression, ZoneId zone) {
        return CronExpression.isValidExpression(expression)
                ? Optional.of(new CronSchedule(expression, zone))
                : Optional.empty();
    }

    /** The first matching time after another; empty if there is none. */
    public Optional<Instant> nextTime(Instant after) {
        Instant from = after;
        ZoneOffset offset = rules.getOffset(after);
        ZoneOffsetTransition last = rules.previousTransition(after.plusNanos(1));
        ZoneOffsetTransition next = rules.nextTransition(after);
        while (true) {
            Instant end = next == null ? Instant.MAX : next.getInstant();
            Optional<Instant> first = Stream.of(nextAtOffset(from, offset), nextSkippedBy(last, from))
                    .flatMap(Optional::stream)
                    .min(Instant::compareTo);
            if (first.isEmpty() || first.get().isBefore(end)) {
                return first;
            }
            last = next;
            offset = last.getOffsetAfter();
            from = last.getInstant().minusMillis(1);
            next = rules.nextTransition(last.getInstant());
        }
    }

    /** The next match of a time that the clocks left out when they went forward. */
    private Optional<Instant> nextSkippedBy(ZoneOffsetTransition change, Instant after) {
        if (change == null || !change.isGap()) {
            return Optional.empty();
        }
        Instant end = change.getInstant().plus(change.getDuration());
        return nextAtOffset(after, change.getOffsetBefore()).filter(time -> time.isBefore(end));
    }

    private Optional<Instant> nextAtOffset(Instant after, ZoneOffset offset) {
        Date next = atOffset.computeIfAbsent(offset, this::expression).getNextValidTimeAfter(Date.from(after));
        return Optional.ofNullable(next).map(Date::toInstant);
    }

    private CronExpression expression(ZoneOffset offset) {
        try {
            var cron = new CronExpression(expression);
            cron.setTimeZone(new SimpleTimeZone(offset.getTotalSeconds() * 1000, offset.getId()));
            return cron;
        } catch (ParseException e) {
            throw new IllegalStateException("was valid before: " + expression, e);
        }
    }

    /** A trigger of Quartz that fires at the times of this schedule. */
    CronTriggerImpl trigger() {
        try {
            var trigger = new Trigger(this);
            trigger.setCronExpression(expression);
            // After a suspension, what was missed is made up once.
            trigger.setMisfireInstruction(CronTrigger.MISFIRE_INSTRUCTION_FIRE_ONCE_NOW);
            return trigger;
        } catch (ParseException e) {
            throw new IllegalStateException("was valid before: " + expression, e);
        }
    }

    private static final class Trigger extends CronTriggerImpl {
        private static final long serialVersionUID = 1;

        private final transient CronSchedule schedule;

        Trigger(CronSchedule schedule) {
            this.schedule = schedule;
        }

        @Override
        protected Date getTimeAfter(Date after) {
            return schedule.nextTime(after.toInstant()).map(Date::from).orElse(null);
        }
    }
}
