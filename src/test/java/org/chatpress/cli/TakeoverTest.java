package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.PostgresqlProcess;
import org.chatpress.support.Program;
import org.chatpress.support.SiteReader;
import org.chatpress.support.TcpProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Several processes that share a PostgreSQL server: one leads, and another takes over however the leader ends. */
@Tag("process")
class TakeoverTest {
    private static final int KILLS = Integer.getInteger("takeover.kills", 3);
    private static final int PAUSES = Integer.getInteger("takeover.pauses", 1);
    private static final String CHANNEL = "C0ELECTION";
    private static final String SLUG = "election-night";
    private static final Duration TAKEOVER = Duration.ofSeconds(10);

    /** A process needs seconds to start on a machine that runs other tests too. */
    private static final Duration START = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
    final FakeWorkspace slack = slackServer.workspace();
    final Random random = new Random(20261103);
    final Map<String, String> expected = new TreeMap<>();
    final List<Process> processes = new ArrayList<>();

    PostgresqlProcess database;
    String schema;
    Program chatpress;
    Program other;
    FtpServerInProcess ftp;
    Path directory;

    @BeforeEach
    void open(TestInfo test) throws IOException {
        database = PostgresqlProcess.shared();
        schema = "takeover_" + Math.floorMod(test.getDisplayName().hashCode(), 1_000_000_000);
        directory = Files.createDirectory(folder.resolve("public"));
        ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp")))
                .overwriting(true)
                .start();
        slack.channel(CHANNEL);
        slack.person("U1", "Rosa Reporter");
        chatpress = program("one", database.port());
        other = program("two", database.port());
    }

