package org.chatpress.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SocketModeConnectionTest {
    /** The JDK sends one text at a time, and refuses another while that one is on its way. */
    @Test
    void anAcknowledgementWaitsUntilTheOneBeforeItHasBeenSent() {
        WebSocket socket = mock(WebSocket.class);
        var sending = new ArrayList<CompletableFuture<WebSocket>>();
        when(socket.sendText(any(), anyBoolean())).thenAnswer(call -> {
            sending.add(new CompletableFuture<>());
            return sending.get(sending.size() - 1);
        });
        var connection = new SocketModeConnection(
                mock(SocketModeClient.SocketEventListener.class), SocketModeClient.InteractionListener.NONE);

        for (int i = 1; i <= 3; i++) {
            connection.onText(socket, "{\"envelope_id\": \"envelope-" + i + "\"}", true);
        }

        assertThat(sending).hasSize(1);
        sending.get(0).completeExceptionally(new IOException("broken pipe"));
        assertThat(sending).hasSize(2);
        sending.get(1).complete(socket);
        var order = inOrder(socket);
        for (int i = 1; i <= 3; i++) {
            order.verify(socket).sendText("{\"envelope_id\":\"envelope-" + i + "\"}", true);
        }
    }
}
