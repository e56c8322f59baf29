package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.cycle.context.CycleMode.Background;
import org.chatpress.cycle.context.CycleMode.Conflicts;
import org.chatpress.cycle.context.CycleMode.History;
import org.chatpress.cycle.context.CycleMode.Polling;
import org.chatpress.cycle.context.CycleMode.Retries;
import org.chatpress.poll.EventDrivenPoller.EventQueue;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.Program;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own, ended by signals while people post and readers read. */
@Tag("process")
class KillTest {
    private static final int KILLS = 15;
    private static final String CHANNEL = "C0ELECTION";
    private static final String SLUG = "election-night";
    private static final long TIMEOUT_SECONDS = 60;

    @TempDir
    Path folder;

    final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
    final FakeWorkspace slack = slackServer.workspace();
    final Random random = new Random(20261103);

    /** The texts that should be public, by ts. */
    final Map<String, String> expected = new TreeMap<>();

    Program chatpress;
    FtpServerInProcess ftp;
    Path directory;

    @BeforeEach
    void open() throws IOException {
        chatpress = new Program(folder, Map.of());
        directory = Files.createDirectory(folder.resolve("public"));
        ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp")))
                .overwriting(true)
                .start();
        slack.channel(CHANNEL);
        slack.person("U1", "Rosa Reporter");
        Files.writeString(chatpress.settings(), """
                slack: {token: %s, api-url: "%s"}
                every: 1s
                database: %s
                publish:
                  - directory: %s
                  - %s
                channels:
                  - {id: %s, slug: %s, since: "%s", headline: Election night, approval: none}
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        directory,
                        ftp.entry(),
                        CHANNEL,
                        SLUG,
                        Instant.now().minusSeconds(3600)));
    }

    @AfterEach
    void close() {
        ftp.close();
        slackServer.close();
    }

    @Test
    void publishesTheSameHoweverOftenItIsKilled() throws Exception {
        postEditAndDelete(60);
        try (var readers = new Readers(List.of(directory, ftp.root()))) {
            for (int kill = 0; kill < KILLS; kill++) {
                Process process = chatpress.start("run");
                if (kill % 3 == 0) {
                    killDuringAnUpload(process, random.nextInt(6));
                } else {
                    killSoonAfterItsFirstCall(process);
                }
                postEditAndDelete(1 + random.nextInt(15));
            }
            assertThat(exitOf(chatpress.start("once"))).isEqualTo(ChatpressCommand.OK);
            assertThat(readers.violations()).isEmpty();
            assertThat(readers.rounds()).isGreaterThan(KILLS);
        }

        for (Path site : List.of(directory, ftp.root())) {
            SiteReader reader = new SiteReader(new DirectorySettings(site).storage(), SLUG);
            assertThat(reader.texts()).as("%s", site).containsExactlyElementsOf(expected.values());
        }
        aCycleTwentyMinutesLater();
        for (Path site : List.of(directory, ftp.root())) {
            SiteReader reader = new SiteReader(new DirectorySettings(site).storage(), SLUG);
            assertThat(reader.texts()).as("%s", site).containsExactlyElementsOf(expected.values());
            assertThat(reader.whole().path("messages")).hasSize(expected.size());
            assertThat(filesIn(site))
                    .as("the files that the pointer names, and no others, in %s", site)
                    .containsExactlyInAnyOrderElementsOf(namedBy(reader));
        }
    }

    @Test
    void finishesTheCurrentUploadsWhenItIsStopped() throws Exception {
        postEditAndDelete(100);
        Process process = chatpress.start("run");
        var renames = new AtomicInteger();
        ftp.beforeRename(() -> {
            if (renames.incrementAndGet() == 2) {
                process.destroy();
                Program.endsWithin(process, 300);
            }
        });

        int exit = exitOf(process);

        assertThat(exit).isEqualTo(ChatpressCommand.OK);
        assertThat(filesIn(ftp.root()))
                .hasSizeBetween(2, 5)
                .noneMatch(name -> name.contains("/.") || name.startsWith(".") || name.endsWith("/live.json"));
        ftp.beforeRename(() -> {});
        assertThat(exitOf(chatpress.start("once"))).isEqualTo(ChatpressCommand.OK);
        assertThat(new SiteReader(new DirectorySettings(ftp.root()).storage(), SLUG).texts())
                .containsExactlyElementsOf(expected.values());
    }

    @Test
    void aSecondWriterIsRefusedWithTheProcessIdOfTheFirst() throws Exception {
        Process first = chatpress.start("run");
        waitForACall(first);

        Process second = chatpress.start("once");
        int exit = exitOf(second);

        assertThat(exit).isEqualTo(ChatpressCommand.WORK_FAILED);
        assertThat(chatpress.output(second))
                .contains("is in use by chatpress run, process " + first.pid())
                .contains("Stop that process first");
        first.destroyForcibly().waitFor();
        assertThat(exitOf(chatpress.start("once"))).isEqualTo(ChatpressCommand.OK);
    }

    // THE NEWSROOM

    private void postEditAndDelete(int times) {
        for (int i = 0; i < times; i++) {
            List<String> there = new ArrayList<>(expected.keySet());
            int action = there.size() < 10 ? 0 : random.nextInt(10);
            if (action < 7) {
                String text = "message " + slackServer.calls().size() + " " + random.nextInt(1_000_000);
                expected.put(slack.post(CHANNEL, "U1", text), text);
            } else if (action == 7) {
                String ts = there.get(random.nextInt(there.size()));
                slack.delete(CHANNEL, ts);
                expected.remove(ts);
            } else {
                String ts = there.get(random.nextInt(there.size()));
                String text = "edited " + random.nextInt(1_000_000);
                slack.edit(CHANNEL, ts, "U1", text);
                expected.put(ts, text);
            }
        }
    }

    // THE PROGRAM

    private void killSoonAfterItsFirstCall(Process process) throws InterruptedException {
        waitForACall(process);
        Program.endsWithin(process, random.nextInt(500));
        process.destroyForcibly().waitFor();
    }

    private void killDuringAnUpload(Process process, int uploadsBefore) throws InterruptedException {
        var uploads = new AtomicInteger();
        ftp.beforeRename(() -> {
            if (uploads.getAndIncrement() == uploadsBefore) {
                process.destroyForcibly();
                Program.endsWithin(process, 10_000);
            }
        });
        // What was taken down is uploaded before Slack is called, so the process may end before its first call.
        if (isAliveAtItsFirstCall(process)) {
            Program.endsWithin(process, 2_000);
        } else {
            assertThat(uploads).as(() -> chatpress.output(process)).hasValueGreaterThan(uploadsBefore);
        }
        process.destroyForcibly().waitFor();
        ftp.beforeRename(() -> {});
    }

    private void waitForACall(Process process) {
        assertThat(isAliveAtItsFirstCall(process))
                .as(() -> chatpress.output(process))
                .isTrue();
    }

    private boolean isAliveAtItsFirstCall(Process process) {
        int before = slackServer.calls("conversations.history");
        for (int i = 0; i < TIMEOUT_SECONDS * 100 && slackServer.calls("conversations.history") == before; i++) {
            if (Program.endsWithin(process, 10)) {
                return false;
            }
        }
        return true;
    }

    private int exitOf(Process process) throws InterruptedException {
        assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                .as("ended: " + chatpress.output(process))
                .isTrue();
        return process.exitValue();
    }

    /** Deletes the files that have been unreferenced for the grace period. */
    private void aCycleTwentyMinutesLater() {
        Settings settings = SettingsLoader.read(chatpress.settings(), Map.of());
        var limiter = Application.nonBlockingLimiter();
        try (Store store = Store.open(settings.database(), "a test");
                var api = Application.slack(settings, limiter);
                Application.Cycles cycles = Application.build(
                        new Application.Environment(
                                () -> settings,
                                Clock.offset(Clock.systemUTC(), Duration.ofMinutes(20)),
                                api,
                                new EventQueue(),
                                Application.RemainingCalls.of(limiter),
                                store,
                                StorageSettings::storage,
                                Application.epochs(),
                                () -> false,
                                Optional.empty()),
                        new CycleMode(
                                Polling.ALL_CHANNELS,
                                Retries.AT_ONCE,
                                Conflicts.TAKE_OVER,
                                Background.WITHIN_CYCLE,
                                History.BACK_TO_SINCE))) {
            assertThat(cycles.cycle().run().incidents()).isEmpty();
        }
    }

    // THE SITES

    /** Files may appear and disappear meanwhile. */
    private static List<String> filesIn(Path site) {
        var files = new ArrayList<String>();
        try {
            Files.walkFileTree(site, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(site.relativize(file).toString());
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static List<String> namedBy(SiteReader reader) {
        var named = new ArrayList<>(List.of("channels.json", SLUG + ".json", SLUG + "/live.json"));
        String index = reader.pointer().path("index").asText();
        named.add(SLUG + "/" + index);
        named.add(SLUG + "/" + reader.pointer().path("users").asText());
        reader.file(SLUG + "/" + index)
                .path("pages")
                .forEach(page -> named.add(SLUG + "/i/" + page.path(0).asText() + ".json"));
        return named;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Reads every file of every site all the time. */
    private static final class Readers implements AutoCloseable {
        private static final ObjectMapper JSON = new ObjectMapper();

        private final List<Path> sites;
        private final List<String> violations = new CopyOnWriteArrayList<>();
        private final AtomicInteger rounds = new AtomicInteger();
        private final Thread thread = new Thread(this::readAll, "readers");
        private volatile boolean closed;

        Readers(List<Path> sites) {
            this.sites = sites;
            thread.start();
        }

        List<String> violations() {
            return List.copyOf(violations);
        }

        int rounds() {
            return rounds.get();
        }

        @Override
        public void close() throws InterruptedException {
            closed = true;
            thread.join();
        }

        private void readAll() {
            try {
                while (!closed) {
                    for (Path site : sites) {
                        checkChat(site);
                        filesIn(site).forEach(name -> checkFile(site, name));
                    }
                    rounds.incrementAndGet();
                }
            } catch (RuntimeException e) {
                violations.add("the readers stopped: " + e);
            }
        }

        /** Every file that the pointer names exists, unless the pointer changed meanwhile. */
        private void checkChat(Path site) {
            Path pointer = site.resolve(SLUG).resolve("live.json");
            String before = text(pointer);
            if (!Files.exists(pointer)) {
                return;
            }
            try {
                new SiteReader(new DirectorySettings(site).storage(), SLUG).messages();
            } catch (AssertionError | RuntimeException e) {
                if (text(pointer).equals(before)) {
                    violations.add(e.toString());
                }
            }
        }

        private void checkFile(Path site, String name) {
            if (name.startsWith(".") || name.contains("/.")) {
                return;
            }
            try {
                byte[] bytes = Files.readAllBytes(site.resolve(name));
                JSON.readTree(bytes);
                if (name.contains("/i/") && !name.contains(sha12(bytes))) {
                    violations.add(name + " has a name that does not match its content");
                }
            } catch (NoSuchFileException e) {
                // It was deleted after it was listed.
            } catch (IOException e) {
                violations.add(name + " is incomplete: " + e);
            }
        }

        private static String sha12(byte[] bytes) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 6);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
