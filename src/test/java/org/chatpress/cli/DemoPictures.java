package org.chatpress.cli;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ScreenshotAnimations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.chatpress.support.Chromium;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes the README's pictures: {@code mvn test -Dtest=DemoPictures}. Needs Chromium, a font with emoji, and ffmpeg. Its
 * name keeps it out of the build.
 */
class DemoPictures {
    private static final Path PICTURES = Path.of("examples");
    private static final int MAX_BYTES = 1_000_000;

    @TempDir
    Path frames;

    private final StringBuilder timeline = new StringBuilder("ffconcat version 1.0\n");
    private final Chromium chromium = Chromium.start();
    private RunningDemo demo;
    private Page page;
    private int frame;

    @BeforeEach
    void start() {
        demo = new RunningDemo();
    }

    @AfterEach
    void stop() throws Exception {
        chromium.close();
        demo.close();
    }

    @Test
    void makeThem() throws IOException, InterruptedException {
        still(
                "screenshot-dark.png",
                new NewContextOptions().setViewportSize(1200, 720).setColorScheme(ColorScheme.DARK),
                "");
        still("screenshot-phone.png", new NewContextOptions().setViewportSize(390, 844), "readers.html");
        animate();
    }

    private void animate() throws IOException, InterruptedException {
        page = open(new NewContextOptions().setViewportSize(1120, 680), "");
        Locator message = page.locator(".toured");
        assertThat(message).isVisible();
        assertThat(readers("").first()).isVisible();
        message.evaluate("message => message.scrollIntoView({ block: 'end' })");
        record(2.5);
        button(message, "Approve").focus();
        record(0.8);
        button(message, "Approve").click();
        assertThat(readers("gavel is missing")).isVisible();
        assertThat(message).containsText("Public");
        record(3);
        button(message, "Edit").click();
        record(0.8);
        Locator words = page.getByLabel("The message");
        words.fill("The gavel is back. The gull wants it known that it was *only borrowed*.");
        record(1.2);
        page.keyboard().press("Enter");
        assertThat(page.locator(".toured")).containsText("Readers still see the approved words");
        record(3.5);
        button(message, "Approve the edit").click();
        assertThat(readers("only borrowed")).isVisible();
        assertThat(message).not().containsText("Readers still see");
        assertThat(message).not().containsText("an edit waits");
        record(3);
        button(message, "Take back").click();
        assertThat(readers("only borrowed")).hasCount(0);
        page.waitForTimeout(500);
        record(3);

        // ffmpeg ignores the duration of the last entry, so the last frame is listed twice.
        timeline.append("file %s\n".formatted(frameName(frame - 1)));
        Path list = Files.writeString(frames.resolve("frames.txt"), timeline);
        Path gif = PICTURES.resolve("demo.gif");
        Process ffmpeg = new ProcessBuilder(
                        "ffmpeg",
                        "-y",
                        "-loglevel",
                        "error",
                        "-f",
                        "concat",
                        "-i",
                        list.toString(),
                        "-filter_complex",
                        "fps=5,split[a][b];[a]palettegen=max_colors=128:stats_mode=diff[p];[b][p]paletteuse=dither=none:diff_mode=rectangle",
                        "-loop",
                        "0",
                        gif.toString())
                .inheritIO()
                .start();
        assertThat(ffmpeg.waitFor()).isZero();
        assertThat(Files.size(gif)).isLessThan(MAX_BYTES);
    }

    private void still(String name, NewContextOptions options, String path) {
        page = open(options, path);
        Locator messages = path.isEmpty() ? readers("") : page.locator(".lc-feed > .lc-message");
        assertThat(messages.first()).isVisible();
        page.waitForTimeout(5000);
        page.screenshot(
                new ScreenshotOptions().setPath(PICTURES.resolve(name)).setAnimations(ScreenshotAnimations.DISABLED));
    }

    private Page open(NewContextOptions options, String path) {
        Page opened =
                chromium.browser().newContext(options.setTimezoneId(timeZone())).newPage();
        opened.navigate(demo.address() + path);
        return opened;
    }

    /** The meeting's, so that the pictures do not name it beside each time. */
    private String timeZone() {
        try {
            return new ObjectMapper()
                    .readTree(demo.get("api/newsroom").body())
                    .path("timeZone")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds what the page shows now to the animation, for this many seconds. */
    private void record(double seconds) {
        String name = frameName(frame++);
        page.screenshot(
                new ScreenshotOptions().setPath(frames.resolve(name)).setAnimations(ScreenshotAnimations.DISABLED));
        timeline.append("file %s\nduration %s\n".formatted(name, String.format(Locale.ROOT, "%.1f", seconds)));
    }

    private static String frameName(int number) {
        return "frame%02d.png".formatted(number);
    }

    private Locator readers(String words) {
        return page.frameLocator("iframe")
                .locator(".lc-feed > .lc-message", new FrameLocator.LocatorOptions().setHasText(words));
    }

    private static Locator button(Locator message, String name) {
        return message.getByText(name, new Locator.GetByTextOptions().setExact(true));
    }
}
