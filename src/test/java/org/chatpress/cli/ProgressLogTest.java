package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.chatpress.cli.Verb.ProgressLog;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.support.FakeClock;
import org.junit.jupiter.api.Test;

class ProgressLogTest {
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-04T02:22:05Z"));
    private final CycleReport report = new CycleReport(clock.instant());

    @Test
    void tellsWhatWasDoneOnceTheWorkTakesTenSeconds() {
        assertThat(line()).isEmpty();

        clock.advance(Duration.ofSeconds(10));
        assertThat(line()).contains("still working after 10 s: nothing new yet");

        report.addMessagesRead(4000);
        report.addPublicChanges(500);
        clock.advance(Duration.ofSeconds(10));
        assertThat(line()).contains("still working after 20 s: 4000 messages read, 500 public changes");
    }

    @Test
    void saysNothingBetweenTwoCycles() {
        clock.advance(Duration.ofSeconds(10));

        assertThat(ProgressLog.line(Optional.empty(), clock)).isEmpty();
    }

    private Optional<String> line() {
        return ProgressLog.line(Optional.of(report), clock);
    }
}
