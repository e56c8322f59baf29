package org.chatpress.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.chatpress.page.Site.Download;
import org.junit.jupiter.api.Test;

/** What a reader has to download, headers included. */
class SizeTest extends WithBrowser {
    private static final int MESSAGES = 10_000;

    @Test
    void theElementAndItsStyleAreSmall() throws IOException {
        assertThat(zipped("live-chat.js") + zipped("live-chat.css")).isLessThanOrEqualTo(12_800);
    }

    @Test
    void aChatOfTenThousandMessagesOpensWithAFewFilesAndFollowsWithOne() {
        for (int i = 0; i < MESSAGES; i++) {
            newsroom.clock.advance(Duration.ofSeconds(1));
            newsroom.slack.post(
                    CHANNEL, REPORTER, "message %d: %x county after county reports".formatted(i, i * 7919L));
        }
        newsroom.cycle();
        assertThat(newsroom.reader().pointer().path("count").asInt()).isEqualTo(MESSAGES);

        open("");
        assertThat(words()).hasSizeBetween(40, 80);
        assertThat(bytes()).as("first view").isBetween(5_000, 60 * 1024);

        newsroom.slack.post(CHANNEL, REPORTER, "one more");
        poll();
        assertThat(words().get(0)).isEqualTo("one more");
        assertThat(bytes()).as("a poll with one new message").isBetween(100, 4 * 1024);
    }

    private int bytes() {
        return site.downloads().stream().mapToInt(Download::bytes).sum();
    }

    private static int zipped(String file) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(Files.readAllBytes(Path.of("examples/front-end").resolve(file)));
        }
        return bytes.size();
    }
}
