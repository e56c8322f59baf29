package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.channel;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.Json;
import org.chatpress.store.StorageStatusRepository.PurgeStatus;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.Clips;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeHttpService;
import org.chatpress.support.FakeHttpService.Answer;
import org.chatpress.support.FakeHttpService.Received;
import org.chatpress.support.MemoryStorage;
import org.chatpress.support.Pictures;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A CDN that keeps what it has for ever forgets what was taken down. */
@Tag("slow")
class PurgeCycleTest extends WithNewsroom {
    private static final String FORMATS =
            "jsonp: true, formats: [json-feed, atom, liveblog, html, share-pages, archive], page: https://news.example/night";

    /** What readers get from the CDN, by path. */
    private final Map<String, String> cdn = new TreeMap<>();

    private final FakeHttpService cache = FakeHttpService.start().answers(this::purge);
    private boolean isBroken;

    static {
        // For tests that are run without Maven; read before the first request.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }

    @BeforeEach
    void putTheCdnInFrontOfTheStorage() {
        newsroom.saysAtTheTop("public-url: https://static.example/chats/\nphotos: {beside-the-chat: true}")
                .says("approval: none, " + FORMATS);
        publishWith("http: {url: \"%s{path}\"}".formatted(cache.uri()));
        newsroom.storage().onChange(this::fetchWhatItLacks);
    }

    @AfterEach
    void closeCdn() {
        cache.close();
    }

    private void publishWith(String purge) {
        newsroom.publishesToReal("directory: memory, purge: {%s}".formatted(purge));
    }

    private synchronized void fetchWhatItLacks(MemoryStorage storage) {
        for (String key : storage.keys()) {
            cdn.putIfAbsent("/chats/" + key, storage.text(key));
            if (key.endsWith("/index.html")) {
                cdn.putIfAbsent("/chats/" + key.replace("index.html", ""), storage.text(key));
            }
        }
    }

    private synchronized Answer purge(Received request) {
        if (isBroken) {
            return Answer.of(503);
        }
        assertThat(request.line()).startsWith("PURGE static.example /chats/");
        cdn.remove(request.path());
        return Answer.of(200);
    }

    private synchronized List<String> pathsWith(String text) {
        return cdn.entrySet().stream()
                .filter(file -> file.getValue().contains(text))
                .map(Map.Entry::getKey)
                .toList();
    }

    private String get(String path) {
        fetchWhatItLacks(newsroom.storage());
        return cdn.get(path);
    }

    private PurgeStatus purges() {
        return newsroom.store().storages().status("memory").orElseThrow().purges();
    }

    private String post(String text) {
        return newsroom.slack.post(CHANNEL, REPORTER, text);
    }

    @Test
    void noUrlShowsAMessageThatWasDeleted() {
        post("turnout is high");
        String ts = post("Smith wins");
        newsroom.cycle();
        for (int i = 0; i < 70; i++) {
            post("update " + i);
            newsroom.cycle();
        }
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        post("one more");
        newsroom.cycle();
        assertThat(pathsWith("Smith"))
                .contains(
                        "/chats/" + SLUG + "/live.json",
                        "/chats/" + SLUG + ".json",
                        "/chats/" + SLUG + ".jsonp",
                        "/chats/" + SLUG + "/feed.json",
                        "/chats/" + SLUG + "/atom.xml",
                        "/chats/" + SLUG + "/liveblogposting.json",
                        "/chats/" + SLUG + "/index.html",
                        "/chats/" + SLUG + "/",
                        "/chats/" + SLUG + "/fragment.html",
                        "/chats/" + SLUG + "/m/" + ts + ".html")
                .anyMatch(path -> path.contains("/i/p-"));

        newsroom.slack.delete(CHANNEL, ts);
        CycleReport report = newsroom.cycle();

        assertThat(pathsWith("Smith")).isEmpty();
        assertThat(report.isComplete()).isTrue();
        assertThat(purges()).isEqualTo(PurgeStatus.NONE);
    }

    @Test
    void noUrlShowsThePhotoOrTheAuthorOfTheLastMessage() {
        post("turnout is high");
        String ts =
                newsroom.slack.upload(CHANNEL, EDITOR, "the count", FakeFile.jpeg("F0PHOTO", Pictures.photo(400, 300)));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(pathsWith("Edda")).anyMatch(path -> path.contains("/i/u-"));
        assertThat(cdn.keySet()).anyMatch(path -> path.contains("/photos/"));

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        assertThat(pathsWith("Edda")).isEmpty();
        assertThat(cdn.keySet()).noneMatch(path -> path.contains("/photos/"));
    }

    @Test
    void noUrlShowsTheClipOrItsPoster() {
        Clips.isNeeded();
        newsroom.saysAtTheTop(
                "public-url: https://static.example/chats/\nvideos: {beside-the-chat: true, height: 144}");
        post("turnout is high");
        String ts = newsroom.slack.upload(
                CHANNEL,
                EDITOR,
                "the count",
                FakeFile.jpeg("F0CLIP", Clips.phone("320x240", 2)).called("IMG_1.MOV", "video/quicktime"));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(cdn.keySet())
                .anyMatch(path -> path.contains("/media/") && path.endsWith(".mp4"))
                .anyMatch(path -> path.contains("/media/") && path.endsWith(".jpg"));

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        assertThat(cdn.keySet()).noneMatch(path -> path.contains("/media/"));
    }

    @Test
    void noUrlOfAHiddenChatIsLeftNorItsNameInTheListOfChats() {
        newsroom.slack.channel("C0OTHER");
        newsroom.lists(
                channel(CHANNEL, SLUG, "approval: none, " + FORMATS), channel("C0OTHER", "other", "approval: none"));
        post("Smith wins");
        newsroom.slack.post("C0OTHER", REPORTER, "turnout is high");
        newsroom.cycle();

        newsroom.lists(
                channel(CHANNEL, SLUG, "approval: none, hidden: true, " + FORMATS),
                channel("C0OTHER", "other", "approval: none"));
        newsroom.cycle();

        assertThat(cdn.keySet()).noneMatch(path -> path.contains(SLUG));
        assertThat(get("/chats/channels.json")).contains("other").doesNotContain(SLUG);
    }

    @Test
    void noUrlOfTheFormerSlugIsLeft() {
        post("Smith wins");
        newsroom.cycle();

        newsroom.lists(channel(CHANNEL, "the-count", "approval: none, " + FORMATS));
        newsroom.cycle();

        assertThat(cdn.keySet()).noneMatch(path -> path.startsWith("/chats/" + SLUG));
        assertThat(get("/chats/channels.json")).contains("the-count");
    }

    @Test
    void aCdnThatFailsIsPurgedAgainAfterARestart() {
        post("turnout is high");
        String ts = post("Smith wins");
        newsroom.cycle();
        isBroken = true;
        newsroom.slack.delete(CHANNEL, ts);

        CycleReport report = newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(pathsWith("Smith")).isNotEmpty();
        assertThat(report.incidents()).singleElement().satisfies(incident -> {
            assertThat(incident.what()).isEqualTo("purge of memory");
            assertThat(incident.description()).contains("answered HTTP 503 to PURGE");
        });
        Instant since = newsroom.clock.instant();
        assertThat(purges().pendingTakedowns()).isPositive();
        assertThat(purges().failingSince()).contains(since);
        assertThat(purges().lastError()).contains("HTTP 503");

        newsroom.restart().cycle();
        assertThat(purges().failingSince()).contains(since);
        isBroken = false;
        newsroom.restart().cycle();

        assertThat(pathsWith("Smith")).isEmpty();
        assertThat(purges()).isEqualTo(PurgeStatus.NONE);
    }

    /** A provider refuses a request with more. */
    @Test
    void noRequestHasMoreUrlsThanTheProviderTakes() {
        publishWith("cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: token, api-url: \"%s\"}"
                .formatted(cache.uri()));
        var batches = new CopyOnWriteArrayList<JsonNode>();
        cache.answers(request -> {
            batches.add(Json.parse(request.body()).path("files"));
            return Answer.of(200, "{\"success\": true}");
        });
        IntStream.range(0, 120).forEach(i -> post("update " + i));
        newsroom.cycle();
        newsroom.cycle();
        List<String> all = newsroom.storage().keys().stream()
                .filter(key -> key.startsWith(SLUG))
                .map(key -> "https://static.example/chats/" + key)
                .toList();
        assertThat(all).hasSizeGreaterThan(120);

        newsroom.lists(channel(CHANNEL, SLUG, "approval: none, hidden: true, " + FORMATS));
        newsroom.cycle();

        assertThat(batches).hasSizeGreaterThan(1).allMatch(batch -> batch.size() <= 100);
        var purged = new TreeSet<String>();
        batches.forEach(batch -> batch.forEach(url -> purged.add(url.asText())));
        assertThat(purged).containsAll(all);
        assertThat(purges()).isEqualTo(PurgeStatus.NONE);
    }

    @Test
    void aCdnThatAsksToWaitIsPurgedAfterThatTime() throws InterruptedException {
        String ts = post("Smith wins");
        newsroom.cycle();
        newsroom.worksBesideCycles().restart();
        var firstAt = new AtomicLong();
        var waited = new LinkedBlockingQueue<Duration>();
        cache.answers(request -> {
            if (firstAt.compareAndSet(0, System.nanoTime())) {
                return Answer.of(429).with("Retry-After", "7");
            }
            waited.add(Duration.ofNanos(System.nanoTime() - firstAt.get()));
            return Answer.of(200);
        });
        publishWith("http: {url: \"%s{path}\"}".formatted(cache.uri()));
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        // The other requests of the first batch are under way together with the first.
        Optional<Duration> next = Optional.empty();
        while (next.filter(wait -> wait.toSeconds() >= 4).isEmpty()) {
            next = Optional.ofNullable(waited.poll(30, TimeUnit.SECONDS));
            assertThat(next).isPresent();
        }
        assertThat(next.get()).isGreaterThan(Duration.ofMillis(6_900));
    }

    @Test
    void withoutChangesOnlyWhatWasRemovedIsPurged() {
        post("turnout is high");
        newsroom.cycle();
        post("a recount");
        newsroom.cycle();
        assertThat(cache.received()).isEmpty();

        publishWith("http: {url: \"%s{path}\"}, changes: true".formatted(cache.uri()));
        post("another recount");
        newsroom.cycle();

        assertThat(cache.received())
                .extracting(Received::path)
                .contains("/chats/" + SLUG + "/live.json", "/chats/channels.json")
                .noneMatch(path -> path.contains("/i/"));
        assertThat(get("/chats/" + SLUG + "/live.json")).contains("another recount");
    }

    @Test
    void theUrlsAreNotLoggedForAPersonToPurge() {
        String ts = post("Smith wins");
        newsroom.cycle();
        try (var log = CapturedLog.open()) {
            newsroom.slack.delete(CHANNEL, ts);
            newsroom.cycle();

            assertThat(log.linesWith("to purge from a CDN")).isEmpty();
            assertThat(log.linesWith("purged from cache ")).hasSize(1);
        }
    }

    @Test
    void whatWasToBePurgedFromACdnThatLeavesTheSettingsIsForgotten() {
        String ts = post("Smith wins");
        newsroom.cycle();
        isBroken = true;
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        assertThat(purges().pendingTakedowns()).isPositive();

        newsroom.publishesTo("memory").cycle();

        assertThat(purges()).isEqualTo(PurgeStatus.NONE);
    }

    @Test
    void aSilentCdnDelaysNoCycleAndNoOtherStorage() {
        newsroom.publishesToReal(
                "directory: memory, purge: {http: {url: \"%s{path}\"}}".formatted(cache.uri()), "directory: other");
        cache.silent(true);
        String ts = post("Smith wins");
        post("turnout is high");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, ts);

        long start = System.nanoTime();
        CycleReport report = newsroom.cycle();
        newsroom.restart();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        assertThat(report.isComplete()).isFalse();
        assertThat(newsroom.storage("other").everything()).doesNotContain("Smith");
        assertThat(purges().pendingTakedowns()).isPositive();
    }

