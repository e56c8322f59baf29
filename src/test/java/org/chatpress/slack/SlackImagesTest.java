package org.chatpress.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.model.ImageFormat;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures come from Slack's own hosts, whole and small, and no other host is ever asked. */
class SlackImagesTest {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 1, 2, 3};

    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private SlackFileDownloader host;
    private int status = 200;
    private byte[] body = PNG;
    private String location = "";

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        host = new SlackFileDownloader(
                new Secret("xoxb-secret"), URI.create(server("/api/")), "", Duration.ofSeconds(5));
    }

    @AfterEach
    void close() {
        host.close();
        server.stop(0);
    }

    @Test
    void aPictureIsFetchedWithoutTheToken() {
        MirroredImage image = host.publicImage(server("/a_48.png"));

        assertThat(image.format()).isEqualTo(ImageFormat.PNG);
        assertThat(image.bytes()).isEqualTo(PNG);
        assertThat(asked).containsExactly("/a_48.png null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://avatars.slack-edge.com/a_48.png",
                "https://evil.example/a_48.png",
                "https://slack-edge.com.evil.example/a.png",
                "https://evilslack.com/a.png",
                "https://user@avatars.slack-edge.com/a.png",
                "https://avatars.slack-edge.com:8443/a.png",
                "https://avatars.slack-edge.com/a.png?u=https://evil.example",
                "https://secure.gravatar.com/avatar/abc",
                "file:///etc/passwd",
                "http://169.254.169.254/latest/meta-data",
                ""
            })
    void noOtherHostIsAsked(String url) {
        assertThat(failure(url).kind()).isEqualTo(Kind.REJECTED);
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"301, REJECTED", "302, REJECTED", "403, REJECTED", "404, REJECTED", "429, TRANSIENT", "503, TRANSIENT"})
    void onlyAPictureIsTakenForOne(int answer, Kind kind) {
        status = answer;
        location = "https://evil.example/a.png";

        assertThat(failure(server("/a_48.png")).kind()).isEqualTo(kind);
        assertThat(asked).hasSize(1);
    }

    @Test
    void whatIsNoPictureOrTooLargeIsRefused() {
        body = "<svg onload=alert(1)>".getBytes(StandardCharsets.UTF_8);
        assertThat(failure(server("/a_48.png")).kind()).isEqualTo(Kind.REJECTED);

        body = new byte[300 * 1024];
        System.arraycopy(PNG, 0, body, 0, PNG.length);
        assertThat(failure(server("/a_48.png"))).hasMessageContaining("more than 262144");
    }

    private RemoteException failure(String url) {
        return catchThrowableOfType(RemoteException.class, () -> host.publicImage(url));
    }

    private String server(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
        if (!location.isEmpty()) {
            exchange.getResponseHeaders().set("Location", location);
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
