package org.chatpress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JVM options are in one file, and every command that starts the program reads it. */
class JvmOptionsTest {
    private static final Path FILE = Path.of("src/main/archive/chatpress.args");

    @ParameterizedTest
    @CsvSource({
        "Dockerfile,                        ENTRYPOINT [\"java\" \"@/opt/chatpress/chatpress.args\"",
        "Dockerfile,                        CMD [\"java\" \"@/opt/chatpress/chatpress.args\"",
        "examples/README.md,                java @chatpress.args -jar chatpress.jar once",
        "src/main/archive/make-archive.sh,  options=$(dirname \"$jar\")/chatpress.args",
        "src/main/archive/make-archive.sh,  \"$java\" \"@$options\" -Xshare:on",
        ".ci/run,                           \"$java\" @target/chatpress.args -Xshare:on"
    })
    void everyCommandReadsTheFile(Path file, String command) throws IOException {
        assertThat(Files.readString(file).replace(",", "")).contains(command);
    }

    @ParameterizedTest
    @CsvSource({"Dockerfile", "examples/README.md", "src/main/archive/make-archive.sh", ".ci/run"})
    void noCommandRepeatsAnOption(Path file) throws IOException {
        assertThat(Files.readString(file)).doesNotContain(options());
    }

    @Test
    void javaKnowsEveryOptionAndPrintsNothing() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + FILE,
                        "-XX:SharedArchiveFile=target/no-such-archive.jsa",
                        "--version")
                .redirectErrorStream(true)
                .start();
        String printed = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(java.exitValue()).as(printed).isZero();
        assertThat(printed.lines()).hasSize(3);
        assertThat(options()).contains("-XX:+ExitOnOutOfMemoryError");
    }

    private static List<String> options() throws IOException {
        return Files.readAllLines(FILE).stream()
                .filter(line -> line.startsWith("-"))
                .toList();
    }
}
