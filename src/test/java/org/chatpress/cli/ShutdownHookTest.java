package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.Program;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM while a server accepts connections and does not answer. */
@Tag("process")
@Timeout(120)
class ShutdownHookTest {
    private static final long MILLIS = 10_000;

    @TempDir
    Path folder;

    private ServerSocket silentServer;
    private Program program;

    @BeforeEach
    void open() throws IOException {
        silentServer = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        program = new Program(
                folder, Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret", "NO_PROXY", "*"));
    }

    @AfterEach
    void close() throws IOException {
        silentServer.close();
    }

    @Test
    void aCallThatSlackDoesNotAnswerIsCut() throws Exception {
        settings("http://127.0.0.1:" + silentServer.getLocalPort() + "/api/", "directory: " + folder.resolve("site"));

        assertThat(outputAfterSigterm()).contains("stopped").doesNotContain("ERROR", "\tat ");
    }

    @Test
    void anUploadThatDoesNotEndIsLeft() throws Exception {
        try (FakeSlackServer slack = FakeSlackServer.start(Clock.systemUTC())) {
            slack.workspace().channel("C0ELECTION");
            slack.workspace().person("U0REPORTER", "Rosa Reporter");
            slack.workspace().post("C0ELECTION", "U0REPORTER", "polls are closed");
            settings(
                    slack.apiUri().toString(),
                    "s3: {bucket: news, region: us-east-1, endpoint: \"http://127.0.0.1:%d\"}"
                            .formatted(silentServer.getLocalPort()));

            assertThat(outputAfterSigterm()).contains("stopped").doesNotContain("ERROR", "\tat ");
        }
    }

    private String outputAfterSigterm() throws Exception {
        Process run = program.start("run");
        try (Socket call = silentServer.accept()) {
            assertThat(call.getInputStream().read()).isPositive();
            run.destroy();

            assertThat(Program.endsWithin(run, MILLIS)).isTrue();
        } finally {
            run.destroyForcibly();
        }
        assertThat(run.exitValue()).isZero();
        return program.output(run);
    }

    private void settings(String apiUrl, String storage) throws IOException {
        Files.writeString(program.settings(), """
                slack: {token: xoxb-fake-token-of-the-test, api-url: "%s"}
                database: %s
                publish: [{%s}]
                channels: [{id: C0ELECTION, slug: election-night, since: 2020-01-01T00:00:00Z, approval: none}]
                """.formatted(apiUrl, folder.resolve("chatpress.db"), storage));
    }
}
