package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
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

/** The program as a process of its own, killed in every stage of a photo's trip and started again. */
@Tag("process")
class KilledPhotosTest {
    private static final String CHANNEL = "C0ELECTION";
    private static final String SLUG = "election-night";
    private static final FakeFile PHOTO = FakeFile.jpeg("F0PHOTO", Pictures.photo(400, 300));
    private static final String IN_DROP = "F0PHOTO-image.jpg";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    /** Where the process is killed: by what the other side sees of it. */
    private enum Stage {
        A_DOWNLOAD_BEGINS((trip, kill) -> trip.slackServer.faults().next("file", Fault.before(kill))),
        AT_THE_DROPS_DOOR((trip, kill) -> trip.ftp.beforeLogin(kill)),
        IN_THE_UPLOAD((trip, kill) -> trip.ftp.inUpload(kill)),
        BEFORE_THE_RENAME((trip, kill) -> trip.ftp.beforeRename(kill)),
        AFTER_THE_RENAME((trip, kill) -> trip.ftp.afterRename(kill)),
        THE_CMS_IS_ABOUT_TO_SAY_YES((trip, kill) -> trip.cms.beforeAnswer(third(kill))),
        BEFORE_THE_CLOCK((trip, kill) -> trip.slackServer.faults().next("reactions.add", Fault.before(kill))),
        BEFORE_THE_ROCKET((trip, kill) -> trip.slackServer.faults().next("reactions.add", WELL, Fault.before(kill))),
        AFTER_THE_ROCKET((trip, kill) -> trip.slackServer.faults().next("reactions.add", WELL, Fault.after(kill))),
        BEFORE_THE_CLOCK_GOES((trip, kill) -> trip.slackServer.faults().next("reactions.remove", Fault.before(kill))),
        AFTER_THE_CLOCK_HAS_GONE((trip, kill) -> trip.slackServer.faults().next("reactions.remove", Fault.after(kill)));

        private final BiConsumer<Trip, Runnable> ambush;

        Stage(BiConsumer<Trip, Runnable> ambush) {
            this.ambush = ambush;
        }

        boolean isAboutMarks() {
            return compareTo(BEFORE_THE_CLOCK) >= 0;
        }

        private static Runnable third(Runnable kill) {
            var times = new AtomicInteger();
            return () -> {
                if (times.incrementAndGet() == 3) {
                    kill.run();
                }
            };
        }
    }

    private static final Fault WELL = Fault.after(() -> {});

    @Test
    void aPhotoArrivesOnceInWhateverStagesTheProgramIsKilled() throws Exception {
        // Side by side, for most of a trip is waiting. No stage comes after one whose traces it would wipe away.
        var trips = new ArrayList<Trip>();
        try {
            trips.add(trip(
                    Stage.BEFORE_THE_CLOCK, Stage.AT_THE_DROPS_DOOR, Stage.AFTER_THE_RENAME, Stage.AFTER_THE_ROCKET));
            trips.add(trip(
                    Stage.A_DOWNLOAD_BEGINS,
                    Stage.IN_THE_UPLOAD,
                    Stage.THE_CMS_IS_ABOUT_TO_SAY_YES,
                    Stage.BEFORE_THE_CLOCK_GOES));
            trips.add(trip(Stage.BEFORE_THE_RENAME, Stage.BEFORE_THE_ROCKET, Stage.AFTER_THE_CLOCK_HAS_GONE));

            while (trips.stream().anyMatch(Trip::hasKillsAhead)) {
                for (Trip trip : trips) {
                    trip.goesOnAfterAKill();
                }
            }
            for (Trip trip : trips) {
                trip.arrives();
            }
        } finally {
            trips.forEach(Trip::close);
        }
    }

    private Trip trip(Stage... kills) throws IOException {
        return new Trip(List.of(kills), Files.createDirectory(folder.resolve(kills[0].name())));
    }

    /** A newsroom with one photo, a drop, a CMS that shows it when it is asked the third time, and the program. */
    private static final class Trip implements AutoCloseable {
        private final List<Stage> kills;
        private final Path site;
        private final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
        private final FakeWorkspace slack = slackServer.workspace();
        private final FakeCms cms = FakeCms.start().answers(200, "{}", "{}", "{\"wcmId\": 4711}");
        private final FtpServerInProcess ftp;
        private final Program chatpress;
        private final String ts;
        private final List<Stage> killed = new CopyOnWriteArrayList<>();
        private int starts;
        private Process process;

