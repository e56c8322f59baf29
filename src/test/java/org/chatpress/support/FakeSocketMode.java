package org.chatpress.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/**
 * Slack's side of Socket Mode: says hello, sends what a test tells it to, and keeps what comes back. Each connection
 * behaves as set, in the order of {@link #next}; then well.
 */
public final class FakeSocketMode implements AutoCloseable {
    /** How a connection behaves. */
    public enum Behavior {
        WELL,
        /** Opened, and never a word, not even an answer to a ping. */
        SILENT,
        /** Hello, and then nothing, not even an answer to a ping. */
        SILENT_AFTER_HELLO,
        /** Closed before hello. */
        HANGS_UP
    }

    private final Deque<Behavior> planned = new ArrayDeque<>();
    private final LinkedBlockingQueue<WebSocket> connected = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> acknowledged = new LinkedBlockingQueue<>();
    private final AtomicInteger envelopes = new AtomicInteger();
    private final CountDownLatch started = new CountDownLatch(1);
    private final Server server = new Server();

    public FakeSocketMode() {
        server.setReuseAddr(true);
        server.setDaemon(true);
        server.start();
        try {
            started.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public URI uri() {
        return URI.create("ws://127.0.0.1:" + server.getPort() + "/link");
    }

    /** The next connections behave so, one after the other. */
    public synchronized FakeSocketMode next(Behavior... manners) {
        planned.addAll(List.of(manners));
        return this;
    }

    /** Waits for the next connection. */
    public WebSocket connection() throws InterruptedException {
        return connected.take();
    }

    /** Waits for the next acknowledgement. */
    public String acknowledgement() throws InterruptedException {
        return acknowledged.take();
    }

    /** Sends an event; gives its envelope's id. */
    public String event(WebSocket to, ObjectNode event) {
        String id = "envelope-" + envelopes.incrementAndGet();
        ObjectNode envelope = JsonNodeFactory.instance.objectNode();
        envelope.put("type", "events_api").put("envelope_id", id);
        ObjectNode payload = envelope.putObject("payload").put("type", "event_callback");
        payload.putArray("authorizations").addObject().put("user_id", FakeWorkspace.BOT);
        payload.set("event", event);
        to.send(envelope.toString());
        return id;
    }

    /** Sends a request of a person, and waits for its acknowledgement. */
    public JsonNode request(WebSocket to, JsonNode envelope) throws InterruptedException {
        to.send(envelope.toString());
        String id = envelope.path("envelope_id").asText();
        while (true) {
            String acknowledgement = acknowledgement();
            if (acknowledgement.contains("\"" + id + "\"")) {
                return parsed(acknowledgement).path("payload");
            }
        }
    }

    private static JsonNode parsed(String json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.stop(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Behavior nextBehavior() {
        return planned.isEmpty() ? Behavior.WELL : planned.poll();
    }

    private final class Server extends WebSocketServer {
        Server() {
            super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1, List.<Draft>of(new Draft_6455()));
        }

        @Override
        public void onStart() {
            setConnectionLostTimeout(0);
            started.countDown();
        }

        @Override
        public void onOpen(WebSocket connection, ClientHandshake handshake) {
            Behavior manners = nextBehavior();
            connection.setAttachment(manners);
            switch (manners) {
                case WELL, SILENT_AFTER_HELLO -> connection.send("{\"type\": \"hello\", \"num_connections\": 1}");
                case SILENT -> {}
                case HANGS_UP -> connection.close();
            }
            connected.add(connection);
        }

        @Override
        public void onWebsocketPing(WebSocket connection, Framedata ping) {
            if (connection.getAttachment() == Behavior.WELL) {
                super.onWebsocketPing(connection, ping);
            }
        }

        @Override
        public void onMessage(WebSocket connection, String message) {
            acknowledged.add(message);
        }

        @Override
        public void onClose(WebSocket connection, int code, String reason, boolean remote) {}

        @Override
        public void onError(WebSocket connection, Exception error) {}
    }
}
