package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.Main;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Pictures;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own that receives the photos of a whole evening at once. */
@Tag("process")
class ManyPhotosTest {
    private static final String CHANNEL = "C0ELECTION";
    private static final String SLUG = "election-night";
    private static final int PHOTOS = 50;
    private static final int DOWNLOADED_FIRST = 2;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    @Test
    void noMessageWaitsForPhotosAndMemoryStaysSmall() throws Exception {
        byte[] photo = Pictures.photo(4000, 3000);
        try (FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC())) {
            FakeWorkspace slack = slackServer.workspace();
            slack.channel(CHANNEL);
            slack.person("U1", "Rosa Reporter");
            for (int i = 0; i < PHOTOS; i++) {
                slack.upload(CHANNEL, "U1", "photo " + i, FakeFile.jpeg("F" + i + "X", photo));
            }
            settings(slackServer);
            Process process = run();
            try {
                waitUntil("the first photos are downloaded", () -> slackServer.calls("file") > DOWNLOADED_FIRST);
                slack.post(CHANNEL, "U1", "polls are closed");
                int downloaded = slackServer.calls("file");
                waitUntil("the text is published", () -> texts().contains("polls are closed"));
                assertThat(slackServer.calls("file"))
                        .as("text is published before the last photo")
                        .isLessThan(PHOTOS);
                assertThat(downloaded).isLessThan(PHOTOS);

                waitUntil("every photo is published", () -> livePhotos() == PHOTOS);
                assertThat(peakMegabytes(process)).isLessThan(512);
            } finally {
                process.destroy();
                assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            }
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void waitUntil(String what, Condition condition) throws Exception {
        Instant end = Instant.now().plus(TIMEOUT);
        while (!condition.holds()) {
            assertThat(Instant.now()).as(what).isBefore(end);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private List<String> texts() {
        return messages().map(message -> message.path("text").asText()).toList();
    }

    private long livePhotos() {
        return messages()
                .filter(message -> message.at("/photos/0/status").asText().equals("live"))
                .count();
    }

    private Stream<JsonNode> messages() {
        try {
            return reader().messages().values().stream();
        } catch (RuntimeException | AssertionError e) {
            return Stream.of(); // the pointer changed while we read
        }
    }

    private SiteReader reader() {
        return new SiteReader(new DirectorySettings(folder.resolve("public")).storage(), SLUG);
    }

    private Process run() throws IOException {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@src/main/archive/chatpress.args",
                        "-Xmx192m",
                        "-cp",
                        classes,
                        Main.class.getName(),
                        "run",
                        "--config",
                        folder.resolve("channels.yml").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private static long peakMegabytes(Process process) throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.exists(status)) {
            return 0; // not Linux; the heap is limited anyway
        }
        Matcher peak = Pattern.compile("VmHWM:\\s+(\\d+) kB").matcher(Files.readString(status));
        assertThat(peak.find()).isTrue();
        return Long.parseLong(peak.group(1)) / 1024;
    }

    private void settings(FakeSlackServer slackServer) throws IOException {
        Files.writeString(folder.resolve("channels.yml"), """
                slack: {token: %s, api-url: "%s"}
                every: 1s
                database: %s
                publish: [{directory: %s}]
                photos: {beside-the-chat: true}
                channels: [{id: %s, slug: %s, since: "%s", approval: none}]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        folder.resolve("public"),
                        CHANNEL,
                        SLUG,
                        Instant.now().minusSeconds(3600)));
    }
}
