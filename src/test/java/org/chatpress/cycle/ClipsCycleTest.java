package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.media.ClipPipeline;
import org.chatpress.media.model.ClipRecord;
import org.chatpress.media.model.PhotoState;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage.PublicMedia.Kind;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.slack.SlackClient;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.Clips;
import org.chatpress.support.CrashPoint;
import org.chatpress.support.CrashPoint.Killed;
import org.chatpress.support.CrashPoint.When;
import org.chatpress.support.FakeFile;
import org.chatpress.support.Overridden;
import org.chatpress.support.Pictures;
import org.chatpress.support.SiteReader;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clips, from the upload in Slack to the file that readers get. */
@Tag("process")
class ClipsCycleTest extends WithNewsroom {
    private static byte[] clip;

    @BeforeEach
    void publishClips() {
        Clips.isNeeded();
        if (clip == null) {
            clip = Clips.phone("320x240", 2);
        }
        newsroom.saysAtTheTop("videos: {beside-the-chat: true, max-length: 10s, height: 144}");
    }

    private static FakeFile video(String id) {
        return FakeFile.jpeg(id, clip).called("IMG_1.MOV", "video/quicktime");
    }

    private JsonNode media(String ts) {
        return newsroom.reader().messages().get(ts).at("/media/0");
    }

    private static List<String> mediaFiles(Storage storage) {
        return storage.list("").stream()
                .map(ObjectKey::value)
                .filter(key -> key.contains("/media/"))
                .toList();
    }

    private List<String> mediaFiles(String storage) {
        return mediaFiles(newsroom.storage(storage));
    }

    private List<String> mediaFiles() {
        return mediaFiles("memory");
    }

    private List<Path> keptFiles() {
        Path kept = ClipPipeline.folder(newsroom.settings().database());
        if (Files.notExists(kept)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(kept)) {
            return files.toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aClipIsLoadingAtOnceAndLiveOnceItIsThere() {
        newsroom.says("approval: none, formats: [html, json-feed, atom, liveblog, share-pages]");
        newsroom.saysAtTheTop("public-url: https://static.example/\nvideos: {beside-the-chat: true, height: 144}");
        String ts = newsroom.slack.upload(
                CHANNEL, REPORTER, "the hall", video("F0CLIP").saying("Cheers"));

        newsroom.cycle();
        assertThat(media(ts).path("status").asText()).isEqualTo("loading");
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).contains("clock1 U0CHATPRESS");
        newsroom.cycle();

        JsonNode live = media(ts);
        assertThat(live.path("kind").asText()).isEqualTo("video");
        assertThat(live.path("status").asText()).isEqualTo("live");
        assertThat(live.path("width").asInt()).isEqualTo(192);
        assertThat(live.path("height").asInt()).isEqualTo(144);
        assertThat(live.path("duration").asDouble()).isEqualTo(2.0);
        assertThat(live.path("alt").asText()).isEqualTo("Cheers");
        String url = live.path("url").asText();
        assertThat(url).matches("https://static\\.example/election-night/media/[0-9a-f]{12}-144\\.mp4");
        assertThat(live.path("poster").asText()).isEqualTo(url.replace(".mp4", ".jpg"));
        StoredObject file = newsroom.storage()
                .read(new ObjectKey(url.replace("https://static.example/", "")))
                .orElseThrow();
        assertThat(file.contentType()).isEqualTo("video/mp4");
        assertThat(file.cacheControl()).isEqualTo("public, max-age=3600, s-maxage=300");
        assertThat(Clips.tags(file.bytes()).toString()).doesNotContain("Secret", "+52");
        newsroom.cycle();
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).containsExactly("rocket U0CHATPRESS");
        assertThat(text("index.html")).contains("<video src=\"" + url + "\" controls=\"controls\" preload=\"none\"");
        assertThat(text("feed.json")).contains("\"duration_in_seconds\":2.0", "\"mime_type\":\"video/mp4\"");
        assertThat(text("atom.xml")).contains("<link rel=\"enclosure\" type=\"video/mp4\" href=\"" + url);
        assertThat(text("liveblogposting.json")).contains("\"@type\":\"VideoObject\"", "\"duration\":\"PT2.0S\"");
    }

