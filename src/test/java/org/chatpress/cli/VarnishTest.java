package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.chatpress.support.FakeHttpService;
import org.chatpress.support.FakeHttpService.Answer;
import org.chatpress.support.FakeHttpService.Received;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Program;
import org.chatpress.support.ServerProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program behind a Varnish that keeps every file for a day, with the rules of examples/varnish. */
@Tag("process")
class VarnishTest {
    private static final String CHANNEL = "C0ELECTION";
    private static final String SLUG = "election-night";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
    private final FakeWorkspace slack = slackServer.workspace();

    /** Stands between the program and Varnish, so that it can fail. */
    private final FakeHttpService gate = FakeHttpService.start().answers(this::pass);

    private final FakeHttpService origin = FakeHttpService.start().answers(this::file);
    private volatile boolean isGateOpen = true;
    private Path directory;
    private ServerProcess varnish;
    private Process running;
    private int port;
    private Program chatpress;

    @BeforeEach
    void start() throws Exception {
        ServerProcess.isNeeded(ServerProcess.VARNISHD);
        directory = Files.createDirectory(folder.resolve("public"));
        port = ServerProcess.freePort();
        varnish = ServerProcess.varnish(
                folder,
                port,
                origin.uri().getPort(),
                "sub vcl_backend_response { set beresp.ttl = 1d; return (deliver); }");
        chatpress = new Program(folder, Map.of());
        slack.channel(CHANNEL);
        slack.person("U1", "Rosa Reporter");
        Files.writeString(chatpress.settings(), """
                slack: {token: %s, api-url: "%s"}
                every: 1s
                database: %s
                public-url: http://localhost:%d/
                publish:
                  - directory: %s
                    purge: {http: {url: "%s{path}"}}
                channels:
                  - id: %s
                    slug: %s
                    since: "%s"
                    headline: Election night
                    approval: none
                    jsonp: true
                    formats: [json-feed, atom, liveblog, html, share-pages]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        port,
                        directory,
                        gate.uri(),
                        CHANNEL,
                        SLUG,
                        Instant.now().minusSeconds(3600)));
    }

    @AfterEach
    void stop() throws Exception {
        if (running != null) {
            running.destroy();
            running.waitFor();
        }
        if (varnish != null) {
            varnish.close();
        }
        origin.close();
        gate.close();
        slackServer.close();
    }

    @Test
    void aTakedownIsGoneFromEveryUrlWithinSecondsOfTheStorage() throws Exception {
        running = chatpress.start("run");
        slack.post(CHANNEL, "U1", "turnout is high");
        String ts = slack.post(CHANNEL, "U1", "Smith wins");
        await(60, () -> filesWith("Smith").size() >= 10);
        Set<String> shown = pathsWith("Smith");
        assertThat(shown)
                .contains(
                        "/" + SLUG + "/live.json",
                        "/" + SLUG + ".jsonp",
                        "/" + SLUG + "/atom.xml",
                        "/" + SLUG + "/",
                        "/" + SLUG + "/m/" + ts + ".html");

        slack.delete(CHANNEL, ts);
        await(30, () -> filesWith("Smith").isEmpty());

        await(3, () -> shown.stream().noneMatch(path -> get(path).contains("Smith")));
        assertThat(gate.received()).allMatch(request -> request.line().startsWith("PURGE localhost:" + port + " /"));
    }

    @Test
    void aTakedownIsPurgedOnceVarnishIsBackAndAfterTheProgramWasKilled() throws Exception {
        running = chatpress.start("run");
        String first = slack.post(CHANNEL, "U1", "Smith wins");
        String second = slack.post(CHANNEL, "U1", "Jones wins");
        String third = slack.post(CHANNEL, "U1", "a recount");
        await(60, () -> filesWith("Smith").size() >= 10 && filesWith("Jones").size() >= 10);
        Set<String> shown = pathsWith("wins");

        isGateOpen = false;
        slack.delete(CHANNEL, first);
        await(30, () -> filesWith("Smith").isEmpty() && !gate.received().isEmpty());
        Process status = chatpress.start("status");
        assertThat(status.waitFor()).isZero();
        assertThat(chatpress.output(status))
                .startsWith("TAKEDOWN INCOMPLETE  files still to be purged from the CDN of");
        assertThat(shown).anyMatch(path -> get(path).contains("Smith"));
        isGateOpen = true;
        await(10, () -> shown.stream().noneMatch(path -> get(path).contains("Smith")));

        gate.silent(true);
        gate.forget();
        slack.delete(CHANNEL, second);
        await(30, () -> filesWith("Jones").isEmpty() && !gate.received().isEmpty());
        running.destroyForcibly().waitFor();
        gate.silent(false);
        assertThat(shown).anyMatch(path -> get(path).contains("Jones"));
        running = chatpress.start("run");
        await(30, () -> shown.stream().noneMatch(path -> get(path).contains("Jones")));

        gate.silent(true);
        gate.forget();
        slack.delete(CHANNEL, third);
        await(30, () -> !gate.received().isEmpty());
        running.destroy();
        assertThat(Program.endsWithin(running, 5_000))
                .as("a silent Varnish delays no end")
                .isTrue();
        assertThat(running.exitValue()).isZero();
    }

    private Answer pass(Received request) {
        return isGateOpen ? Answer.of(send(request.method(), request.path()).status()) : Answer.of(503);
    }

    /** What the storage has under a path. */
    private Answer file(Received request) {
        Path file = directory.resolve(
                request.path().replaceFirst("/$", "/index.html").substring(1));
        try {
            return Answer.of(200, Files.readString(file));
        } catch (IOException e) {
            return Answer.of(404);
        }
    }

    // VARNISH

    private record Fetched(int status, String body) {}

    /** A request with the Host by which readers know Varnish. */
    private Fetched send(String method, String path) {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, BodyPublishers.noBody())
                .build();
        try {
            var response = HTTP.send(request, BodyHandlers.ofString());
            return new Fetched(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String get(String path) {
        Fetched fetched = send("GET", path);
        return fetched.status() == 200 ? fetched.body() : "";
    }

    /** The paths that show a text; Varnish has all of them from now on. */
    private Set<String> pathsWith(String text) {
        var paths = new TreeSet<String>();
        for (String file : filesWith(text)) {
            paths.add("/" + file);
            if (file.endsWith("/index.html")) {
                paths.add("/" + file.replace("index.html", ""));
            }
        }
        assertThat(paths).allMatch(path -> get(path).contains(text));
        return paths;
    }

    private List<String> filesWith(String text) {
        try (Stream<Path> files = Files.walk(directory)) {
            var found = new ArrayList<String>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().startsWith(".")
                        && Files.readString(file).contains(text)) {
                    found.add(directory.relativize(file).toString());
                }
            }
            return found;
        } catch (IOException | UncheckedIOException e) {
            return List.of("changing");
        }
    }

    private void await(int seconds, BooleanSupplier done) throws InterruptedException {
        Instant end = Instant.now().plus(Duration.ofSeconds(seconds));
        while (!done.getAsBoolean()) {
            assertThat(Instant.now())
                    .as(() -> running == null ? "" : chatpress.output())
                    .isBefore(end);
            Thread.sleep(50);
        }
    }
}
