package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.support.FakeCms;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.Pictures;
import org.chatpress.support.Program;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own, killed at every stage of a photo and started again. */
@Tag("process")
class KilledPhotosTest {
    private static final String CHANNEL = "C0ELECTION";
    private static final String SLUG = "election-night";
    private static final FakeFile PHOTO = FakeFile.jpeg("F0PHOTO", Pictures.photo(400, 300));
    private static final String UPLOADED = "F0PHOTO-image.jpg";

    @TempDir
    Path folder;

    /** When the process is killed, by what a server sees of it. */
    private enum Stage {
        DOWNLOAD_STARTS((run, kill) -> run.slackServer.faults().next("file", Fault.before(kill))),
        FTP_LOGIN((run, kill) -> run.ftp.beforeLogin(kill)),
        DURING_UPLOAD((run, kill) -> run.ftp.inUpload(kill)),
        BEFORE_RENAME((run, kill) -> run.ftp.beforeRename(kill)),
        AFTER_RENAME((run, kill) -> run.ftp.afterRename(kill)),
        BEFORE_CMS_ANSWERS((run, kill) -> run.cms.beforeAnswer(thirdCall(kill))),
        BEFORE_CLOCK_IS_ADDED((run, kill) -> run.slackServer.faults().next("reactions.add", Fault.before(kill))),
        BEFORE_ROCKET_IS_ADDED(
                (run, kill) -> run.slackServer.faults().next("reactions.add", NO_FAULT, Fault.before(kill))),
        AFTER_ROCKET_IS_ADDED(
                (run, kill) -> run.slackServer.faults().next("reactions.add", NO_FAULT, Fault.after(kill))),
        BEFORE_CLOCK_IS_REMOVED((run, kill) -> run.slackServer.faults().next("reactions.remove", Fault.before(kill))),
        AFTER_CLOCK_IS_REMOVED((run, kill) -> run.slackServer.faults().next("reactions.remove", Fault.after(kill)));

        private final BiConsumer<Run, Runnable> install;

        Stage(BiConsumer<Run, Runnable> install) {
            this.install = install;
        }

        boolean isReactionCall() {
            return compareTo(BEFORE_CLOCK_IS_ADDED) >= 0;
        }

        private static Runnable thirdCall(Runnable kill) {
            var times = new AtomicInteger();
            return () -> {
                if (times.incrementAndGet() == 3) {
                    kill.run();
                }
            };
        }
    }

    private static final Fault NO_FAULT = Fault.after(() -> {});

    @Test
    void aPhotoIsPublishedOnceAtWhateverStagesTheProgramIsKilled() throws Exception {
        // In parallel, because a run mostly waits. No kill undoes what the test checks of an earlier one.
        var runs = new ArrayList<Run>();
        try {
            runs.add(
                    run(Stage.BEFORE_CLOCK_IS_ADDED, Stage.FTP_LOGIN, Stage.AFTER_RENAME, Stage.AFTER_ROCKET_IS_ADDED));
            runs.add(run(
                    Stage.DOWNLOAD_STARTS,
                    Stage.DURING_UPLOAD,
                    Stage.BEFORE_CMS_ANSWERS,
                    Stage.BEFORE_CLOCK_IS_REMOVED));
            runs.add(run(Stage.BEFORE_RENAME, Stage.BEFORE_ROCKET_IS_ADDED, Stage.AFTER_CLOCK_IS_REMOVED));

            while (runs.stream().anyMatch(run -> run.chatpress.hasKillsLeft())) {
                runs.forEach(run -> run.chatpress.restartAfterKill());
            }
            for (Run run : runs) {
                run.finish();
            }
        } finally {
            runs.forEach(Run::close);
        }
    }

    private Run run(Stage... kills) throws IOException {
        return new Run(List.of(kills), Files.createDirectory(folder.resolve(kills[0].name())));
    }

    /** A newsroom with one photo, an upload folder, a CMS that finds the photo on the thirdCall lookup, and the program. */
    private static final class Run implements AutoCloseable {
        private final List<Stage> kills;
        private final Path site;
        private final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
        private final FakeWorkspace slack = slackServer.workspace();
        private final FakeCms cms = FakeCms.start().answers(200, "{}", "{}", "{\"wcmId\": 4711}");
        private final FtpServerInProcess ftp;
        private final KilledProgram<Stage> chatpress;
        private final String ts;

