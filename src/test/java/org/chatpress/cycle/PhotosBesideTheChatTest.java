package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.media.CmsClient;
import org.chatpress.media.PhotoFetcher;
import org.chatpress.media.PhotoPipeline;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoState;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.slack.SlackClient;
import org.chatpress.support.Exiftool;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.chatpress.support.Overridden;
import org.chatpress.support.Pictures;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Photos without a CMS, from the upload in Slack to the file that readers get. */
@Tag("slow")
class PhotosBesideTheChatTest extends WithNewsroom {
    private static final FakeFile PHOTO =
            FakeFile.jpeg("F0PHOTO", Pictures.photo(400, 300)).saying("The hall, \"packed\"");

    @BeforeEach
    void publishPhotos() {
        newsroom.saysAtTheTop("photos: {beside-the-chat: true, max-width: 200}");
    }

    @Test
    void aPhotoProcessedWhileItsMessageIsRenderedIsShown() {
        newsroom.saysAtTheTop("marks: false\nphotos: {beside-the-chat: true, max-width: 200}");
        newsroom.slack.person("U0LATER", "Lea Later");
        var isDown = new AtomicBoolean(true);
        newsroom.asksSlackThrough(slack -> Overridden.of(SlackClient.class, slack)
                .with("download", arguments -> {
                    if (isDown.get()) {
                        throw RemoteException.transientFailure("slow", (Throwable) null);
                    }
                    return slack.download((String) arguments[0], (long) arguments[1], (int) arguments[2]);
                })
                .with("userProfile", arguments -> {
                    if (arguments[0].equals(new UserId("U0LATER"))) {
                        isDown.set(false);
                        // As the background tasks do beside the cycle
                        new PhotoPipeline(
                                        newsroom.clock,
                                        new PhotoFetcher(slack),
                                        new CmsClient(),
                                        newsroom.store(),
                                        place -> newsroom.storage(),
                                        () -> false)
                                .runPending(new CycleContext(newsroom.settings(), newsroom.clock.instant()));
                    }
                    return slack.userProfile((UserId) arguments[0]);
                })
                .get());
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.says("approval: none").cycle();
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "polls are closed now");
        newsroom.slack.post(CHANNEL, REPORTER, "says <@U0LATER>");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(isDown).isFalse();
        assertThat(newsroom.reader().messages().get(ts).at("/photos/0/status").asText())
                .isEqualTo("live");
    }

    @Test
    void aPhotoNeedsNoText() {
        newsroom.says(approval("") + ", formats: [html, json-feed, atom, liveblog, share-pages]");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "", PHOTO);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.reader().messages()).isEmpty();

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.reader().messages().get(ts).at("/photos/0/status").asText())
                .isEqualTo("live");
    }

    @Test
    void aMessageOfPhotosAloneIsNotPublishedWithoutPhotos() {
        newsroom.saysAtTheTop("");
        newsroom.says("approval: none");
        newsroom.slack.upload(CHANNEL, REPORTER, "", PHOTO);
        newsroom.cycle();

        assertThat(newsroom.reader().messages()).isEmpty();
    }

    @Test
    void photosOfARenamedChatDoNotOverwriteTheChatThatTookItsName() {
        newsroom.says("approval: none");
        newsroom.slack.channel("C0WEATHER");
        newsroom.slack.upload(CHANNEL, REPORTER, "Smith wins", PHOTO);
        newsroom.slack.post("C0WEATHER", REPORTER, "it rains");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.storage().keys()).anyMatch(key -> key.contains("/photos/"));

        newsroom.lists(channel("C0WEATHER", SLUG, "approval: none")).cycle();
        for (int i = 0; i < 5; i++) {
            newsroom.cycle();
        }

        assertThat(newsroom.reader().texts()).containsExactly("it rains");
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.contains("/photos/"));
    }

    @Test
    void aPhotoIsPublishedWithItsMessage() {
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are *closed*", PHOTO);

        newsroom.cycle();
        JsonNode loading = photo(ts);
        assertThat(loading.path("status").asText()).isEqualTo("loading");
        assertThat(loading.path("width").asInt()).isEqualTo(200);
        newsroom.cycle();

        JsonNode live = photo(ts);
        assertThat(live.path("status").asText()).isEqualTo("live");
        assertThat(live.path("url").asText()).matches(SLUG + "/photos/[0-9a-f]{12}-200\\.jpg");
        assertThat(live.path("width").asInt()).isEqualTo(200);
        assertThat(live.path("height").asInt()).isEqualTo(150);
        assertThat(live.path("alt").asText()).isEqualTo("The hall, \"packed\"");
        assertThat(live.path("caption").asText()).isEqualTo("polls are closed");
        var object = newsroom.storage().blob(live.path("url").asText()).orElseThrow();
        assertThat(object.contentType()).isEqualTo("image/jpeg");
        assertThat(object.cacheControl()).isEqualTo("public, max-age=3600, s-maxage=300");
        assertThat(Pictures.read(object.bytes()).getWidth()).isEqualTo(200);
        List<String> puts = newsroom.storage().puts();
        assertThat(puts.indexOf(live.path("url").asText())).isLessThan(puts.lastIndexOf(SLUG + "/live.json"));
        Exiftool.isNeeded();
        assertThat(Exiftool.productId(object.bytes())).isEqualTo("F0PHOTO");
    }

    @Test
    void aThirdCycleFindsNothingToDo() {
        newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();
        newsroom.cycle();
        newsroom.cycle();
        newsroom.storage().forgetOperations();
        newsroom.slackServer.resetCalls();

        CycleReport report = newsroom.cycle();

        assertThat(report.summary()).isEmpty();
        assertThat(newsroom.storage().changes()).isEmpty();
        assertThat(newsroom.slackServer.calls())
                .extracting(FakeSlackServer.Call::method)
                .containsExactly("conversations.history");
    }

    @Test
    void theMessageGetsAClockReactionAndThenARocket() {
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);

        newsroom.cycle();
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).containsExactly("clock1 " + FakeWorkspace.BOT);
        newsroom.cycle();

        assertThat(newsroom.slack.reactions(CHANNEL, ts)).containsExactly("rocket " + FakeWorkspace.BOT);
        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).isEmpty();
    }

    @Test
    void theUrlIsAbsoluteIfThePublicUrlIsKnown() {
        newsroom.saysAtTheTop("public-url: https://static.example/chats\nphotos: {beside-the-chat: true}");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();
        newsroom.cycle();

        assertThat(photo(ts).path("url").asText()).startsWith("https://static.example/chats/" + SLUG + "/photos/");
    }

    @Test
    void everyImageOfAMessageIsShownInOrder() {
        String ts = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "polls are closed",
                FakeFile.jpeg("F0ZULU", Pictures.photo(100, 50)).saying("first"),
                new FakeFile("F0TEXT", "notes.txt", "text/plain", new byte[] {'x'}, "", new byte[0]),
                new FakeFile(
                        "F0ALFA", "a.png", "image/png", Pictures.png(Pictures.scene(30, 20)), "second", new byte[0]),
                new FakeFile("F0MOVE", "a.gif", "image/gif", Pictures.animation(30, 20), "third", new byte[0]),
                new FakeFile("F0WEBP", "a.webp", "image/webp", Pictures.webp(), "fourth", new byte[0]));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(photos(ts))
                .extracting(photo -> photo.path("alt").asText())
                .containsExactly("first", "second", "third", "fourth");
        assertThat(photos(ts))
                .extracting(photo -> photo.path("url").asText().replaceAll(".*\\.", ""))
                .containsExactly("jpg", "png", "gif", "jpg");
        assertThat(photos(ts))
                .extracting(photo -> photo.path("caption").asText())
                .containsOnly("");
    }

    @Test
    void aPhotoThatWaitsForApprovalIsNotDownloaded() {
        newsroom.says(approval(""));
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.slackServer.calls("file")).isZero();

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(photo(ts).path("status").asText()).isEqualTo("live");
    }

    @Test
    void aPhotoAddedAfterTheApprovalWaitsForANewOne() {
        newsroom.says(approval(""));
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.slack.addFile(CHANNEL, ts, FakeFile.jpeg("F0LATER", Pictures.photo(90, 60)));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(photos(ts)).hasSize(1);
        assertThat(newsroom.slackServer.calls("file")).isEqualTo(1);

        newsroom.slack.react(CHANNEL, ts, TestNewsroom.SECOND_EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(photos(ts))
                .extracting(photo -> photo.path("status").asText())
                .containsExactly("live", "live");
    }

    @Test
    void aFileReplacedAfterTheApprovalIsNotPublishedUnderTheOldUrl() {
        newsroom.says(approval(""));
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.faults.next("file", Fault.SERVER_ERROR);
        newsroom.cycle();
        newsroom.slack.replaceFile(CHANNEL, ts, FakeFile.jpeg("F0PHOTO", Pictures.photo(90, 60)));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.contains("/photos/"));

        newsroom.slack.react(CHANNEL, ts, TestNewsroom.SECOND_EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(photo(ts).path("url").asText()).endsWith("-90.jpg");
    }

    // TAKEDOWN

    /** Takes the message or its photo down. */
    private interface Way {
        void takeDown(TestNewsroom newsroom, String ts);
    }

    private static Arguments way(String what, Way way) {
        return Arguments.of(what, way);
    }

    static Stream<Arguments> ways() {
        return Stream.of(
                way("deleted", (newsroom, ts) -> newsroom.slack.delete(CHANNEL, ts)),
                way(
                        "no longer approved",
                        (newsroom, ts) -> newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark")),
                way("rejected", (newsroom, ts) -> newsroom.slack.react(CHANNEL, ts, EDITOR, "no_entry")),
                way("withdrawn", (newsroom, ts) -> newsroom.says(approval("") + ", withdraw: [\"" + ts + "\"]")),
                way("hidden", (newsroom, ts) -> newsroom.says(approval("") + ", hidden: true")),
                way("its file deleted", (newsroom, ts) -> newsroom.slack.deleteFile(CHANNEL, ts, "F0PHOTO")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void itsFileIsDeletedFromEveryStorageInTheSameCycle(String what, Way way) {
        newsroom.publishesTo("one", "two").says(approval(""));
        String ts = published();
        assertThat(photoFiles("one")).hasSize(1);
        assertThat(photoFiles("two")).hasSize(1);

        way.takeDown(newsroom, ts);
        newsroom.cycle();

        assertThat(photoFiles("one")).isEmpty();
        assertThat(photoFiles("two")).isEmpty();
        assertThat(newsroom.storage("one").everything()).doesNotContain("/photos/");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void itsFileIsDeletedFromAStorageThatWasDownOrIsFull(String what, Way way) {
        newsroom.publishesTo("one", "two", "three").says(approval(""));
        String ts = published();
        newsroom.storage("two").down(true);
        newsroom.storage("three").full(true);

        way.takeDown(newsroom, ts);
        newsroom.cycle();
        assertThat(photoFiles("three")).isEmpty();
        newsroom.restart();
        newsroom.storage("two").down(false);
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();

        assertThat(photoFiles("two")).isEmpty();
        assertThat(newsroom.storage("two").everything()).doesNotContain("/photos/");
    }

    @Test
    void aFileThatAnotherMessageUsesStaysEvenIfAnUploadFails() {
        String first = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        String second = newsroom.slack.upload(CHANNEL, REPORTER, "once more", PHOTO);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(photoFiles("memory")).hasSize(1);

        newsroom.storage().full(true);
        newsroom.slack.delete(CHANNEL, first);
        newsroom.cycle();
        assertThat(photoFiles("memory")).hasSize(1);
        newsroom.storage().full(false);
        newsroom.cycle();

        assertThat(photo(second).path("status").asText()).isEqualTo("live");
        assertThat(photoFiles("memory"))
                .containsExactly(photo(second).path("url").asText());
        newsroom.slack.delete(CHANNEL, second);
        newsroom.cycle();
        assertThat(photoFiles("memory")).isEmpty();
    }

    @Test
    void aNewApprovalStartsOver() {
        newsroom.says(approval(""));
        String ts = published();
        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(photo(ts).path("status").asText()).isEqualTo("live");
        assertThat(photoFiles("memory")).hasSize(1);
    }

    @Test
    void aChatThatIsUnhiddenHasItsPhotosAgain() {
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();
        newsroom.cycle();
        newsroom.says("approval: none, hidden: true").cycle();
        newsroom.cycle();
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.startsWith(SLUG));
        int fetched = newsroom.slackServer.calls("file");

        newsroom.says("approval: none");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(fetched).isEqualTo(1);
        assertThat(photo(ts).path("status").asText()).isEqualTo("live");
        assertThat(photoFiles("memory")).hasSize(1);
    }

    @Test
    void aLostDatabaseLosesNoPhoto() {
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();
        newsroom.cycle();
        List<String> before = photoFiles("memory");

        newsroom.losesItsDatabase().cycle();
        newsroom.cycle();
        newsroom.cycle();

        assertThat(photo(ts).path("status").asText()).isEqualTo("live");
        assertThat(photoFiles("memory")).isEqualTo(before);
    }

    // FILES THAT ARE NO PHOTOS

    static Stream<Arguments> noPhotos() {
        byte[] photo = Pictures.photo(100, 50);
        return Stream.of(
                Arguments.of(
                        "a decompression bomb", Pictures.decompressionBomb(30_000, 30_000), "30000 x 30000 pixels"),
                Arguments.of("half a file", Arrays.copyOf(photo, photo.length / 2), "truncated"),
                Arguments.of(
                        "a web page",
                        "<!DOCTYPE html><script>alert(1)</script>".getBytes(StandardCharsets.UTF_8),
                        "web page"),
                Arguments.of(
                        "a drawing",
                        "<svg xmlns='x'><script>alert(1)</script></svg>".getBytes(StandardCharsets.UTF_8),
                        "SVG"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noPhotos")
    void aFileThatIsNoPhotoIsRejectedWithAReason(String what, byte[] bytes, String reason) {
        String ts = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "polls are closed",
                FakeFile.jpeg("F0WRONG", bytes).called("../../../etc/passwd.jpg", "image/jpeg"),
                PHOTO);

        CycleReport report = newsroom.cycle();
        newsroom.cycle();

        assertThat(report.isComplete()).isFalse();
        assertThat(report.incidents()).isEmpty();
        assertThat(photos(ts))
                .extracting(photo -> photo.path("status").asText())
                .containsExactly("failed", "live");
        assertThat(photos(ts).get(0).path("url").asText()).isEmpty();
        assertThat(photoRecords(ts))
                .filteredOn(photo -> photo.stage() == PhotoState.Stage.FAILED)
                .singleElement()
                .satisfies(photo -> assertThat(photo.state().reason()).contains(reason));
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).containsExactly("x " + FakeWorkspace.BOT);
        assertThat(newsroom.slack.botReplies(CHANNEL, ts))
                .singleElement()
                .asString()
                .contains(reason);
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.contains("passwd"));
        assertThat(newsroom.cycle().isComplete()).isTrue();
    }

    @Test
    void aHeicPhotoIsPublishedFromSlacksConvertedCopy() {
        String ts = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "polls are closed",
                FakeFile.jpeg("F0HEIC", "\0\0\0\u0018ftypheic\0\0".getBytes(StandardCharsets.UTF_8))
                        .called("IMG.HEIC", "image/heic")
                        .with(Pictures.photo(100, 80)));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(photo(ts).path("url").asText()).endsWith("-100.jpg");
    }

    @Test
    void aFileOfAnotherOrganizationIsLookedUpFirst() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.slack.shareAsStub(CHANNEL, ts, PHOTO);
        newsroom.slack.shareAsStub(
                CHANNEL, ts, new FakeFile("F0TEXT", "a.txt", "text/plain", new byte[] {'x'}, "", new byte[0]));

        newsroom.cycle();
        assertThat(photos(ts)).isEmpty();
        newsroom.cycle();

        assertThat(photos(ts))
                .extracting(photo -> photo.path("status").asText())
                .containsExactly("live");
        assertThat(newsroom.slack.reactions(CHANNEL, ts))
                .containsExactlyInAnyOrder("rocket " + FakeWorkspace.BOT, "warning " + FakeWorkspace.BOT);
        assertThat(newsroom.slackServer.calls())
                .filteredOn(call -> call.method().equals("chat.postMessage"))
                .extracting(call -> call.get("text"))
                .containsExactly(
                        "Readers don't see a file from another workspace: file F0TEXT is not an image, or not stored in Slack.");
    }

    @Test
    void aLoginPageInsteadOfAPhotoReportsTheMissingScope() {
        newsroom.slack.removeScope("files:read");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);

        CycleReport report = newsroom.cycle();
        assertThat(report.incidents())
                .singleElement()
                .satisfies(incident -> assertThat(incident.hint()).contains("files:read"));
        assertThat(photo(ts).path("status").asText()).isEqualTo("loading");
        newsroom.slack.addScope("files:read");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(photo(ts).path("status").asText()).isEqualTo("live");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFailedDownloadIsRetried(Fault trouble) {
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.faults.next("file", trouble);

        newsroom.cycle();
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.slackServer.calls("file")).isEqualTo(2);
        assertThat(photo(ts).path("status").asText()).isEqualTo("live");
    }

    @Test
    void aPhotoDoesNotWaitForTheOldTimeAfterTheClockIsSetBack() {
        newsroom.clock.advance(Duration.ofHours(3));
        newsroom.cycle();
        newsroom.faults.next("file", Fault.SERVER_ERROR);
        newsroom.faults.next("file", Fault.SERVER_ERROR);
        newsroom.faults.next("file", Fault.SERVER_ERROR);
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.cycle();

        newsroom.clock.advance(Duration.ofHours(-3));
        for (int i = 0; i < 8; i++) {
            newsroom.cycle();
        }

        assertThat(photo(ts).path("status").asText()).isEqualTo("live");
    }

    static List<Fault> faults() {
        return List.of(
                Fault.HTML_PAGE,
                Fault.HALF_ANSWER,
                Fault.RESET,
                Fault.SERVER_ERROR,
                Fault.EMPTY_BODY,
                Fault.TOO_MANY,
                Fault.answer("{\"ok\": true}"),
                Fault.redirectTo("http://example.com/elsewhere"));
    }

    @Test
    void aPhotoThatSlackNeverReturnsFailsInTheEnd() {
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        for (int i = 0; i < 200; i++) {
            newsroom.faults.next("file", Fault.SERVER_ERROR);
        }

        for (int i = 0; i < 70; i++) {
            newsroom.clock.advance(Duration.ofMinutes(1));
            newsroom.cycle();
        }

        assertThat(photo(ts).path("status").asText()).isEqualTo("failed");
        assertThat(newsroom.slack.botReplies(CHANNEL, ts))
                .singleElement()
                .asString()
                .contains("giving up");
    }

    private String published() {
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", PHOTO);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.cycle();
        newsroom.cycle();
        return ts;
    }

    private List<PhotoRecord> photoRecords(String ts) {
        return newsroom.store().photos().of(new ChannelId(CHANNEL), new MessageTs(ts));
    }

    private JsonNode photo(String ts) {
        assertThat(photos(ts)).hasSize(1);
        return photos(ts).get(0);
    }

    private List<JsonNode> photos(String ts) {
        var photos = new ArrayList<JsonNode>();
        newsroom.reader().messages().get(ts).path("photos").forEach(photos::add);
        return photos;
    }

    private List<String> photoFiles(String storage) {
        return newsroom.storage(storage).keys().stream()
                .filter(key -> key.contains("/photos/"))
                .toList();
    }
}
