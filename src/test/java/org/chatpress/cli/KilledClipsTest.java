package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.support.Clips;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.Program;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The program as a process of its own, killed at every stage of a clip and started again, or without space on its disk. */
@Tag("process")
class KilledClipsTest {
    private static final String CHANNEL = "C0ELECTION";
    private static final String SLUG = "election-night";
    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    private static final Fault NO_FAULT = Fault.after(() -> {});

    @TempDir
    Path folder;

    /** When the process is killed. */
    private enum Stage {
        DOWNLOAD_STARTS((run, kill) -> run.slackServer.faults().next("file", Fault.before(kill))),
        DOWNLOAD_ENDS((run, kill) -> run.slackServer.faults().next("file", Fault.after(kill))),
        DURING_CONVERSION((run, kill) -> run.converts("-progress", kill)),
        DURING_POSTER((run, kill) -> run.converts("mjpeg", kill)),
        DURING_UPLOAD((run, kill) -> run.ftp.inUpload(() -> run.killIfThere(".mp4.part", kill))),
        BEFORE_RENAME((run, kill) -> run.ftp.beforeRename(() -> run.killIfThere(".mp4.part", kill))),
        AFTER_RENAME((run, kill) -> run.ftp.afterRename(() -> run.killIfThere(".mp4", kill))),
        BEFORE_CLOCK_IS_ADDED((run, kill) -> run.slackServer.faults().next("reactions.add", Fault.before(kill))),
        BEFORE_ROCKET_IS_ADDED(
                (run, kill) -> run.slackServer.faults().next("reactions.add", NO_FAULT, Fault.before(kill))),
        AFTER_ROCKET_IS_ADDED(
                (run, kill) -> run.slackServer.faults().next("reactions.add", NO_FAULT, Fault.after(kill))),
        AFTER_CLOCK_IS_REMOVED((run, kill) -> run.slackServer.faults().next("reactions.remove", Fault.after(kill)));

        private final BiConsumer<Run, Runnable> install;

        Stage(BiConsumer<Run, Runnable> install) {
            this.install = install;
        }
    }

    @BeforeEach
    void needsFfmpeg() {
        Clips.isNeeded();
    }

    static Stream<List<Stage>> kills() {
        return Stream.of(
                List.of(
                        Stage.DOWNLOAD_STARTS,
                        Stage.DURING_CONVERSION,
                        Stage.DURING_UPLOAD,
                        Stage.BEFORE_ROCKET_IS_ADDED),
                List.of(
                        Stage.BEFORE_CLOCK_IS_ADDED,
                        Stage.DURING_POSTER,
                        Stage.BEFORE_RENAME,
                        Stage.AFTER_ROCKET_IS_ADDED),
                List.of(Stage.DOWNLOAD_ENDS, Stage.AFTER_RENAME, Stage.AFTER_CLOCK_IS_REMOVED));
    }

    @ParameterizedTest
    @MethodSource("kills")
    void aClipIsPublishedOnceAtWhateverStagesTheProgramIsKilled(List<Stage> kills) throws Exception {
        try (Run run = new Run(kills, folder)) {
            while (run.hasKillsLeft()) {
                run.restartAfterKill();
            }
            run.finish();
        }
    }

    @Test
    void whileTheDiskIsFullAClipWaitsAndNothingIsLeftBehind() throws Exception {
        try (Run run = new Run(List.of(), folder)) {
            run.await("the reason in the thread", () -> !run.replies().isEmpty());

            assertThat(run.replies())
                    .containsExactly(
                            "The video F0CLIP can't be shown yet: cannot write the converted clip: no space left"
                                    + " on device. Chatpress keeps trying.");
            assertThat(run.reactions()).contains("warning " + FakeWorkspace.BOT, "clock1 " + FakeWorkspace.BOT);
            assertThat(run.chatpress.output())
                    .contains("the conversion of clips: cannot write the converted clip: no space left on device. Free"
                            + " space");
            run.await("no temporary file", () -> run.keptFiles().isEmpty());
            assertThat(run.url()).isEmpty();

            Files.delete(run.bin.resolve("full"));
            run.finish();
        }
    }

