package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.channel;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.chatpress.publish.Publisher;
import org.chatpress.render.json.ChannelList;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.Store;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.FakeFile;
import org.chatpress.support.MemoryStorage;
import org.chatpress.support.Overridden;
import org.chatpress.support.Pictures;
import org.chatpress.support.PostgresqlProcess;
import org.chatpress.support.Site;
import org.chatpress.support.TestChat;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A leader that was stopped in the middle of an upload goes on with it after another process leads. */
@Tag("slow")
class FormerLeaderTest {
    private static final ObjectKey POINTER = new ObjectKey(SLUG + "/live.json");

    /** So many that it takes a minute until each was compared with what was published. */
    private static final int CHANNELS = 7;

    /** Of a file that the comparison must not hold in memory. */
    private static final long LENGTH = 64_000_000;

    @TempDir
    Path folder;

    @Test
    void itsPointerIsReplacedWithinSecondsAndReadersNeedNotStartOver(TestInfo test) {
        try (TestNewsroom newsroom = newsroom(test)) {
            newsroom.slack.post(CHANNEL, REPORTER, "polls are open");
            newsroom.cycle();
            StoredObject old = newsroom.storage().read(POINTER).orElseThrow();
            newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
            newsroom.cycle();
            String epoch = newsroom.reader().pointer().path("epoch").asText();

            newsroom.storage().put(old);
            newsroom.cycle();

            assertThat(newsroom.reader().texts()).containsExactly("polls are open", "polls are closed");
            assertThat(newsroom.reader().pointer().path("epoch").asText()).isEqualTo(epoch);
            assertThat(newsroom.store().storages().conflict("memory")).isEmpty();
        }
    }

    @Test
    void itsPointerIsReplacedBeforeFiveSecondsHavePassed(TestInfo test) {
        try (TestNewsroom newsroom = newsroom(test)) {
            newsroom.slack.post(CHANNEL, REPORTER, "polls are open");
            newsroom.cycle();
            StoredObject old = newsroom.storage().read(POINTER).orElseThrow();
            newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
            newsroom.cycle();

            newsroom.storage().put(old);
            newsroom.clock.advance(Duration.ofSeconds(3));
            newsroom.cycleNow();

            assertThat(newsroom.reader().texts()).containsExactly("polls are open", "polls are closed");
        }
    }

    @Test
    void whatWasTakenDownIsTakenDownAgainIfItPutsItBack(TestInfo test) {
        try (TestNewsroom newsroom = newsroom(test)) {
            newsroom.saysAtTheTop("photos: {beside-the-chat: true}")
                    .lists(IntStream.range(0, CHANNELS)
                            .mapToObj(i -> channel(id(i), i == 0 ? SLUG : "talk-" + i, "approval: none"))
                            .toArray(String[]::new));
            for (int i = 0; i < CHANNELS; i++) {
                newsroom.slack.channel(id(i));
                newsroom.slack.post(id(i), REPORTER, "polls are open");
            }
            String ts = newsroom.slack.upload(
                    CHANNEL, REPORTER, "a private word", FakeFile.jpeg("F0PHOTO", Pictures.photo(64, 64)));
            newsroom.cycle();
            newsroom.cycle();
            List<StoredObject> before = new Site(newsroom.storage(), SLUG).blobs();
            assertThat(before).extracting(StoredObject::contentType).contains("image/jpeg");
            newsroom.slack.delete(CHANNEL, ts);
            newsroom.cycle();
            List<ObjectKey> files = newsroom.storage().list("");
            String site = new Site(newsroom.storage(), SLUG).everything();
            assertThat(site).doesNotContain("a private word");

            before.stream().filter(object -> !object.key().equals(POINTER)).forEach(newsroom.storage()::put);
            newsroom.clock.advance(Duration.ofSeconds(3));
            newsroom.cycleNow();
            assertThat(newsroom.storage().list("")).isSubsetOf(files);

            newsroom.cycle();
            assertThat(new Site(newsroom.storage(), SLUG).everything()).doesNotContain("a private word");
            assertThat(newsroom.reader().texts()).containsExactly("polls are open");
        }
    }

