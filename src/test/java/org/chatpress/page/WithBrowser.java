package org.chatpress.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Clock;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.support.Axe;
import org.chatpress.support.Chromium;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Tests that look at a newsroom's site with a real browser, whose clock stands still until a test moves it. */
@Tag("browser")
@TestInstance(Lifecycle.PER_CLASS)
abstract class WithBrowser {
    @TempDir
    Path folder;

    TestNewsroom newsroom;
    Site site;
    Page page;

    /** What went wrong in the page, and every address that it asked for. */
    final List<String> pageErrors = new ArrayList<>();

    final List<String> requests = new ArrayList<>();
    private Chromium chromium;

    @BeforeAll
    void startBrowser() {
        chromium = Chromium.start();
    }

    @AfterAll
    void closeBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void openNewsroom() {
        newsroom = new TestNewsroom(folder);
        site = Site.of(newsroom.storage());
        page = newPage(new Browser.NewContextOptions().setViewportSize(800, 600));
    }

    @AfterEach
    void closeNewsroom() {
        if (page != null) {
            page.context().close();
            site.close();
            newsroom.close();
        }
        pageErrors.clear();
        requests.clear();
    }

    /** A browser in which time passes by itself. */
    Page newPageInRealTime() {
        return chromium.browser().newContext().newPage();
    }

    /** Another reader's browser. */
    Page newPage(Browser.NewContextOptions options) {
        Page opened = chromium.browser()
                .newContext(options.setTimezoneId("Europe/Paris"))
                .newPage();
        opened.clock()
                .install(
                        new Clock.InstallOptions().setTime(now().minusSeconds(1).toString()));
        opened.clock().pauseAt(now().toString());
        opened.onPageError(pageErrors::add);
        opened.onConsoleMessage(message -> {
            // A 404 is logged by the browser itself, and is part of the game.
            if (message.type().equals("error") && !message.text().contains("Failed to load resource")) {
                pageErrors.add(message.text());
            }
        });
        opened.onRequest(request -> requests.add(request.url()));
        return opened;
    }

    /** Opens a page that shows the newsroom's chat. */
    void open(String attributes) {
        open(page, attributes);
    }

    void open(Page reader, String attributes) {
        String element = "<live-chat src=\"%s\" %s></live-chat>"
                .formatted(site.pointer("reader", TestNewsroom.SLUG), attributes);
        reader.navigate(site.page("chat.html", "<h1>The Example</h1>" + element));
        settle(reader);
    }

    /** The newsroom's cycle, then the page's next look. */
    void poll() {
        newsroom.cycle();
        look();
    }

    /** So much time passes that the page has looked at the pointer once. */
    void look() {
        page.clock().runFor(12_500);
        settle();
    }

    /** Until what the page asked for is there and shown. */
    void settle() {
        settle(page);
    }

    static void settle(Page reader) {
        reader.evaluate("document.querySelector('live-chat').settled");
    }

    /** Presses a key until the focus is there; not for ever. */
    void press(String key, String selector) {
        for (int i = 0; i < 40; i++) {
            page.keyboard().press(key);
            if ((boolean) page.evaluate("document.activeElement.matches('" + selector + "')")) {
                return;
            }
        }
        throw new AssertionError(key + " never leads to " + selector);
    }

    /** The id of what has the focus. */
    String focused() {
        return (String) page.evaluate("document.activeElement.id");
    }

    /** The messages' words from the top down. */
    List<String> words() {
        return page.locator(".lc-feed > .lc-message > .lc-words").allInnerTexts();
    }

    /** What axe-core has to say against a page. Time passes in the page from then on. */
    static List<?> violations(Page reader) {
        reader.evaluate(Axe.script());
        reader.clock().resume();
        return (List<?>) reader.evaluate(Axe.VIOLATIONS);
    }

    Instant now() {
        return newsroom.clock.instant();
    }
}
