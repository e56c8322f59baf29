package org.chatpress.soak;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.Program;
import org.chatpress.support.RandomActivity;
import org.chatpress.support.S3ServerInProcess;
import org.chatpress.support.Site;
import org.chatpress.support.TestDatabase;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code run} as a real process for some minutes: people talk, Slack, both storages and the disk fail, the process is
 * killed, and readers look all the time. Once a minute everything is well for a while, and by then each site must show
 * what it must and nothing else. Say {@code -Dsoak.seeds=10 -Dsoak.minutes=10} for more than one minute of one seed,
 * {@code -Dsoak.first=4} to begin with that one.
 */
class NewsroomSoak {
    private static final int FIRST = Integer.getInteger("soak.first", 1);
    private static final int SEEDS = Integer.getInteger("soak.seeds", 1);
    private static final int MINUTES = Integer.getInteger("soak.minutes", 1);
    private static final Duration TIME_WITH_FAULTS = Duration.ofSeconds(40);

    private static final Path FAKE_TIME = Path.of(
            "/usr/lib",
            System.getProperty("os.arch").equals("amd64") ? "x86_64-linux-gnu" : "aarch64-linux-gnu",
            "faketime",
            "libfaketime.so.1");

    /** The longest a storage is left alone after failures, the requests of a takedown, and a slow machine. */
    private static final Duration MAX_RECOVERY = Duration.ofMinutes(4);

    @TempDir
    Path folder;

    private final Map<String, Integer> happened = new TreeMap<>();
    private Random random;
    private FakeSlackServer slackServer;
    private FtpServerInProcess ftp;
    private S3ServerInProcess s3;
    private Program chatpress;
    private RandomActivity activity;
    private List<Site> sites;
    private Process process;

