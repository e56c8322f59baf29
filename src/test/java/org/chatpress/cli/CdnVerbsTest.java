package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.chatpress.cli.Terminal.Printed;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.store.Store;
import org.chatpress.support.FakeHttpService;
import org.chatpress.support.FakeHttpService.Answer;
import org.chatpress.support.FakeHttpService.Received;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verbs say of a CDN, a webhook and a hub. */
@Tag("slow")
class CdnVerbsTest {
    private static final String CHANNEL = "C0ELECTION";
    private static final String TOKEN = "a-token-that-is-never-printed";
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @TempDir
    Path folder;

    private final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
    private final FakeWorkspace slack = slackServer.workspace();
    private final FakeHttpService cdn = FakeHttpService.start();
    private final FakeHttpService receiver = FakeHttpService.start();
    private final FakeHttpService hub = FakeHttpService.start().answers(request -> Answer.of(202));
    private Terminal terminal;

    @BeforeEach
    void open() throws IOException {
        terminal = new Terminal(folder);
        slack.channel(CHANNEL);
        slack.person("U0REPORTER", "Rosa Reporter");
        Files.writeString(folder.resolve("channels.yml"), """
                slack: {token: %s, api-url: "%s"}
                database: %s
                public-url: https://static.example/
                publish:
                  - directory: %s
                    purge: {fastly: {token: %s, api-url: "%s"}}
                notify:
                  - webhook: {url: "%ssecret/path", secret: %s}
                  - websub: "%s"
                channels:
                  - {id: %s, slug: night, since: 2020-01-01T00:00:00Z, approval: none, formats: [atom]}
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        folder.resolve("site"),
                        TOKEN,
                        cdn.uri(),
                        receiver.uri(),
                        SECRET,
                        hub.uri(),
                        CHANNEL));
    }

    /** After every test: no secret was printed. */
    @AfterEach
    void close() {
        assertThat(terminal.everything())
                .doesNotContain(TOKEN)
                .doesNotContain(SECRET)
                .doesNotContain("secret/path");
        slackServer.close();
        cdn.close();
        receiver.close();
        hub.close();
    }

    private String webhook() {
        return "webhook " + receiver.uri().toString().replaceFirst("/$", "");
    }

    @Test
    void checkTriesTheCdnTheWebhookAndTheHubWithoutHarm() {
        Printed printed = terminal.types("check");

        assertThat(printed.exit()).as(printed.out()).isZero();
        assertThat(printed.out())
                .containsPattern(
                        "ok +purge Fastly: accepted https://static.example/chatpress-check-[^ ]*, which does not exist")
                .contains("ok    " + webhook() + ": accepted a ping event\n", "ok    hub 127.0.0.1: answers\n");
        assertThat(receiver.received())
                .singleElement()
                .satisfies(request -> assertThat(request.body()).startsWith("{\"type\":\"ping\","));
        assertThat(hub.received()).extracting(Received::method).containsExactly("GET");
    }

    @Test
    void checkSaysHowToFixWhatFails() {
        cdn.answers(request -> Answer.of(401));
        receiver.answers(request -> Answer.of(404));
        hub.answers(request -> Answer.of(503));

        Printed printed = terminal.types("check");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out())
                .contains("FAIL  purge Fastly: Fastly answered HTTP 401. Check purge.fastly.token: it needs the scope")
                .contains("FAIL  " + webhook() + ": " + webhook() + " answered HTTP 404\n")
                .contains("FAIL  hub 127.0.0.1: ");
    }

    @Test
    void aDryRunPrintsWhatItWouldPurgeAndSend() {
        terminal.types("once");
        String ts = slack.post(CHANNEL, "U0REPORTER", "Smith wins");
        terminal.types("once");
        String later = slack.post(CHANNEL, "U0REPORTER", "turnout is high");
        slack.delete(CHANNEL, ts);
        cdn.forget();
        receiver.forget();
        hub.forget();

        Printed printed = terminal.types("once", "--dry-run");

        assertThat(printed.out())
                .contains("would purge https://static.example/night/live.json from Fastly\n")
                .contains("would send published of " + CHANNEL + " " + later + " to " + webhook() + "\n")
                .contains("would send taken-down of " + CHANNEL + " " + ts + " to " + webhook() + "\n")
                .containsPattern("would ping hub http://[^ ]* for https://static.example/night/atom.xml\n");
        assertThat(cdn.received()).isEmpty();
        assertThat(receiver.received()).isEmpty();
        assertThat(hub.received()).isEmpty();
    }

    @Test
    void statusShowsAPurgeThatFailsFirstAndIsUnhealthyAfterFiveMinutes() {
        String ts = slack.post(CHANNEL, "U0REPORTER", "Smith wins");
        slack.post(CHANNEL, "U0REPORTER", "turnout is high");
        terminal.types("once");
        cdn.answers(request -> Answer.of(503));
        slack.delete(CHANNEL, ts);
        assertThat(terminal.types("once").exit()).isEqualTo(1);

        String site = "directory " + folder.resolve("site");
        assertThat(terminal.types("status").out())
                .startsWith("TAKEDOWN INCOMPLETE  files still to be purged from the CDN of " + site + ": ")
                .contains("; last error: Fastly answered HTTP 503\n");
        assertThat(terminal.types("status", "--healthy").exit()).isZero();
        try (Store store = Store.open(new SqliteFile(folder.resolve("chatpress.db")), "a test")) {
            store.storages().recordPurgeSuccess(site);
            store.storages().recordPurgeFailure(site, "HTTP 503", Instant.now().minus(Duration.ofMinutes(6)));
        }
        Printed unhealthy = terminal.types("status", "--healthy");
        assertThat(unhealthy.exit()).isEqualTo(1);
        assertThat(unhealthy.out()).startsWith("files still to be purged from the CDN of " + site);
        assertThat(terminal.types("status", "--json").out()).containsPattern("\"pending_purges\" : [1-9]");

        cdn.answers(request -> Answer.of(200));
        assertThat(terminal.types("once").exit()).isZero();
        assertThat(terminal.types("status").out()).doesNotContain("TAKEDOWN INCOMPLETE");
    }

    @Test
    void statusShowsWhatAWebhookHasNotReceived() {
        terminal.types("once");
        receiver.answers(request -> Answer.of(500));
        slack.post(CHANNEL, "U0REPORTER", "Smith wins");
        assertThat(terminal.types("once").exit()).isEqualTo(1);

        assertThat(terminal.types("status").out())
                .contains(webhook() + "  events to send: 1; last error: " + webhook() + " answered HTTP 500\n");
        assertThat(terminal.types("status", "--healthy").exit()).isZero();

        receiver.answers(request -> Answer.of(200));
        terminal.types("once");
        assertThat(terminal.types("status").out()).contains(webhook() + "  every event sent\n");
    }

    @Test
    void statusShowsWhatAHubWasNotPingedFor() {
        hub.answers(request -> Answer.of(503));
        assertThat(terminal.types("once").exit()).isEqualTo(1);

        assertThat(terminal.types("status").out())
                .contains("hub http://127.0.0.1:" + hub.uri().getPort() + "  feeds to ping it for: 1; last error: hub ")
                .contains(" answered HTTP 503. Check notify.websub.\n");
        assertThat(terminal.types("status", "--json").out()).contains("\"pending_feeds\" : 1,");
        assertThat(terminal.types("status", "--healthy").exit()).isZero();

        hub.answers(request -> Answer.of(202));
        assertThat(terminal.types("once").exit()).isZero();
        assertThat(terminal.types("status").out()).contains("  pinged for every feed\n");
    }
}