    /** A newsroom with one clip, an FTP server, and the program. */
    private static final class Run implements AutoCloseable {
        private static final byte[] CLIP = Clips.phone("320x240", 3);

        private final List<Stage> kills;
        private final Path folder;
        private final Path bin;
        private final Path database;
        private final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
        private final FakeWorkspace slack = slackServer.workspace();
        private final FtpServerInProcess ftp;
        private final Program chatpress;
        private final String ts;
        private final List<Stage> killed = new CopyOnWriteArrayList<>();
        private final List<ProcessHandle> converters = new CopyOnWriteArrayList<>();
        private int starts;
        private Process process;

        Run(List<Stage> kills, Path folder) throws IOException {
            this.kills = kills;
            this.folder = folder;
            this.bin = Files.createDirectory(folder.resolve("bin"));
            this.database = folder.resolve("chatpress.db");
            this.ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp")))
                    .overwriting(true)
                    .start();
            this.chatpress = new Program(folder, Map.of("PATH", bin + ":" + System.getenv("PATH")));
            slack.channel(CHANNEL);
            slack.person("U1", "Rosa Reporter");
            this.ts = slack.upload(
                    CHANNEL, "U1", "the hall", FakeFile.jpeg("F0CLIP", CLIP).called("IMG_1.MOV", "video/quicktime"));
            settings();
            ffmpeg();
            if (kills.isEmpty()) {
                Files.createFile(bin.resolve("full"));
            }
            kills.forEach(stage -> stage.install.accept(this, () -> kill(stage)));
            start();
        }

        /** ffmpeg that waits where a file says so, with the arguments for which it waits, or that finds the disk full. */
        private void ffmpeg() throws IOException {
            Path program = Files.writeString(bin.resolve("ffmpeg"), """
                #!/bin/sh
                for slow in %1$s/slow*
                do
                    [ -e "$slow" ] || continue
                    case "$*" in *"$(cat "$slow")"*)
                        mv "$slow" "%1$s/started-${slow##*/}"
                        [ "$(cat "%1$s/started-${slow##*/}")" = mjpeg ] && sleep 5
                        exec %2$s -re -stream_loop 100 "$@"
                    esac
                done
                case "$*" in *-progress*)
                    [ -e %1$s/full ] && echo 'Error writing trailer: No space left on device' >&2 && exit 0
                esac
                exec %2$s "$@"
                """.formatted(bin, installed("ffmpeg")));
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }

        private static Path installed(String program) {
            return Stream.of(System.getenv("PATH").split(":", -1))
                    .map(folder -> Path.of(folder, program))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow();
        }

