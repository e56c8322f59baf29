package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quartz.impl.triggers.CronTriggerImpl;

@Tag("slow")
class CronScheduleTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = START.plus(Duration.ofDays(366));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "America/New_York",
                "America/Chicago",
                "America/Los_Angeles",
                "America/St_Johns",
                "America/Santiago",
                "Europe/Berlin",
                "Europe/London",
                "Australia/Sydney",
                "Australia/Lord_Howe",
                "Pacific/Auckland",
                "Pacific/Apia",
                "Africa/Cairo",
                "Asia/Kathmandu",
                "UTC"
            })
    void cyclesGoOnThroughEveryChangeOfTheClocks(String zone) {
        assertThat(longestGap("0 0/10 * * * ?", zone)).isEqualTo(Duration.ofMinutes(10));
        // On Lord Howe Island the clocks change by half an hour.
        assertThat(longestGap("0 0 * * * ?", zone))
                .isEqualTo(Duration.ofMinutes(zone.equals("Australia/Lord_Howe") ? 90 : 60));
        assertThat(longestGap("0 30 2 * * ?", zone)).isLessThanOrEqualTo(Duration.ofHours(25));
        assertThat(longestGap("0 0 0/2 * * ?", zone)).isLessThanOrEqualTo(Duration.ofHours(3));
    }

    @ParameterizedTest
    @CsvSource({
        "0/10 * * * * ?, 2026-11-01T08:59:50Z, 2026-11-01T09:00:00Z",
        "0/10 * * * * ?, 2026-11-01T09:59:50Z, 2026-11-01T10:00:00Z",
        "0/10 * * * * ?, 2026-03-08T09:59:50Z, 2026-03-08T10:00:00Z"
    })
    void everyTenSecondsIsEveryTenSecondsWhenTheClocksChange(String cron, Instant after, Instant next) {
        assertThat(schedule(cron, "America/Los_Angeles").nextTime(after)).contains(next);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-07T10:30:00Z, 2026-03-08T10:30:00Z, 3:30 as there is no 2:30",
        "2026-03-08T10:10:00Z, 2026-03-08T10:30:00Z, asked after the clocks changed",
        "2026-03-08T10:30:00Z, 2026-03-09T09:30:00Z, 2:30 on the next day",
        "2026-03-09T09:30:00Z, 2026-03-10T09:30:00Z, 2:30 on an ordinary day"
    })
    void aTimeThatTheClocksLeaveOutIsAnHourLater(Instant after, Instant next, String what) {
        assertThat(schedule("0 30 2 * * ?", "America/Los_Angeles").nextTime(after))
                .as(what)
                .contains(next);
    }

    @Test
    void aTimeInTheRepeatedHourComesTwice() {
        CronSchedule schedule = schedule("0 30 1 * * ?", "America/Los_Angeles");

        Instant first = schedule.nextTime(Instant.parse("2026-11-01T07:00:00Z")).orElseThrow();

        assertThat(first).isEqualTo("2026-11-01T08:30:00Z");
        assertThat(schedule.nextTime(first)).contains(Instant.parse("2026-11-01T09:30:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "0/10 * * * * ?, true",
        "0 0 18 ? * TUE, true",
        "0 0 0 29 2 ? 2044, true",
        "*/5 * * * *, false",
        "soon, false",
        "0/99 * * * 13 ?, false",
        "0 0 0 1 1 ? 2020, false",
        "0 0 0 31 2 ?, false"
    })
    void hasNoTimeIfQuartzDoesNotAcceptTheExpressionOrItMatchesNoDate(String cron, boolean hasTime) {
        Optional<Instant> next =
                CronSchedule.of(cron, ZoneId.of("Europe/Berlin")).flatMap(schedule -> schedule.nextTime(START));

        assertThat(next.isPresent()).isEqualTo(hasTime);
    }

    @Test
    void whatASuspendedProcessMissedIsMadeUpOnce() {
        CronTriggerImpl trigger = schedule("0 0 0 * * ?", "UTC").trigger();
        trigger.setNextFireTime(Date.from(Instant.now().minus(Duration.ofDays(3))));

        trigger.updateAfterMisfire(null);
        Instant first = trigger.getNextFireTime().toInstant();
        trigger.triggered(null);

        assertThat(first).isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(trigger.getNextFireTime().toInstant())
                .isEqualTo(first.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS));
    }

    private static Duration longestGap(String cron, String zone) {
        CronSchedule schedule = schedule(cron, zone);
        Duration longest = Duration.ZERO;
        Instant time = schedule.nextTime(START).orElseThrow();
        while (time.isBefore(END)) {
            Instant next = schedule.nextTime(time).orElseThrow();
            Duration gap = Duration.between(time, next);
            longest = gap.compareTo(longest) > 0 ? gap : longest;
            time = next;
        }
        return longest;
    }

    private static CronSchedule schedule(String cron, String zone) {
        return CronSchedule.of(cron, ZoneId.of(zone)).orElseThrow();
    }
}
