package org.chatpress.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the npm packages that {@code .ci/run} installs. */
public final class NpmPackages {
    private static final Path FOLDER = Path.of("target/npm/node_modules");

    private NpmPackages() {}

    /** Reads a file; where it is not installed, skips the test, but fails in CI. */
    public static String read(String path) throws IOException {
        Path file = FOLDER.resolve(path);
        if (System.getenv("CI") != null) {
            assertThat(file).exists();
        }
        assumeTrue(Files.exists(file), () -> "skipped: " + file + " is not installed");
        return Files.readString(file);
    }
}
