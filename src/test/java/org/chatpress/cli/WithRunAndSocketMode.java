package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeSocketMode;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Program;
import org.chatpress.support.SiteReader;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Base of tests in which {@code run} is a process of its own. Its cron expression starts one cycle a year, so only Slack's
 * events start cycles.
 */
abstract class WithRunAndSocketMode {
    @TempDir
    Path folder;

    FakeSlackServer slackServer;
    FakeSocketMode socket;
    FakeWorkspace slack;
    Program chatpress;
    private Process process;

    @BeforeEach
    void open() {
        slackServer = FakeSlackServer.start(Clock.systemUTC());
        socket = new FakeSocketMode();
        slackServer.socketModeAt(socket.uri());
        slack = slackServer.workspace();
        slack.channel(CHANNEL);
        slack.person(REPORTER, "Rosa Reporter");
        slack.person(EDITOR, "Edda Editor");
        chatpress = new Program(folder, Map.of());
    }

    @AfterEach
    void close() {
        if (process != null) {
            stop();
        }
        socket.close();
        slackServer.close();
    }

    /**
     * Starts the process, and waits until it is connected to Slack.
     *
     * @param approval the value of the setting
     */
    WebSocket run(String approval) throws IOException, InterruptedException {
        Files.writeString(chatpress.settings(), """
                slack: {token: %s, app-token: %s, api-url: "%s"}
                cron: "0 0 4 1 1 ?"
                database: %s
                publish: [{directory: %s}]
                channels: [{id: %s, slug: %s, since: "%s", approval: %s}]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.appToken().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        folder.resolve("public"),
                        CHANNEL,
                        SLUG,
                        Instant.now().minusSeconds(3600),
                        approval));
        process = chatpress.start("run");
        return socket.connection();
    }

    void stop() {
        process.destroy();
        assertThat(Program.endsWithin(process, 60_000)).isTrue();
    }

    /** The event of a new message. */
    static ObjectNode message(String ts) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "message")
                .put("channel", CHANNEL)
                .put("ts", ts);
    }

    /** Waits as long as a slow machine needs until readers see these texts; without an event it would take months. */
    void waitFor(String... texts) {
        List<String> expected = List.of(texts);
        var site = new DirectorySettings(folder.resolve("public")).storage();
        Instant end = Instant.now().plusSeconds(120);
        while (Instant.now().isBefore(end)) {
            if (Files.exists(folder.resolve("public/" + SLUG + "/live.json"))
                    && new SiteReader(site, SLUG).texts().equals(expected)) {
                return;
            }
            assertThat(Program.endsWithin(process, 100))
                    .as(() -> chatpress.output(process))
                    .isFalse();
        }
        assertThat(new SiteReader(site, SLUG).texts())
                .as(chatpress.output(process))
                .isEqualTo(expected);
    }
}