        Run(List<Stage> kills, Path folder) throws IOException {
            this.kills = kills;
            this.site = folder.resolve("public");
            this.ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp")))
                    .overwriting(true)
                    .start();
            var program = new Program(folder, Map.of());
            this.chatpress = new KilledProgram<>(program, kills);
            slack.channel(CHANNEL);
            slack.person("U1", "Rosa Reporter");
            this.ts = slack.upload(CHANNEL, "U1", "polls are closed", PHOTO);
            settings(program.settings(), folder);
            kills.forEach(stage -> stage.install.accept(this, () -> chatpress.kill(stage)));
            chatpress.start();
        }

        void finish() throws IOException {
            chatpress.await("the final URL", () -> url().contains("4711"));
            chatpress.await("the rocket alone", () -> reactions().equals(List.of("rocket " + FakeWorkspace.BOT)));
            int polls = slackServer.calls("conversations.history");
            chatpress.await("two more polls", () -> slackServer.calls("conversations.history") >= polls + 2);
            chatpress.stop();

            assertThat(chatpress.killed()).containsExactlyElementsOf(kills);
            assertThat(uploadedFiles()).as("%s", kills).containsExactly(UPLOADED);
            assertThat(ImageIO.read(ftp.root().resolve(UPLOADED).toFile()).getHeight())
                    .isEqualTo(150);
            assertThat(url()).isEqualTo("https://photos.example/0/0/0/4711/3/200x0.jpg");
            assertThat(reactions()).as("%s", kills).containsExactly("rocket " + FakeWorkspace.BOT);
            assertThat(slack.botReplies(CHANNEL, ts)).isEmpty();
            assertThat(reactionCalls().stream().distinct())
                    .as("%s", kills)
                    .containsExactly("reactions.add clock1", "reactions.add rocket", "reactions.remove clock1");
            assertThat(reactionCalls())
                    .as("calls in which it was killed are repeated: %s", kills)
                    .hasSize(3
                            + (int) kills.stream().filter(Stage::isReactionCall).count());
        }

        @Override
        public void close() {
            chatpress.close();
            ftp.close();
            cms.close();
            slackServer.close();
        }

        private List<String> reactions() {
            return slack.reactions(CHANNEL, ts);
        }

        /** Every call that adds or removes a reaction. */
        private List<String> reactionCalls() {
            return slackServer.calls().stream()
                    .filter(call -> List.of("reactions.add", "reactions.remove").contains(call.method()))
                    .map(call -> call.method() + " " + call.get("name"))
                    .toList();
        }

        /** The published URL of the message's only photo. */
        private String url() {
            try {
                var reader = new SiteReader(new DirectorySettings(site).storage(), SLUG);
                JsonNode photos = reader.messages().get(ts).path("photos");
                return photos.size() == 1 ? photos.at("/0/url").asText() : photos.toString();
            } catch (RuntimeException | AssertionError e) {
                return "no message: " + e.getMessage(); // the pointer changed while we read, or does not exist yet
            }
        }

        private List<String> uploadedFiles() {
            try (Stream<Path> files = Files.walk(ftp.root())) {
                return files.filter(Files::isRegularFile)
                        .map(file -> ftp.root().relativize(file).toString())
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void settings(Path file, Path folder) throws IOException {
            Files.writeString(file, """
                    slack: {token: %s, api-url: "%s"}
                    every: 1s
                    database: %s
                    publish: [{directory: %s}]
                    photos:
                      max-width: 200
                      placeholder: https://static.example/loading.jpg
                      drop: {%s}
                      shown:
                        ask: "%s"
                        field: wcmId
                        url: "https://photos.example/0/0/0/{found}/3/{width}x0.jpg"
                        patience: 10m
                    channels: [{id: %s, slug: %s, since: "%s", approval: none}]
                    """.formatted(
                            slackServer.token().reveal(),
                            slackServer.apiUri(),
                            folder.resolve("chatpress.db"),
                            site,
                            ftp.entry(),
                            cms.ask(),
                            CHANNEL,
                            SLUG,
                            Instant.now().minusSeconds(3600)));
        }
    }
}
