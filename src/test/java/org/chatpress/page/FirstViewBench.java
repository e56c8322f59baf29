package org.chatpress.page;

import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;

import com.microsoft.playwright.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Test;

/** How soon a reader sees a chat of 10,000 messages once the last byte of it has come. */
class FirstViewBench extends WithBrowser {
    private static final int MESSAGES = 10_000;
    private static final int RUNS = 7;

    /** Until the frame is drawn after that in which the element had all that it asked for. */
    private static final String SHOWN_AFTER_LAST_BYTE = """
            async () => {
                await document.querySelector('live-chat').settled;
                await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
                const files = performance.getEntriesByType('resource').filter(({ name }) => name.includes('.json'));
                return performance.now() - Math.max(...files.map(({ responseEnd }) => responseEnd));
            }""";

    @Test
    void firstView() {
        for (int i = 0; i < MESSAGES; i++) {
            newsroom.clock.advance(Duration.ofSeconds(1));
            newsroom.slack.post(
                    CHANNEL, REPORTER, "message %d: %x county after county reports".formatted(i, i * 7919L));
        }
        newsroom.cycle();
        String element = "<live-chat src=\"%s\"></live-chat>".formatted(site.pointer("reader", TestNewsroom.SLUG));
        String address = site.page("chat.html", "<h1>The Example</h1>" + element);

        List<Double> millis = new ArrayList<>();
        for (int run = 0; run <= RUNS; run++) {
            try (Page reader = newPageInRealTime()) {
                reader.navigate(address);
                double shown = ((Number) reader.evaluate(SHOWN_AFTER_LAST_BYTE)).doubleValue();
                if (run > 0) {
                    millis.add(shown);
                }
            }
        }
        Collections.sort(millis);
        System.out.printf(
                Locale.ROOT,
                "first view of %d messages, after the last byte: median %.0f ms, longest %.0f ms%n",
                MESSAGES,
                millis.get(RUNS / 2),
                millis.get(RUNS - 1));
    }
}
