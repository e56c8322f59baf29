package org.chatpress.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.S3ServerInProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Linux counts as a running newsroom's resident memory, at its peak: fifty channels of 5,000 messages, all of them
 * imported, then read again from Slack at its pace, published to a directory, to S3 and to FTP, while two messages a
 * second come in. {@code -Dchatpress.minutes} is how long; within ten all channels are read down to their start.
 */
class MemoryBench {
    /** As in a container of 256 MB. */
    private static final List<String> FLAGS = Stream.concat(Jar.WITH_ARCHIVE.stream(), Stream.of("-Xms16m", "-Xmx128m"))
            .toList();

    private static final Duration TIME = Duration.ofMinutes(Long.getLong("chatpress.minutes", 12));
    private static final int CHANNELS = 50;
    private static final int MESSAGES = 5_000;
    private static final int PEOPLE = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(50);
    private final ResultTable table = new ResultTable("process", "peak memory");
    private FakeSlackServer slackServer;
    private FakeWorkspace slack;
    private FtpServerInProcess web;
    private S3ServerInProcess bucket;

    @BeforeEach
    void open() throws Exception {
        Jar.makeArchive();
        slackServer = FakeSlackServer.start(Clock.systemUTC());
        slack = slackServer.workspace();
        web = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp"))).start();
        bucket = new S3ServerInProcess().start();
    }

    @AfterEach
    void close() {
        bucket.close();
        web.close();
        slackServer.close();
    }

    @Test
    void fiftyChannelsOf5000Messages() throws Exception {
        Path export = lastWeeksMessages();
        Path settings = settings();

        Process taken = start(settings, "import", export.toString());
        double ofImport = 0;
        while (!taken.waitFor(100, TimeUnit.MILLISECONDS)) {
            ofImport = Math.max(ofImport, Jar.peak(taken));
        }
        assertThat(taken.exitValue()).as(said("import")).isZero();
        table.add("import of 250,000 messages", Math.round(ofImport) + " MB");

        Process running = start(settings, "run");
        Instant end = Instant.now().plus(TIME);
        while (Instant.now().isBefore(end) && !running.waitFor(500, TimeUnit.MILLISECONDS)) {
            slack.post(channel(random.nextInt(CHANNELS)), person(random.nextInt(PEOPLE)), words());
        }
        assertThat(running.isAlive()).as(said("run")).isTrue();
        double ofRun = Jar.peak(running);
        table.add("run of 50 channels of 5,000, " + TIME.toMinutes() + " min", Math.round(ofRun) + " MB");
        table.add("whole chats published by then", String.valueOf(wholeChats()));
        running.destroy();
        running.waitFor();
        table.print();
    }

    private long wholeChats() throws IOException {
        JsonNode list = JSON.readTree(web.root().resolve("channels.json").toFile());
        return StreamSupport.stream(list.path("channels").spliterator(), false)
                .filter(chat -> chat.path("count").asInt() >= MESSAGES)
                .count();
    }

    /** In Slack, and in the export that is given. */
    private Path lastWeeksMessages() throws IOException {
        ArrayNode people = JSON.createArrayNode();
        for (int i = 0; i < PEOPLE; i++) {
            slack.person(person(i), "Person " + i);
            people.addObject().put("id", person(i)).put("real_name", "Person " + i);
        }
        ArrayNode channels = JSON.createArrayNode();
        Path export = folder.resolve("export.zip");
        long start = Instant.now().minus(Duration.ofDays(7)).getEpochSecond();
        try (var zip = new ZipOutputStream(Files.newOutputStream(export))) {
            for (int c = 0; c < CHANNELS; c++) {
                slack.channel(channel(c));
                channels.addObject().put("id", channel(c)).put("name", "talk-" + c);
                ArrayNode days = JSON.createArrayNode();
                for (int i = 0; i < MESSAGES; i++) {
                    String ts = "%d.%06d".formatted(start + i * 100L, c);
                    String user = person(random.nextInt(PEOPLE));
                    String text = words();
                    slack.postAt(channel(c), ts, user, text);
                    days.addObject()
                            .put("type", "message")
                            .put("user", user)
                            .put("ts", ts)
                            .put("text", text);
                }
                entry(zip, "talk-" + c + "/2026-01-01.json", days);
            }
            entry(zip, "users.json", people);
            entry(zip, "channels.json", channels);
        }
        return export;
    }

    private String words() {
        return "word *by* word, `count` by <https://example.org|count> :tada: ".repeat(1 + random.nextInt(5));
    }

    private static void entry(ZipOutputStream zip, String name, ArrayNode content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(JSON.writeValueAsBytes(content));
        zip.closeEntry();
    }

    private Path settings() throws IOException {
        String channels = IntStream.range(0, CHANNELS)
                .mapToObj(c -> "{id: %s, slug: talk-%d, since: 2018-01-01T00:00:00Z, headline: Talk, approval: none}"
                        .formatted(channel(c), c))
                .collect(Collectors.joining(", "));
        return Files.writeString(folder.resolve("channels.yml"), """
                slack: {token: %s, api-url: "%s"}
                every: 1s
                database: %s
                publish:
                  - directory: %s
                  - %s
                  - %s
                channels: [%s]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        folder.resolve("public"),
                        web.entry(),
                        bucket.entry(),
                        channels));
    }

    private Process start(Path settings, String... verb) throws IOException {
        String[] arguments = Stream.concat(Stream.of("--config", settings.toString()), Stream.of(verb))
                .toArray(String[]::new);
        ProcessBuilder builder = Jar.process(FLAGS, arguments)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(verb[0] + ".log").toFile());
        builder.environment().put("AWS_ACCESS_KEY_ID", S3ServerInProcess.ACCESS_KEY);
        builder.environment().put("AWS_SECRET_ACCESS_KEY", S3ServerInProcess.SECRET_KEY);
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        builder.environment().put("AWS_REGION", "us-east-1");
        return builder.start();
    }

    private String said(String verb) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve(verb + ".log"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    private static String channel(int c) {
        return "C0TALK%04d".formatted(c);
    }

    private static String person(int i) {
        return "U0PERSON%04d".formatted(i);
    }
}
