package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.error.StoreException;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.Storage;
import org.chatpress.store.Store;
import org.chatpress.store.Store.Leadership;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.PostgresqlProcess;
import org.chatpress.support.Program;
import org.chatpress.support.S3ServerInProcess;
import org.chatpress.support.Site;
import org.chatpress.support.TcpProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes that share a PostgreSQL server: one leads, and another takes over however the leader ends. Say
 * {@code -Dtakeover.kills=30 -Dtakeover.pauses=20 -Dtakeover.pause=30} for a long evening.
 */
@Tag("process")
class TakeoverTest {
    private static final int KILLS = Integer.getInteger("takeover.kills", 3);
    private static final int PAUSES = Integer.getInteger("takeover.pauses", 1);

    /** The seconds of a pause. */
    private static final int PAUSE = Integer.getInteger("takeover.pause", 10);

    private static final String CHANNEL = "C0ELECTION";
    private static final String SLUG = "election-night";
    private static final String REPORTER = "U0REPORTER";
    private static final String EDITOR = "U0EDITOR";
    private static final String UNAPPROVED = "unapproved";

    /** From SIGTERM to the next leader. */
    private static final Duration RESIGNATION = Duration.ofSeconds(4);

    /** From the end of a leader to the next message on every site, on a machine that runs nothing else. */
    private static final Duration TAKEOVER = Duration.ofSeconds(10);

    /** How long a former leader's pointer may stay where a storage cannot refuse it. */
    private static final Duration MAX_SETBACK = Duration.ofSeconds(5);

    /** For what is not measured: a machine may run other tests too. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
    final FakeWorkspace slack = slackServer.workspace();
    final Random random = new Random(20261103);
    final Map<String, String> expected = new TreeMap<>();

    /** Those of the expected messages that readers have seen. */
    final Set<String> seen = new HashSet<>();

    /** Texts that must leave, and those that have left. */
    final Set<String> leaving = new HashSet<>();

    final Set<String> gone = ConcurrentHashMap.newKeySet();
    final List<String> withNotes = new ArrayList<>();
    final List<Process> processes = new ArrayList<>();
    final List<Program> programs = new ArrayList<>();

    /** From the start of the first process to its first message on every site: tells how busy the machine is. */
    Duration firstStart = Duration.ZERO;

    int posted;
    PostgresqlProcess database;
    String schema;
    Program chatpress;
    Program other;
    FtpServerInProcess ftp;
    S3ServerInProcess s3;
    Path directory;
    List<Site> sites;

    @BeforeEach
    void open(TestInfo test) throws IOException {
        database = PostgresqlProcess.shared();
        schema = "takeover_" + Math.floorMod(test.getDisplayName().hashCode(), 1_000_000_000);
        directory = Files.createDirectory(folder.resolve("public"));
        ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp")))
                .overwriting(true)
                .start();
        s3 = new S3ServerInProcess().start();
        sites = List.of(
                site(files(directory)),
                site(files(ftp.root())),
                site(s3.settings().storage()));
        slack.channel(CHANNEL);
        slack.person(REPORTER, "Rosa Reporter");
        slack.person(EDITOR, "Edda Editor");
        chatpress = program("one", database.port());
        other = program("two", database.port());
    }

