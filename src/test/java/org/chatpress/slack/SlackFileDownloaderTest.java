package org.chatpress.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import okhttp3.HttpUrl;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.model.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which hosts receive the token, and which responses are accepted as the file. */
class SlackFileDownloaderTest {
    private static final int MAX_BYTES = 1000;

    /** The Authorization header of the last request to each path. */
    private final Map<String, String> authorizations = Collections.synchronizedMap(new TreeMap<>());

    private HttpServer slack;
    private HttpServer elsewhere;
    private SlackFileDownloader files;

    @BeforeEach
    void open() throws IOException {
        slack = server();
        elsewhere = server();
        files = new SlackFileDownloader(
                new Secret("xoxb-secret"), uri(slack, "/api/"), ProxySettings.NONE, Duration.ofSeconds(5));
    }

    @AfterEach
    void close() {
        files.close();
        slack.stop(0);
        elsewhere.stop(0);
    }

    @Test
    void sendsTheTokenToTheApiHost() {
        respond(slack, "/photo", 200, "image/jpeg", "12345", "");

        assertThat(files.download(uri(slack, "/photo").toString(), 5, MAX_BYTES))
                .hasSize(5);
        assertThat(authorizations).containsEntry("/photo", "Bearer xoxb-secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://slack.com.evil.example/photo",
                "https://evilslack.com/photo",
                "https://files.slack.com@evil.example/photo",
                "http://files.slack.com/photo"
            })
    void sendsTheTokenToNoOtherHost(String url) {
        assertThat(files.request(HttpUrl.get(url)).header("Authorization")).isNull();
        assertThat(files.request(HttpUrl.get("https://files.slack.com/photo")).header("Authorization"))
                .isEqualTo("Bearer xoxb-secret");
    }

    @Test
    void followsARedirectOnTheSameHost() {
        respond(slack, "/photo", 302, "text/plain", "", "/there");
        respond(slack, "/there", 200, "image/jpeg", "12345", "");

        assertThat(files.download(uri(slack, "/photo").toString(), 5, MAX_BYTES))
                .hasSize(5);
    }

    @Test
    void followsNoRedirectToAnInsecureUrlOfAnotherHost() {
        respond(
                slack,
                "/photo",
                302,
                "text/plain",
                "",
                uri(elsewhere, "/stolen").toString());
        respond(elsewhere, "/stolen", 200, "image/jpeg", "12345", "");

        assertThat(failure(uri(slack, "/photo").toString(), 5).kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(authorizations).doesNotContainKey("/stolen");
    }

    @Test
    void givesUpAfterTooManyRedirects() {
        respond(slack, "/photo", 302, "text/plain", "", "/photo");

        assertThat(failure(uri(slack, "/photo").toString(), 5)).hasMessageContaining("more than 3 redirects");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/photo.jpg",
                "https://slack.com.evil.example/photo.jpg",
                "https://evilslack.com/photo.jpg",
                "https://files.slack.com@evil.example/photo.jpg",
                "http://files.slack.com/photo.jpg",
                "http://169.254.169.254/latest/meta-data",
                "file:///etc/passwd",
                "",
                "no address"
            })
    void requestsNoUrlThatIsNotSlacks(String url) {
        assertThat(failure(url, 5).kind()).isEqualTo(Kind.REJECTED);
    }

    @ParameterizedTest
    @CsvSource({
        "200, text/html,  12345,  ACTION_REQUIRED",
        "200, image/jpeg, 1234,   TRANSIENT",
        "200, image/jpeg, 123456, TRANSIENT",
        "401, image/jpeg, 12345,  ACTION_REQUIRED",
        "403, image/jpeg, 12345,  ACTION_REQUIRED",
        "404, text/plain, 12345,  REJECTED",
        "410, text/plain, 12345,  REJECTED",
        "429, text/plain, 12345,  TRANSIENT",
        "500, text/plain, 12345,  TRANSIENT",
    })
    void refusesAResponseThatIsNotTheFile(int status, String type, String body, Kind kind) {
        respond(slack, "/photo", status, type, body, "");

        assertThat(failure(uri(slack, "/photo").toString(), 5).kind()).isEqualTo(kind);
    }

    @Test
    void refusesAFileThatIsTooLarge() {
        respond(slack, "/photo", 200, "image/jpeg", "x".repeat(MAX_BYTES + 1), "");

        assertThat(failure(uri(slack, "/photo").toString(), 0).kind()).isEqualTo(Kind.REJECTED);
        assertThat(failure(uri(slack, "/photo").toString(), MAX_BYTES + 1).kind())
                .isEqualTo(Kind.REJECTED);
    }

    @Test
    void requiresAnImageContentTypeIfTheSizeIsUnknown() {
        respond(slack, "/photo", 200, "application/json", "{}", "");

        assertThat(failure(uri(slack, "/photo").toString(), 0).kind()).isEqualTo(Kind.TRANSIENT);
    }

    private RemoteException failure(String url, long size) {
        RemoteException failure =
                catchThrowableOfType(RemoteException.class, () -> files.download(url, size, MAX_BYTES));
        assertThat(failure.getMessage() + failure.hint()).doesNotContain("xoxb");
        return failure;
    }

    private HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        return server;
    }

    private void respond(HttpServer server, String path, int status, String type, String body, String location) {
        server.createContext(path, exchange -> {
            authorizations.put(path, String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            if (!location.isEmpty()) {
                exchange.getResponseHeaders().set("Location", location);
            }
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private static URI uri(HttpServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }
}
