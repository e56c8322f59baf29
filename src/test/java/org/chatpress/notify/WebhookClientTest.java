package org.chatpress.notify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.config.Webhook;
import org.chatpress.config.Webhook.Event;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.model.Secret;
import org.chatpress.support.FakeHttpService;
import org.chatpress.support.FakeHttpService.Answer;
import org.chatpress.support.ServerProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests of webhooks, and receivers that others wrote. */
class WebhookClientTest {
    private static final Secret SECRET = new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    private static final Secret OTHER = new Secret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    private static final byte[] BODY =
            "{\"type\":\"published\",\"data\":{\"channel\":{\"slug\":\"night\"},\"message\":{\"id\":\"1.2\",\"text\":\"Glück\"}}}"
                    .getBytes(UTF_8);

    @TempDir
    Path folder;

    private Optional<ServerProcess> receiver = Optional.empty();
    private int port;

    enum Receiver {
        NODE("/usr/bin/node", "examples/webhooks/receiver.mjs"),
        PYTHON("/usr/bin/python3", "examples/webhooks/receiver.py"),
        /** With the library of standardwebhooks.com. */
        LIBRARY("/usr/bin/node", "src/test/resources/org/chatpress/notify/receiver.cjs");

        final Path program;
        final Path script;

        Receiver(String program, String script) {
            this.program = Path.of(program);
            this.script = Path.of(script);
        }

        boolean isInstalled() {
            return Files.isExecutable(program)
                    && (this != LIBRARY || Files.exists(Path.of("target/npm/node_modules/standardwebhooks")));
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (receiver.isPresent()) {
            receiver.get().close();
        }
    }

    /** The example of the specification's own tests. */
    @Test
    void signsAsStandardWebhooksSays() {
        assertThat(WebhookClient.signature(
                        SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}".getBytes(UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverAcceptsWhatIsSignedAndNothingElse(Receiver which) throws Exception {
        if (System.getenv("CI") != null) {
            assertThat(which.isInstalled()).as("%s is installed", which).isTrue();
        }
        assumeTrue(which.isInstalled(), () -> "skipped: " + which + " is not installed");
        Path output = start(which);
        Instant now = Instant.now();

        assertThat(client(SECRET).send("msg_1", BODY, now)).isTrue();
        assertThat(client(SECRET).send("msg_1", BODY, now)).as("again").isTrue();
        assertThatThrownBy(() -> client(OTHER).send("msg_2", BODY, now)).hasMessageContaining("answered HTTP 401");
        assertThatThrownBy(() -> client(SECRET).send("msg_3", BODY, now.minus(Duration.ofHours(1))))
                .hasMessageContaining("answered HTTP 401");
        assertThat(statusOfASignatureWithUmlauts(now)).startsWith("HTTP/1.").contains(" 401 ");
        client(SECRET).check(now);

        assertThat(Files.readString(output).lines().map(String::strip))
                .containsExactly("published night 1.2 Glück", "ping");
    }

    @Test
    void theExamplesAreThirtyLines() throws IOException {
        for (Receiver which : List.of(Receiver.NODE, Receiver.PYTHON)) {
            assertThat(Files.readAllLines(which.script)).hasSizeLessThanOrEqualTo(33);
        }
    }

    @Test
    void aRedirectIsNotFollowed() {
        try (var service = FakeHttpService.start()) {
            service.answers(request -> Answer.of(307).with("Location", service.uri() + "elsewhere"));

            RemoteException failure = catchThrowableOfType(
                    RemoteException.class, () -> client(service.uri(), SECRET).send("msg_1", BODY, Instant.EPOCH));

            assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
            assertThat(service.received()).hasSize(1);
        }
    }

    @Test
    void itsNameAndItsFailuresHaveNeitherItsSecretNorItsPath() {
        try (var service = FakeHttpService.start()) {
            service.answers(request -> Answer.of(500, "nothing to see"));

            RemoteException failure = catchThrowableOfType(
                    RemoteException.class,
                    () -> client(service.uri().resolve("T0/secret"), SECRET).send("msg_1", BODY, Instant.EPOCH));

            assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(failure.messageWithHint()).doesNotContain("secret", SECRET.reveal());
        }
    }

    private String statusOfASignatureWithUmlauts(Instant now) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request = "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n"
                    + "webhook-id: msg_4\r\nwebhook-timestamp: %d\r\nwebhook-signature: v1,gl\u00fcck\r\n\r\n{}"
                            .formatted(now.getEpochSecond());
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            return "" + answer.readLine();
        }
    }

    private WebhookClient client(Secret secret) {
        return client(URI.create("http://127.0.0.1:" + port + "/"), secret);
    }

    private static WebhookClient client(URI url, Secret secret) {
        return new WebhookClient(new Webhook(url, secret, Set.of(Event.PUBLISHED)));
    }

    private Path start(Receiver which) throws Exception {
        port = ServerProcess.freePort();
        Path output = folder.resolve("output.txt");
        var builder = new ProcessBuilder(which.program.toString(), which.script.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("WEBHOOK_SECRET", SECRET.reveal());
        builder.environment().put("PORT", String.valueOf(port));
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        builder.environment()
                .put(
                        "NODE_PATH",
                        Path.of("target/npm/node_modules").toAbsolutePath().toString());
        receiver = Optional.of(ServerProcess.start(builder, output, port));
        return output;
    }
}
