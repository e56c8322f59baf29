package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
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

/** The program as a process of its own, killed at every stage of a clip and started again. */
@Tag("process")
class KilledClipsTest {
    private static final String CHANNEL = "C0ELECTION";
    private static final String SLUG = "election-night";
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

    @Test
    void aClipIsPublishedOnceAtWhateverStagesTheProgramIsKilled() throws Exception {
        // In parallel, because a run mostly waits. No kill undoes what the test checks of an earlier one.
        var runs = new ArrayList<Run>();
        try {
            runs.add(run(
                    Stage.DOWNLOAD_STARTS, Stage.DURING_CONVERSION, Stage.DURING_UPLOAD, Stage.BEFORE_ROCKET_IS_ADDED));
            runs.add(run(
                    Stage.BEFORE_CLOCK_IS_ADDED,
                    Stage.DURING_POSTER,
                    Stage.BEFORE_RENAME,
                    Stage.AFTER_ROCKET_IS_ADDED));
            runs.add(run(Stage.DOWNLOAD_ENDS, Stage.AFTER_RENAME, Stage.AFTER_CLOCK_IS_REMOVED));

            while (runs.stream().anyMatch(run -> run.chatpress.hasKillsLeft())) {
                runs.forEach(run -> run.chatpress.restartAfterKill());
            }
            runs.forEach(Run::finish);
        } finally {
            runs.forEach(Run::close);
        }
    }

    private Run run(Stage... kills) throws IOException {
        return new Run(List.of(kills), Files.createDirectory(folder.resolve(kills[0].name())));
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
        private final KilledProgram<Stage> chatpress;
        private final String ts;
        private final List<ProcessHandle> converters = new CopyOnWriteArrayList<>();

        Run(List<Stage> kills, Path folder) throws IOException {
            this.kills = kills;
            this.folder = folder;
            this.bin = Files.createDirectory(folder.resolve("bin"));
            this.database = folder.resolve("chatpress.db");
            this.ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp")))
                    .overwriting(true)
                    .start();
            var program = new Program(folder, Map.of("PATH", bin + ":" + System.getenv("PATH")));
            this.chatpress = new KilledProgram<>(program, kills);
            slack.channel(CHANNEL);
            slack.person("U1", "Rosa Reporter");
            this.ts = slack.upload(
                    CHANNEL, "U1", "the hall", FakeFile.jpeg("F0CLIP", CLIP).called("IMG_1.MOV", "video/quicktime"));
            settings(program.settings());
            ffmpeg();
            kills.forEach(stage -> stage.install.accept(this, () -> chatpress.kill(stage)));
            chatpress.start();
        }

        /** ffmpeg that waits where a file says so, with the arguments for which it waits. */
        private void ffmpeg() throws IOException {
            Path program = Files.writeString(bin.resolve("ffmpeg"), """
                #!/bin/sh
                for slow in %1$s/slow*
                do
                    [ -e "$slow" ] || continue
                    case "$*" in *"$(cat "$slow")"*)
                        mv "$slow" "%1$s/started-${slow##*/}"
                        [ "$(cat "%1$s/started-${slow##*/}")" = mjpeg ] && exec sleep 600
                        exec %2$s -re -stream_loop 200 "$@"
                    esac
                done
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
                while (Files.notExists(bin.resolve("started-slow" + argument))) {
                    sleep(50);
                }
                sleep(500);
                converters.addAll(chatpress.process().descendants().toList());
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

        void finish() {
            chatpress.await("the clip", () -> !url().isEmpty());
            chatpress.await("the rocket alone", () -> reactions().equals(List.of("rocket " + FakeWorkspace.BOT)));
            int polls = slackServer.calls("conversations.history");
            chatpress.await("two more polls", () -> slackServer.calls("conversations.history") >= polls + 2);
            chatpress.stop();

            assertThat(chatpress.killed()).containsExactlyInAnyOrderElementsOf(kills);
            assertThat(reactions()).as("%s", kills).containsExactly("rocket " + FakeWorkspace.BOT);
            assertThat(replies()).isEmpty();
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
            assertThat(converters).as("ffmpeg that goes on after a kill").noneMatch(ProcessHandle::isAlive);
            assertThat(converters.size())
                    .as("conversions in which it was killed")
                    .isGreaterThanOrEqualTo((int) kills.stream()
                            .filter(stage -> stage == Stage.DURING_CONVERSION || stage == Stage.DURING_POSTER)
                            .count());
        }

        @Override
        public void close() {
            converters.forEach(ProcessHandle::destroyForcibly);
            chatpress.close();
            ftp.close();
            slackServer.close();
        }

        private static void sleep(long millis) {
            try {
                Thread.sleep(millis);
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

        private void settings(Path file) throws IOException {
            Files.writeString(file, """
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