        Trip(List<Stage> kills, Path folder) throws IOException {
            this.kills = kills;
            this.site = folder.resolve("public");
            this.ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp")))
                    .overwriting(true)
                    .start();
            this.chatpress = new Program(folder, Map.of());
            slack.channel(CHANNEL);
            slack.person("U1", "Rosa Reporter");
            this.ts = slack.upload(CHANNEL, "U1", "polls are closed", PHOTO);
            settings(folder);
            kills.forEach(stage -> stage.ambush.accept(this, () -> kill(stage)));
            start();
        }

        boolean hasKillsAhead() {
            return starts <= kills.size();
        }

        void goesOnAfterAKill() {
            if (hasKillsAhead()) {
                boolean isOver = Program.endsWithin(process, PATIENCE.toMillis());
                assertThat(killed)
                        .as(() -> "stages in which it was killed: " + chatpress.said())
                        .hasSize(starts);
                assertThat(isOver).isTrue();
                start();
            }
        }

        void arrives() throws IOException {
            await("the final address", () -> url().contains("4711"));
            await("the rocket alone", () -> marks().equals(List.of("rocket " + FakeWorkspace.BOT)));
            int readings = slackServer.calls("conversations.history");
            await("two more readings", () -> slackServer.calls("conversations.history") >= readings + 2);
            process.destroy();
            assertThat(Program.endsWithin(process, PATIENCE.toMillis())).isTrue();

            assertThat(process.exitValue()).as(() -> chatpress.said()).isEqualTo(ChatpressCommand.OK);
            assertThat(killed).containsExactlyElementsOf(kills);
            assertThat(inDrop()).as("%s", kills).containsExactly(IN_DROP);
            assertThat(ImageIO.read(ftp.root().resolve(IN_DROP).toFile()).getHeight())
                    .isEqualTo(150);
            assertThat(url()).isEqualTo("https://photos.example/0/0/0/4711/3/200x0.jpg");
            assertThat(marks()).as("%s", kills).containsExactly("rocket " + FakeWorkspace.BOT);
            assertThat(slack.botReplies(CHANNEL, ts)).isEmpty();
            assertThat(marking().stream().distinct())
                    .as("%s", kills)
                    .containsExactly("reactions.add clock1", "reactions.add rocket", "reactions.remove clock1");
            assertThat(marking())
                    .as("those in which it was killed are made once more: %s", kills)
                    .hasSize(
                            3 + (int) kills.stream().filter(Stage::isAboutMarks).count());
        }

        @Override
        public synchronized void close() {
            process.destroyForcibly();
            ftp.close();
            cms.close();
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
                Program.endsWithin(process, PATIENCE.toMillis());
            }
        }

        private void await(String what, BooleanSupplier isSo) {
            Instant end = Instant.now().plus(PATIENCE);
            while (!isSo.getAsBoolean()) {
                boolean isOver = Program.endsWithin(process, 50);
                assertThat(isOver || Instant.now().isAfter(end))
                        .as(() -> "waiting for " + what + " after kills in " + kills + ": " + chatpress.said())
                        .isFalse();
            }
        }

        private List<String> marks() {
            return slack.reactions(CHANNEL, ts);
        }

        /** Every call that gives or takes a mark. */
        private List<String> marking() {
            return slackServer.calls().stream()
                    .filter(call -> List.of("reactions.add", "reactions.remove").contains(call.method()))
                    .map(call -> call.method() + " " + call.get("name"))
                    .toList();
        }

        /** Where the message's only photo is, by the site. */
        private String url() {
            try {
                var reader = new SiteReader(new DirectorySettings(site).storage(), SLUG);
                JsonNode photos = reader.messages().get(ts).path("photos");
                return photos.size() == 1 ? photos.at("/0/url").asText() : photos.toString();
            } catch (RuntimeException | AssertionError e) {
                return "no message: " + e.getMessage(); // the pointer moved while we read, or isn't there yet
            }
        }

        private List<String> inDrop() {
            try (Stream<Path> files = Files.walk(ftp.root())) {
                return files.filter(Files::isRegularFile)
                        .map(file -> ftp.root().relativize(file).toString())
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void settings(Path folder) throws IOException {
            Files.writeString(chatpress.settings(), """
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
