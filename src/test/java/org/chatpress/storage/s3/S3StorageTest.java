package org.chatpress.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.chatpress.storage.ObjectKey;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

@Tag("slow")
class S3StorageTest extends S3Contract {
    @Override
    S3Settings settings() {
        return server.settings("live/chats", false);
    }

    @Override
    byte[] decoded(ResponseBytes<GetObjectResponse> object) {
        return object.asByteArray();
    }

    @Test
    void listsMoreThanOnePage() {
        for (int i = 0; i < 1005; i++) {
            storage.put(object(new ObjectKey(String.format("many/%04d.json", i)), "x"));
        }

        assertThat(storage.list("many")).hasSize(1005).isSorted();
        storage.list("many").forEach(storage::delete);
    }

    @Test
    void sendsPlainBodiesToOtherServers() throws IOException {
        var headers = new AtomicReference<Headers>();
        var body = new AtomicReference<byte[]>();
        var lookAlike = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        lookAlike.createContext("/", exchange -> {
            headers.set(exchange.getRequestHeaders());
            body.set(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        lookAlike.start();
        var endpoint = URI.create("http://127.0.0.1:" + lookAlike.getAddress().getPort());

        try (var stored = new S3Settings("chats", "", Optional.empty(), Optional.of(endpoint), true, false).storage()) {
            stored.put(object(KEY, "plain"));
        } finally {
            lookAlike.stop(0);
        }

        assertThat(new String(body.get(), StandardCharsets.UTF_8)).isEqualTo("plain");
        assertThat(headers.get()).doesNotContainKeys("Content-encoding", "X-amz-trailer", "Transfer-encoding");
    }
}
