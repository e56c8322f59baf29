package org.chatpress.slack;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;

/** One Socket Mode connection. Acknowledges each event before it calls the listener, and each interaction after that. */
final class SocketModeConnection implements WebSocket.Listener {
    private static final JsonMapper JSON = new JsonMapper();

    /** Characters; no event is nearly as long, so a longer frame ends the connection. */
    private static final int MAX_FRAME_LENGTH = 4 << 20;

    /** Slack waits three seconds, and then shows the person an error. */
    static final Duration MAX_ACKNOWLEDGEMENT_DELAY = Duration.ofMillis(2_500);

    private final SocketModeClient.SocketEventListener listener;
    private final SocketModeClient.InteractionListener interactions;
    private final CompletableFuture<Void> hello = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final AtomicBoolean hasReceived = new AtomicBoolean();
    private final StringBuilder text = new StringBuilder();
    private volatile WebSocket socket;

    /** Completes when the last acknowledgement has been sent. */
    private CompletableFuture<WebSocket> acknowledged = CompletableFuture.completedFuture(null);

    SocketModeConnection(
            SocketModeClient.SocketEventListener listener, SocketModeClient.InteractionListener interactions) {
        this.listener = listener;
        this.interactions = interactions;
    }

    /** Completes when Slack has said hello; fails if the connection ends before. */
    CompletableFuture<Void> hello() {
        return hello;
    }

    /** Completes when this connection has to be replaced, which may still be open. */
    CompletableFuture<Void> end() {
        return end;
    }

    /** Whether anything was received since this was last asked. */
    boolean hasReceivedSinceLastCall() {
        return hasReceived.getAndSet(false);
    }

    void ping() {
        WebSocket open = socket;
        if (open != null) {
            // If it cannot be sent, no pong arrives.
            CompletableFuture<WebSocket> unused = open.sendPing(ByteBuffer.allocate(0));
        }
    }

    void close() {
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
        ended();
    }

    @Override
    public void onOpen(WebSocket webSocket) {
        socket = webSocket;
        webSocket.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        hasReceived.set(true);
        text.append(data);
        if (text.length() > MAX_FRAME_LENGTH) {
            webSocket.abort();
            ended();
            return null;
        }
        if (last) {
            String frame = text.toString();
            text.setLength(0);
            onFrame(webSocket, frame);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
        hasReceived.set(true);
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
        hasReceived.set(true);
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        ended();
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        ended();
    }

    private void ended() {
        hello.completeExceptionally(new IllegalStateException("the connection ended"));
        end.complete(null);
    }

    private void onFrame(WebSocket webSocket, String frame) {
        JsonNode envelope;
        try {
            envelope = JSON.readTree(frame);
        } catch (JacksonException e) {
            return;
        }
        String id = envelope.path("envelope_id").asText("");
        Optional<Interaction> interaction = Interaction.of(envelope);
        if (interaction.isPresent()) {
            CompletableFuture<Void> unused = interactions
                    .onInteraction(interaction.get())
                    .completeOnTimeout(Optional.empty(), MAX_ACKNOWLEDGEMENT_DELAY.toMillis(), TimeUnit.MILLISECONDS)
                    .exceptionally(failed -> Optional.empty())
                    .thenAccept(response -> acknowledge(webSocket, id, response));
            return;
        }
        if (!id.isEmpty()) {
            acknowledge(webSocket, id, Optional.empty());
        }
        switch (envelope.path("type").asText("")) {
            case "hello" -> hello.complete(null);
            // Slack keeps sending events on this connection for some seconds
            case "disconnect" -> end.complete(null);
            case "events_api" -> onEvent(envelope.path("payload"));
            default -> {}
        }
    }

    /** Sent after the acknowledgement before it: the JDK refuses to send while it still sends another text. */
    private synchronized void acknowledge(WebSocket webSocket, String envelopeId, Optional<JsonNode> response) {
        ObjectNode acknowledgement = JsonNodeFactory.instance.objectNode().put("envelope_id", envelopeId);
        response.ifPresent(payload -> acknowledgement.set("payload", payload));
        String text = acknowledgement.toString();
        // If it cannot be sent, Slack sends the envelope again.
        acknowledged =
                acknowledged.exceptionally(failed -> webSocket).thenCompose(before -> webSocket.sendText(text, true));
    }

    private void onEvent(JsonNode payload) {
        JsonNode event = payload.path("event");
        switch (event.path("type").asText("")) {
            case "message" -> notifyListener(event.path("channel"), messageTs(event));
            case "reaction_added", "reaction_removed" -> {
                String bot = payload.at("/authorizations/0/user_id").asText("");
                if (bot.isEmpty() || !bot.equals(event.path("user").asText(""))) {
                    notifyListener(event.at("/item/channel"), event.at("/item/ts"));
                }
            }
            default -> {}
        }
    }

    /** The ts of the message to read again; for a reply, that of the thread's root, whose reply count has changed. */
    private static JsonNode messageTs(JsonNode event) {
        JsonNode message = switch (event.path("subtype").asText("")) {
            case "message_changed" -> event.path("message");
            case "message_deleted" -> event.path("previous_message");
            default -> event;
        };
        boolean isBroadcast = message.path("subtype").asText("").equals("thread_broadcast");
        if (message.hasNonNull("thread_ts") && !isBroadcast) {
            return message.path("thread_ts");
        }
        return event.hasNonNull("deleted_ts") ? event.path("deleted_ts") : message.path("ts");
    }

    private void notifyListener(JsonNode channel, JsonNode ts) {
        if (ChannelId.isValid(channel.asText("")) && MessageTs.isValid(ts.asText(""))) {
            listener.onEvent(new ChannelId(channel.asText()), new MessageTs(ts.asText()));
        }
    }
}
