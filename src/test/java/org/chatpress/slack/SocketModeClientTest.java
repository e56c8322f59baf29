package org.chatpress.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.chatpress.model.Backoff;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.FakeClock;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeSocketMode;
import org.chatpress.support.FakeSocketMode.Behavior;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Socket Mode over a real WebSocket. The tests wait for events, never for a fixed time. */
@Tag("slow")
@Timeout(60)
class SocketModeClientTest {
    private static final String CHANNEL = "C0ELECTION";
    private static final String TS = "1793758925.000100";
    private static final String CONNECTED = "connected";
    private static final String DISCONNECTED = "disconnected";

    private final FakeSlackServer slack = FakeSlackServer.start(Clock.systemUTC());
    private final FakeSocketMode server = new FakeSocketMode();
    private final LinkedBlockingQueue<String> reported = new LinkedBlockingQueue<>();
    private Duration idle = Duration.ofSeconds(30);
    private Duration stableAfter = Duration.ZERO;
    private Duration firstRetry = Duration.ofMillis(10);
    private Duration maxLimiterWait = Duration.ofDays(1);
    private SocketModeClient.InteractionListener interactions = SocketModeClient.InteractionListener.NONE;
    private SocketModeClient socketMode;

    @BeforeEach
    void announceTheServer() {
        slack.socketModeAt(server.uri());
    }

    @AfterEach
    void close() {
        socketMode.close();
        server.close();
        slack.close();
    }

    @Test
    void reportsAMessageAndAcknowledgesIt() throws InterruptedException {
        WebSocket connection = connected();

        String envelope = server.event(connection, message(TS));

        assertThat(reported.take()).isEqualTo(CHANNEL + " " + TS);
        assertThat(server.acknowledgement()).isEqualTo("{\"envelope_id\":\"" + envelope + "\"}");
    }

    @Test
    void reportsTheMessageThatAnEventIsAbout() throws InterruptedException {
        WebSocket connection = connected();
        ObjectNode changed = message("1793758999.000900").put("subtype", "message_changed");
        changed.putObject("message").put("ts", "1793758925.000101");
        ObjectNode deleted =
                message("1793758999.000900").put("subtype", "message_deleted").put("deleted_ts", "1793758925.000102");
        ObjectNode reply = message("1793758999.000900").put("thread_ts", "1793758925.000103");
        ObjectNode broadcast = message("1793758925.000104")
                .put("thread_ts", "1793758925.000103")
                .put("subtype", "thread_broadcast");
        ObjectNode goneReply =
                message("1793758999.000900").put("subtype", "message_deleted").put("deleted_ts", "1793758999.000800");
        goneReply.putObject("previous_message").put("ts", "1793758999.000800").put("thread_ts", "1793758925.000105");

        for (ObjectNode event : new ObjectNode[] {
            changed, deleted, reply, broadcast, goneReply, reaction("U0EDITOR", "1793758925.000106")
        }) {
            server.event(connection, event);
        }

        for (int i = 101; i <= 106; i++) {
            assertThat(reported.take()).endsWith(" 1793758925.000" + i);
        }
    }

    @Test
    void ignoresTheBotsOwnReactionsAndMalformedEvents() throws InterruptedException {
        WebSocket connection = connected();

        connection.send("no JSON");
        connection.send("[]");
        server.event(connection, JsonNodeFactory.instance.objectNode());
        server.event(connection, message("../../etc/passwd"));
        server.event(connection, message(TS).put("channel", "<script>"));
        server.event(connection, reaction(FakeWorkspace.BOT, "1793758925.000999"));
        server.event(connection, message(TS));

        assertThat(reported.take()).isEqualTo(CHANNEL + " " + TS);
        for (int i = 1; i <= 5; i++) {
            assertThat(server.acknowledgement()).contains("envelope-" + i);
        }
    }

