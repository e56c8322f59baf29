package org.chatpress.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.support.FakeClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadingSettingsTest {
    private static final String INVALID = Examples.SHORT.replace("approval: none", "approval: maybe");
    private static final String LATER = Examples.SHORT.replace("slug: no", "slug: later");

    @TempDir
    Path folder;

    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-04T02:00:00Z"));
    private final Deque<String> written = new ArrayDeque<>();
    private int pauses;
    private Path file;
    private ReloadingSettings reloading;

    @BeforeEach
    void writeAValidFile() throws IOException {
        file = Files.writeString(folder.resolve("channels.yml"), Examples.SHORT);
        reloading = new ReloadingSettings(file, Map.of("SLACK_BOT_TOKEN", "x"), any -> {}, clock, this::pause);
    }

    @Test
    void anUnchangedFileGivesTheSameObject() {
        Settings first = reloading.current();

        assertThat(reloading.current()).isSameAs(first);
        assertThat(reloading.problem()).isEmpty();
    }

    @Test
    void aChangedFileIsUsedAtOnce() throws IOException {
        reloading.current();

        // Same size, and perhaps the same modification time.
        Files.writeString(file, Examples.SHORT.replace("slug: no", "slug: on"));

        assertThat(slug()).isEqualTo("on");
    }

    @Test
    void theLastValidSettingsStayWhileACheckRejectsTheFile() throws IOException {
        var strict = new ReloadingSettings(
                file,
                Map.of("SLACK_BOT_TOKEN", "x"),
                settings -> {
                    if (settings.channels().get(0).slug().value().equals("later")) {
                        throw new InvalidSettingsException(file.toString(), "cron", "never comes");
                    }
                },
                clock,
                this::pause);
        strict.current();

        Files.writeString(file, LATER);

        assertThat(strict.current().channels().get(0).slug().value()).isEqualTo("no");
        assertThat(strict.problem())
                .hasValueSatisfying(problem -> assertThat(problem).hasMessageContaining("never comes"));
    }

    @Test
    void theLastValidSettingsStayWhileTheFileIsInvalid() throws IOException {
        reloading.current();

        Files.writeString(file, INVALID);

        assertThat(slug()).isEqualTo("no");
        assertThat(reloading.problem())
                .hasValueSatisfying(problem -> assertThat(problem).hasMessageContaining("channels[0].approval"));
    }

    @Test
    void theLastValidSettingsStayWhileTheFileIsMissing() throws IOException {
        reloading.current();

        Files.delete(file);

        assertThat(slug()).isEqualTo("no");
        assertThat(reloading.problem())
                .hasValueSatisfying(problem -> assertThat(problem).hasMessageContaining("file not found"));
        assertThat(slug()).isEqualTo("no");
        assertThat(reloading.problem()).isEmpty();
    }

    @Test
    void eachInvalidVersionIsReportedOnce() throws IOException {
        reloading.current();
        Files.writeString(file, INVALID);
        reloading.current();
        reloading.problem();

        reloading.current();
        Optional<InvalidSettingsException> again = reloading.problem();
        Files.writeString(file, INVALID.replace("maybe", "perhaps"));
        reloading.current();

        assertThat(again).isEmpty();
        assertThat(reloading.problem())
                .hasValueSatisfying(problem -> assertThat(problem).hasMessageContaining("perhaps"));
    }

    @Test
    void aCorrectedFileIsUsedAndItsProblemForgotten() throws IOException {
        reloading.current();
        Files.writeString(file, INVALID);
        reloading.current();

        Files.writeString(file, LATER);

        assertThat(slug()).isEqualTo("later");
        assertThat(reloading.problem()).isEmpty();
    }

    @Test
    void aFileThatBecomesInvalidInTheSameWayIsReportedAgain() throws IOException {
        reloading.current();
        Files.writeString(file, INVALID);
        reloading.current();
        reloading.problem();
        Files.writeString(file, Examples.SHORT);
        reloading.current();

        Files.writeString(file, INVALID);
        reloading.current();

        assertThat(reloading.problem()).isPresent();
    }

    @Test
    void aFileThatHasNeverBeenValidIsRejectedEachTime() throws IOException {
        Files.writeString(file, INVALID);

        assertThatExceptionOfType(InvalidSettingsException.class).isThrownBy(reloading::current);
        assertThatExceptionOfType(InvalidSettingsException.class).isThrownBy(reloading::current);
    }

    @Test
    void aFileThatIsWrittenInPiecesIsUsedWhenItIsComplete() throws IOException {
        reloading.current();
        pauses = 0;

        Files.writeString(file, LATER.substring(0, LATER.length() - 1));
        written.add(LATER + "    hidden: true");
        Settings first = reloading.current();
        written.add(LATER + "    hidden: true\n    jsonp: true\n");
        Settings second = reloading.current();
        Settings third = reloading.current();

        assertThat(pauses).isEqualTo(3);
        assertThat(List.of(first, second))
                .allMatch(settings -> settings.channels().get(0).slug().value().equals("no"));
        assertThat(third.channels().get(0).publishing().hidden()).isTrue();
        assertThat(third.channels().get(0).publishing().jsonp()).isTrue();
    }

    @Test
    void aFileThatIsReplacedIsNotMissing() throws IOException {
        reloading.current();
        Files.delete(file);
        written.add(LATER);

        reloading.current();

        assertThat(slug()).isEqualTo("later");
        assertThat(reloading.problem()).isEmpty();
    }

    @Test
    void anOldFileIsReadAtOnce() {
        reloading.current();
        reloading.current();

        assertThat(pauses).isZero();
    }

    @Test
    void aFileThatWasChangedWithinTheLastSecondIsReadTwice() throws IOException {
        Files.writeString(file, LATER.substring(0, LATER.length() - 1));
        Files.setLastModifiedTime(file, FileTime.from(clock.instant().minusMillis(900)));
        written.add(LATER + "    hidden: true\n");

        assertThat(reloading.current().channels().get(0).publishing().hidden()).isTrue();
        assertThat(pauses).isEqualTo(2);
    }

    @Test
    void aFileThatKeepsChangingIsReadAsItIs() throws IOException {
        Files.writeString(file, Examples.SHORT);
        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
        for (int i = 0; i < 100; i++) {
            written.add(Examples.SHORT + "# " + i);
        }

        assertThat(slug()).isEqualTo("no");
        assertThat(pauses).isEqualTo(9);
    }

    /** A second passes, in which the rest of the file may be written. */
    private void pause(Duration time) {
        assertThat(time).isEqualTo(Duration.ofSeconds(1));
        pauses++;
        clock.advance(time);
        if (!written.isEmpty()) {
            try {
                Files.writeString(file, written.remove());
                Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private String slug() {
        return reloading.current().channels().get(0).slug().value();
    }
}
