package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.slack.SlackClient;
import org.chatpress.storage.Storage;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.CrashPoint;
import org.chatpress.support.CrashPoint.Killed;
import org.chatpress.support.CrashPoint.When;
import org.chatpress.support.Exiftool;
import org.chatpress.support.FakeCms;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.Pictures;
import org.chatpress.support.TestDatabase;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Photos through a CMS, which takes them from a real FTP server. */
@Tag("slow")
class PhotosThroughTheCmsTest extends WithNewsroom {
    private static final FakeFile PHOTO = FakeFile.jpeg("F0PHOTO", Pictures.photo(400, 300));
    private static final String CLOCK = "clock1 " + FakeWorkspace.BOT;
    private static final String ROCKET = "rocket " + FakeWorkspace.BOT;
    private static final String FAILED = "x " + FakeWorkspace.BOT;

    @TempDir
    Path server;

    private final FakeCms cms = FakeCms.start();
    private FtpServerInProcess ftp;

    @BeforeEach
    void openUploadFolder() throws IOException {
        ftp = new FtpServerInProcess(Files.createDirectories(server.resolve("ftp")))
                .overwriting(true)
                .start();
        configurePhotos(newsroom);
    }

    @AfterEach
    void closeUploadFolder() {
        ftp.close();
        cms.close();
    }

