package org.chatpress.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.SilentServer;
import org.chatpress.support.Site;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a message and a takedown take from Slack to a directory, alone and beside a storage that does not answer. The
 * processes run at the same time, so that a machine that is busy for a while is busy for all of them.
 */
class SilentStorageBench {
    private static final int MESSAGES = Integer.getInteger("chatpress.messages", 40);
    private static final String REPORTER = "U0REPORTER";

    @TempDir
    Path folder;

    private final List<SilentServer> servers = new ArrayList<>();
    private final List<Newsroom> newsrooms = new ArrayList<>();
    private FakeSlackServer slackServer;
    private FakeWorkspace slack;

    /** A process with a channel of its own, and what it took from Slack to its directory, in nanoseconds. */
    private record Newsroom(
            String what,
            String channel,
            Path directory,
            Process process,
            List<Double> messages,
            List<Double> takedowns) {
        boolean shows(String text) {
            return Site.contains(directory, "talk", text);
        }
    }

    @BeforeEach
    void open() throws Exception {
        Jar.makeArchive();
        slackServer = FakeSlackServer.start(Clock.systemUTC());
        slack = slackServer.workspace();
        slack.person(REPORTER, "Rosa Reporter");
    }

    @AfterEach
    void close() throws Exception {
        for (Newsroom newsroom : newsrooms) {
            newsroom.process().destroyForcibly().waitFor();
        }
        for (SilentServer server : servers) {
            server.close();
        }
        slackServer.close();
    }

    @Test
    void aDirectoryBesideASilentStorage() throws Exception {
        start("alone", "");
        start("beside an FTP port that swallows SYN", ftp(opened(SilentServer.swallowingSyn())));
        start("beside an FTP server that is frozen", ftp(opened(SilentServer.accepting())));
        int passivePort = opened(SilentServer.swallowingSyn());
        start("beside passive ports that swallow SYN", ftp(opened(SilentServer.ftpWithPassivePort(passivePort))));
        start("beside an S3 server that is silent", s3(opened(SilentServer.accepting())));
        measure("polls are closed");
        newsrooms.forEach(newsroom -> {
            newsroom.messages().clear();
            newsroom.takedowns().clear();
        });

        for (int i = 0; i < MESSAGES; i++) {
            measure("update " + i + " of the evening");
        }

        var table = new ResultTable("a directory", "message", "longest", "ratio", "takedown", "longest", "ratio");
        Newsroom alone = newsrooms.get(0);
        for (Newsroom newsroom : newsrooms) {
            table.add(
                    newsroom.what(),
                    ResultTable.seconds(ResultTable.median(newsroom.messages())),
                    ResultTable.seconds(Collections.max(newsroom.messages())),
                    ratio(newsroom.messages(), alone.messages()),
                    ResultTable.seconds(ResultTable.median(newsroom.takedowns())),
                    ResultTable.seconds(Collections.max(newsroom.takedowns())),
                    ratio(newsroom.takedowns(), alone.takedowns()));
        }
        table.print();
    }

    private static String ratio(List<Double> times, List<Double> alone) {
        return ResultTable.times(ResultTable.median(times) / ResultTable.median(alone));
    }

    /** Posts a message in every channel, and deletes it once every directory has it. */
    private void measure(String text) throws Exception {
        List<String> posted = new ArrayList<>();
        long start = System.nanoTime();
        for (Newsroom newsroom : newsrooms) {
            posted.add(slack.post(newsroom.channel(), REPORTER, text));
        }
        awaitAll(true, text, start);

        start = System.nanoTime();
        for (int i = 0; i < newsrooms.size(); i++) {
            slack.delete(newsrooms.get(i).channel(), posted.get(i));
        }
        awaitAll(false, text, start);
    }

    private void awaitAll(boolean isShown, String text, long start) throws Exception {
        List<Newsroom> waiting = new ArrayList<>(newsrooms);
        while (!waiting.isEmpty()) {
            for (Newsroom newsroom : List.copyOf(waiting)) {
                assertThat(newsroom.process().isAlive()).as(newsroom.what()).isTrue();
                if (newsroom.shows(text) == isShown) {
                    List<Double> times = isShown ? newsroom.messages() : newsroom.takedowns();
                    times.add((double) System.nanoTime() - start);
                    waiting.remove(newsroom);
                }
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private int opened(SilentServer server) {
        servers.add(server);
        return server.port();
    }

    private static String ftp(int port) {
        return "  - ftp: {host: 127.0.0.1, port: %d, user: u, password: p, directory: /, tls: none}".formatted(port);
    }

    private static String s3(int port) {
        return "  - s3: {bucket: chats, endpoint: \"http://127.0.0.1:%d\", region: us-east-1, path-style: true}"
                .formatted(port);
    }

    /** @param storage the entry of another storage in the settings, or empty */
    private void start(String what, String storage) throws IOException {
        String channel = "C0TALK%04d".formatted(newsrooms.size());
        slack.channel(channel);
        Path home = Files.createDirectory(folder.resolve(channel));
        Path settings = Files.writeString(home.resolve("channels.yml"), """
                slack: {token: %s, api-url: "%s"}
                every: 1s
                database: %s
                publish:
                  - directory: %s
                %s
                channels: [{id: %s, slug: talk, since: 2018-01-01T00:00:00Z, headline: Talk, approval: none}]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        home.resolve("chatpress.db"),
                        home.resolve("public"),
                        storage,
                        channel));
        ProcessBuilder builder = Jar.process(Jar.WITH_ARCHIVE, "--config", settings.toString(), "run")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("run.log").toFile());
        builder.environment().put("AWS_ACCESS_KEY_ID", "a-bench");
        builder.environment().put("AWS_SECRET_ACCESS_KEY", "a-bench");
        newsrooms.add(new Newsroom(
                what, channel, home.resolve("public"), builder.start(), new ArrayList<>(), new ArrayList<>()));
    }
}
