package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.support.SilentServer;
import org.chatpress.support.Site;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A storage that does not answer holds up neither a cycle nor another storage nor a takedown there. Real sockets. */
@Tag("process")
class SilentStorageTest extends WithNewsroom {
    /** A silent server is given up after ten seconds at the earliest. */
    private static final Duration MAX_DELAY = Duration.ofSeconds(8);

    private Path directory;

    private interface ServerFactory {
        SilentServer start() throws IOException;
    }

    static Stream<Arguments> silentStorages() {
        return Stream.of(
                storage("an FTP port that swallows SYN", SilentServer::swallowingSyn, "ftp"),
                storage("an FTP server that is frozen", SilentServer::accepting, "ftp"),
                storage("an S3 server that accepts and is silent", SilentServer::accepting, "s3"));
    }

    private static Arguments storage(String what, ServerFactory server, String type) {
        return arguments(what, server, type);
    }

    @BeforeEach
    void setCredentials() {
        directory = folder.resolve("public");
        System.setProperty("aws.accessKeyId", "a-test");
        System.setProperty("aws.secretAccessKey", "a-test");
    }

    @AfterEach
    void clearCredentials() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("silentStorages")
    void aDirectoryIsAsFastAsAlone(String what, ServerFactory factory, String type) throws IOException {
        try (SilentServer server = factory.start()) {
            newsroom.publishesToReal("directory: " + directory, entry(type, server.port()));
            assertThatTheDirectoryIsFast();
        } finally {
            newsroom.restart();
        }
    }

    /** Ten seconds to connect and ten for an answer, on a machine that does other work too. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("silentStorages")
    void aCycleThatWaitsForAllStoragesGivesUpAndSaysWhy(String what, ServerFactory factory, String type)
            throws IOException {
        try (SilentServer server = factory.start()) {
            newsroom.publishesToReal("directory: " + directory, entry(type, server.port()));
            newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");

            long start = System.nanoTime();
            CycleReport report = newsroom.cycle();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
            assertThat(shows("polls are closed")).isTrue();
            assertThat(report.incidents()).singleElement().satisfies(incident -> {
                assertThat(incident.description()).contains(":" + server.port()).contains("cannot read");
                assertThat(incident.hint()).isNotEmpty();
            });
        } finally {
            newsroom.restart();
        }
    }

    @Test
    void aDirectoryIsAsFastAsAloneBesidePassivePortsThatSwallowSyn() throws IOException {
        try (SilentServer passive = SilentServer.swallowingSyn();
                SilentServer server = SilentServer.ftpWithPassivePort(passive.port())) {
            newsroom.publishesToReal("directory: " + directory, entry("ftp", server.port()));
            assertThatTheDirectoryIsFast();
        } finally {
            newsroom.restart();
        }
    }

    @Test
    void aSilentStorageIsCutAFewSecondsAfterTheProgramMustStop() throws IOException {
        try (SilentServer server = SilentServer.accepting()) {
            newsroom.worksBesideCycles().publishesToReal("directory: " + directory, entry("s3", server.port()));
            newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
            cycleUntil(() -> shows("polls are closed"));

            long start = System.nanoTime();
            newsroom.restart();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void aTakedownIsTriedAgainWithinSecondsWithoutACycle() {
        newsroom.worksBesideCycles();
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.cycle();
        waitUntil(() -> newsroom.storage().everything().contains("Smith"));
        newsroom.storage().down(true);
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        waitUntil(() -> newsroom.store()
                .storages()
                .status("memory")
                .filter(status -> status.failures() > 0)
                .isPresent());

        newsroom.storage().down(false);

        waitUntil(() -> !newsroom.storage().everything().contains("Smith"));
    }

    private static void waitUntil(BooleanSupplier done) {
        long start = System.nanoTime();
        while (!done.getAsBoolean()) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
            sleep();
        }
    }

    private void assertThatTheDirectoryIsFast() {
        newsroom.worksBesideCycles();
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        cycleUntil(() -> shows("polls are closed"));
        for (int i = 0; i < 3; i++) {
            String text = "update " + i;
            String ts = newsroom.slack.post(CHANNEL, REPORTER, text);
            cycleUntil(() -> shows(text));
            newsroom.slack.delete(CHANNEL, ts);
            cycleUntil(() -> !shows(text));
        }
    }

    /** One cycle and, as they run beside it, the workers. The first reading of a channel may need a second cycle. */
    private void cycleUntil(BooleanSupplier done) {
        long start = System.nanoTime();
        newsroom.cycle();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as("the cycle").isLessThan(MAX_DELAY);
        while (!done.getAsBoolean()) {
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("from the cycle's start to the directory")
                    .isLessThan(MAX_DELAY);
            sleep();
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean shows(String text) {
        return Site.contains(directory, SLUG, text);
    }

    private static String entry(String type, int port) {
        return type.equals("ftp")
                ? "ftp: {host: 127.0.0.1, port: %d, user: u, password: p, directory: /, tls: none}".formatted(port)
                : "s3: {bucket: chats, endpoint: \"http://127.0.0.1:%d\", region: us-east-1, path-style: true}"
                        .formatted(port);
    }
}
