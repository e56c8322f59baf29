package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.chatpress.support.Chromium;
import org.chatpress.support.FakeHttpService;
import org.chatpress.support.FakeHttpService.Answer;
import org.chatpress.support.FakeHttpService.Received;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.PostgresqlProcess;
import org.chatpress.support.Program;
import org.chatpress.support.S3LookAlike;
import org.chatpress.support.S3ServerInProcess;
import org.chatpress.support.ServerProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes the picture of the dashboard: {@code mvn test -Dtest=DashboardPicture}. Two processes on PostgreSQL publish an
 * evening of some minutes in which an FTP server fails, a webhook fails and the leader is killed; Prometheus reads their
 * metrics, and a page draws the dashboard's panels with what Prometheus answers to their queries. Needs Chromium,
 * Prometheus and PostgreSQL. Its name keeps it out of the build.
 */
class DashboardPicture {
    private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
    private static final Path MONITORING = Path.of("examples/monitoring");
    private static final int SECONDS = 60 * Integer.getInteger("dashboard.minutes", 8);
    private static final int STEP = Math.max(2, SECONDS / 200);
    private static final int MAX_BYTES = 200_000;
    private static final List<String> SLUGS = List.of("election-night", "weather", "council", "football");

    @TempDir
    Path folder;

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Random random = new Random(20261103);
    private final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
    private final FakeWorkspace slack = slackServer.workspace();
    private final List<String> pending = new ArrayList<>();
    private final List<String> approved = new ArrayList<>();
    private volatile int webhookStatus = 200;

    @Test
    @Timeout(3600)
    void makeIt() throws Exception {
        ServerProcess.isNeeded(PROMETHEUS);
        int port = ServerProcess.freePort();
        try (Chromium chromium = Chromium.start();
                PostgresqlProcess database = PostgresqlProcess.start();
                FakeHttpService service = FakeHttpService.start().answers(this::answer);
                S3LookAlike s3 = new S3LookAlike();
                FtpServerInProcess ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp")))
                        .overwriting(true)
                        .start();
                ServerProcess prometheus = prometheus(port, service)) {
            SLUGS.forEach(slug -> slack.channel(channel(slug)));
            slack.person("U0REPORTER", "Rosa Reporter");
            slack.person("U0EDITOR", "Edda Editor");
            Program first = program("newsroom-1", database, s3, ftp, service);
            Program second = program("newsroom-2", database, s3, ftp, service);
            Process leader = first.start("run");
            Thread.sleep(15_000);
            Process standby = second.start("run");
            Instant start = Instant.now();
            Process restarted = evening(leader, first, ftp);
            draw(chromium, port, start, Instant.now());
            for (Process process : List.of(standby, restarted)) {
                process.destroyForcibly().waitFor();
            }
        } finally {
            slackServer.close();
        }
    }

    private Process evening(Process leader, Program first, FtpServerInProcess ftp) throws InterruptedException {
        Process restarted = leader;
        for (int second = 0; second < SECONDS; second++) {
            for (int i = random.nextInt(3); i > 0; i--) {
                change();
            }
            int percent = 100 * second / SECONDS;
            int before = 100 * (second - 1) / SECONDS;
            if (percent >= 22 && before < 22) {
                ftp.readOnly(true);
                slack.delete(channel("weather"), approved.get(approved.size() - 1));
            } else if (percent >= 34 && before < 34) {
                ftp.readOnly(false);
            } else if (percent >= 50 && before < 50) {
                leader.destroyForcibly().waitFor();
            } else if (percent >= 56 && before < 56) {
                restarted = first.start("run");
            }
            webhookStatus = percent >= 70 && percent < 84 ? 503 : 200;
            Thread.sleep(1000);
        }
        return restarted;
    }

    /** A message in any channel; those of one wait for an approval, or are held. */
    private void change() {
        String slug = SLUGS.get(Math.min(random.nextInt(6), SLUGS.size() - 1));
        String ts = slack.post(channel(slug), "U0REPORTER", "update " + random.nextInt(1_000_000));
        if (slug.equals("weather")) {
            approved.add(ts);
        }
        if (slug.equals("election-night")) {
            pending.add(ts);
            if (random.nextInt(8) == 0) {
                slack.react(channel(slug), pending.remove(0), "U0EDITOR", "hourglass");
            } else if (pending.size() > 3 + random.nextInt(15)) {
                pending.forEach(waiting -> slack.react(channel(slug), waiting, "U0EDITOR", "white_check_mark"));
                pending.clear();
            }
        }
    }