    @Test
    void passesOnRequestsOfPeopleAndAcknowledgesThemWithTheResponse() throws InterruptedException {
        var received = new LinkedBlockingQueue<Interaction>();
        interactions = request -> {
            received.add(request);
            return CompletableFuture.completedFuture(
                    Optional.of(JsonNodeFactory.instance.objectNode().put("response_action", "clear")));
        };
        WebSocket connection = connected();

        JsonNode response = server.request(connection, slack.interactivity().shortcut("edit", CHANNEL, TS, "U0EDITOR"));

        assertThat(response.toString()).isEqualTo("{\"response_action\":\"clear\"}");
        Interaction request = received.take();
        assertThat(request.kind()).isEqualTo(Interaction.Kind.MESSAGE_SHORTCUT);
        assertThat(request.name()).isEqualTo("edit");
        assertThat(request.message()).contains(new MessageTs(TS));
        assertThat(request).hasToString("MESSAGE_SHORTCUT edit by U0EDITOR");
    }

    @Test
    void acknowledgesARequestWithinThreeSecondsWhateverItsAnswerTakes() throws InterruptedException {
        var never = new CompletableFuture<Optional<JsonNode>>();
        interactions = request -> never;
        WebSocket connection = connected();

        JsonNode response = server.request(connection, slack.interactivity().command(CHANNEL, "U0EDITOR", ""));

        assertThat(response.isMissingNode()).isTrue();
        assertThat(SocketModeConnection.MAX_ACKNOWLEDGEMENT_DELAY).isLessThan(Duration.ofSeconds(3));
        server.event(connection, message(TS));
        assertThat(reported.take()).isEqualTo(CHANNEL + " " + TS);
    }

