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

/** Which public images are downloaded, and from which hosts. */
class PublicImageTest {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 1, 2, 3};

    private final List<String> requests = new ArrayList<>();
    private HttpServer server;
    private SlackFileDownloader downloader;
    private int status = 200;
    private byte[] body = PNG;
    private String location = "";

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::respond);
        server.start();
        downloader = new SlackFileDownloader(
                new Secret("xoxb-secret"), URI.create(server("/api/")), ProxySettings.NONE, Duration.ofSeconds(5));
    }

    @AfterEach
    void close() {
        downloader.close();
        server.stop(0);
    }

    @Test
    void downloadsAnImageWithoutTheToken() {
        MirroredImage image = downloader.publicImage(server("/a_48.png"));

        assertThat(image.format()).isEqualTo(ImageFormat.PNG);
        assertThat(image.bytes()).isEqualTo(PNG);
        assertThat(requests).containsExactly("/a_48.png null");
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
    void requestsNoOtherHost(String url) {
        assertThat(failure(url).kind()).isEqualTo(Kind.REJECTED);
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"301, REJECTED", "302, REJECTED", "403, REJECTED", "404, REJECTED", "429, TRANSIENT", "503, TRANSIENT"})
    void refusesResponsesOtherThan200(int code, Kind kind) {
        status = code;
        location = "https://evil.example/a.png";

        assertThat(failure(server("/a_48.png")).kind()).isEqualTo(kind);
        assertThat(requests).hasSize(1);
    }

    @Test
    void refusesWhatIsNotAnImageOrIsTooLarge() {
        body = "<svg onload=alert(1)>".getBytes(StandardCharsets.UTF_8);
        assertThat(failure(server("/a_48.png")).kind()).isEqualTo(Kind.REJECTED);

        body = new byte[300 * 1024];
        System.arraycopy(PNG, 0, body, 0, PNG.length);
        assertThat(failure(server("/a_48.png"))).hasMessageContaining("more than 262144");
    }

    private RemoteException failure(String url) {
        return catchThrowableOfType(RemoteException.class, () -> downloader.publicImage(url));
    }

    private String server(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private void respond(HttpExchange exchange) throws IOException {
        requests.add(
                exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
        if (!location.isEmpty()) {
            exchange.getResponseHeaders().set("Location", location);
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
