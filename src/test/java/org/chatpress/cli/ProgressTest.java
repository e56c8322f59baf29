package org.chatpress.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.chatpress.cli.Verb.Progress;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.support.FakeClock;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final String ERASED = "\r\u001b[K";

    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-04T02:22:05Z"));
    private final CycleReport report = new CycleReport(clock.instant());
    private final StringWriter terminal = new StringWriter();
    private Optional<CycleReport> inProgress = Optional.of(report);

    @Test
    void withoutATerminalALineTellsWhatWasDoneOnceTheWorkTakesTenSeconds() {
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

        assertThat(Progress.logLine(Optional.empty(), clock)).isEmpty();
    }

    @Test
    void onATerminalABarShowsHowManyMessagesAreReviewed() {
        try (var progress = new Progress(() -> inProgress, clock, Optional.of(new PrintWriter(terminal)))) {
            report.addMessagesRead(4000);
            progress.show();
            assertThat(drawn()).isEmpty();

            clock.advance(Duration.ofSeconds(2));
            progress.show();
            awaitDrawn("4000 messages read");
            assertThat(drawn()).contains("0/?");

            report.addMessagesReviewed(1000);
            progress.show();
            awaitDrawn("1000/4000");
            assertThat(drawn()).contains("25%");

            inProgress = Optional.empty();
            progress.show();
            assertThat(drawn()).endsWith(ERASED);
        }
    }

    @Test
    void logLinesStandAboveTheBar() {
        PrintStream real = System.err;
        var log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, UTF_8));
        try (var progress = new Progress(() -> inProgress, clock, Optional.of(new PrintWriter(terminal)))) {
            clock.advance(Duration.ofSeconds(2));
            progress.show();

            System.err.println("INFO  published live.json");

            assertThat(terminal.toString()).contains(ERASED);
            assertThat(log.toString(UTF_8)).isEqualTo("INFO  published live.json" + System.lineSeparator());
            progress.close();
            assertThat(System.err).isNotSameAs(real);
            System.err.println("after it");
            assertThat(log.toString(UTF_8)).contains("after it");
        } finally {
            System.setErr(real);
        }
    }

    /** The library draws the bar on a thread of its own, twice a second. */
    private void awaitDrawn(String text) {
        Instant end = Instant.now().plusSeconds(20);
        while (!drawn().contains(text) && Instant.now().isBefore(end)) {
            Thread.onSpinWait();
        }
        assertThat(drawn()).contains(text);
    }

    private String drawn() {
        return terminal.toString();
    }

    private Optional<String> line() {
        return Progress.logLine(Optional.of(report), clock);
    }
}