    private String text(String name) {
        return newsroom.storage().text(SLUG + "/" + name);
    }

    @Test
    void aVoiceMemoIsPublishedAsSound() {
        newsroom.says("approval: none");
        byte[] memo = Clips.sound(1, "memo.ogg", "-c:a libopus");
        String ts = newsroom.slack.upload(
                CHANNEL, REPORTER, "", FakeFile.jpeg("F0MEMO", memo).called("memo.ogg", "audio/ogg"));

        newsroom.cycle();
        newsroom.cycle();

        assertThat(media(ts).path("kind").asText()).isEqualTo("audio");
        assertThat(media(ts).path("url").asText()).matches("election-night/media/[0-9a-f]{12}\\.m4a");
        assertThat(media(ts).has("poster")).isFalse();
        assertThat(media(ts).has("width")).isFalse();
    }

    @Test
    void aClipWaitsForItsApprovalAndGoesWithIt() {
        newsroom.says(approval("")).publishesTo("memory", "second");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "", video("F0CLIP"));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.reader().messages()).isEmpty();
        assertThat(mediaFiles()).isEmpty();

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(media(ts).path("status").asText()).isEqualTo("live");
        assertThat(mediaFiles()).hasSize(2).isEqualTo(mediaFiles("second"));

        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(mediaFiles()).isEmpty();
        assertThat(mediaFiles("second")).isEmpty();
        newsroom.cycle();
        assertThat(keptFiles()).isEmpty();

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(media(ts).path("status").asText()).isEqualTo("live");
        assertThat(mediaFiles()).hasSize(2);
    }

    @Test
    void theSameClipInTwoMessagesStaysUntilBothAreGone() {
        newsroom.says("approval: none");
        String first = newsroom.slack.upload(CHANNEL, REPORTER, "one", video("F0CLIP"));
        String second = newsroom.slack.upload(CHANNEL, REPORTER, "two", video("F0COPY"));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(media(first).path("url")).isEqualTo(media(second).path("url"));
        assertThat(mediaFiles()).hasSize(2);

        newsroom.slack.delete(CHANNEL, first);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(mediaFiles()).hasSize(2);

        newsroom.slack.delete(CHANNEL, second);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(mediaFiles()).isEmpty();
    }

    @Test
    void aClipThatCannotBeShownSaysWhyInSlack() {
        newsroom.says("approval: none");
        String ts = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "see",
                FakeFile.jpeg("F0IMAGE", Pictures.photo(64, 64)).called("clip.mp4", "video/mp4"));

        assertThat(newsroom.cycle().summary()).endsWith("1 clip rejected");
        newsroom.cycle();

        assertThat(media(ts).path("status").asText()).isEqualTo("failed");
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).contains("warning U0CHATPRESS", "x U0CHATPRESS");
        assertThat(newsroom.slack.botReplies(CHANNEL, ts).toString())
                .contains("The video F0IMAGE can't be shown: it is in no known format of video or sound");
    }

    @Test
    void withoutVideosInTheSettingsAClipIsNamedAsUnshown() {
        newsroom.saysAtTheTop("").says("approval: none");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "see", video("F0CLIP"));

        newsroom.cycle();

        assertThat(newsroom.reader().messages().get(ts).has("media")).isFalse();
        assertThat(newsroom.slack.botReplies(CHANNEL, ts).toString()).contains("Readers don't see IMG_1.MOV.");
    }

    @Test
    void commandsDescribeAClip() {
        newsroom.says(approval(""));
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "alt: People cheer");
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "credit: R. Reporter");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(media(ts).path("alt").asText()).isEqualTo("People cheer");
        assertThat(media(ts).path("credit").asText()).isEqualTo("R. Reporter");
    }

    @Test
    void aStorageThatIsDownHoldsUpNoOtherAndGetsTheClipLater() {
        newsroom.says("approval: none").publishesTo("memory", "second");
        newsroom.cycle();
        newsroom.storage("second").down(true);
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(media(ts).path("status").asText()).isEqualTo("live");
        assertThat(mediaFiles("memory")).hasSize(2);

        newsroom.storage("second").down(false);
        for (int i = 0; i < 4; i++) {
            newsroom.clock.advance(Duration.ofMinutes(2));
            newsroom.cycle();
        }
        assertThat(mediaFiles("second")).isEqualTo(mediaFiles("memory"));
    }

    @Test
    void aClipWhoseConvertedFileWasLostIsConvertedAgain() throws IOException {
        newsroom.says("approval: none");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        newsroom.cycle();
        newsroom.cycle();
        List<String> files = mediaFiles();
        for (Path kept : keptFiles()) {
            Files.delete(kept);
        }

        newsroom.publishesTo("memory", "second");
        for (int i = 0; i < 4; i++) {
            newsroom.cycle();
        }

        assertThat(mediaFiles("second")).isEqualTo(files);
        assertThat(media(ts).path("status").asText()).isEqualTo("live");
    }

    @Test
    void aDownloadThatFailsIsTriedAgain() {
        newsroom.says("approval: none");
        var failures = new AtomicInteger(2);
        downloadsTo(target -> {
            if (failures.getAndDecrement() > 0) {
                write(target, new byte[1000]);
                throw RemoteException.transientFailure("no space left on device", (Throwable) null);
            }
        });
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        assertThat(newsroom.cycle().incidents().toString()).contains("no space left on device");
        assertThat(keptFiles()).isEmpty();
        for (int i = 0; i < 3; i++) {
            newsroom.cycle();
        }
        assertThat(media(ts).path("status").asText()).isEqualTo("live");
    }

    /** Each download of a clip throws what {@code failures} returns, until that is empty. */
    private void downloadsFail(Supplier<Optional<RuntimeException>> failures) {
        downloadsTo(target -> failures.get().ifPresent(failure -> {
            throw failure;
        }));
    }

    /** Before each download of a clip, {@code happens} with its target. */
    private void downloadsTo(Consumer<Path> happens) {
        newsroom.asksSlackThrough(slack -> Overridden.of(SlackClient.class, slack)
                .with("download", arguments -> {
                    happens.accept((Path) arguments[3]);
                    slack.download(
                            (String) arguments[0],
                            (long) arguments[1],
                            (long) arguments[2],
                            (Path) arguments[3],
                            (BooleanSupplier) arguments[4]);
                    return null;
                })
                .get());
    }

    @Test
    void howeverLongAClipHasWaitedItsFirstFailureIsNotItsLast() {
        newsroom.says("approval: none");
        var failures = new ArrayDeque<RuntimeException>(List.of(
                new CancellationException("the program ends"),
                RemoteException.transientFailure("HTTP 503", (Throwable) null)));
        downloadsFail(() -> Optional.ofNullable(failures.poll()));
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        newsroom.cycle();

        newsroom.clock.advance(Duration.ofHours(3));
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(failures).isEmpty();
        assertThat(media(ts).path("status").asText()).isEqualTo("live");
    }

    @Test
    void afterALongPauseAClipIsTriedAgainAFewTimes() {
        newsroom.says("approval: none");
        var failures = new AtomicInteger(3);
        downloadsFail(() -> failures.getAndDecrement() > 0
                ? Optional.of(RemoteException.transientFailure("HTTP 503", (Throwable) null))
                : Optional.empty());
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));

        for (int i = 0; i < 5; i++) {
            newsroom.cycle();
            newsroom.clock.advance(Duration.ofHours(2));
        }

        assertThat(media(ts).path("status").asText()).isEqualTo("live");
    }

    @Test
    void aClipFailsWhenSlackHasNotGivenItForAnHour() {
        newsroom.says("approval: none");
        downloadsFail(() -> Optional.of(RemoteException.transientFailure("HTTP 503", (Throwable) null)));
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));

        for (int i = 0; i < 6; i++) {
            newsroom.cycle();
            newsroom.clock.advance(Duration.ofSeconds(31));
        }
        newsroom.clock.advance(Duration.ofMinutes(50));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(media(ts).path("status").asText()).isEqualTo("loading");
        newsroom.clock.advance(Duration.ofMinutes(10));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(media(ts).path("status").asText()).isEqualTo("failed");
        assertThat(newsroom.slack.botReplies(CHANNEL, ts).toString()).contains("can't be shown: HTTP 503; giving up");
    }

    @Test
    void aClipWaitsUntilTheOperatorHasActedAndEditorsKnow() {
        newsroom.says("approval: none");
        var isFull = new AtomicBoolean(true);
        downloadsFail(() -> isFull.get()
                ? Optional.of(RemoteException.actionRequired("no space left on device", "Free space.", null))
                : Optional.empty());
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));

        for (int i = 0; i < 7; i++) {
            newsroom.cycle();
            newsroom.clock.advance(Duration.ofHours(1));
        }
        assertThat(media(ts).path("status").asText()).isEqualTo("loading");
        assertThat(newsroom.cycle().incidents().toString()).contains("no space left on device", "Free space.");
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).contains("clock1 U0CHATPRESS", "warning U0CHATPRESS");
        assertThat(newsroom.slack.botReplies(CHANNEL, ts))
                .containsExactly(
                        "The video F0CLIP can't be shown yet: no space left on device. Chatpress keeps trying.");

        isFull.set(false);
        newsroom.clock.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 3; i++) {
            newsroom.cycle();
        }
        assertThat(media(ts).path("status").asText()).isEqualTo("live");
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).containsExactly("rocket U0CHATPRESS");
    }

    @Test
    void aClockThatIsSetBackHoldsUpNoUpload() {
        newsroom.says("approval: none");
        var isDown = new AtomicBoolean(true);
        newsroom.usesStoragesThrough(storage -> Overridden.of(Storage.class, storage)
                .with("put", arguments -> {
                    var object = (StoredObject) arguments[0];
                    if (object.content().isFile() && isDown.get()) {
                        throw RemoteException.transientFailure("memory: HTTP 503", (Throwable) null);
                    }
                    storage.put(object);
                    return null;
                })
                .get());
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(mediaFiles()).hasSize(1);

        isDown.set(false);
        newsroom.clock.advance(Duration.ofHours(-2));
        for (int i = 0; i < 3; i++) {
            newsroom.cycle();
        }

        assertThat(media(ts).path("status").asText()).isEqualTo("live");
        assertThat(mediaFiles()).hasSize(2);
    }

    @Test
    void noClipWaitsForAnotherThatTheStorageRejects() {
        newsroom.says("approval: none");
        var rejected = new AtomicReference<ObjectKey>();
        var attempts = new AtomicInteger();
        newsroom.usesStoragesThrough(storage -> Overridden.of(Storage.class, storage)
                .with("put", arguments -> {
                    var object = (StoredObject) arguments[0];
                    if (object.key().value().endsWith(".mp4")) {
                        rejected.compareAndSet(null, object.key());
                    }
                    if (object.key().equals(rejected.get())) {
                        attempts.incrementAndGet();
                        throw RemoteException.rejected("cannot put " + object.key() + ": too large", null);
                    }
                    storage.put(object);
                    return null;
                })
                .get());
        String first = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        for (int i = 0; i < 40; i++) {
            newsroom.cycle();
        }
        assertThat(attempts).as("less and less often").hasValueBetween(5, 10);
        assertThat(newsroom.store().clips().inProgress())
                .as("status says why")
                .singleElement()
                .extracting(progress -> progress.clip().state().reason())
                .asString()
                .contains("too large");

        byte[] other = Clips.phone("320x240", 1);
        String second = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "the street",
                FakeFile.jpeg("F0OTHER", other).called("IMG_2.MOV", "video/quicktime"));
        CycleReport report = newsroom.cycle();
        for (int i = 0; i < 2; i++) {
            report = newsroom.cycle();
        }

        assertThat(media(second).path("status").asText()).isEqualTo("live");
        assertThat(media(first).path("status").asText()).isEqualTo("loading");
        assertThat(report.succeeded().toString()).doesNotContain(rejected.get().value());

        ObjectKey key = rejected.get();
        rejected.set(new ObjectKey("none"));
        newsroom.clock.advance(Duration.ofMinutes(5));
        assertThat(newsroom.cycle().succeeded().toString()).contains(key.value());
        newsroom.cycle();
        assertThat(media(first).path("status").asText()).isEqualTo("live");
        assertThat(newsroom.store().clips().inProgress()).isEmpty();
    }

    @Test
    void aClipThatOneStorageRejectsIsLiveAndSaysSoUntilThatStorageHasIt() {
        newsroom.says("approval: none").publishesTo("memory", "second");
        var isRejected = new AtomicBoolean(true);
        newsroom.usesStoragesThrough(storage -> Overridden.of(Storage.class, storage)
                .with("put", arguments -> {
                    var object = (StoredObject) arguments[0];
                    boolean isClip = object.key().value().endsWith(".mp4");
                    if (isClip && isRejected.get() && storage.name().equals("second")) {
                        throw RemoteException.rejected("cannot put it to second: too large", "Raise its limit.", null);
                    }
                    storage.put(object);
                    return null;
                })
                .get());
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        for (int i = 0; i < 4; i++) {
            newsroom.cycle();
            newsroom.clock.advance(Duration.ofMinutes(1));
        }

        assertThat(media(ts).path("status").asText()).isEqualTo("live");
        assertThat(newsroom.store().clips().lackedBy("memory")).isEmpty();
        assertThat(newsroom.store().clips().lackedBy("second"))
                .singleElement()
                .extracting(clip -> clip.state().reason())
                .isEqualTo("cannot put it to second: too large. Raise its limit.");

        isRejected.set(false);
        newsroom.clock.advance(Duration.ofMinutes(5));
        newsroom.cycle();
        assertThat(newsroom.store().clips().lackedBy("second")).isEmpty();
        assertThat(newsroom.store().clips().of(new ChannelId(CHANNEL), new MessageTs(ts)))
                .singleElement()
                .extracting(clip -> clip.state().reason())
                .isEqualTo("");
    }

    @Test
    void onlyTheOwnerCanReadTheOriginalOfAClip() {
        newsroom.says("approval: none");
        var permissions = new HashSet<String>();
        downloadsTo(target -> permissions.add(PosixFilePermissions.toString(permissions(target.getParent()))));
        newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));

        newsroom.cycle();

        assertThat(permissions).containsExactly("rwx------");
    }

    private static Set<PosixFilePermission> permissions(Path path) {
        try {
            return Files.getPosixFilePermissions(path);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void noStatementWaitsWhileALongClipIsReadForItsDigest() {
        newsroom.says("approval: none");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        newsroom.cycle();
        newsroom.cycle();
        ClipRecord live = newsroom.store()
                .clips()
                .of(new ChannelId(CHANNEL), new MessageTs(ts))
                .get(0);
        var processed = live.withState(
                new PhotoState(PhotoState.Stage.PROCESSED, 0, newsroom.clock.instant(), newsroom.clock.instant(), ""));
        ObjectKey key = live.rendition().orElseThrow().key();
        Path kept = ClipPipeline.folder(newsroom.settings().database()).resolve(key.name());
        var waited = new AtomicBoolean();
        var read = new AtomicBoolean();
        var content = Content.of(kept, live.rendition().get().bytes(), () -> {
            read.set(true);
            var query =
                    CompletableFuture.supplyAsync(() -> newsroom.store().clips().inProgress());
            try {
                query.get(5, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                waited.set(true);
            } catch (ExecutionException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return false;
        });

        newsroom.store().clips().save(processed, RenderedFile.clip(key, Kind.VIDEO, content), Optional.empty());

        assertThat(read).isTrue();
        assertThat(waited).isFalse();
    }

    @Test
    void aChatKeepsItsClipWhenTheChatThatTookOverItsFolderIsHidden() {
        String other = "C0OTHER";
        newsroom.slack.channel(other);
        newsroom.lists(channel(CHANNEL, "one", "approval: none"), channel(other, "two", "approval: none"));
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        cycles(3);
        List<String> files = mediaFiles();
        assertThat(files).hasSize(2).allMatch(file -> file.startsWith("one/"));

        newsroom.lists(channel(CHANNEL, "three", "approval: none"), channel(other, "one", "approval: none"));
        newsroom.slack.upload(other, REPORTER, "the same hall", video("F0COPY"));
        cycles(3);
        assertThat(mediaFiles()).isEqualTo(files);
        newsroom.lists(
                channel(CHANNEL, "three", "approval: none"), channel(other, "one", "approval: none, hidden: true"));
        cycles(3);

        assertThat(mediaFiles()).isEqualTo(files);
        assertThat(new SiteReader(newsroom.storage(), "three")
                        .messages()
                        .get(ts)
                        .at("/media/0/url")
                        .asText())
                .isEqualTo(files.get(1));
        newsroom.slack.delete(CHANNEL, ts);
        cycles(3);
        assertThat(mediaFiles()).isEmpty();
    }

    private void cycles(int count) {
        for (int i = 0; i < count; i++) {
            newsroom.cycle();
        }
    }

    @Test
    void whereverAProcessIsKilledThereIsOneClipInTheEnd() {
        byte[] small = Clips.phone("32x32", 1);
        var files = new HashSet<List<String>>();
        int killed = 0;
        var calls = new CrashPoint("download", "put", "addReaction", "removeReaction");
        calls.failAt(0, When.BEFORE, Killed::new);
        for (int n = 1; killed == 0 || calls.failed(); n++) {
            for (When when : When.values()) {
                try (var another = new TestNewsroom(folder(n + "-" + when))) {
                    another.saysAtTheTop("videos: {beside-the-chat: true}").says("approval: none");
                    another.asksSlackThrough(slack -> calls.through(SlackClient.class, slack));
                    another.usesStoragesThrough(storage -> calls.through(Storage.class, storage));
                    // Published before, so that the calls that may fail are those for the clip
                    calls.failAt(0, when, Killed::new);
                    another.slack.post(CHANNEL, REPORTER, "polls are closed");
                    another.cycle();
                    String ts = another.slack.upload(
                            CHANNEL,
                            REPORTER,
                            "the hall",
                            FakeFile.jpeg("F0CLIP", small).called("a.mov", "video/quicktime"));
                    calls.failAt(n, when, Killed::new);
                    for (int cycles = 0; cycles < 6; cycles++) {
                        try {
                            another.cycle();
                        } catch (Killed e) {
                            killed++;
                            another.restart();
                        }
                    }

                    String situation = "call " + n + ", killed " + when;
                    assertThat(another.reader()
                                    .messages()
                                    .get(ts)
                                    .at("/media/0/status")
                                    .asText())
                            .as(situation)
                            .isEqualTo("live");
                    assertThat(another.slack.reactions(CHANNEL, ts))
                            .as(situation)
                            .containsExactly("rocket U0CHATPRESS");
                    files.add(mediaFiles(another.storage()));
                }
            }
        }
        assertThat(killed).isGreaterThan(10);
        assertThat(files).as("the same address each time").hasSize(1);
        assertThat(files.iterator().next()).hasSize(2);
    }

    private Path folder(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatAKilledProcessLeftIsDeleted() {
        newsroom.says("approval: none");
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        newsroom.cycle();
        newsroom.cycle();
        // As it is while the clip is uploaded
        newsroom.store()
                .clips()
                .startUpload(
                        newsroom.storage().name(),
                        newsroom.store().clips().pendingUploads("another").get(0));
        Path kept = ClipPipeline.folder(newsroom.settings().database());
        newsroom.restart();
        write(kept.resolve("0123456789ab-144.mp4"), new byte[9]);
        write(folder(kept.getFileName() + "/.converting").resolve("source"), new byte[9]);

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        newsroom.cycle();

        assertThat(mediaFiles()).isEmpty();
        assertThat(keptFiles()).isEmpty();
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTakedownStopsTheUploadOfItsClip() throws Exception {
        var uploading = new CountDownLatch(1);
        newsroom.says(approval("")).worksBesideCycles();
        newsroom.usesStoragesThrough(storage -> Overridden.of(Storage.class, storage)
                .with("put", arguments -> {
                    var object = (StoredObject) arguments[0];
                    if (object.content().isFile()) {
                        uploading.countDown();
                        try (var in = object.content().open()) {
                            // As slow as a bad line
                            while (in.read() >= 0) {
                                LockSupport.parkNanos(20_000_000);
                            }
                        } catch (IOException e) {
                            throw RemoteException.transientFailure(e.getMessage(), e);
                        }
                    }
                    storage.put(object);
                    return null;
                })
                .get());
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(uploading.await(60, TimeUnit.SECONDS)).isTrue();

        String text = newsroom.slack.post(CHANNEL, REPORTER, "a text does not wait");
        newsroom.slack.react(CHANNEL, text, EDITOR, "white_check_mark");
        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!(mediaFiles().isEmpty() && keptFiles().isEmpty()) && System.nanoTime() < deadline) {
            newsroom.cycle();
            Thread.sleep(50);
        }

        assertThat(newsroom.reader().messages()).containsOnlyKeys(text);
        assertThat(mediaFiles()).isEmpty();
        assertThat(keptFiles()).isEmpty();
        assertThat(newsroom.storage().everPut())
                .extracting(object -> object.key().value())
                .noneMatch(key -> key.endsWith(".mp4"));
    }

    @Test
    void aClipThatIsApprovedAgainIsUploadedAfterItsDeleteHasEnded() throws Exception {
        var deleting = new CountDownLatch(1);
        var mayDelete = new CountDownLatch(1);
        var uploads = new AtomicInteger();
        newsroom.says(approval("")).worksBesideCycles();
        newsroom.usesStoragesThrough(storage -> Overridden.of(Storage.class, storage)
                .with("delete", arguments -> {
                    var key = (ObjectKey) arguments[0];
                    if (key.value().endsWith(".mp4")) {
                        deleting.countDown();
                        await(mayDelete);
                    }
                    storage.delete(key);
                    return null;
                })
                .with("put", arguments -> {
                    var object = (StoredObject) arguments[0];
                    storage.put(object);
                    if (object.content().isFile()) {
                        uploads.incrementAndGet();
                    }
                    return null;
                })
                .get());
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        cycleUntil(() -> isLive(ts));
        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        cycleUntil(() -> deleting.getCount() == 0);

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        cycleUntil(() -> !newsroom.store().clips().pendingUploads("memory").isEmpty() || uploads.get() > 1);
        for (int i = 0; i < 10; i++) {
            cycleSoon();
        }
        assertThat(uploads).as("uploads before the end of the delete").hasValue(1);
        mayDelete.countDown();
        cycleUntil(() -> isLive(ts) && uploads.get() == 2);
        for (int i = 0; i < 10; i++) {
            cycleSoon();
        }

        assertThat(mediaFiles()).hasSize(2);
        assertThat(isLive(ts)).isTrue();
    }

    @Test
    void aStorageThatDeniesDeletesHoldsUpNoOther() throws Exception {
        newsroom.says(approval("")).publishesTo("memory", "second");
        newsroom.usesStoragesThrough(storage -> Overridden.of(Storage.class, storage)
                .with("delete", arguments -> {
                    if (storage.name().equals("second")) {
                        throw RemoteException.actionRequired("second: access denied", "Allow deletes.", null);
                    }
                    storage.delete((ObjectKey) arguments[0]);
                    return null;
                })
                .get());
        String ts = newsroom.slack.upload(CHANNEL, REPORTER, "the hall", video("F0CLIP"));
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        cycleUntil(() -> isLive(ts));
        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        cycleUntil(() -> mediaFiles().isEmpty());

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        cycleUntil(() -> isLive(ts));

        assertThat(mediaFiles()).hasSize(2);
    }

    private boolean isLive(String ts) {
        return newsroom.storage().read(new ObjectKey(SLUG + "/live.json")).isPresent()
                && newsroom.reader().messages().containsKey(ts)
                && media(ts).path("status").asText().equals("live");
    }

    private void cycleUntil(BooleanSupplier isDone) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!isDone.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time").isLessThan(deadline);
            cycleSoon();
        }
    }

    private void cycleSoon() throws InterruptedException {
        newsroom.cycle();
        Thread.sleep(50);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