        /** @param argument by which ffmpeg's run is known that takes long, and during which the program is killed */
        private void converts(String argument, Runnable kill) {
            try {
                Files.writeString(bin.resolve("slow" + argument), argument);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            var watcher = new Thread(() -> {
                await("ffmpeg", () -> Files.exists(bin.resolve("started-slow" + argument)));
                Program.endsWithin(process, 1000);
                converters.addAll(process.descendants().toList());
                kill.run();
            });
            watcher.setDaemon(true);
            watcher.start();
        }

        private void killIfThere(String suffix, Runnable kill) {
            String[] names = ftp.root().resolve(SLUG + "/media").toFile().list();
            if (names != null && Stream.of(names).anyMatch(name -> name.endsWith(suffix))) {
                kill.run();
            }
        }

        boolean hasKillsLeft() {
            return starts <= kills.size();
        }

        void restartAfterKill() {
            if (hasKillsLeft()) {
                boolean hasEnded = Program.endsWithin(process, TIMEOUT.toMillis());
                assertThat(killed)
                        .as(() -> "stages at which it was killed: " + chatpress.output())
                        .hasSize(starts);
                assertThat(hasEnded).isTrue();
                start();
            }
        }

        void finish() {
            await("the clip", () -> !url().isEmpty());
            await("the rocket alone", () -> reactions().equals(List.of("rocket " + FakeWorkspace.BOT)));
            int polls = slackServer.calls("conversations.history");
            await("two more polls", () -> slackServer.calls("conversations.history") >= polls + 2);
            await("the end of every ffmpeg", () -> converters.stream().noneMatch(ProcessHandle::isAlive));
            process.destroy();
            assertThat(Program.endsWithin(process, TIMEOUT.toMillis())).isTrue();

            assertThat(process.exitValue()).as(() -> chatpress.output()).isEqualTo(ChatpressCommand.OK);
            assertThat(killed).containsExactlyInAnyOrderElementsOf(kills);
            assertThat(reactions()).as("%s", kills).containsExactly("rocket " + FakeWorkspace.BOT);
            assertThat(replies()).hasSize(kills.isEmpty() ? 1 : 0);
            assertThat(Pattern.compile("published (\\S+\\.mp4) ")
                            .matcher(chatpress.output())
                            .results()
                            .map(found -> found.group(1)))
                    .as("every upload has the same address")
                    .containsOnly(url());
            assertThat(files(ftp.root(), name -> name.matches(".*\\.(mp4|jpg|part)")))
                    .as("%s", kills)
                    .containsExactlyInAnyOrder(url(), url().replace(".mp4", ".jpg"));
            assertThat(keptFiles()).containsExactly(url().replaceAll(".*/", ""));
            assertThat(converters.size())
                    .as("conversions in which it was killed")
                    .isGreaterThanOrEqualTo((int) kills.stream()
                            .filter(stage -> stage == Stage.DURING_CONVERSION || stage == Stage.DURING_POSTER)
                            .count());
        }

        @Override
        public synchronized void close() {
            converters.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            ftp.close();
            slackServer.close();
        }

        private synchronized void start() {
            starts++;
            process = chatpress.start("run");
        }

        private synchronized void kill(Stage stage) {
            if (!killed.contains(stage)) {
                killed.add(stage);
                process.destroyForcibly();
                Program.endsWithin(process, TIMEOUT.toMillis());
            }
        }

        void await(String what, BooleanSupplier condition) {
            Instant end = Instant.now().plus(TIMEOUT);
            while (!condition.getAsBoolean()) {
                assertThat(Instant.now().isAfter(end))
                        .as(() -> "waiting for " + what + " after kills in " + kills + ": " + chatpress.output())
                        .isFalse();
                sleep();
            }
        }

        private static void sleep() {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private List<String> reactions() {
            return slack.reactions(CHANNEL, ts);
        }

        private List<String> replies() {
            return slack.botReplies(CHANNEL, ts);
        }

        /** The published URL of the message's only clip; empty before it is live. */
        private String url() {
            try {
                var reader = new SiteReader(new DirectorySettings(ftp.root()).storage(), SLUG);
                JsonNode media = reader.messages().get(ts).path("media");
                return media.at("/0/status").asText().equals("live") && media.size() == 1
                        ? media.at("/0/url").asText()
                        : "";
            } catch (RuntimeException | AssertionError e) {
                return ""; // the pointer changed while we read, or does not exist yet
            }
        }

        /** Converted clips, and what is left of conversions. */
        private List<String> keptFiles() {
            return files(folder.resolve("chatpress.db-clips"), name -> true);
        }

        private static List<String> files(Path root, Predicate<String> name) {
            if (Files.notExists(root)) {
                return List.of();
            }
            try (Stream<Path> files = Files.walk(root)) {
                return files.filter(Files::isRegularFile)
                        .filter(file -> name.test(file.getFileName().toString()))
                        .map(file -> root.relativize(file).toString())
                        .toList();
            } catch (IOException | UncheckedIOException e) {
                return List.of(); // a file was deleted while we looked
            }
        }

        private void settings() throws IOException {
            Files.writeString(chatpress.settings(), """
                slack: {token: %s, api-url: "%s"}
                every: 1s
                database: %s
                publish: [{%s}]
                videos: {beside-the-chat: true, height: 144}
                channels: [{id: %s, slug: %s, since: "%s", approval: none}]
                """.formatted(
                            slackServer.token().reveal(),
                            slackServer.apiUri(),
                            database,
                            ftp.entry(),
                            CHANNEL,
                            SLUG,
                            Instant.now().minusSeconds(3600)));
        }
    }
}
