package org.chatpress.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The machine's Chromium without a window; the build that has no window at all, where it is installed, needs half the time. */
public final class Chromium implements AutoCloseable {
    private static final List<Path> EXECUTABLES =
            List.of(Path.of("/usr/bin/chromium-headless-shell"), Path.of("/usr/bin/chromium"));

    /** As long as Playwright itself waits for what it is to click. */
    private static final int MAX_WAIT_MILLIS = 30_000;

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Path executable) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new LaunchOptions().setExecutablePath(executable).setArgs(List.of("--no-sandbox")));
    }

    /** Starts it; where there is none, skips the test, but fails in CI. */
    public static Chromium start() {
        Optional<Path> executable =
                EXECUTABLES.stream().filter(Files::isExecutable).findFirst();
        if (System.getenv("CI") != null) {
            assertThat(executable).as("CI has a Chromium").isPresent();
        }
        PlaywrightAssertions.setDefaultAssertionTimeout(MAX_WAIT_MILLIS);
        assumeTrue(executable.isPresent(), "skipped: there is no Chromium at " + EXECUTABLES);
        return new Chromium(executable.get());
    }

    public Browser browser() {
        return browser;
    }

    @Override
    public void close() {
        playwright.close();
    }
}