    private Answer answer(Received request) {
        if (!request.path().startsWith("/metrics/")) {
            return Answer.of(webhookStatus);
        }
        try {
            return Answer.of(200, Files.readString(metrics(request.path().substring("/metrics/".length()))))
                    .with("Content-Type", "text/plain; version=0.0.4");
        } catch (IOException e) {
            return Answer.of(404);
        }
    }

    private Path metrics(String name) {
        return folder.resolve(name).resolve("chatpress.prom");
    }

    private ServerProcess prometheus(int port, FakeHttpService service) throws Exception {
        Path config = Files.writeString(
                folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 2s}
                scrape_configs:
                  - {job_name: one, metrics_path: /metrics/newsroom-1, static_configs: [{targets: ["%1$s"], labels: {instance: newsroom-1}}]}
                  - {job_name: two, metrics_path: /metrics/newsroom-2, static_configs: [{targets: ["%1$s"], labels: {instance: newsroom-2}}]}
                """.formatted(service.uri().getAuthority()));
        return ServerProcess.start(
                folder,
                port,
                PROMETHEUS.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port);
    }

    private Program program(
            String name, PostgresqlProcess database, S3LookAlike s3, FtpServerInProcess ftp, FakeHttpService service)
            throws IOException {
        var environment = new HashMap<>(S3ServerInProcess.environment());
        environment.put("HOSTNAME", name);
        var program = new Program(Files.createDirectory(folder.resolve(name)), environment);
        Files.writeString(program.settings(), """
                slack: {token: %s, api-url: "%s"}
                every: 1s
                metrics-file: %s
                database: %s
                publish: [{%s}, %s]
                notify: [{webhook: {url: "%s/push", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}}]
                channels:
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        metrics(name),
                        PostgresqlProcess.yaml(database.port(), "evening"),
                        s3.entry(),
                        ftp.entry(),
                        service.uri().toString().replaceAll("/$", "")));
        for (String slug : SLUGS) {
            Files.writeString(
                    program.settings(),
                    "  - {id: %s, slug: %s, since: \"%s\", approval: %s}%n"
                            .formatted(
                                    channel(slug),
                                    slug,
                                    Instant.now().minus(Duration.ofHours(1)),
                                    slug.equals("election-night") ? "{approvers: [U0EDITOR]}" : "none"),
                    StandardOpenOption.APPEND);
        }
        return program;
    }

    private static String channel(String slug) {
        return "C0" + slug.replace("-", "").toUpperCase(Locale.ROOT);
    }

    private void draw(Chromium chromium, int port, Instant from, Instant to) throws Exception {
        JsonNode dashboard = json.readTree(MONITORING.resolve("dashboard.json").toFile());
        ObjectNode results = json.createObjectNode();
        for (JsonNode panel : dashboard.path("panels")) {
            ObjectNode answers = results.putObject(panel.path("id").asText());
            for (JsonNode target : panel.path("targets")) {
                answers.set(
                        target.path("refId").asText(),
                        query(
                                port,
                                target.path("expr").asText(),
                                target.path("instant").asBoolean(),
                                from,
                                to));
            }
        }
        Page page = chromium.browser()
                .newContext(new NewContextOptions().setViewportSize(1400, 955))
                .newPage();
        try (InputStream html = DashboardPicture.class.getResourceAsStream("dashboard.html")) {
            page.setContent(new String(html.readAllBytes(), StandardCharsets.UTF_8));
        }
        page.evaluate("draw(%s, %s, %d, %d, %d)"
                .formatted(dashboard, results, from.getEpochSecond(), to.getEpochSecond(), STEP));
        Path picture = MONITORING.resolve("dashboard.png");
        page.screenshot(new ScreenshotOptions().setPath(picture).setFullPage(true));
        assertThat(Files.size(picture)).isLessThan(MAX_BYTES);
    }

    private JsonNode query(int port, String expression, boolean instant, Instant from, Instant to) throws Exception {
        String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
        String address = instant
                ? "http://127.0.0.1:%d/api/v1/query?query=%s&time=%d".formatted(port, query, to.getEpochSecond())
                : "http://127.0.0.1:%d/api/v1/query_range?query=%s&start=%d&end=%d&step=%d"
                        .formatted(port, query, from.getEpochSecond(), to.getEpochSecond(), STEP);
        String answer = http.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
                .body();
        JsonNode series = json.readTree(answer).path("data").path("result");
        for (JsonNode one : series) {
            if (one.has("value")) {
                ((ObjectNode) one).putArray("values").add(one.path("value"));
            }
        }
        return series;
    }
}
