package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.chatpress.support.FakeInteractivity;
import org.chatpress.support.FakeInteractivity.OpenedForm;
import org.chatpress.support.FakeWorkspace;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Editors use the app in Slack while {@code run} is a process of its own. */
@Tag("process")
class EditorsInSlackTest extends WithRunAndSocketMode {
    @Test
    void editorsAskWhyEditAndUndoInSlackAndReadersSeeIt() throws Exception {
        FakeInteractivity people = slackServer.interactivity();
        WebSocket connection = run("{approvers: [" + EDITOR + "]}");
        String ts = slack.post(CHANNEL, REPORTER, "Smith wins");
        socket.event(connection, message(ts));
        while (!asks(people.shortcut("why", CHANNEL, ts, EDITOR), connection).contains("waits for an approval")) {
            Thread.sleep(200);
        }
        slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        socket.event(connection, message(ts));
        waitFor("Smith wins");

        socket.request(connection, people.shortcut("edit", CHANNEL, ts, EDITOR));
        OpenedForm form = people.form();
        JsonNode response =
                socket.request(connection, people.submission(EDITOR, form, Map.of("edit", "Smith has won")));
        assertThat(response.isMissingNode()).isTrue();
        String reply = slack.newestReply(CHANNEL, ts, FakeWorkspace.BOT);
        socket.event(connection, message(reply).put("thread_ts", ts));
        waitFor("Smith has won");
        assertThat(asks(people.command(CHANNEL, REPORTER, ""), connection)).contains("1 public, 0 pending");

        slack.delete(CHANNEL, reply);
        ObjectNode deleted = message(reply).put("subtype", "message_deleted").put("deleted_ts", reply);
        deleted.putObject("previous_message").put("ts", reply).put("thread_ts", ts);
        socket.event(connection, deleted);
        waitFor("Smith wins");

        assertThat(people.problems()).isEmpty();
        stop();
        assertThat(chatpress.output()).doesNotContain("cannot answer", "Smith");
    }

    private String asks(JsonNode request, WebSocket connection) throws InterruptedException {
        socket.request(connection, request);
        return slackServer.interactivity().ephemeral().text();
    }
}
