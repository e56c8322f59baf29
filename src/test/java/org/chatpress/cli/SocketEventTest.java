package org.chatpress.cli;

import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;

import org.java_websocket.WebSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events of Socket Mode while {@code run} is a process of its own. */
@Tag("process")
class SocketEventTest extends WithRunAndSocketMode {
    @Test
    void anEventStartsACycleAtOnceWhateverTheSchedule() throws Exception {
        WebSocket connection = run("none");
        String ts = slack.post(CHANNEL, REPORTER, "Smith wins");
        socket.event(connection, message(ts));

        waitFor("Smith wins");
    }
}