    /** As by cron: each process has one cycle. */
    @Test
    void aCdnAndAReceiverThatDoNotAnswerDuringACycleAreReportedAndDelayItTogether() {
        String ts = post("Smith wins");
        post("turnout is high");
        newsroom.cycle();
        cache.silent(true);
        try (var receiver = FakeHttpService.start().silent(true)) {
            newsroom.saysAtTheTop("""
                    public-url: https://static.example/chats/
                    notify: [{webhook: {url: "%shook", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}}]""".formatted(receiver.uri()));
            newsroom.slack.delete(CHANNEL, ts);

            long start = System.nanoTime();
            CycleReport report = newsroom.cycle();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));
            assertThat(report.incidents())
                    .extracting(incident -> incident.what().replaceFirst(" http.*", ""))
                    .containsExactlyInAnyOrder("purge of memory", "webhook");
        }
        assertThat(purges().lastError()).endsWith(" does not answer in time");
        assertThat(purges().failingSince()).isPresent();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void aCdnThatLeftTheSettingsDuringARequestIsNotReportedAfterwards() throws InterruptedException {
        String ts = post("Smith wins");
        newsroom.cycle();
        newsroom.worksBesideCycles().restart();
        var isPurging = new CountDownLatch(1);
        var hasLeft = new CountDownLatch(1);
        cache.answers(request -> {
            isPurging.countDown();
            await(hasLeft);
            return Answer.of(503);
        });
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        assertThat(isPurging.await(20, TimeUnit.SECONDS)).isTrue();

        newsroom.publishesTo("memory").cycle();
        hasLeft.countDown();
        // The thread that purges forgets the CDN when its request has ended.
        for (int i = 0; i < 200 && (i < 20 || !purges().equals(PurgeStatus.NONE)); i++) {
            Thread.sleep(50);
            assertThat(purges().failingSince()).isEmpty();
        }
        assertThat(purges()).isEqualTo(PurgeStatus.NONE);
    }

    @Test
    void aCdnThatLeftTheSettingsDuringATakedownHasNothingToPurgeAfterwards() throws InterruptedException {
        String ts = post("Smith wins");
        newsroom.cycle();
        newsroom.worksBesideCycles().restart();
        var isChanging = new CountDownLatch(1);
        var hasLeft = new CountDownLatch(1);
        newsroom.storage().onChange(storage -> {
            isChanging.countDown();
            await(hasLeft);
        });
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        assertThat(isChanging.await(20, TimeUnit.SECONDS)).isTrue();

        newsroom.publishesTo("memory").cycle();
        hasLeft.countDown();
        sleepUntil(() -> !newsroom.storage().everything().contains("Smith"));
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        sleepUntil(() -> purges().equals(PurgeStatus.NONE));
        assertThat(purges()).isEqualTo(PurgeStatus.NONE);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For ten seconds at most. */
    private static void sleepUntil(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 200 && !condition.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
    }

    @Test
    void aPurgeFailsSinceTheClockThatIsRightNow() {
        String ts = post("Smith wins");
        newsroom.cycle();
        isBroken = true;
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.clock.advance(Duration.ofDays(1));
        newsroom.cycle();

        newsroom.clock.advance(Duration.ofHours(-20));
        newsroom.cycle();

        assertThat(purges().failingSince()).contains(newsroom.clock.instant());
    }
}
