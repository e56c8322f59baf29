package org.chatpress.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chatpress.support.Clips;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeSocketMode;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.S3ServerInProcess;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a text takes from Slack to a directory, and the resident memory at its peak as Linux counts it, before, while
 * and after ten clips of 100 MB are downloaded, converted and uploaded to a directory, S3 and FTP; with Socket Mode, so that
 * the channels of the clips take nothing from the polls of the text. Target: less than 200 MB.
 */
class ClipsBench {
    /** As in the container of {@code examples/compose}, of which Java takes half for its heap. */
    private static final List<String> FLAGS = Stream.concat(Jar.WITH_ARCHIVE.stream(), Stream.of("-XX:MaxRAM=512m"))
            .toList();

    private static final int TEXTS_ALONE = Integer.getInteger("chatpress.messages", 30);
    private static final int CLIPS = 10;
    private static final long CLIP_BYTES = 100_000_000;
    private static final double MOST_MEGABYTES = 200;
    private static final String TALK = "C0TALK";
    private static final String REPORTER = "U0REPORTER";

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(10);
    private final ResultTable table = new ResultTable("texts", "number", "median", "longest", "peak memory");
    private FakeSlackServer slackServer;
    private FakeSocketMode socket;
    private WebSocket connection;
    private FakeWorkspace slack;
    private FtpServerInProcess web;
    private S3ServerInProcess bucket;
    private Process chatpress;
    private int texts;

    @BeforeEach
    void open() throws Exception {
        Clips.isNeeded();
        Jar.makeArchive();
        slackServer = FakeSlackServer.start(Clock.systemUTC());
        socket = new FakeSocketMode();
        slackServer.socketModeAt(socket.uri());
        slack = slackServer.workspace();
        slack.person(REPORTER, "Rosa Reporter");
        slack.channel(TALK);
        IntStream.range(0, CLIPS).forEach(i -> slack.channel(channel(i)));
        web = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp"))).start();
        bucket = new S3ServerInProcess().start();
    }

    @AfterEach
    void close() throws Exception {
        if (chatpress != null) {
            chatpress.destroyForcibly().waitFor();
        }
        bucket.close();
        web.close();
        socket.close();
        slackServer.close();
    }

    @Test
    void tenClipsBesideATalkingChannel() throws Exception {
        start();
        delayOf("polls are closed");
        // 50 s, so that what it is converted to is uploaded to S3 in parts
        byte[] clip = Clips.video(
                "1280x720",
                50,
                "clip.mp4",
                "-vf noise=alls=40:allf=t -c:v libx264 -preset ultrafast -b:v 16.5M -maxrate 17M -bufsize 17M"
                        + " -pix_fmt yuv420p -c:a aac");
        assertThat((long) clip.length).isGreaterThan(CLIP_BYTES);

        measureAlone("alone");
        for (int i = 0; i < CLIPS; i++) {
            FakeFile file = FakeFile.jpeg("F0CLIP" + i, clip).called("hall.mp4", "video/mp4");
            sendEvent(channel(i), slack.upload(channel(i), REPORTER, "the hall", file));
        }
        var beside = new ArrayList<Double>();
        while (liveClips() < CLIPS) {
            beside.add(nextText());
        }
        add("beside ten clips of 100 MB", beside);
        measureAlone("alone again");

        table.print();
        assertThat(Jar.peak(chatpress)).isBetween(1.0, MOST_MEGABYTES);
    }

    private void measureAlone(String what) throws Exception {
        var alone = new ArrayList<Double>();
        while (alone.size() < TEXTS_ALONE) {
            alone.add(nextText());
        }
        add(what, alone);
    }

    private void add(String what, List<Double> nanos) {
        table.add(
                what,
                String.valueOf(nanos.size()),
                ResultTable.seconds(ResultTable.median(nanos)),
                ResultTable.seconds(Collections.max(nanos)),
                Math.round(Jar.peak(chatpress)) + " MB");
    }

    /** Posts a text at any time of a cycle, and returns after how many nanoseconds readers got it. */
    private double nextText() throws Exception {
        TimeUnit.MILLISECONDS.sleep(1000 + random.nextInt(1000));
        return delayOf("update " + texts++ + " of the evening");
    }

    private double delayOf(String text) throws Exception {
        long start = System.nanoTime();
        sendEvent(TALK, slack.post(TALK, REPORTER, text));
        while (!pointer("talk").contains(text)) {
            assertThat(chatpress.isAlive()).as(this::said).isTrue();
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return System.nanoTime() - start;
    }

    private void sendEvent(String channel, String ts) {
        socket.event(
                connection,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "message")
                        .put("channel", channel)
                        .put("ts", ts));
    }

    private long liveClips() {
        String said = said();
        assertThat(said).doesNotContain(" failed: ");
        return IntStream.range(0, CLIPS)
                .filter(i -> pointer("clip-" + i).contains("\"status\":\"live\""))
                .count();
    }

    private String pointer(String slug) {
        return text(folder.resolve("public").resolve(slug).resolve("live.json"));
    }

    private String said() {
        return text(folder.resolve("run.log"));
    }

    /** Empty while there is no such file. */
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private void start() throws Exception {
        String channels = Stream.concat(
                        Stream.of("{id: %s, slug: talk, since: 2018-01-01T00:00:00Z, headline: Talk, approval: none}"
                                .formatted(TALK)),
                        IntStream.range(0, CLIPS)
                                .mapToObj(i ->
                                        "{id: %s, slug: clip-%d, since: 2018-01-01T00:00:00Z, headline: Clip, approval: none}"
                                                .formatted(channel(i), i)))
                .collect(Collectors.joining(", "));
        Path settings = Files.writeString(folder.resolve("channels.yml"), """
                slack: {token: %s, app-token: %s, api-url: "%s"}
                every: 1s
                database: %s
                publish:
                  - directory: %s
                  - %s
                  - %s
                videos: {beside-the-chat: true}
                channels: [%s]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.appToken().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        folder.resolve("public"),
                        web.entry(),
                        bucket.entry(),
                        channels));
        ProcessBuilder builder = Jar.process(FLAGS, "--config", settings.toString(), "run")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("run.log").toFile());
        builder.environment().putAll(S3ServerInProcess.environment());
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        chatpress = builder.start();
        connection = socket.connection();
    }

    private static String channel(int i) {
        return "C0CLIP%02d".formatted(i);
    }
}