    static LongStream seeds() {
        return LongStream.rangeClosed(FIRST, FIRST + SEEDS - 1);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void survivesEverything(long seed) throws IOException {
        random = new Random(seed);
        try (FakeSlackServer talk = FakeSlackServer.start(Clock.systemUTC());
                FtpServerInProcess web = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp"))).start();
                S3ServerInProcess bucket = new S3ServerInProcess().start()) {
            slackServer = talk;
            ftp = web;
            s3 = bucket;
            open();
            Instant end = Instant.now().plus(Duration.ofMinutes(MINUTES));
            while (Instant.now().isBefore(end)) {
                runWithFaults();
                recover();
            }
            process.destroy();
            assertThat(Program.endsWithin(process, 60_000)).isTrue();
            assertThat(process.exitValue()).as(chatpress.output(process)).isZero();
            assertThat(chatpress.output()).doesNotContain("bug of Chatpress");
        } finally {
            process.destroyForcibly();
            System.out.println("seed " + seed + ": " + happened);
        }
    }

    private void open() throws IOException {
        FakeWorkspace slack = slackServer.workspace();
        slack.channel(CHANNEL);
        slack.person(REPORTER, "Rosa Reporter");
        slack.person(EDITOR, "Edda Editor");
        slack.person(SECOND_EDITOR, "Sven Second");
        slackServer.faults().enforceLimits();
        activity = new RandomActivity(slack, random);
        var environment = new HashMap<>(clock());
        environment.putAll(S3ServerInProcess.environment());
        chatpress = new Program(folder, environment);
        sites = List.of(
                new Site(new DirectorySettings(ftp.root()).storage(), SLUG),
                new Site(s3.settings().storage(), SLUG));
        settings();
        process = chatpress.start("run");
    }

    private void runWithFaults() throws IOException {
        Instant end = Instant.now().plus(TIME_WITH_FAULTS);
        while (Instant.now().isBefore(end)) {
            for (int i = random.nextInt(3); i > 0; i--) {
                if (activity.act()) {
                    settings();
                }
                activity.mayHaveBeenPolled();
                count("said or done");
            }
            if (random.nextInt(4) == 0) {
                injectFault();
            }
            checkAsReader();
            Program.endsWithin(process, 100 + random.nextInt(400));
            if (!process.isAlive()) {
                process = chatpress.start("run");
            }
        }
    }

    /** No activity, and no faults. */
    private void recover() throws IOException {
        slackServer.faults().clear();
        repairStorages();
        limitFileSize("unlimited");
        setClockAhead(Duration.ZERO);
        Instant end = Instant.now().plus(MAX_RECOVERY);
        AssertionError wrong;
        do {
            checkAsReader();
            wrong = firstViolation();
            Program.endsWithin(process, 200);
            assertThat(process.isAlive()).as(() -> chatpress.output(process)).isTrue();
        } while (wrong != null && Instant.now().isBefore(end));
        if (wrong != null) {
            throw new AssertionError(
                    "after " + MAX_RECOVERY + ": " + wrong.getMessage() + "\n" + chatpress.output(process));
        }
        activity.wasPolled();
        count("calm");
    }

    private AssertionError firstViolation() {
        try {
            for (Site site : sites) {
                activity.assertCorrectOn(site, "in a calm");
            }
            return null;
        } catch (AssertionError notYet) {
            return notYet;
        }
    }

    private void checkAsReader() {
        for (Site site : sites) {
            var wrong = new ArrayList<>(readable(site) ? site.look() : List.<String>of());
            if (readable(site)) {
                for (StoredObject object : site.blobs()) {
                    activity.unapprovedTexts(new String(object.bytes(), StandardCharsets.UTF_8))
                            .forEach(text -> wrong.add(text + " is in " + object.key() + " and was never approved"));
                }
            }
            assertThat(wrong).isEmpty();
            count("looks");
        }
    }

    /** Readers of a bucket that is down see nothing; those of a web root need no FTP. */
    private boolean readable(Site site) {
        return site == sites.get(0) || s3IsUp;
    }

    // WHAT BREAKS

    private boolean s3IsUp = true;
    private boolean ftpIsUp = true;

    private void injectFault() throws IOException {
        switch (random.nextInt(17)) {
            case 0, 1, 2, 3 -> injectSlackFault();
            case 4 -> stopAStorage();
            case 5, 6, 7 -> repairStorages();
            case 8 -> {
                ftp.readOnly(true);
                count("FTP refuses");
            }
            case 9 -> {
                s3.readOnly(true);
                count("S3 refuses");
            }
            case 10 -> {
                ftp.fullAfter(random.nextInt(3_000));
                count("FTP is full");
            }
            case 11 -> {
                s3.breakAfter(random.nextInt(3_000));
                count("S3 breaks off");
            }
            case 12 -> {
                if (ftpIsUp) {
                    ftp.dropConnections();
                    count("FTP drops its connections");
                }
            }
            case 13 -> {
                limitFileSize(String.valueOf(20_000 + random.nextInt(200_000)));
                count("the disk is full");
            }
            case 14 -> {
                limitFileSize("unlimited");
                count("the disk is free");
            }
            case 15 -> {
                setClockAhead(Duration.ofSeconds(random.nextInt(1_200) - 600));
                count(Files.exists(FAKE_TIME) ? "the clock jumps" : "no libfaketime here");
            }
            default -> {
                process.destroyForcibly();
                Program.endsWithin(process, 10_000);
                process = chatpress.start("run");
                count("killed");
            }
        }
    }

    private void injectSlackFault() {
        slackServer
                .faults()
                .next(
                        any(List.of("*", "conversations.history", "conversations.replies", "users.info")),
                        any(List.of(
                                Fault.TOO_MANY,
                                Fault.tooMany(2),
                                Fault.SERVER_ERROR,
                                Fault.HTML_PAGE,
                                Fault.HALF_ANSWER,
                                Fault.HALF_JSON,
                                Fault.RESET,
                                Fault.EMPTY_PAGE,
                                Fault.EMPTY_PAGE_OF_MORE,
                                Fault.EMPTY_BODY,
                                Fault.slow(Duration.ofSeconds(2)),
                                Fault.notOk("fatal_error"))));
        count("Slack fails");
    }

    private void stopAStorage() {
        if (random.nextBoolean() && ftpIsUp) {
            ftp.stop();
            ftpIsUp = false;
            count("FTP is down");
        } else if (s3IsUp) {
            s3.stop();
            s3IsUp = false;
            count("S3 is down");
        }
    }

    private void repairStorages() {
        if (!ftpIsUp) {
            ftp.start();
            ftpIsUp = true;
        }
        if (!s3IsUp) {
            s3.start();
            s3IsUp = true;
        }
        ftp.readOnly(false);
        ftp.neverFull();
        s3.readOnly(false);
        s3.neverBreak();
    }

    /** No file of the process grows beyond this, as on a full disk; what it says goes on below that. */
    private void limitFileSize(String bytes) {
        try {
            new ProcessBuilder("prlimit", "--pid", String.valueOf(process.pid()), "--fsize=" + bytes + ":unlimited")
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            count("no prlimit here");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What lets the clock of a process jump while it runs: Debian's libfaketime. */
    private Map<String, String> clock() throws IOException {
        setClockAhead(Duration.ZERO);
        return Files.exists(FAKE_TIME)
                ? Map.ofEntries(
                        entry("LD_PRELOAD", FAKE_TIME.toString()),
                        entry("FAKETIME_TIMESTAMP_FILE", folder.resolve("clock").toString()),
                        entry("FAKETIME_NO_CACHE", "1"),
                        entry("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
                        // Otherwise every thread that waits for a time spins
                        entry("FAKETIME_FORCE_MONOTONIC_FIX", "0"))
                : Map.of();
    }

    /** Ten minutes at most: with more, S3 refuses what is signed. */
    private void setClockAhead(Duration time) throws IOException {
        Path next = folder.resolve("clock.next");
        Files.writeString(next, String.format(Locale.ROOT, "%+d%n", time.toSeconds()));
        Files.move(next, folder.resolve("clock"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void settings() throws IOException {
        Path next = folder.resolve("next.yml");
        Files.writeString(next, """
                slack: {token: %s, api-url: "%s"}
                every: 1s
                database: %s
                publish:
                  - %s
                  - %s
                channels: [%s]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        TestDatabase.yaml(folder.resolve("chatpress.db")),
                        ftp.entry(),
                        s3.entry(),
                        activity.settings(SLUG)));
        Files.move(next, chatpress.settings(), StandardCopyOption.ATOMIC_MOVE);
    }

    private void count(String what) {
        happened.merge(what, 1, Integer::sum);
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
