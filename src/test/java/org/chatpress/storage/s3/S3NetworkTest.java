package org.chatpress.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.storage.StorageContract.KEY;
import static org.chatpress.storage.StorageContract.failureOf;
import static org.chatpress.storage.StorageContract.object;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.support.SilentPort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Servers that cannot be reached or fall silent, for a storage that waits a second. */
@Tag("slow")
@Timeout(60)
class S3NetworkTest {
    private static final String CHECK_SERVER = "Check that 127.0.0.1 can be reached from here and responds.";

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void givesUpOnAServerThatSendsNoResponse(String scheme) throws IOException {
        try (var port = SilentPort.accepting()) {
            assertGivenUp(scheme, port, "Read timed out");
            assertThat(port.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void givesUpOnAServerThatIgnoresConnections(String scheme) throws IOException {
        try (var port = SilentPort.ignoring()) {
            assertGivenUp(scheme, port, "Connect timed out");
        }
    }

    private static void assertGivenUp(String scheme, SilentPort port, String reason) {
        try (S3Storage storage = storage(scheme + "://127.0.0.1:" + port.number(), true)) {
            Instant start = Instant.now();

            RemoteException failure = failureOf(() -> storage.put(object(KEY, "{}")));

            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(8));
            assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(failure).hasMessage("cannot put " + KEY + " to " + storage.name() + ": " + reason);
            assertThat(failure.hint()).isEqualTo(CHECK_SERVER);
        }
    }

    @Test
    void saysWhatToCheckWhereNothingListens() {
        RemoteException failure = failure("http://127.0.0.1:1", true);

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageEndingWith(" at 127.0.0.1:1: Connection refused");
        assertThat(failure.hint()).isEqualTo(CHECK_SERVER);
    }

    @ParameterizedTest
    @CsvSource({"true, no-such-host.invalid", "false, chats.no-such-host.invalid"})
    void saysWhatToCheckWhereTheHostIsUnknown(boolean pathStyle, String host) {
        RemoteException failure = failure("http://no-such-host.invalid", pathStyle);

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageEndingWith(" at no-such-host.invalid: cannot resolve host " + host);
        assertThat(failure.hint()).contains("path-style: true");
    }

    @Test
    void saysWhatToCheckWhereTheServerDoesNotOfferTls() throws IOException {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> response = CompletableFuture.runAsync(() -> badRequest(server));

            RemoteException failure = failure("https://127.0.0.1:" + server.getLocalPort(), true);

            assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
            assertThat(failure).hasMessageContaining(": TLS failed: ");
            assertThat(failure.hint())
                    .isEqualTo("Check whether the endpoint begins with http:// or https://, and its port.");
            assertThat(response).succeedsWithin(Duration.ofSeconds(5));
        }
    }

    private static void badRequest(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            client.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RemoteException failure(String endpoint, boolean pathStyle) {
        try (S3Storage storage = storage(endpoint, pathStyle)) {
            return failureOf(() -> storage.put(object(KEY, "{}")));
        }
    }

    private static S3Storage storage(String endpoint, boolean pathStyle) {
        return new S3Storage(
                new S3Settings("chats", "", Optional.empty(), Optional.of(URI.create(endpoint)), pathStyle, false),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")),
                Duration.ofSeconds(1));
    }
}