    private static String id(int channel) {
        return channel == 0 ? CHANNEL : "C0TALK" + channel;
    }

    @Test
    void theWholeChatsOfHiddenChatsAreDeletedAgain(TestInfo test) {
        try (TestNewsroom newsroom = newsroom(test)) {
            lists(newsroom, SLUG, "jsonp: true", "jsonp: true, file: scores-of-tonight.json");
            publishesAPrivateWord(newsroom);
            List<StoredObject> wholeChats = Stream.of(
                            SLUG + ".json", SLUG + ".jsonp", "scores-of-tonight.json", "scores-of-tonight.jsonp")
                    .map(name -> newsroom.storage().read(new ObjectKey(name)).orElseThrow())
                    .toList();
            lists(
                    newsroom,
                    SLUG,
                    "jsonp: true, hidden: true",
                    "jsonp: true, file: scores-of-tonight.json, hidden: true");
            newsroom.cycle();
            assertThat(newsroom.storage().keys()).containsExactly("channels.json");

            wholeChats.forEach(newsroom.storage()::put);
            newsroom.clock.advance(Duration.ofSeconds(3));
            newsroom.cycleNow();

            assertThat(newsroom.storage().keys()).containsExactly("channels.json");
        }
    }

    @Test
    void theFilesInTheFormerFolderOfAChatAreDeletedAgain(TestInfo test) {
        try (TestNewsroom newsroom = newsroom(test)) {
            lists(newsroom, SLUG, "jsonp: true", "");
            publishesAPrivateWord(newsroom);
            List<StoredObject> files = new Site(newsroom.storage(), SLUG)
                    .blobs().stream()
                            .filter(object -> !object.key().equals(ChannelList.KEY))
                            .toList();
            lists(newsroom, "night-of-the-election", "jsonp: true", "");
            newsroom.cycle();
            Set<String> published = newsroom.storage().keys();
            assertThat(published).noneMatch(key -> key.startsWith(SLUG));

            files.forEach(newsroom.storage()::put);
            newsroom.clock.advance(Duration.ofSeconds(3));
            newsroom.cycleNow();

            assertThat(newsroom.storage().keys()).isEqualTo(published);
        }
    }

    @Test
    void itsChannelsJsonIsReplaced(TestInfo test) {
        try (TestNewsroom newsroom = newsroom(test)) {
            lists(newsroom, SLUG, "", "");
            publishesAPrivateWord(newsroom);
            StoredObject old = newsroom.storage().read(ChannelList.KEY).orElseThrow();
            lists(newsroom, SLUG, "hidden: true", "");
            newsroom.cycle();
            String list = newsroom.storage().text("channels.json");
            assertThat(list).doesNotContain(SLUG);

            newsroom.storage().put(old);
            newsroom.clock.advance(Duration.ofSeconds(3));
            newsroom.cycleNow();

            assertThat(newsroom.storage().text("channels.json")).isEqualTo(list);
        }
    }

    @Test
    void theFilesOfAChatAreDeletedAgainAlthoughTheStorageFailsToListThem(TestInfo test) {
        var fails = new AtomicBoolean();
        try (TestNewsroom newsroom = newsroom(test);
                CapturedLog log = CapturedLog.open()) {
            newsroom.usesStoragesThrough(real -> Overridden.of(Storage.class, real)
                    .with("list", arguments -> {
                        if (fails.get() && arguments[0].equals(SLUG)) {
                            throw RemoteException.transientFailure("cannot list " + SLUG, (Throwable) null);
                        }
                        return real.list((String) arguments[0]);
                    })
                    .get());
            lists(newsroom, SLUG, "", "");
            List<String> ofTheWord = publishesAPrivateWord(newsroom);
            List<StoredObject> before = files(newsroom);
            newsroom.slack.delete(CHANNEL, ofTheWord.get(0));
            newsroom.slack.delete("C0SPORTS", ofTheWord.get(1));
            newsroom.cycle();
            assertThat(newsroom.storage().everything()).doesNotContain("a private word");

            fails.set(true);
            before.forEach(newsroom.storage()::put);
            for (int i = 0; i < 5; i++) {
                newsroom.cycle();
            }
            assertThat(newsroom.storage().everything())
                    .as("files that were taken down are known, and are read one by one")
                    .doesNotContain("a private word");
            assertThat(newsroom.reader().texts()).containsExactly("polls are open");
            assertThat(log.linesWith("cannot list " + SLUG)).hasSize(1);

            fails.set(false);
            newsroom.cycle();
            fails.set(true);
            newsroom.cycle();
            assertThat(log.linesWith("cannot list " + SLUG)).hasSize(2);
        }
    }

