package org.chatpress.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.chatpress.error.InvalidSettingsException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadingSettingsTest {
    private static final String INVALID = Examples.SHORT.replace("approval: none", "approval: maybe");
    private static final String LATER = Examples.SHORT.replace("slug: no", "slug: later");

    @TempDir
    Path folder;

    private Path file;
    private ReloadingSettings reloading;

    @BeforeEach
    void writeAValidFile() throws IOException {
        file = Files.writeString(folder.resolve("channels.yml"), Examples.SHORT);
        reloading = new ReloadingSettings(file, Map.of("SLACK_BOT_TOKEN", "x"), any -> {});
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
        var strict = new ReloadingSettings(file, Map.of("SLACK_BOT_TOKEN", "x"), settings -> {
            if (settings.channels().get(0).slug().value().equals("later")) {
                throw new InvalidSettingsException(file.toString(), "cron", "never comes");
            }
        });
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

    private String slug() {
        return reloading.current().channels().get(0).slug().value();
    }
}
