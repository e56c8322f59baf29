package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} as a process of its own, with a cron expression that starts one cycle a year. */
@Tag("process")
class SocketEventTest {
    @TempDir
    Path folder;

    @Test
    void anEventStartsACycleAtOnceWhateverTheSchedule() throws Exception {
        try (FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
                FakeSocketMode server = new FakeSocketMode()) {
            FakeWorkspace slack = slackServer.workspace();
            slack.channel(CHANNEL);
            slack.person(REPORTER, "Rosa Reporter");
            slackServer.socketModeAt(server.uri());
            var chatpress = new Program(folder, Map.of());
            settings(chatpress.settings(), slackServer);

            Process process = chatpress.start("run");
            try {
                WebSocket connection = server.connection();
                String ts = slack.post(CHANNEL, REPORTER, "Smith wins");
                server.event(
                        connection,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("type", "message")
                                .put("channel", CHANNEL)
                                .put("ts", ts));

                waitFor(List.of("Smith wins"), process, chatpress);
            } finally {
                process.destroy();
                assertThat(Program.endsWithin(process, 60_000)).isTrue();
            }
        }
    }

    private void settings(Path file, FakeSlackServer slackServer) throws IOException {
        Files.writeString(file, """
                slack: {token: %s, app-token: %s, api-url: "%s"}
                cron: "0 0 4 1 1 ?"
                database: %s
                publish: [{directory: %s}]
                channels: [{id: %s, slug: %s, since: "%s", approval: none}]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.appToken().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        folder.resolve("public"),
                        CHANNEL,
                        SLUG,
                        Instant.now().minusSeconds(3600)));
    }

    /** Waits as long as a slow machine needs; without the event it would take months. */
    private void waitFor(List<String> texts, Process process, Program chatpress) {
        var site = new DirectorySettings(folder.resolve("public")).storage();
        Instant end = Instant.now().plusSeconds(120);
        while (Instant.now().isBefore(end)) {
            if (Files.exists(folder.resolve("public/" + SLUG + "/live.json"))
                    && new SiteReader(site, SLUG).texts().equals(texts)) {
                return;
            }
            assertThat(Program.endsWithin(process, 100))
                    .as(() -> chatpress.output(process))
                    .isFalse();
        }
        assertThat(new SiteReader(site, SLUG).texts())
                .as(chatpress.output(process))
                .isEqualTo(texts);
    }
}
