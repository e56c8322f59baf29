package org.chatpress.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
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
 * What Linux counts as a newsroom's resident memory, at its peak, with a heap of 128 MB, while it publishes to a directory,
 * to S3 and to FTP.
 */
class MemoryBench {
    /** As in a container of 256 MB. */
    private static final List<String> FLAGS = Stream.concat(Jar.WITH_ARCHIVE.stream(), Stream.of("-Xms16m", "-Xmx128m"))
            .toList();

    private static final Duration TIME = Duration.ofMinutes(Long.getLong("chatpress.minutes", 12));
    private static final Duration WEEK = Duration.ofDays(7);
    private static final int CHANNELS = 50;
    private static final int MESSAGES = 5_000;
    private static final int MESSAGES_OF_A_LONG_CHANNEL = 100_000;
    private static final int MESSAGES_OF_AN_EXPORTED_FILE = 5_000;
    private static final int PEOPLE = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(50);
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

    /**
     * All of them are imported, then read again from Slack, while two messages a second come in. {@code
     * -Dchatpress.minutes} is how long; within ten all channels are read down to their start.
     */
    @Test
    void fiftyChannelsOf5000Messages() throws Exception {
        var table = new ResultTable("process", "peak memory");
        Path export = lastWeeksMessages(CHANNELS, MESSAGES);
        Path settings = settings(CHANNELS, "run");
        Figures ofImport = toEnd(settings, "import", export.toString());
        table.add("import of 250,000 messages", ofImport.memory());

        Process running = start(settings, "run");
        Instant end = Instant.now().plus(TIME);
        while (Instant.now().isBefore(end) && !running.waitFor(500, TimeUnit.MILLISECONDS)) {
            slack.post(channel(random.nextInt(CHANNELS)), person(random.nextInt(PEOPLE)), words());
        }
        assertThat(running.isAlive()).as(said("run")).isTrue();
        table.add("run of 50 channels of 5,000, " + TIME.toMinutes() + " min", memory(running));
        table.add("whole chats published by then", String.valueOf(wholeChats(MESSAGES)));
        running.destroy();
        running.waitFor();
        table.print();
    }

    /** Slack's rate limits apply to the first pull. Meanwhile another channel gets a message every few seconds. */
    @Test
    void oneChannelOf100000Messages() throws Exception {
        var table = new ResultTable("100,000 messages in one channel", "time", "peak memory");
        Path export = lastWeeksMessages(1, MESSAGES_OF_A_LONG_CHANNEL);
        Path imported = settings(1, "imported");
        toEnd(imported, "import", export.toString()).addTo(table, "import");
        toEnd(imported, "render", "--to", folder.resolve("rendered").toString()).addTo(table, "render");

        slack.channel(channel(1));
        slackServer.faults().enforceLimits();
        var delays = new ArrayList<Double>();
        long start = System.nanoTime();
        Process running = start(settings(2, "pulled"), "run");
        while (wholeChats(MESSAGES_OF_A_LONG_CHANNEL) == 0) {
            String text = "update " + delays.size() + " of the other channel";
            long posted = System.nanoTime();
            slack.post(channel(1), person(1), text);
            while (!readersSee(channel(1), text)) {
                assertThat(running.waitFor(50, TimeUnit.MILLISECONDS))
                        .as(said("run"))
                        .isFalse();
            }
            delays.add((double) System.nanoTime() - posted);
            assertThat(running.waitFor(2, TimeUnit.SECONDS)).as(said("run")).isFalse();
        }
        new Figures(System.nanoTime() - start, Jar.peak(running)).addTo(table, "first pull, until the chat is public");
        table.add(
                "a message of the other channel, median of " + delays.size(),
                ResultTable.seconds(ResultTable.median(delays)));
        table.add("a message of the other channel, longest", ResultTable.seconds(Collections.max(delays)));
        running.destroy();
        running.waitFor();
        table.print();
    }