    @Test
    void theFilesOfAChatAreDeletedAgainAlthoughItsFolderLooksEmpty(TestInfo test) {
        var looksEmpty = new AtomicBoolean();
        try (TestNewsroom newsroom = newsroom(test)) {
            newsroom.usesStoragesThrough(real -> Overridden.of(Storage.class, real)
                    .with("list", arguments -> looksEmpty.get() ? List.of() : real.list((String) arguments[0]))
                    .get());
            lists(newsroom, SLUG, "", "");
            List<String> ofTheWord = publishesAPrivateWord(newsroom);
            List<StoredObject> before = files(newsroom);
            newsroom.slack.delete(CHANNEL, ofTheWord.get(0));
            newsroom.slack.delete("C0SPORTS", ofTheWord.get(1));
            newsroom.cycle();

            looksEmpty.set(true);
            before.forEach(newsroom.storage()::put);
            for (int i = 0; i < 3; i++) {
                newsroom.cycle();
            }

            assertThat(newsroom.storage().everything()).doesNotContain("a private word");
        }
    }

    @Test
    void whileNeitherAListNorAReadSucceedsEachIsTriedOncePerCheck(TestInfo test) {
        var isDown = new AtomicBoolean();
        var reads = new AtomicInteger();
        try (TestNewsroom newsroom = newsroom(test)) {
            newsroom.usesStoragesThrough(real -> Overridden.of(Storage.class, real)
                    .with("list", arguments -> {
                        if (isDown.get()) {
                            throw RemoteException.transientFailure("cannot list: it is silent", (Throwable) null);
                        }
                        return real.list((String) arguments[0]);
                    })
                    .with("read", arguments -> {
                        boolean isPage = arguments[0].toString().contains("/i/");
                        if (isDown.get() && isPage) {
                            reads.incrementAndGet();
                            throw RemoteException.transientFailure("cannot read: it is silent", (Throwable) null);
                        }
                        return real.read((ObjectKey) arguments[0]);
                    })
                    .get());
            lists(newsroom, SLUG, "", "");
            List<String> ts = publishesAPrivateWord(newsroom);
            newsroom.slack.delete(CHANNEL, ts.get(0));
            newsroom.cycle();
            for (int i = 0; i < 60; i++) {
                ts.add(newsroom.slack.post(CHANNEL, REPORTER, "update " + i));
            }
            newsroom.cycle();
            newsroom.slack.delete(CHANNEL, ts.get(ts.size() - 1));
            newsroom.slack.delete(CHANNEL, ts.get(2));
            newsroom.cycle();

            isDown.set(true);
            newsroom.cycle();

            assertThat(reads).hasValue(1);
        }
    }

    @Test
    void aLongFileIsComparedWithoutHoldingItInMemory(TestInfo test) throws IOException {
        Path longFile = folder.resolve("long.json");
        try (FileChannel sparse = FileChannel.open(longFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.allocate(1), LENGTH - 1);
        }
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var before = new AtomicLong();
        var allocated = new AtomicLong();
        try (TestNewsroom newsroom = newsroom(test)) {
            var isThere = new AtomicBoolean();
            newsroom.usesStoragesThrough(real -> Overridden.of(Storage.class, real)
                    .with("read", arguments -> {
                        ObjectKey key = (ObjectKey) arguments[0];
                        if (!key.value().equals(SLUG + ".json") || !isThere.getAndSet(false)) {
                            return real.read(key);
                        }
                        before.set(threads.getThreadAllocatedBytes(
                                Thread.currentThread().getId()));
                        return Optional.of(new StoredObject(key, Content.of(longFile, LENGTH, () -> false), "", ""));
                    })
                    .with("list", arguments -> {
                        if (before.get() > 0 && allocated.get() == 0) {
                            allocated.set(threads.getThreadAllocatedBytes(
                                            Thread.currentThread().getId())
                                    - before.get());
                        }
                        return real.list((String) arguments[0]);
                    })
                    .get());
            lists(newsroom, SLUG, "", "");
            List<String> ofTheWord = publishesAPrivateWord(newsroom);
            newsroom.slack.delete(CHANNEL, ofTheWord.get(0));
            newsroom.cycle();
            newsroom.storage().forgetOperations();

            isThere.set(true);
            newsroom.cycle();

            assertThat(newsroom.storage().puts()).contains(SLUG + ".json");
            assertThat(allocated.get()).isBetween(1L, LENGTH / 8);
        }
    }

