package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.chatpress.support.FakeInteractivity;
import org.chatpress.support.FakeInteractivity.OpenedForm;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeSocketMode;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Program;
import org.chatpress.support.SiteReader;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Editors use the app in Slack while {@code run} is a process of its own, which only Slack's events start cycles of. */
@Tag("process")
class EditorsInSlackTest {
    @TempDir
    Path folder;

    @Test
    void editorsAskWhyEditAndUndoInSlackAndReadersSeeIt() throws Exception {
        try (FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
                FakeSocketMode socket = new FakeSocketMode()) {
            FakeWorkspace slack = slackServer.workspace();
            FakeInteractivity people = slackServer.interactivity();
            slack.channel(CHANNEL);
            slack.person(REPORTER, "Rosa Reporter");
            slack.person(EDITOR, "Edda Editor");
            slackServer.socketModeAt(socket.uri());
            var chatpress = new Program(folder, Map.of());
            settings(chatpress.settings(), slackServer);
            Process process = chatpress.start("run");
            try {
                WebSocket connection = socket.connection();
                String ts = slack.post(CHANNEL, REPORTER, "Smith wins");
                socket.event(connection, message(ts));
                while (!asks(people.shortcut("why", CHANNEL, ts, EDITOR), socket, connection, people)
                        .contains("waits for an approval")) {
                    Thread.sleep(200);
                }
                slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
                socket.event(connection, message(ts));
                waitFor(List.of("Smith wins"), process, chatpress);

                socket.request(connection, people.shortcut("edit", CHANNEL, ts, EDITOR));
                OpenedForm form = people.form();
                JsonNode response =
                        socket.request(connection, people.submission(EDITOR, form, Map.of("edit", "Smith has won")));
                assertThat(response.isMissingNode()).isTrue();
                String reply = slack.newestReply(CHANNEL, ts, FakeWorkspace.BOT);
                socket.event(connection, message(reply).put("thread_ts", ts));
                waitFor(List.of("Smith has won"), process, chatpress);
                assertThat(asks(people.command(CHANNEL, REPORTER, ""), socket, connection, people))
                        .contains("1 public, 0 pending");

                slack.delete(CHANNEL, reply);
                ObjectNode deleted =
                        message(reply).put("subtype", "message_deleted").put("deleted_ts", reply);
                deleted.putObject("previous_message").put("ts", reply).put("thread_ts", ts);
                socket.event(connection, deleted);
                waitFor(List.of("Smith wins"), process, chatpress);

                assertThat(people.problems()).isEmpty();
            } finally {
                process.destroy();
                assertThat(Program.endsWithin(process, 60_000)).isTrue();
            }
            assertThat(chatpress.output()).doesNotContain("cannot answer", "Smith");
        }
    }

    private static String asks(JsonNode request, FakeSocketMode socket, WebSocket connection, FakeInteractivity people)
            throws InterruptedException {
        socket.request(connection, request);
        return people.ephemeral().text();
    }

    private static ObjectNode message(String ts) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "message")
                .put("channel", CHANNEL)
                .put("ts", ts);
    }

    private void settings(Path file, FakeSlackServer slackServer) throws IOException {
        Files.writeString(file, """
                slack: {token: %s, app-token: %s, api-url: "%s"}
                cron: "0 0 4 1 1 ?"
                database: %s
                publish: [{directory: %s}]
                channels:
                  - {id: %s, slug: %s, since: "%s", approval: {approvers: [%s]}}
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.appToken().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        folder.resolve("public"),
                        CHANNEL,
                        SLUG,
                        Instant.now().minusSeconds(3600),
                        EDITOR));
    }

    /** Waits as long as a slow machine needs. */
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
