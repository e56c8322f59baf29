package org.chatpress.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoServerTest {
    @TempDir
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private Path published;
    private DemoServer server;

    @BeforeEach
    void start() throws IOException {
        published = folder.resolve("public");
        Files.createDirectories(published.resolve("city/i"));
        Files.writeString(published.resolve("city/live.json"), "{\"seq\": 1}");
        Files.writeString(published.resolve("city/.live.json.part"), "half");
        Files.writeString(folder.resolve("secret.json"), "secret");
        server = DemoServer.start(published, 0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void servesThePageAndThePublishedFiles() throws Exception {
        assertThat(get("").body()).contains("<live-chat src=");
        assertThat(get("chats/city/live.json").body()).isEqualTo("{\"seq\": 1}");
    }

    @ParameterizedTest
    @CsvSource({
        "'', text/html; charset=utf-8",
        "index.html, text/html; charset=utf-8",
        "live-chat.js, text/javascript; charset=utf-8",
        "live-chat.css, text/css; charset=utf-8",
        "chats/city/live.json, application/json; charset=utf-8"
    })
    void sendsTheContentTypeOfAFile(String path, String type) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains(type);
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(response.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .startsWith("default-src 'none'; script-src 'self';")
                        .doesNotContain("unsafe"));
    }

    @Test
    void anUnchangedFileIsNotSentAgain() throws Exception {
        String etag = get("chats/city/live.json").headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> same = send(request("chats/city/live.json").header("If-None-Match", etag));
        Files.writeString(published.resolve("city/live.json"), "{\"seq\": 2}");
        HttpResponse<String> other = send(request("chats/city/live.json").header("If-None-Match", etag));

        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).isEqualTo("{\"seq\": 2}");
    }

    @Test
    void headIsGetWithoutTheBody() throws Exception {
        HttpResponse<String> response = send(request("chats/city/live.json").method("HEAD", BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Length")).contains("10");
        assertThat(response.body()).isEmpty();
        assertThat(send(request("nothing").method("HEAD", BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void anEmptyFileIsServedToo() throws Exception {
        Files.createFile(published.resolve("city/empty.json"));

        assertThat(get("chats/city/empty.json").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void allowsOnlyReading(String method) throws Exception {
        HttpResponse<String> response =
                send(request("chats/city/live.json").method(method, BodyPublishers.ofString("{}")));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
        assertThat(published.resolve("city/live.json")).hasContent("{\"seq\": 1}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/chats/../secret.json",
                "/chats/city/../../secret.json",
                "/chats/%2e%2e/secret.json",
                "/chats/..%2fsecret.json",
                "/chats/%2e%2e%2fsecret.json",
                "/chats//etc/passwd",
                "/chats/city/.live.json.part",
                "/chats/city/",
                "/chats/city",
                "/chats/",
                "/chats",
                "/chats/city/live.json/",
                "/chats/city/live%2ejson",
                "/chats/gone.json",
                "/../demo/channels.yml",
                "/../channels.yml",
                "/%2e%2e/channels.yml",
                "//secret.json",
                "/.",
                "/..",
                "/favicon.ico"
            })
    void nothingElseIsFound(String path) throws Exception {
        assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404")
                .doesNotContain("secret", "half");
    }

    @Test
    void symbolicLinksAreNotFollowed() throws Exception {
        Files.createSymbolicLink(published.resolve("link.json"), folder.resolve("secret.json"));
        Files.createSymbolicLink(published.resolve("out"), folder);

        assertThat(get("chats/link.json").statusCode()).isEqualTo(404);
        assertThat(get("chats/out/secret.json").statusCode()).isEqualTo(404);
    }

    @Test
    void aFolderThatDoesNotExistYetIsEmpty() throws Exception {
        try (DemoServer early = DemoServer.start(folder.resolve("later"), 0)) {
            HttpRequest request = HttpRequest.newBuilder(early.address().resolve("chats/channels.json"))
                    .build();

            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "127.0.0.2",
                "localhost:",
                ""
            })
    void refusesOtherHostNames(String host) throws Exception {
        assertThat(raw("GET /chats/city/live.json HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403")
                .doesNotContain("seq");
    }

    @Test
    void refusesRequestsWithoutAHostName() throws Exception {
        assertThat(raw("GET /chats/city/live.json HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 403");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:8080"})
    void acceptsItsOwnHostNames(String host) throws Exception {
        assertThat(raw("GET /chats/city/live.json HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void failsIfThePortIsTaken() {
        int taken = server.address().getPort();

        assertThatThrownBy(() -> DemoServer.start(published, taken))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot serve http://localhost:" + taken + "/: Address already in use");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:3000, true",
        "http://127.0.0.1, true",
        "https://localhost:3000, false",
        "http://localhost.evil.example, false",
        "http://evil.example, false",
        "null, false"
    })
    void pagesOnOtherLocalPortsMayReadTheChats(String origin, boolean isAllowed) throws Exception {
        HttpResponse<String> chat = send(request("chats/city/live.json").header("Origin", origin));
        HttpResponse<String> page = send(request("readers.html").header("Origin", origin));

        assertThat(chat.headers().firstValue("Access-Control-Allow-Origin").isPresent())
                .isEqualTo(isAllowed);
        assertThat(page.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private HttpRequest.Builder request(String path) {
        URI address = server.address().resolve("/" + path);
        return HttpRequest.newBuilder(URI.create(address.toString().replace("localhost", "127.0.0.1")))
                .timeout(Duration.ofSeconds(10));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** Sends a request that an HTTP client would not send. */
    private String raw(String request) throws IOException {
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
