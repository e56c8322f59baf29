package org.chatpress.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Verbs of the built jar, each as a process of its own. Targets with the archive, on two idle cores: import and
 * render 1.5 s; {@code once} with nothing new 0.7 s on JDK 17, 0.55 s on 25.
 */
class ColdStartBench {
    private static final List<String> PLAIN = List.of();
    private static final int RUNS = 5;

    @TempDir
    Path folder;

    private final ResultTable table = new ResultTable("cold process", "wall", "cpu", "peak memory");

    /** What one process took; memory as Linux counts it, 0 elsewhere. */
    private record Run(double wall, double cpu, double megabytes) {}

    @BeforeEach
    void makeTheArchive() throws Exception {
        Jar.makeArchive();
    }

    @Test
    void importRenderAndOnce() throws Exception {
        Path export = RealWeek.orOneLikeIt(folder);
        try (FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC())) {
            FakeWorkspace slack = slackServer.workspace();
            slack.channel(CHANNEL);
            slack.person(REPORTER, "Rosa Reporter");
            slack.post(CHANNEL, REPORTER, "polls are closed");
            Path week = settings("week.yml", channels(export), "https://slack.com/api/", "none");
            Path live = settings(
                    "live.yml",
                    List.of(CHANNEL),
                    slackServer.apiUri().toString(),
                    slackServer.token().reveal());
            run(PLAIN, "--config", live.toString(), "once");
            for (List<String> flags : List.of(PLAIN, Jar.OPTIONS, Jar.WITH_ARCHIVE)) {
                String how =
                        flags.isEmpty() ? "" : flags == Jar.OPTIONS ? ", chatpress.args" : ", the same and archive";
                measure(
                        "import" + how,
                        flags,
                        () -> {
                            for (String end : List.of("", "-wal", "-shm", ".lock")) {
                                Files.deleteIfExists(folder.resolve("week.yml.db" + end));
                            }
                        },
                        "--config",
                        week.toString(),
                        "import",
                        export.toString());
                measure(
                        "render" + how,
                        flags,
                        () -> {},
                        "--config",
                        week.toString(),
                        "render",
                        "--to",
                        folder.resolve("site").toString());
                measure("once, nothing new" + how, flags, () -> {}, "--config", live.toString(), "once");
            }
        }
        table.print();
    }

    private interface Preparation {
        void prepare() throws IOException;
    }

    private void measure(String what, List<String> flags, Preparation before, String... arguments) throws Exception {
        var runs = new ArrayList<Run>();
        for (int i = 0; i < RUNS; i++) {
            before.prepare();
            runs.add(run(flags, arguments));
        }
        table.add(
                what,
                ResultTable.seconds(
                        ResultTable.median(runs.stream().map(Run::wall).toList())),
                ResultTable.seconds(
                        ResultTable.median(runs.stream().map(Run::cpu).toList())),
                Math.round(ResultTable.median(runs.stream().map(Run::megabytes).toList())) + " MB");
    }

    private Run run(List<String> flags, String... arguments) throws Exception {
        long start = System.nanoTime();
        Process process = Jar.process(flags, arguments)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        double cpu = 0;
        double megabytes = 0;
        // Both are gone with the process, so they are read until it ends; seldom, for the reading takes its share of
        // two cores.
        while (!process.waitFor(25, TimeUnit.MILLISECONDS)) {
            cpu = Math.max(
                    cpu,
                    process.info()
                            .totalCpuDuration()
                            .map(time -> (double) time.toNanos())
                            .orElse(0.0));
            megabytes = Math.max(megabytes, Jar.peak(process));
        }
        double wall = System.nanoTime() - start;
        assertThat(process.exitValue()).as(String.join(" ", arguments)).isZero();
        return new Run(wall, cpu, megabytes);
    }

    private static List<String> channels(Path export) throws IOException {
        try (var zip = new ZipFile(export.toFile());
                var bytes = zip.getInputStream(zip.getEntry("channels.json"))) {
            var ids = new ArrayList<String>();
            for (JsonNode channel : new ObjectMapper().readTree(bytes)) {
                ids.add(channel.path("id").asText());
            }
            return ids;
        }
    }

    private Path settings(String name, List<String> channels, String api, String token) throws IOException {
        String entries = channels.stream()
                .map(id -> "{id: %s, slug: %s, since: 2018-01-31T00:00:00Z, headline: A channel, approval: none}"
                        .formatted(id, id.toLowerCase(Locale.ROOT)))
                .collect(Collectors.joining(", "));
        return Files.writeString(folder.resolve(name), """
                slack: {token: %s, api-url: "%s"}
                database: %s
                publish: [{directory: %s}]
                channels: [%s]
                """.formatted(
                        token, api, folder.resolve(name + ".db"), folder.resolve("public"), entries));
    }
}
