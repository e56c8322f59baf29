package org.chatpress.interactive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.slack.ProxySettings;
import org.chatpress.slack.RateLimiter;
import org.chatpress.slack.SlackInteractionClient;
import org.chatpress.slack.SocketModeClient;
import org.chatpress.slack.SocketModeClient.SocketEventListener;
import org.chatpress.slack.WebApiSlackClient;
import org.chatpress.store.Store;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.FakeInteractivity;
import org.chatpress.support.FakeInteractivity.Ephemeral;
import org.chatpress.support.FakeInteractivity.OpenedForm;
import org.chatpress.support.FakeSocketMode;
import org.chatpress.support.TestNewsroom;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Base of tests in which people use the app in Slack: the real handler behind a real WebSocket, beside a newsroom. */
@Timeout(60)
abstract class WithEditors {
    @TempDir
    Path folder;

    TestNewsroom newsroom;
    FakeInteractivity people;
    FakeSocketMode socket;
    WebSocket connection;
    InteractionHandler handler;
    private WebApiSlackClient reader;
    private SlackInteractionClient answers;
    private SocketModeClient client;
    private Store store;
    private CapturedLog log;

    @BeforeEach
    void open() {
        log = CapturedLog.open();
        newsroom = new TestNewsroom(folder);
        people = newsroom.slackServer.interactivity();
        socket = new FakeSocketMode();
        newsroom.slackServer.socketModeAt(socket.uri());
    }

    /** Connects to Slack. The database must be there. */
    void connect() throws InterruptedException {
        var limiter = RateLimiter.nonBlocking(newsroom.clock);
        reader = new WebApiSlackClient(
                newsroom.slackServer.token(),
                newsroom.slackServer.apiUri(),
                limiter,
                newsroom.clock,
                ProxySettings.NONE);
        answers = new SlackInteractionClient(
                newsroom.slackServer.token(),
                newsroom.slackServer.apiUri(),
                limiter,
                newsroom.clock,
                ProxySettings.NONE);
        store = Store.openToRead(newsroom.settings().database());
        handler = new InteractionHandler(newsroom.live()::last, store, reader, answers, newsroom.clock);
        client = new SocketModeClient(
                newsroom.slackServer.appToken(),
                newsroom.slackServer.apiUri(),
                limiter,
                newsroom.clock,
                ProxySettings.NONE,
                new NoEvents(),
                handler);
        client.start();
        connection = socket.connection();
    }

    /** The connection ends, and the database may be deleted. */
    void disconnect() {
        if (client != null) {
            client.close();
            handler.close();
            answers.close();
            reader.close();
            store.close();
            client = null;
        }
    }

    @AfterEach
    void close() {
        disconnect();
        socket.close();
        newsroom.close();
        assertThat(people.problems()).as("what Slack would refuse").isEmpty();
        assertThat(log.linesWith("secret")).isEmpty();
        log.close();
    }

    Ephemeral types(String user, String channel, String text) throws InterruptedException {
        socket.request(connection, people.command(channel, user, text));
        return people.ephemeral();
    }

    Ephemeral asksWhy(String user, String channel, String ts) throws InterruptedException {
        socket.request(connection, people.shortcut("why", channel, ts, user));
        return people.ephemeral();
    }

    OpenedForm edits(String user, String channel, String ts) throws InterruptedException {
        socket.request(connection, people.shortcut("edit", channel, ts, user));
        return people.form();
    }

    JsonNode sends(JsonNode request) throws InterruptedException {
        return socket.request(connection, request);
    }

    private static final class NoEvents implements SocketEventListener {
        @Override
        public void onEvent(ChannelId channel, MessageTs ts) {}

        @Override
        public void onConnectionChange(boolean isConnected) {}
    }
}
