package org.chatpress.health;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.health.HealthReport.ChannelHealth;
import org.chatpress.health.HealthReport.StorageHealth;
import org.chatpress.health.HealthReport.WebhookHealth;
import org.chatpress.model.ChannelId;
import org.chatpress.store.MessageRepository.WaitingMessages;
import org.chatpress.store.OutboxRepository.WebhookStatus;
import org.chatpress.store.StorageStatusRepository.PurgeStatus;
import org.chatpress.store.Store.Leadership;
import org.chatpress.support.ServerProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The alert rules and the dashboard of examples/monitoring fit the metrics that the program writes. */
class MonitoringTest {
    private static final Path EXAMPLES = Path.of("examples/monitoring");
    private static final Path RULES = EXAMPLES.resolve("alerts.yml");
    private static final Path RULE_TESTS = EXAMPLES.resolve("alerts.test.yml");
    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
    private static final Instant NOW = Instant.parse("2026-11-03T20:00:00Z");

    @TempDir
    Path folder;

    @Test
    void prometheusReadsTheMetrics() throws Exception {
        Path metrics = Files.writeString(folder.resolve("chatpress.prom"), metrics());

        promtool(metrics, "check", "metrics");

        Files.writeString(metrics, metrics() + "chatpress_standbys{ 1\n");
        assertThat(exitCode(metrics, "check", "metrics")).isNotZero();
    }

    @Test
    void eachAlertFiresWhenItShouldAndNotBefore() throws Exception {
        promtool(RULES, "check", "rules", RULES.toString());
        promtool(RULES, "test", "rules", RULE_TESTS.toString());
    }

    @Test
    void eachAlertIsTestedBeforeItFiresAndWhenItFires() throws IOException {
        Set<String> tested = new TreeSet<>();
        for (JsonNode test : yaml(RULE_TESTS).path("tests")) {
            JsonNode moments = test.path("promql_expr_test");
            Set<String> firing = new TreeSet<>();
            moments.forEach(moment -> firing.addAll(firing(moment)));
            firing.removeAll(firing(moments.path(0)));
            tested.addAll(firing);
        }

        assertThat(tested)
                .isEqualTo(alerts().map(alert -> alert.path("alert").asText()).collect(toCollection(TreeSet::new)));
    }

    private static Set<String> firing(JsonNode moment) {
        return all("alertname=\"(\\w+)\"", String.join(" ", moment.findValuesAsText("labels")));
    }

    @Test
    void eachAlertSaysWhatHappenedAndWhatToDo() throws IOException {
        assertThat(alerts()).hasSizeGreaterThan(10).allSatisfy(alert -> {
            assertThat(alert.at("/annotations/summary").asText()).endsWith(".").hasSizeLessThan(120);
            assertThat(alert.at("/annotations/description").asText())
                    .endsWith(".")
                    .hasSizeGreaterThan(40);
            assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning");
        });
    }

    @Test
    void alertsAndDashboardUseEachMetricThatIsWrittenAndNoOther() throws IOException {
        Set<String> used = metricsIn(alerts().map(alert -> alert.path("expr").asText()));
        used.addAll(metricsIn(queries().stream()));

        assertThat(used).isEqualTo(written());
        assertThat(written()).containsAll(all("series: '(chatpress_\\w+)", Files.readString(RULE_TESTS)));
    }

    @Test
    void theDashboardHasPanelsWithValidQueriesOfTheChosenPrometheus() throws Exception {
        JsonNode dashboard = dashboard();
        var rules = new StringBuilder("groups: [{name: dashboard, rules: [\n");
        for (String query : queries()) {
            rules.append("{record: a, labels: {n: \"%d\"}, expr: '%s'},%n".formatted(rules.length(), query));
        }
        Path file = Files.writeString(folder.resolve("queries.yml"), rules + "]}]\n");

        promtool(file, "check", "rules", file.toString());

        assertThat(dashboard.at("/templating/list/0/name").asText()).isEqualTo("datasource");
        assertThat(dashboard.findValues("datasource"))
                .allSatisfy(source -> assertThat(source.path("uid").asText()).isEqualTo("${datasource}"));
        assertThat(dashboard.path("panels").findValuesAsText("id")).doesNotHaveDuplicates();
        assertThat(overlaps(dashboard.path("panels"))).isEmpty();
    }

    @Test
    void thePictureOfTheDashboardLoadsQuickly() throws IOException {
        assertThat(Files.size(EXAMPLES.resolve("dashboard.png"))).isLessThan(200_000);
    }

    private static List<String> overlaps(JsonNode panels) {
        var overlaps = new ArrayList<String>();
        Set<String> taken = new TreeSet<>();
        for (JsonNode panel : panels) {
            JsonNode place = panel.path("gridPos");
            for (int x = place.path("x").asInt();
                    x < place.path("x").asInt() + place.path("w").asInt();
                    x++) {
                for (int y = place.path("y").asInt();
                        y < place.path("y").asInt() + place.path("h").asInt();
                        y++) {
                    if (x >= 24 || !taken.add(x + "," + y)) {
                        overlaps.add(panel.path("title").asText() + " at " + x + "," + y);
                    }
                }
            }
        }
        return overlaps;
    }

    /** What the program writes with a channel, a storage, a webhook and another process. */
    private static String metrics() {
        var health = new HealthReport(
                NOW,
                Optional.of(NOW),
                Optional.of(NOW),
                List.of(new StorageHealth("s3://news/", true, Optional.of(NOW), 0, "", 0, PurgeStatus.NONE)),
                0,
                List.of(new ChannelHealth(
                        new ChannelId("C0ELECTION"),
                        "election-night",
                        true,
                        3,
                        Optional.of(NOW),
                        Optional.of(NOW),
                        false,
                        WaitingMessages.NONE,
                        "")),
                List.of(new WebhookHealth("https://alerts.example", WebhookStatus.NEW)),
                List.of(),
                Optional.of(new Leadership(Optional.of("one"), Optional.of(NOW), List.of("two"))));
        return PrometheusTextfile.text(health, Duration.ofMillis(200));
    }

    private static Set<String> written() {
        return all("(?m)^(chatpress_\\w+)", metrics());
    }

    private static Set<String> metricsIn(Stream<String> expressions) {
        return expressions
                .flatMap(expression -> all("(chatpress_\\w+)", expression).stream())
                .collect(toCollection(TreeSet::new));
    }

    private static List<String> queries() throws IOException {
        return dashboard().path("panels").findValuesAsText("expr");
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(EXAMPLES.resolve("dashboard.json").toFile());
    }

    private static Stream<JsonNode> alerts() throws IOException {
        var alerts = new ArrayList<JsonNode>();
        yaml(RULES).path("groups").forEach(group -> group.path("rules").forEach(alerts::add));
        return alerts.stream();
    }

    private static JsonNode yaml(Path file) throws IOException {
        return new ObjectMapper().valueToTree(new Yaml().load(Files.readString(file)));
    }

    private static Set<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(toCollection(TreeSet::new));
    }

    private void promtool(Path input, String... arguments) throws Exception {
        int exitCode = exitCode(input, arguments);
        assertThat(exitCode).as(this::output).isZero();
    }

    private int exitCode(Path input, String... arguments) throws Exception {
        ServerProcess.isNeeded(PROMTOOL);
        var command = new ArrayList<>(List.of(PROMTOOL.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start()
                .waitFor();
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