    @AfterEach
    void close() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        ftp.close();
        slackServer.close();
    }

    @Test
    void aStandbyTouchesNeitherSlackNorStoragesAndNamesTheLeader() throws Exception {
        Process leader = startLeader(chatpress);
        Files.writeString(metrics(other), "of an earlier run");
        Process standby = startStandby(other);

        assertThat(other.output(standby)).contains("chatpress run, process " + leader.pid() + " on ");
        assertThat(other.output(standby)).doesNotContain("published");
        JsonNode status = status(chatpress);
        assertThat(status.path("leader").asText()).startsWith("chatpress run, process " + leader.pid());
        assertThat(status.path("leader_age_seconds").isNumber()).isTrue();
        assertThat(metrics(other)).doesNotExist();
        assertThat(status.path("standbys")).hasSize(1);
        assertThat(status.path("standbys").get(0).asText()).startsWith("chatpress run, process " + standby.pid());
        Process once = other.start("once");
        assertThat(once.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(once.exitValue()).as(other.output(once)).isEqualTo(ChatpressCommand.OK);
        assertThat(other.output(once)).contains("in use by chatpress run, process " + leader.pid());
    }

    @Test
    void theStandbyPublishesSoonAfterTheLeaderIsStopped() throws Exception {
        Process leader = startLeader(chatpress);
        Process standby = startStandby(other);

        leader.destroy();
        Duration taken = await(() -> other.output(standby).contains("publishing 1 channels"), TAKEOVER);

        assertThat(taken).isLessThan(Duration.ofSeconds(4));
        assertThat(leader.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(leader.exitValue()).isEqualTo(ChatpressCommand.OK);
        post();
        awaitPublished(TAKEOVER);
    }

    @Test
    void nothingIsLostHoweverOftenTheLeaderIsKilled() throws Exception {
        Process leader = startLeader(chatpress);
        Process standby = start(other);
        var times = new ArrayList<Duration>();
        String epoch = pointer().path("epoch").asText();
        for (int kill = 0; kill < KILLS; kill++) {
            awaitStandingBy(kill % 2 == 0 ? other : chatpress, standby);
            for (int i = 0; i < 10; i++) {
                change();
            }
            Program.endsWithin(leader, random.nextInt(1500));
            long seq = pointer().path("seq").asLong();
            leader.destroyForcibly().waitFor();
            post();
            times.add(awaitPublished(TAKEOVER.plusSeconds(5)));

            assertThat(pointer().path("seq").asLong()).isGreaterThan(seq);
            leader = standby;
            standby = start(kill % 2 == 0 ? chatpress : other);
        }

        assertThat(pointer().path("epoch").asText()).isEqualTo(epoch);
        Collections.sort(times);
        System.out.println(
                "takeover after SIGKILL: median " + times.get(times.size() / 2).toMillis() + " ms, worst "
                        + times.get(times.size() - 1).toMillis() + " ms");
        assertThat(times.get(times.size() - 1)).isLessThan(TAKEOVER);
    }

    @Test
    void aLeaderThatWasPausedPutsNoPointerBack() throws Exception {
        Process leader = startLeader(chatpress);
        Process standby = start(other);
        for (int pause = 0; pause < PAUSES; pause++) {
            Program leading = pause % 2 == 0 ? chatpress : other;
            int lost = count(leading.output(leader), "no longer leads");
            awaitStandingBy(pause % 2 == 0 ? other : chatpress, standby);
            for (int i = 0; i < 10; i++) {
                change();
            }
            Program.endsWithin(leader, random.nextInt(1500));
            signal("STOP", leader);
            post();
            awaitPublished(TAKEOVER.plusSeconds(5));
            long seq = pointer().path("seq").asLong();
            signal("CONT", leader);
            Process paused = leader;
            await(() -> count(leading.output(paused), "no longer leads") > lost, TAKEOVER);
            Program.endsWithin(standby, 6_000);

            assertThat(pointer().path("seq").asLong()).isGreaterThanOrEqualTo(seq);
            assertThat(texts()).containsExactlyElementsOf(expected.values());
            assertThat(status(chatpress).path("leader").asText()).contains("process " + standby.pid() + " on");
            leader = standby;
            standby = paused;
        }
    }

    @Test
    void aLeaderThatIsCutOffFromTheDatabaseStopsAndAnotherTakesOver() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(database.port())) {
            Program remote = program("remote", proxy.port());
            Process leader = startLeader(remote);
            startStandby(other);

            proxy.cut();
            post();
            awaitPublished(TAKEOVER.plusSeconds(5));

            await(() -> remote.output(leader).contains("no longer leads"), TAKEOVER.plusSeconds(10));
            proxy.heal();
            await(() -> remote.output(leader).contains("standing by"), Duration.ofSeconds(40));
            assertThat(metrics(remote)).doesNotExist();
            assertThat(metrics(other)).content().contains("chatpress_leader_timestamp_seconds{leader=\"chatpress run");
            assertThat(texts()).containsExactlyElementsOf(expected.values());
        }
    }

    @Test
    void aRestartOfTheServerEndsWithOneLeader() throws Exception {
        try (PostgresqlProcess own = PostgresqlProcess.start()) {
            Program one = program("own-one", own.port());
            Program two = program("own-two", own.port());
            Process first = startLeader(one);
            Process second = startStandby(two);

            own.stop("fast");
            post();
            own.startAgain();

            awaitPublished(Duration.ofSeconds(30));
            assertThat(texts()).containsExactlyElementsOf(expected.values());
            JsonNode status = status(one);
            assertThat(status.path("leader").asText()).containsAnyOf("" + first.pid(), "" + second.pid());
        }
    }

    private Program program(String name, int port) throws IOException {
        Path home = Files.createDirectory(folder.resolve(name));
        var program = new Program(home, Map.of("HOSTNAME", name));
        Files.writeString(program.settings(), """
                slack: {token: %s, api-url: "%s"}
                every: 1s
                metrics-file: %s
                database: %s
                publish:
                  - directory: %s
                  - %s
                channels:
                  - {id: %s, slug: %s, since: "%s", headline: Election night, approval: none}
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        metrics(program),
                        PostgresqlProcess.yaml(port, schema),
                        directory,
                        ftp.entry(),
                        CHANNEL,
                        SLUG,
                        Instant.now().minusSeconds(3600)));
        return program;
    }

    private static Path metrics(Program program) {
        return program.settings().resolveSibling("chatpress.prom");
    }

    private Process start(Program program) {
        Process process = program.start("run");
        processes.add(process);
        return process;
    }

    /** A process that has published a message. */
    private Process startLeader(Program program) {
        Process process = start(program);
        post();
        awaitPublished(START);
        return process;
    }

    private Process startStandby(Program program) {
        Process process = start(program);
        awaitStandingBy(program, process);
        return process;
    }

    private void awaitStandingBy(Program program, Process process) {
        await(() -> program.output(process).contains("leads; standing by"), START);
    }

    private void post() {
        String text = "message " + random.nextInt(1_000_000);
        expected.put(slack.post(CHANNEL, "U1", text), text);
    }

    private void change() {
        List<String> there = new ArrayList<>(expected.keySet());
        int action = random.nextInt(10);
        if (action < 6 || there.size() < 5) {
            post();
            return;
        }
        String ts = there.get(random.nextInt(there.size()));
        if (action == 6) {
            slack.delete(CHANNEL, ts);
            expected.remove(ts);
        } else {
            String text = "edited " + random.nextInt(1_000_000);
            slack.edit(CHANNEL, ts, "U1", text);
            expected.put(ts, text);
        }
    }

    private Duration awaitPublished(Duration atMost) {
        return await(() -> texts().equals(List.copyOf(expected.values())), atMost);
    }

    private Duration await(BooleanSupplier condition, Duration atMost) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            assertThat(waited)
                    .as(() -> "published: " + texts() + "\n" + chatpress.output() + other.output())
                    .isLessThan(atMost);
            sleep();
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void sleep() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The texts on every storage; empty while they differ, or while one is being replaced. */
    private List<String> texts() {
        try {
            List<String> texts = reader(directory).texts();
            return texts.equals(reader(ftp.root()).texts()) ? texts : List.of();
        } catch (AssertionError | RuntimeException e) {
            return List.of();
        }
    }

    private JsonNode pointer() {
        return reader(directory).pointer();
    }

    private static SiteReader reader(Path site) {
        return new SiteReader(new DirectorySettings(site).storage(), SLUG);
    }

    private static JsonNode status(Program program) throws Exception {
        Process process = program.start("status", "--json");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String output = program.output(process);
        return new ObjectMapper().readTree(output.substring(output.indexOf('{')));
    }

    private static void signal(String name, Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }
}