    @Test
    void aPhotoIsUploadedFoundAndPublished() throws IOException {
        newsroom.says(approval(""));
        cms.answers(200, "{}", "{\"photos\": []}", "{\"photos\": [{\"wcmId\": 4711}]}");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();
        assertThat(uploadedFiles()).isEmpty();
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).isEmpty();

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).contains(CLOCK);
        assertThat(uploadedFiles()).containsExactly("F0PHOTO-image.jpg");
        assertThat(photo(ts).path("status").asText()).isEqualTo("loading");
        assertThat(photo(ts).path("url").asText()).isEqualTo("https://static.example/loading.jpg");
        assertThat(cms.asked()).containsExactly("/lookup?source=F0PHOTO&class=photo");
        newsroom.cycle();
        newsroom.cycle();
        newsroom.cycle();

        assertThat(cms.asked()).hasSize(3);
        assertThat(photo(ts).path("status").asText()).isEqualTo("live");
        assertThat(photo(ts).path("url").asText()).isEqualTo("https://photos.example/0/0/0/4711/3/200x0.jpg");
        assertThat(photo(ts).path("height").asInt()).isEqualTo(150);
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).contains(ROCKET).doesNotContain(CLOCK);
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.contains("/photos/"));
        Exiftool.isNeeded();
        assertThat(Exiftool.productId(Files.readAllBytes(ftp.root().resolve("F0PHOTO-image.jpg"))))
                .isEqualTo("F0PHOTO");
    }

    @Test
    void anIdThatIsAPathStaysAPathInTheUrl() {
        cms.answers(200, "{\"wcmId\": \"12/34/hall & stage?.raw\"}");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);

        for (int i = 0; i < 5; i++) {
            newsroom.cycle();
        }

        assertThat(photo(ts).path("url").asText())
                .isEqualTo("https://photos.example/0/0/0/12/34/hall%20%26%20stage%3F.raw/3/200x0.jpg");
    }

    @Test
    void aUrlThatAnswers200CountsAsFound() {
        newsroom.saysAtTheTop(settings("https://photos.example/{id}.jpg", ""));
        cms.answers(404, "", "").answers(200, "<html>");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);

        for (int i = 0; i < 5; i++) {
            newsroom.cycle();
        }

        assertThat(photo(ts).path("url").asText()).isEqualTo("https://photos.example/F0PHOTO.jpg");
    }

    @Test
    void aPhotoThatTheCmsNeverShowsFails() {
        cms.answers(200, "{}");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);

        for (int i = 0; i < 12; i++) {
            newsroom.cycle();
        }

        assertThat(photo(ts).path("status").asText()).isEqualTo("failed");
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).containsExactly(FAILED);
        assertThat(newsroom.slack.botReplies(CHANNEL, ts))
                .containsExactly("The photo F0PHOTO can't be shown: the CMS does not show it; giving up");
        assertThat(cms.asked()).hasSizeBetween(5, 10);
        assertThat(newsroom.reader().texts()).containsExactly("polls are closed");
    }

    @Test
    void aCmsThatFailsForAWhileIsRetried() {
        cms.answers(500, "", "", "").answers(200, "no json", "{\"wcmId\": null}", "{\"wcmId\": \"a b/c\"}");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);

        CycleReport ill = newsroom.cycle();
        for (int i = 0; i < 11; i++) {
            newsroom.cycle();
        }

        assertThat(ill.incidents())
                .singleElement()
                .satisfies(incident -> assertThat(incident.message()).contains("500"));
        assertThat(photo(ts).path("url").asText()).isEqualTo("https://photos.example/0/0/0/a%20b/c/3/200x0.jpg");
    }

    @Test
    void aTakedownEmptiesTheUploadFolderInTheSameCycleAndLogsWhatTheCmsMayHave() {
        newsroom.says(approval(""));
        cms.answers(200, "{\"wcmId\": 4711}");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(uploadedFiles()).hasSize(1);

        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(uploadedFiles()).isEmpty();
        assertThat(newsroom.storage().everything()).doesNotContain("photos.example");
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).isEmpty();
        assertThat(newsroom.slack.botReplies(CHANNEL, ts))
                .singleElement()
                .asString()
                .contains("ProductID F0PHOTO");

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(uploadedFiles()).hasSize(1);
        assertThat(photo(ts).path("status").asText()).isEqualTo("live");
    }

    @Test
    void aTakedownIsPendingUntilTheUploadFolderIsReachable() {
        cms.answers(200, "{}");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();
        ftp.close();

        newsroom.slack.delete(CHANNEL, ts);
        CycleReport down = newsroom.cycle();
        assertThat(down.incidents()).hasSize(1);
        assertThat(uploadedFiles()).hasSize(1);
        assertThat(newsroom.store().photos().pendingUploadDeletes()).hasSize(1);
        newsroom.restart();
        ftp.start();
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();

        assertThat(uploadedFiles()).isEmpty();
        assertThat(newsroom.store().photos().pendingUploadDeletes()).isEmpty();
    }

    @Test
    void aTakedownDoesNotWaitForAPhotoThatTheUploadFolderRefusesToDelete() {
        cms.answers(200, "{}");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        String later = newsroom.slack.upload(
                CHANNEL, REPORTER, "the queue", FakeFile.jpeg("F0QUEUE", Pictures.photo(300, 200)));
        newsroom.cycle();
        assertThat(uploadedFiles()).hasSize(2);
        ftp.protect(path -> path.endsWith("/F0PHOTO-image.jpg"));

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.slack.delete(CHANNEL, later);
        CycleReport report = newsroom.cycle();
        newsroom.cycle();

        assertThat(uploadedFiles()).containsExactly("F0PHOTO-image.jpg");
        assertThat(report.incidents())
                .singleElement()
                .satisfies(incident -> assertThat(incident.hint()).contains("delete this file"));
        assertThat(newsroom.store().photos().pendingUploadDeletes()).hasSize(1);

        ftp.protect(path -> false);
        newsroom.cycle();
        assertThat(uploadedFiles()).isEmpty();
        assertThat(newsroom.store().photos().pendingUploadDeletes()).isEmpty();
    }

    @Test
    void aPhotoThatTheUploadFolderRefusesIsUploadedOnceItIsAllowed() {
        cms.answers(200, "{}");
        ftp.protect(path -> path.endsWith("/F0PHOTO-image.jpg"));
        newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(uploadedFiles()).isEmpty();

        ftp.protect(path -> false);
        newsroom.clock.advance(Duration.ofMinutes(5));
        newsroom.cycle();

        assertThat(uploadedFiles()).containsExactly("F0PHOTO-image.jpg");
    }

    @Test
    void aPhotoInAFormerUploadFolderIsNotTakenForDeleted() throws IOException {
        cms.answers(200, "{}");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();
        assertThat(uploadedFiles()).hasSize(1);

        try (var log = CapturedLog.open();
                var other = new FtpServerInProcess(Files.createDirectory(folder.resolve("other-ftp"))).start()) {
            newsroom.slack.delete(CHANNEL, ts);
            newsroom.saysAtTheTop(
                    settings("https://photos.example/{id}.jpg", "").replace(ftp.entry(), other.entry()));
            newsroom.cycle();
            newsroom.cycle();
            newsroom.restart().cycle();

            assertThat(log.linesWith("no longer in the settings"))
                    .singleElement()
                    .asString()
                    .startsWith("WARN photo F0PHOTO was taken down")
                    .contains(":" + ftp.port(), "delete F0PHOTO-image.jpg there");
            assertThat(newsroom.store().photos().pendingUploadDeletes())
                    .as("for the health check")
                    .isEmpty();
        }
        assertThat(uploadedFiles()).hasSize(1);

        configurePhotos(newsroom);
        newsroom.restart().cycle();
        newsroom.cycle();
        assertThat(uploadedFiles()).isEmpty();
    }

    @Test
    void aTakedownIsPendingWhileTheUploadDirectoryIsMissing() throws IOException {
        Path drop = folder.resolve("share/drop");
        newsroom.saysAtTheTop(settings("https://photos.example/{found}.jpg", "field: wcmId, ")
                .replace(ftp.entry(), "directory: " + drop));
        cms.answers(200, "{}");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();
        assertThat(drop).isNotEmptyDirectory();
        Path unmounted = Files.move(folder.resolve("share"), folder.resolve("unmounted"));
        newsroom.restart();

        newsroom.slack.delete(CHANNEL, ts);
        assertThat(newsroom.cycle().incidents()).hasSize(1);
        assertThat(newsroom.store().photos().pendingUploadDeletes()).hasSize(1);
        Files.move(unmounted, folder.resolve("share"));
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();

        assertThat(drop).isEmptyDirectory();
    }

    @Test
    void aPhotoThatAnotherMessageShowsStaysInTheUploadFolder() {
        cms.answers(200, "{}");
        String first = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        String second = newsroom.slack.upload(CHANNEL, REPORTER, "once more", PHOTO);
        newsroom.cycle();

        newsroom.slack.delete(CHANNEL, first);
        newsroom.cycle();
        assertThat(uploadedFiles()).hasSize(1);
        newsroom.slack.delete(CHANNEL, second);
        newsroom.cycle();

        assertThat(uploadedFiles()).isEmpty();
    }

    @ParameterizedTest(name = "{0}, {1} its work")
    @CsvSource({"SLACK, AFTER", "STORAGE, BEFORE", "STORAGE, AFTER", "DATABASE, BEFORE"})
    void theResultIsTheSameWhereverTheProcessIsKilled(String whose, When when) throws IOException {
        cms.answers(200, "{}", "{\"wcmId\": 4711}");
        CrashPoint calls = switch (whose) {
            case "SLACK" -> new CrashPoint("download", "addReaction", "removeReaction", "postReply");
            case "STORAGE" -> new CrashPoint("put", "delete");
            default -> new CrashPoint("commit");
        };
        int step = whose.equals("DATABASE") ? 3 : 1;
        boolean failed = true;
        for (int n = 1; failed; n += step) {
            try (var evening = new TestNewsroom(Files.createDirectories(server.resolve(whose + when + n)))) {
                configurePhotos(evening);
                evening.opens(() ->
                        TestDatabase.open(evening.database(), "a test", real -> calls.through(Connection.class, real)));
                evening.asksSlackThrough(real -> calls.through(SlackClient.class, real));
                evening.usesStoragesThrough(real -> calls.through(Storage.class, real));
                calls.failAt(n, when, Killed::new);
                String ts = evening.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
                for (int cycle = 0; cycle < 8; cycle++) {
                    try {
                        evening.cycle();
                    } catch (Killed e) {
                        evening.restart();
                    }
                }
                failed = calls.failed();

                JsonNode photo =
                        evening.reader().messages().get(ts).path("photos").path(0);
                assertThat(photo.path("url").asText()).as("call %d", n).contains("/4711/");
                assertThat(uploadedFiles()).as("call %d", n).containsExactly("F0PHOTO-image.jpg");
                assertThat(evening.slack.reactions(CHANNEL, ts))
                        .as("call %d", n)
                        .containsExactly(ROCKET);
            }
        }
    }

    private void configurePhotos(TestNewsroom newsroom) {
        newsroom.saysAtTheTop(settings("https://photos.example/0/0/0/{found}/3/{width}x0.jpg", "field: wcmId, "));
    }

    private String settings(String url, String field) {
        return """
                photos:
                  max-width: 200
                  placeholder: https://static.example/loading.jpg
                  drop: {%s}
                  shown: {ask: "%s", %surl: "%s", patience: 90s}""".formatted(ftp.entry(), cms.ask(), field, url);
    }

    private JsonNode photo(String ts) {
        return newsroom.reader().messages().get(ts).path("photos").path(0);
    }

    private List<String> uploadedFiles() {
        try (Stream<Path> files = Files.list(ftp.root())) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