    @Test
    void acknowledgesRequestsThatCannotBeAnswered() throws InterruptedException {
        interactions = request -> CompletableFuture.failedFuture(new IllegalStateException("a bug"));
        WebSocket connection = connected();
        ObjectNode button =
                JsonNodeFactory.instance.objectNode().put("type", "interactive").put("envelope_id", "button");
        button.putObject("payload")
                .put("type", "block_actions")
                .putObject("user")
                .put("id", "U0EDITOR");

        assertThat(server.request(connection, button).isMissingNode()).isTrue();
        assertThat(server.request(connection, slack.interactivity().homeOpened("U0EDITOR"))
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void keepsTheOldConnectionUntilTheNewOneIsUp() throws InterruptedException {
        WebSocket first = connected();

        first.send("{\"type\": \"disconnect\", \"reason\": \"warning\"}");
        WebSocket second = server.connection();
        assertThat(reported.take()).isEqualTo(CONNECTED);

        server.event(second, message(TS));
        assertThat(reported.take()).isEqualTo(CHANNEL + " " + TS);
        while (!first.isClosed()) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void replacesAConnectionThatSendsAnEndlessFrame() throws InterruptedException {
        connected().send("x".repeat(5_000_000));

        assertThat(server.connection()).isNotNull();
        assertThat(reported.take()).isEqualTo(CONNECTED);
    }

    @Test
    void replacesAConnectionThatBreaks() throws InterruptedException {
        connected().closeConnection(1006, "the network is gone");

        assertThat(server.connection()).isNotNull();
        assertThat(reported.take()).isEqualTo(CONNECTED);
    }

    @Test
    void retriesAfterEveryKindOfFailure() throws InterruptedException {
        slack.faults()
                .next(
                        "apps.connections.open",
                        Fault.SERVER_ERROR,
                        Fault.HTML_PAGE,
                        Fault.HALF_JSON,
                        Fault.RESET,
                        Fault.notOk("internal_error"));
        slack.socketModeAt(URI.create("wss://evil.example/link"));
        server.next(Behavior.HANGS_UP, Behavior.SILENT);

        start();
        // If the waits doubled without a maximum, these would take minutes.
        for (int i = 0; i < 15; i++) {
            assertThat(reported.take()).isEqualTo(DISCONNECTED);
        }
        slack.socketModeAt(server.uri());

        String now = reported.take();
        while (now.equals(DISCONNECTED)) {
            now = reported.take();
        }
        assertThat(now).isEqualTo(CONNECTED);
        assertThat(server.connection()).isNotNull();
    }

    @Test
    void backsOffIfConnectionsEndSoonAfterHello() throws InterruptedException {
        stableAfter = Duration.ofSeconds(30);
        firstRetry = Duration.ofMillis(250);
        long begin = System.nanoTime();

        start();
        for (int i = 0; i < 4; i++) {
            server.connection().close();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(250 + 500 + 1000));
    }

    @Test
    void logsAProblemOnceWithAHint() throws InterruptedException {
        maxLimiterWait = Duration.ZERO;
        firstRetry = Duration.ofMillis(50);
        for (int i = 0; i < 5; i++) {
            slack.faults().next("apps.connections.open", Fault.notOk("invalid_auth"));
        }
        slack.faults().next("apps.connections.open", Fault.tooMany(1));

        try (CapturedLog log = CapturedLog.open()) {
            start();
            while (!reported.take().equals(CONNECTED)) {
                // Each failed attempt is reported as a disconnection.
            }

            assertThat(log.linesWith("invalid_auth"))
                    .singleElement()
                    .asString()
                    .contains("set slack.app-token to it. Retrying; polling continues meanwhile");
            assertThat(log.linesWith("rate limit of apps.connections.open reached"))
                    .hasSize(1);
            assertThat(log.linesWith("Socket Mode reconnected")).hasSize(1);
        }
    }

    @Test
    void connectsOnlyToSlack() throws InterruptedException {
        // The same server, under a host name that is not the API's.
        slack.socketModeAt(URI.create("ws://localhost:" + server.uri().getPort()));

        start();

        assertThat(reported.take()).isEqualTo(DISCONNECTED);
        assertThatThrownBy(socketMode::check)
                .hasMessage("apps.connections.open: the WebSocket URL is not one of Slack's");
    }

    @Test
    void replacesAConnectionThatDoesNotAnswerPings() throws InterruptedException {
        idle = Duration.ofMillis(300);
        server.next(Behavior.SILENT_AFTER_HELLO);
        connected();

        WebSocket second = server.connection();

        assertThat(reported.take()).isEqualTo(CONNECTED);
        server.event(second, message(TS));
        assertThat(reported.take()).isEqualTo(CHANNEL + " " + TS);
    }

    @Test
    void keepsAnIdleConnectionThatAnswersPings() throws InterruptedException {
        idle = Duration.ofMillis(500);
        WebSocket connection = connected();

        assertThat(reported.poll(3, TimeUnit.SECONDS))
                .as("six times the idle timeout")
                .isNull();

        server.event(connection, message(TS));
        assertThat(reported.take()).isEqualTo(CHANNEL + " " + TS);
    }

    private WebSocket connected() throws InterruptedException {
        start();
        WebSocket connection = server.connection();
        assertThat(reported.take()).isEqualTo(CONNECTED);
        return connection;
    }

    private void start() {
        var timeouts = new SocketModeClient.Timeouts(
                Duration.ofSeconds(2), idle, stableAfter, new Backoff(firstRetry, firstRetry.multipliedBy(5)));
        var listener = new SocketModeClient.SocketEventListener() {
            @Override
            public void onEvent(ChannelId channel, MessageTs ts) {
                reported.add(channel + " " + ts);
            }

            @Override
            public void onConnectionChange(boolean isConnected) {
                reported.add(isConnected ? CONNECTED : DISCONNECTED);
            }
        };
        var clock = new FakeClock(Instant.parse("2026-11-04T02:22:05Z"));
        RateLimiter limiter = maxLimiterWait.isZero()
                ? RateLimiter.nonBlocking(Clock.systemUTC())
                : RateLimiter.blocking(clock, clock::advance, maxLimiterWait);
        socketMode = new SocketModeClient(
                slack.appToken(),
                slack.apiUri(),
                limiter,
                Clock.systemUTC(),
                ProxySettings.NONE,
                listener,
                request -> interactions.onInteraction(request),
                timeouts);
        socketMode.start();
    }

    private static ObjectNode message(String ts) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "message")
                .put("channel", CHANNEL)
                .put("ts", ts);
    }

    private static ObjectNode reaction(String user, String ts) {
        ObjectNode event = JsonNodeFactory.instance
                .objectNode()
                .put("type", "reaction_added")
                .put("user", user);
        event.putObject("item").put("type", "message").put("channel", CHANNEL).put("ts", ts);
        return event;
    }
}