    private static void lists(TestNewsroom newsroom, String slug, String extra, String extraOfSports) {
        newsroom.lists(
                channel(CHANNEL, slug, "approval: none, " + extra),
                channel("C0SPORTS", "sports", "approval: none, " + extraOfSports));
    }

    /** Both chats say it, after something else. Returns its ts in each. */
    private static List<String> publishesAPrivateWord(TestNewsroom newsroom) {
        newsroom.slack.channel("C0SPORTS");
        List<String> ts = new ArrayList<>();
        for (String channel : List.of(CHANNEL, "C0SPORTS")) {
            newsroom.slack.post(channel, REPORTER, "polls are open");
            ts.add(newsroom.slack.post(channel, REPORTER, "a private word"));
        }
        newsroom.cycle();
        newsroom.cycle();
        return ts;
    }

    private static List<StoredObject> files(TestNewsroom newsroom) {
        return newsroom.storage().list("").stream()
                .map(key -> newsroom.storage().read(key).orElseThrow())
                .toList();
    }

    @Test
    void tenMinutesLaterNoFileIsRead(TestInfo test) {
        try (TestNewsroom newsroom = newsroom(test)) {
            newsroom.slack.post(CHANNEL, REPORTER, "polls are open");
            String ts = newsroom.slack.post(CHANNEL, REPORTER, "a private word");
            newsroom.cycle();
            newsroom.slack.delete(CHANNEL, ts);
            newsroom.cycle();
            newsroom.clock.advance(Duration.ofMinutes(11));
            newsroom.cycle();
            newsroom.storage().forgetOperations();

            newsroom.cycle();

            assertThat(newsroom.storage().operations()).isEmpty();
        }
    }

    @Test
    void itPutsNoPointerAfterItsSessionHasEnded(TestInfo test) {
        var storage = new MemoryStorage();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Store store = Store.open(server(test), "a former leader")) {
            new TestChat(store, CHANNEL, SLUG, TestNewsroom.START)
                    .put(1, "polls are open")
                    .render();
            var hasEnded = new AtomicBoolean();
            BooleanSupplier betweenFiles = () -> {
                if (!hasEnded.get()
                        && !store.storages().uploadedFiles(storage.name(), SLUG).isEmpty()) {
                    hasEnded.set(true);
                    PostgresqlProcess.shared().execute("""
                            SELECT pg_terminate_backend(pid, 5000)
                            FROM pg_stat_activity
                            WHERE application_name = 'a former leader'
                            """);
                }
                return false;
            };

            assertThatThrownBy(() -> new Publisher(
                                    storage,
                                    store.storages().publishState(storage.name()),
                                    threads,
                                    betweenFiles,
                                    channel -> true,
                                    keys -> keys)
                            .publish(TestNewsroom.START))
                    .isInstanceOf(StoreException.class);

            assertThat(storage.puts()).isNotEmpty().doesNotContain(POINTER.value());
        } finally {
            threads.shutdown();
        }
    }

    private TestNewsroom newsroom(TestInfo test) {
        return new TestNewsroom(folder)
                .opens(() ->
                        Store.openAsLeader(server(test), "a test", () -> false).orElseThrow());
    }

    private static PostgresqlServer server(TestInfo test) {
        String schema = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
        return PostgresqlProcess.shared().settings(schema.substring(0, Math.min(60, schema.length())));
    }
}
