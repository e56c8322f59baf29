package org.chatpress.cli;

import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.chatpress.support.Chromium;
import org.junit.jupiter.api.Test;

/** How long after a click in the demo's newsroom its readers see the message, or lose it. */
class DemoBench {
    private static final int MESSAGES = 20;

    private final List<Double> millis = new ArrayList<>();

    @Test
    void fromClickToReaders() throws Exception {
        var demo = new RunningDemo("--minutes", "10");
        try (var chromium = Chromium.start()) {
            Page page = chromium.browser().newPage();
            page.navigate(demo.address());
            for (int i = 0; i < MESSAGES; i++) {
                String words = "Measured message %d.".formatted(i);
                page.locator("#words").fill(words);
                page.keyboard().press("Enter");
                Locator message = page.locator(".message", new Page.LocatorOptions().setHasText(words));
                Locator read = page.frameLocator("iframe")
                        .locator(".lc-feed > .lc-message", new FrameLocator.LocatorOptions().setHasText(words));

                click(message, "Approve", read, WaitForSelectorState.VISIBLE);
                click(message, "Take back", read, WaitForSelectorState.DETACHED);
            }
        } finally {
            demo.close();
        }
        Collections.sort(millis);
        System.out.printf(
                Locale.ROOT,
                "%d clicks in the demo: readers see what it did after %.0f ms at the median, %.0f ms at most%n",
                millis.size(),
                millis.get(millis.size() / 2),
                millis.get(millis.size() - 1));
    }

    private void click(Locator message, String button, Locator read, WaitForSelectorState after) {
        message.hover();
        message.getByText(button, new Locator.GetByTextOptions().setExact(true)).click();
        long clicked = System.nanoTime();
        read.waitFor(new Locator.WaitForOptions().setState(after));
        millis.add((System.nanoTime() - clicked) / 1e6);
    }
}
