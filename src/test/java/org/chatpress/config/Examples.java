package org.chatpress.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The settings files of these tests. */
final class Examples {
    static final Map<String, String> ENVIRONMENT =
            Map.of("SLACK_BOT_TOKEN", "xoxb-from-the-environment", "FTP_PASSWORD", "p@ss$$ ${x}", "YEAR", "2026");

    /** The required keys only. */
    static final String SHORT = """
            slack: {token: "${SLACK_BOT_TOKEN}"}
            publish:
              - directory: public
            channels:
              - id: C01
                slug: no
                since: 2026-11-03 18:00:00-08:00
                approval: none
            """;

    private static final Path FOLDER = Path.of("src/test/resources/org/chatpress/config");

    private Examples() {}

    static Settings read(String name) {
        return SettingsLoader.read(FOLDER.resolve(name), ENVIRONMENT);
    }

    static String text(String name) {
        try {
            return Files.readString(FOLDER.resolve(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