    /** @param peak in MB */
    private record Figures(double nanos, double peak) {
        String memory() {
            return Math.round(peak) + " MB";
        }

        void addTo(ResultTable table, String what) {
            table.add(what, ResultTable.seconds(nanos), memory());
        }
    }

    private Figures toEnd(Path settings, String... verb) throws Exception {
        long start = System.nanoTime();
        Process process = start(settings, verb);
        double peak = 0;
        while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, Jar.peak(process));
        }
        assertThat(process.exitValue()).as(said(verb[0])).isZero();
        return new Figures(System.nanoTime() - start, peak);
    }

    private static String memory(Process process) {
        return Math.round(Jar.peak(process)) + " MB";
    }

    private boolean readersSee(String channel, String text) throws IOException {
        Path pointer = folder.resolve("public").resolve(slug(channel)).resolve("live.json");
        return Files.exists(pointer) && Files.readString(pointer).contains(text);
    }

    private long wholeChats(int messages) throws IOException {
        Path list = web.root().resolve("channels.json");
        if (!Files.exists(list)) {
            return 0;
        }
        return StreamSupport.stream(
                        JSON.readTree(list.toFile()).path("channels").spliterator(), false)
                .filter(chat -> chat.path("count").asInt() >= messages)
                .count();
    }

    /** In Slack, and in the export that is given. */
    private Path lastWeeksMessages(int channelCount, int messages) throws IOException {
        ArrayNode people = JSON.createArrayNode();
        for (int i = 0; i < PEOPLE; i++) {
            slack.person(person(i), "Person " + i);
            people.addObject().put("id", person(i)).put("real_name", "Person " + i);
        }
        ArrayNode channels = JSON.createArrayNode();
        Path export = folder.resolve("export.zip");
        long start = Instant.now().minus(WEEK).getEpochSecond();
        long pause = WEEK.toSeconds() / (messages + 1);
        try (var zip = new ZipOutputStream(Files.newOutputStream(export))) {
            for (int c = 0; c < channelCount; c++) {
                slack.channel(channel(c));
                channels.addObject().put("id", channel(c)).put("name", slug(channel(c)));
                ArrayNode file = JSON.createArrayNode();
                for (int i = 0; i < messages; i++) {
                    String ts = "%d.%06d".formatted(start + i * pause, c);
                    String user = person(random.nextInt(PEOPLE));
                    String text = words();
                    slack.postAt(channel(c), ts, user, text);
                    file.addObject()
                            .put("type", "message")
                            .put("user", user)
                            .put("ts", ts)
                            .put("text", text);
                    if (file.size() == MESSAGES_OF_AN_EXPORTED_FILE || i == messages - 1) {
                        entry(
                                zip,
                                "%s/2026-01-%02d.json"
                                        .formatted(slug(channel(c)), 1 + i / MESSAGES_OF_AN_EXPORTED_FILE),
                                file);
                        file.removeAll();
                    }
                }
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

    /** @param database the name of the database and of the settings' file */
    private Path settings(int channelCount, String database) throws IOException {
        String channels = IntStream.range(0, channelCount)
                .mapToObj(MemoryBench::channel)
                .map(id -> "{id: %s, slug: %s, since: 2018-01-01T00:00:00Z, headline: Talk, approval: none}"
                        .formatted(id, slug(id)))
                .collect(Collectors.joining(", "));
        return Files.writeString(folder.resolve(database + ".yml"), """
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
                        folder.resolve(database + ".db"),
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
        builder.environment().putAll(S3ServerInProcess.environment());
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder.start();
    }

    private String said(String verb) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve(verb + ".log"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    private static String channel(int c) {
        return "C0TALK%04d".formatted(c);
    }

    private static String slug(String channel) {
        return channel.toLowerCase(Locale.ROOT);
    }

    private static String person(int i) {
        return "U0PERSON%04d".formatted(i);
    }
}
