package org.chatpress.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.support.FakeFile;
import org.chatpress.support.Pictures;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages without script, with the security policy that the guide names. */
class PublishedPagesTest extends WithBrowser {
    private static final String LONG = "https://news.example/a/long/address/without/a/break/in/it/1234567890";

    private String ts;

    @BeforeEach
    void publishAPhotoAndLongLines() {
        newsroom.saysAtTheTop("photos: {beside-the-chat: true, max-width: 960}");
        newsroom.says("approval: none, threads: publish, formats: [html, share-pages]");
        ts = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "&gt; the hall\n```a long line of code that does not fit into a narrow page at all, whatever one does```\n<"
                        + LONG + ">",
                FakeFile.jpeg("F0HALL", Pictures.photo(1200, 800)).saying("The hall is full"));
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "see <" + LONG + ">");
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "headline: The hall");
        newsroom.cycle();
        newsroom.cycle();
    }

    @ParameterizedTest
    @CsvSource({"m/$ts.html, 320, LIGHT", "m/$ts.html, 1280, DARK", "index.html, 320, LIGHT"})
    void fitAnyScreenAndEveryReader(String name, int width, ColorScheme scheme) throws IOException {
        Page reader = newPage(
                new Browser.NewContextOptions().setViewportSize(width, 700).setColorScheme(scheme));
        String policy = policy();
        reader.route("**/*.html", route -> fulfill(route, policy));

        reader.navigate(site.chats("reader") + SLUG + "/" + name.replace("$ts", ts));

        var photo = reader.locator("img[alt='The hall is full']");
        photo.scrollIntoViewIfNeeded();
        reader.waitForFunction("document.querySelector('.lc-photo img').naturalWidth");
        reader.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target/screenshots", name.replaceFirst(".*/.*", "share") + "-" + width + ".png"))
                .setFullPage(true));
        assertThat(reader.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
        assertThat(photo.boundingBox().width / photo.boundingBox().height).isCloseTo(1.5, within(0.02));
        // axe takes the background of a page without one for white.
        reader.evaluate("document.documentElement.style.background = 'Canvas'");
        assertThat(violations(reader)).isEmpty();
        assertThat(pageErrors).isEmpty();
        reader.context().close();
    }

    private static void fulfill(Route route, String policy) {
        APIResponse response = route.fetch();
        Map<String, String> headers = new HashMap<>(response.headers());
        headers.put("content-security-policy", policy);
        route.fulfill(new Route.FulfillOptions().setResponse(response).setHeaders(headers));
    }

    private static String policy() throws IOException {
        Matcher style = Pattern.compile("style-src 'sha256-[^']*'")
                .matcher(Files.readString(Path.of("examples/front-end/README.md")));
        assertThat(style.find()).isTrue();
        return "default-src 'none'; img-src 'self'; " + style.group();
    }
}
