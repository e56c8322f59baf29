package org.chatpress.slack;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;

/** One connection of Socket Mode. Each envelope is acknowledged before anybody hears of it. */
final class SocketModeConnection implements WebSocket.Listener {
    private static final JsonMapper JSON = new JsonMapper();

    /** No event is so long; who sends more is not listened to. */
    private static final int LONGEST = 4 << 20;

    private final SocketModeClient.SocketEventListener hearer;
    private final CompletableFuture<Void> awaitHello = new CompletableFuture<>();
    private final CompletableFuture<Void> awaitClose = new CompletableFuture<>();
    private final AtomicBoolean spoke = new AtomicBoolean();
    private final StringBuilder text = new StringBuilder();
    private volatile WebSocket socket;

    SocketModeConnection(SocketModeClient.SocketEventListener hearer) {
        this.hearer = hearer;
    }

    /** Done once Slack has said hello; fails if the connection ends before. */
    CompletableFuture<Void> awaitHello() {
        return awaitHello;
    }

    /** Done when another connection should take over, whether this one is still open or not. */
    CompletableFuture<Void> awaitClose() {
        return awaitClose;
    }

    boolean receivedSincePing() {
        return spoke.getAndSet(false);
    }

    /** A question that every living server answers. */
    void ping() {
        WebSocket open = socket;
        if (open != null) {
            // A ping that cannot be sent is not answered either.
            CompletableFuture<WebSocket> unused = open.sendPing(ByteBuffer.allocate(0));
        }
    }

    void close() {
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
        over();
    }

    @Override
    public void onOpen(WebSocket webSocket) {
        socket = webSocket;
        webSocket.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        spoke.set(true);
        text.append(data);
        if (text.length() > LONGEST) {
            webSocket.abort();
            over();
            return null;
        }
        if (last) {
            String frame = text.toString();
            text.setLength(0);
            take(webSocket, frame);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
        spoke.set(true);
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
        spoke.set(true);
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        over();
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        over();
    }

    private void over() {
        awaitHello.completeExceptionally(new IllegalStateException("the connection ended"));
        awaitClose.complete(null);
    }

    private void take(WebSocket webSocket, String frame) {
        JsonNode envelope;
        try {
            envelope = JSON.readTree(frame);
        } catch (JacksonException e) {
            return;
        }
        String id = envelope.path("envelope_id").asText("");
        if (!id.isEmpty()) {
            // Slack sends again what is not acknowledged.
            CompletableFuture<WebSocket> unused = webSocket.sendText(
                    JsonNodeFactory.instance.objectNode().put("envelope_id", id).toString(), true);
        }
        switch (envelope.path("type").asText("")) {
            case "hello" -> awaitHello.complete(null);
            // Slack goes on serving this one for some seconds
            case "disconnect" -> awaitClose.complete(null);
            case "events_api" -> ring(envelope.path("payload"));
            default -> {}
        }
    }

    private void ring(JsonNode payload) {
        JsonNode event = payload.path("event");
        switch (event.path("type").asText("")) {
            case "message" -> ring(event.path("channel"), subject(event));
            case "reaction_added", "reaction_removed" -> {
                String ourselves = payload.at("/authorizations/0/user_id").asText("");
                if (ourselves.isEmpty() || !ourselves.equals(event.path("user").asText(""))) {
                    ring(event.at("/item/channel"), event.at("/item/ts"));
                }
            }
            default -> {}
        }
    }

    /** The message that an event is about; for a reply the thread's root, which bears its traces. */
    private static JsonNode subject(JsonNode event) {
        JsonNode message = event.path("message");
        JsonNode about = switch (event.path("subtype").asText("")) {
            case "message_changed" -> message;
            case "message_deleted" -> event.path("previous_message");
            default -> event;
        };
        boolean isBroadcast = about.path("subtype").asText("").equals("thread_broadcast");
        if (about.hasNonNull("thread_ts") && !isBroadcast) {
            return about.path("thread_ts");
        }
        return event.hasNonNull("deleted_ts") ? event.path("deleted_ts") : about.path("ts");
    }

    private void ring(JsonNode channel, JsonNode ts) {
        if (ChannelId.isValid(channel.asText("")) && MessageTs.isValid(ts.asText(""))) {
            hearer.onEvent(new ChannelId(channel.asText()), new MessageTs(ts.asText()));
        }
    }
}