    @AfterEach
    void close() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        ftp.close();
        s3.close();
        slackServer.close();
    }

    @Test
    void aStandbyTouchesNeitherSlackNorStoragesUntilTheLeaderIsStopped() throws Exception {
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

        leader.destroy();
        Duration taken = await(() -> other.output(standby).contains("publishing 1 channels"), TIMEOUT);
        assertThat(taken).isLessThan(Collections.max(List.of(RESIGNATION, firstStart)));
        assertThat(leader.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(leader.exitValue()).isEqualTo(ChatpressCommand.OK);
        post();
        awaitPublished();
    }

    @Test
    void nothingIsLostHoweverOftenTheLeaderIsKilled() throws Exception {
        Process leader = startLeader(chatpress);
        Process standby = start(other);
        var times = new ArrayList<Duration>();
        try (var readers = new Readers(Duration.ZERO)) {
            for (int kill = 0; kill < KILLS; kill++) {
                awaitStandingBy(kill % 2 == 0 ? other : chatpress, standby);
                for (int i = 0; i < 10; i++) {
                    change();
                }
                postWithAttachment();
                Program.endsWithin(leader, random.nextInt(1500));
                long seq = pointer().path("seq").asLong();
                leader.destroyForcibly().waitFor();
                post();
                times.add(awaitPublished());

                assertThat(pointer().path("seq").asLong()).isGreaterThan(seq);
                leader = standby;
                standby = start(kill % 2 == 0 ? chatpress : other);
            }
            assertThat(readers.violations()).isEmpty();
        }

        awaitNotesOnce();
        print("takeover after SIGKILL", times);
        assertThat(Collections.max(times)).isLessThan(Collections.max(List.of(TAKEOVER, firstStart.multipliedBy(2))));
    }

    @Test
    void aLeaderThatWasPausedPutsNoPointerBack() throws Exception {
        Process leader = startLeader(chatpress);
        Process standby = start(other);
        var times = new ArrayList<Duration>();
        try (var readers = new Readers(MAX_SETBACK)) {
            for (int pause = 0; pause < PAUSES; pause++) {
                Program leading = pause % 2 == 0 ? chatpress : other;
                int lost = count(leading.output(leader), "no longer leads");
                awaitStandingBy(pause % 2 == 0 ? other : chatpress, standby);
                for (int i = 0; i < 10; i++) {
                    change();
                }
                postWithAttachment();
                Program.endsWithin(leader, random.nextInt(1500));
                signal("STOP", leader);
                long stopped = System.nanoTime();
                post();
                times.add(awaitPublished());
                change();
                Program.endsWithin(leader, PAUSE * 1000L - (System.nanoTime() - stopped) / 1_000_000);
                signal("CONT", leader);
                Process paused = leader;
                await(() -> count(leading.output(paused), "no longer leads") > lost, TIMEOUT);
                change();
                Program.endsWithin(standby, 6_000);

                awaitPublished();
                awaitLeader(database.settings(schema), standby, paused);
                leader = standby;
                standby = paused;
            }
            assertThat(readers.violations()).isEmpty();
        }

        awaitNotesOnce();
        print("takeover after SIGSTOP", times);
    }

    @Test
    void aLeaderThatIsCutOffFromTheDatabaseStopsAndAnotherTakesOver() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(database.port())) {
            Program remote = program("remote", proxy.port());
            Process leader = startLeader(remote);
            startStandby(other);

            proxy.cut();
            post();
            awaitPublished();

            await(() -> remote.output(leader).contains("no longer leads"), TIMEOUT);
            proxy.heal();
            await(() -> remote.output(leader).contains("standing by"), TIMEOUT);
            assertThat(metrics(remote)).doesNotExist();
            assertThat(metrics(other)).content().contains("chatpress_leader_timestamp_seconds{leader=\"chatpress run");
            awaitPublished();
        }
    }

    @Test
    void aLeaderThatIsCutOffFromAStorageGoesOnAndCatchesUp() throws Exception {
        try (TcpProxy toFtp = TcpProxy.to(ftp.port());
                TcpProxy toS3 = TcpProxy.to(URI.create(s3.endpoint().toString()).getPort());
                var readers = new Readers(Duration.ZERO)) {
            Program remote = program(
                    "remote",
                    PostgresqlProcess.yaml(database.port(), schema),
                    ftp.entry().replace("port: " + ftp.port(), "port: " + toFtp.port()),
                    s3.entry(toS3.port()));
            Process leader = startLeader(remote);
            Process standby = startStandby(other);

            toFtp.cut();
            toS3.cut();
            post();
            await(() -> texts(sites.get(0)).equals(List.copyOf(expected.values())), TIMEOUT);
            Program.endsWithin(leader, 9_000);
            post();
            await(() -> texts(sites.get(0)).equals(List.copyOf(expected.values())), TIMEOUT);

            awaitLeader(database.settings(schema), leader, standby);
            toFtp.heal();
            toS3.heal();
            awaitPublished();
            assertThat(readers.violations()).isEmpty();
        }
    }

    @Test
    void aReplicaThatIsPromotedHasALeaderAndLosesNothing() throws Exception {
        try (PostgresqlProcess primary = PostgresqlProcess.start();
                PostgresqlProcess replica = primary.replica();
                var readers = new Readers(Duration.ZERO)) {
            String both = PostgresqlProcess.yaml("127.0.0.1,127.0.0.2", primary.port(), schema);
            Program one = program("both-one", both, ftp.entry(), s3.entry());
            Program two = program("both-two", both, ftp.entry(), s3.entry());
            Process first = startLeader(one);
            Process second = startStandby(two);
            for (int i = 0; i < 10; i++) {
                change();
            }

            primary.stop("immediate");
            post();
            replica.promote();
            awaitPublished();
            change();
            awaitPublished();

            awaitOneLeader(replica.settings(schema), first, second);
            assertThat(readers.violations()).isEmpty();
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

            awaitPublished();
            awaitPublished();
            awaitOneLeader(own.settings(schema), first, second);
        }
    }

    @Test
    void aSessionThatEndsBeforeTheFirstCycleIsFollowedByAnother() throws Exception {
        Store.open(database.settings(schema), "a test").close();
        endFirstSessionAt("UPDATE ON %s.storage_file FOR EACH STATEMENT");
        endFirstSessionAt("INSERT ON %s.timestamps FOR EACH ROW WHEN (new.name = 'leader')");

        Process leader = startLeader(chatpress);

        String output = chatpress.output(leader);
        assertThat(count(output, "WARN")).as(output).isEqualTo(2);
        assertThat(count(output, "terminating connection due to administrator command"))
                .as(output)
                .isEqualTo(2);
        assertThat(count(output, "standing by again")).as(output).isEqualTo(2);
    }

    /** @param statement what a process runs between the lock and its first cycle; %s stands for the schema */
    private void endFirstSessionAt(String statement) {
        String name = schema + "." + statement.substring(0, 6);
        database.execute("chatpress", "CREATE SEQUENCE " + name);
        database.execute("chatpress", """
                CREATE FUNCTION %1$s() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF nextval('%1$s') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                    RETURN NULL;
                END $$
                """.formatted(name));
        database.execute(
                "chatpress",
                "CREATE TRIGGER ends_session AFTER " + statement.formatted(schema) + " EXECUTE FUNCTION " + name
                        + "()");
    }

    private Program program(String name, int port) throws IOException {
        return program(name, PostgresqlProcess.yaml(port, schema), ftp.entry(), s3.entry());
    }

    private Program program(String name, String postgresql, String... storages) throws IOException {
        Path home = Files.createDirectory(folder.resolve(name));
        var environment = new HashMap<>(S3ServerInProcess.environment());
        environment.put("HOSTNAME", name);
        var program = new Program(home, environment);
        Files.writeString(program.settings(), """
                slack: {token: %s, api-url: "%s"}
                every: 1s
                metrics-file: %s
                database: %s
                publish:
                  - directory: %s
                  - %s
                  - %s
                channels:
                  - {id: %s, slug: %s, since: "%s", headline: Election night, approval: {approvers: [%s]}}
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        metrics(program),
                        postgresql,
                        directory,
                        storages[0],
                        storages[1],
                        CHANNEL,
                        SLUG,
                        Instant.now().minusSeconds(3600),
                        EDITOR));
        programs.add(program);
        return program;
    }

    private static Path metrics(Program program) {
        return program.settings().resolveSibling("chatpress.prom");
    }

    private String output() {
        return programs.stream().map(Program::output).collect(Collectors.joining());
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
        firstStart = awaitPublished();
        return process;
    }

    private Process startStandby(Program program) {
        Process process = start(program);
        awaitStandingBy(program, process);
        return process;
    }

    private void awaitStandingBy(Program program, Process process) {
        await(() -> program.output(process).contains("leads; standing by"), TIMEOUT);
    }

    private void post() {
        String text = text("message");
        approve(slack.post(CHANNEL, REPORTER, text), text);
    }

    /** A reply of the bot says that readers do not see the attachment. */
    private void postWithAttachment() {
        String text = text("message");
        var attachment = FakeFile.jpeg("F0" + posted, new byte[9]).called("plan.pdf", "application/pdf");
        String ts = slack.upload(CHANNEL, REPORTER, text, attachment);
        approve(ts, text);
        withNotes.add(ts);
    }

    private String text(String words) {
        return words + " " + ++posted + ".";
    }

    private void approve(String ts, String text) {
        slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        expected.put(ts, text);
    }

    private void change() {
        int action = random.nextInt(12);
        if (action < 5 || seen.size() < 5) {
            post();
        } else if (action < 6) {
            slack.post(CHANNEL, REPORTER, text(UNAPPROVED));
        } else if (action < 7) {
            postWithAttachment();
        } else {
            // A message that is first read both edited and approved stays pending.
            String ts = List.copyOf(seen).get(random.nextInt(seen.size()));
            seen.remove(ts);
            if (action < 9) {
                expected.put(ts, text("edited"));
                slack.edit(CHANNEL, ts, EDITOR, expected.get(ts));
                return;
            }
            leaving.add(expected.remove(ts));
            if (action < 11) {
                slack.delete(CHANNEL, ts);
            } else {
                slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
            }
        }
    }

    /** Waits until every site shows the expected messages, and no file has the others. */
    private Duration awaitPublished() {
        Duration waited = await(
                () -> sites.stream()
                        .allMatch(site -> texts(site).equals(List.copyOf(expected.values())) && isClean(site)),
                TIMEOUT);
        seen.addAll(expected.keySet());
        gone.addAll(leaving);
        leaving.clear();
        return waited;
    }

    private boolean isClean(Site site) {
        String everything = site.everything();
        assertThat(everything).doesNotContain(UNAPPROVED);
        return leaving.stream().noneMatch(everything::contains);
    }

    private void awaitNotesOnce() {
        await(
                () -> withNotes.stream()
                        .filter(expected::containsKey)
                        .noneMatch(ts -> slack.botReplies(CHANNEL, ts).isEmpty()),
                TIMEOUT);
        for (String ts : withNotes) {
            assertThat(slack.botReplies(CHANNEL, ts)).as(ts).hasSizeLessThan(2);
        }
    }

    /** Looks at all sites again and again, as readers do. */
    private final class Readers implements AutoCloseable {
        private final Duration maxSetback;
        private final List<String> violations = new CopyOnWriteArrayList<>();
        private final Map<Site, Long> highest = new HashMap<>();
        private final Map<Site, Long> setBackAt = new HashMap<>();
        private final Set<String> epochs = new HashSet<>();
        private final Thread thread = new Thread(this::lookOften, "readers");
        private volatile boolean isClosed;

        /** @param maxSetback how long a site may show what it showed before */
        Readers(Duration maxSetback) {
            this.maxSetback = maxSetback;
            thread.start();
        }

        List<String> violations() {
            return List.copyOf(violations);
        }

        @Override
        public void close() throws InterruptedException {
            isClosed = true;
            thread.join();
        }

        private void lookOften() {
            while (!isClosed) {
                sites.forEach(this::look);
                sleep();
            }
        }

        private void look(Site site) {
            Set<String> mustNotReturn = Set.copyOf(gone);
            JsonNode pointer;
            List<String> texts;
            try {
                pointer = site.reader().pointer();
                texts = site.reader().texts();
            } catch (AssertionError | RuntimeException e) {
                // Nothing was published yet, or it is being replaced.
                return;
            }
            epochs.add(pointer.path("epoch").asText());
            if (epochs.size() > 1) {
                violations.add(site.name() + ": epochs " + epochs);
            }
            texts.stream()
                    .filter(text -> text.contains(UNAPPROVED))
                    .forEach(text -> violations.add(site.name() + ": " + text));
            List<String> returned =
                    texts.stream().filter(mustNotReturn::contains).toList();
            long seq = pointer.path("seq").asLong();
            long before = highest.merge(site, seq, Math::max);
            if (seq == before && returned.isEmpty()) {
                setBackAt.remove(site);
                return;
            }
            long since = setBackAt.computeIfAbsent(site, none -> System.nanoTime());
            if (System.nanoTime() - since >= maxSetback.toNanos()) {
                violations.add(site.name() + ": seq " + seq + " after " + before + ", returned: " + returned);
            }
        }
    }

    private Duration await(BooleanSupplier condition, Duration atMost) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            assertThat(waited)
                    .as(() -> "published: "
                            + sites.stream().map(TakeoverTest::texts).toList() + "\n expected: " + expected.values()
                            + "\n" + output())
                    .isLessThan(atMost);
            sleep();
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void sleep() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Empty while the site is being replaced. */
    private static List<String> texts(Site site) {
        try {
            return site.reader().texts();
        } catch (AssertionError | RuntimeException e) {
            return List.of();
        }
    }

    private JsonNode pointer() {
        return sites.get(0).reader().pointer();
    }

    private static Site site(Storage storage) {
        return new Site(storage, SLUG);
    }

    private static Storage files(Path folder) {
        return new DirectorySettings(folder).storage();
    }

    private void awaitOneLeader(PostgresqlServer server, Process one, Process two) {
        await(() -> leads(server, one, two) || leads(server, two, one), TIMEOUT);
    }

    private void awaitLeader(PostgresqlServer server, Process leader, Process standby) {
        await(() -> leads(server, leader, standby), TIMEOUT);
    }

    private static boolean leads(PostgresqlServer server, Process leader, Process standby) {
        try (Store store = Store.openToRead(server)) {
            Leadership leadership = store.leadership().orElseThrow();
            return leadership.leader().filter(name -> isNamed(name, leader)).isPresent()
                    && leadership.standbys().size() == 1
                    && isNamed(leadership.standbys().get(0), standby);
        } catch (StoreException e) {
            return false;
        }
    }

    private static boolean isNamed(String holder, Process process) {
        return holder.startsWith("chatpress run, process " + process.pid() + " on ");
    }

    private static JsonNode status(Program program) throws Exception {
        Process process = program.start("status", "--json");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String output = program.output(process);
        return new ObjectMapper().readTree(output.substring(output.indexOf('{')));
    }

    private static void signal(String name, Process process) {
        try {
            assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void print(String what, List<Duration> times) {
        List<Duration> sorted = times.stream().sorted().toList();
        System.out.printf(
                "%s, %d times: median %d ms, worst %d ms%n",
                what,
                sorted.size(),
                sorted.get(sorted.size() / 2).toMillis(),
                sorted.get(sorted.size() - 1).toMillis());
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }
}
