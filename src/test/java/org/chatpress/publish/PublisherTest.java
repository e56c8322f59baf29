package org.chatpress.publish;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.plan.PublishPlan;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.RenderedChat;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.Store;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.MemoryStorage;
import org.chatpress.support.Overridden;
import org.chatpress.support.SiteReader;
import org.chatpress.support.TestChat;
import org.chatpress.support.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One storage and the store's own memory of it, through everything that a takedown may meet. */
class PublisherTest {
    /** Puts go side by side. */
    static class WithFourParallelUploads extends PublisherTest {
        @Override
        int parallelUploads() {
            return 4;
        }

        @Test
        void ofLongChatsOnlyOneAtATimeIsInMemory() {
            chat.put(1, "first").render();
            longChats();
            var underWay = new AtomicInteger();
            var most = new AtomicInteger();
            Storage slow = Overridden.of(Storage.class, storage)
                    .with("put", put -> {
                        var object = (StoredObject) put[0];
                        boolean isLong =
                                object.key().value().matches("[a-z]+\\.json") && object.bytes().length > 100_000;
                        most.accumulateAndGet(underWay.addAndGet(isLong ? 1 : 0), Math::max);
                        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                        return underWay.addAndGet(isLong ? -1 : 0);
                    })
                    .get();

            Publisher.PublishResult result = publish(slow, "slow", () -> false);

            assertThat(result.failure()).isEmpty();
            assertThat(most).hasValue(1);
        }

        @Test
        void ofAStorageThatFallsSilentNoOtherLongChatIsTried() {
            longChats();
            var attempts = new AtomicInteger();
            Storage silent = Overridden.of(Storage.class, storage)
                    .with("put", put -> {
                        if (((StoredObject) put[0]).key().value().matches("[a-z]+\\.json")) {
                            attempts.incrementAndGet();
                            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                            throw down;
                        }
                        return null;
                    })
                    .get();

            Publisher.PublishResult result = publish(silent, "silent", () -> false);

            assertThat(result.failure()).contains(down);
            assertThat(attempts).hasValue(1);
        }

        private void longChats() {
            var letters = new Random(1);
            for (String slug : List.of("dawn", "noon", "dusk")) {
                new TestChat(store, "C0" + slug.toUpperCase(Locale.ROOT), slug, START)
                        .put(
                                1,
                                letters.ints(200_000, 'a', 'z')
                                        .mapToObj(Character::toString)
                                        .collect(joining()))
                        .render();
            }
        }
    }

    static final Instant START = Instant.parse("2026-11-03T18:00:00Z");
    static final String POINTER = "night/live.json";
    final RemoteException down = RemoteException.transientFailure("cannot put: timeout", (Throwable) null);
    final RemoteException refused = RemoteException.rejected("cannot put: too large", null);
    final RemoteException denied = RemoteException.actionRequired("cannot delete: 403", "Allow it.", null);

    final Store store = TestDatabase.empty();
    final MemoryStorage storage = new MemoryStorage("memory", parallelUploads());
    final ExecutorService threads = Executors.newCachedThreadPool();
    TestChat chat;
    Instant now = START;

    int parallelUploads() {
        return 1;
    }

    @BeforeEach
    void open() {
        chat = new TestChat(store, "C0NIGHT", "night", START);
    }

    @AfterEach
    void close() {
        threads.shutdown();
        store.close();
    }

    @Test
    void putsThePointerAfterEverythingItNames() {
        chat.put(1, "first").render();

        Publisher.PublishResult result = publish();

        assertThat(result.failure()).isEmpty();
        List<String> puts = roles(storage.puts());
        assertThat(puts.subList(0, 3)).containsExactlyInAnyOrder("p", "u", "x");
        assertThat(puts.subList(3, 5)).containsExactly(POINTER, "night.json");
        assertThat(reader().texts()).containsExactly("first");
    }

    @Test
    void aSecondPublishDoesNothing() {
        chat.put(1, "first").render();
        publish();
        storage.forgetOperations();

        publish();

        assertThat(storage.operations()).isEmpty();
        assertThat(store.storages().hasWork("memory", now)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
    void killedAnywhereItLeavesAWholeChatAndEndsTheSame(int operations) {
        chat.put(1, "first").put(2, "secret").render();
        publish();
        chat.put(3, "third").remove(2).render();
        storage.failAfter(operations, new IllegalStateException("the power went"));

        try {
            publish();
        } catch (IllegalStateException crash) {
            assertThat(reader().texts()).isIn(List.of("first", "secret"), List.of("first", "third"));
        }
        publish();

        assertThat(reader().texts()).containsExactly("first", "third");
        assertThat(storage.everything()).doesNotContain("secret");
        later(Duration.ofHours(1));
        publish();
        assertThat(storage.keys()).isEqualTo(wantedKeys());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void aStorageThatBreaksAnywhereKeepsAWholeChat(int operations) {
        chat.put(1, "first").render();
        publish();
        fillUp();
        storage.failAfter(operations, down);

        publish();

        assertThat(reader().texts()).contains("first");
        publish();
        assertThat(reader().texts()).hasSize(16);
    }

    @Test
    void whatNothingRefersToGoesFifteenMinutesAfterThisStoragesPointerMoved() {
        chat.put(1, "first").render();
        publish();
        Set<String> before = storage.keys();
        fillUp();
        storage.down(true);
        later(Duration.ofMinutes(10));
        publish();
        storage.down(false);
        publish();
        Set<String> unreferenced = new TreeSet<>(before);
        unreferenced.removeAll(wantedKeys());
        assertThat(unreferenced).isNotEmpty();

        later(Publisher.GRACE);
        publish();
        assertThat(storage.keys()).containsAll(unreferenced);

        later(Duration.ofSeconds(1));
        publish();
        assertThat(storage.keys()).isEqualTo(wantedKeys());
    }

    @Test
    void aTakedownRemovesEveryFileThatHoldsOrHeldTheTextOnceThePointerHasMoved() {
        chat.put(1, "secret").render();
        publish();
        fillUp();
        publish();
        List<String> holding = keysWith("secret");
        assertThat(holding).as("a page in use, and one in grace").hasSizeGreaterThan(2);
        storage.forgetOperations();

        chat.remove(1).render();
        Publisher.PublishResult result = publish();

        assertThat(storage.everything()).doesNotContain("secret");
        List<String> operations = storage.operations();
        int moved = operations.indexOf("put " + POINTER);
        int replaced = operations.indexOf("put night.json");
        assertThat(operations.subList(0, moved)).allMatch(operation -> operation.startsWith("put night/i/"));
        assertThat(operations.subList(moved + 1, replaced))
                .isNotEmpty()
                .allMatch(operation -> operation.startsWith("delete night/i/p-"));
        assertThat(result.outdated().keySet()).extracting(ObjectKey::value).containsAll(holding);
        assertThat(reader().texts()).doesNotContain("secret").isNotEmpty();
    }

    @Test
    void whatAMessageNoLongerShowsIsTakenDownLikeAMessage() {
        chat.put(1, "the hall", List.of("https://photos.example/secret.jpg")).render();
        publish();
        fillUp();
        publish();
        assertThat(keysWith("secret")).isNotEmpty();

        chat.put(1, "the hall").render();
        publish();

        assertThat(storage.everything()).doesNotContain("secret").contains("the hall");
    }

    @Test
    void whenAPutFailsTheFilesWithTheTextGoAllTheSame() {
        chat.put(1, "secret").put(2, "harmless").render();
        publish();
        chat.remove(1).render();
        storage.failNext(refused);

        Publisher.PublishResult result = publish();

        assertThat(result.failure()).isEmpty();
        assertThat(result.rejectedUploads()).containsExactly(entry("C0NIGHT", refused));
        assertThat(result.isComplete()).isFalse();
        assertThat(storage.everything()).doesNotContain("secret");
        assertThat(storage.keys()).as("the pointer and the whole chat held it").doesNotContain(POINTER, "night.json");

        publish();
        assertThat(reader().texts()).containsExactly("harmless");
        assertThat(storage.keys()).contains("night.json");
    }

    @Test
    void aPointerGoesWithThePagesThatItNamesWhenAPutFails() {
        chat.put(1, "secret").render();
        publish();
        fillUp();
        publish();
        assertThat(storage.text(POINTER)).doesNotContain("secret");
        chat.remove(1).render();
        storage.failNext(refused);

        publish();

        assertThat(storage.everything()).doesNotContain("secret");
        assertThat(storage.keys()).doesNotContain(POINTER, "night.json");

        publish();
        assertThat(reader().texts()).isNotEmpty().doesNotContain("secret");
    }

    @Test
    void aPointerThatHasMovedStaysWhenTheWholeChatFails() {
        chat.put(1, "secret").render();
        publish();
        fillUp();
        publish();
        chat.remove(1).render();
        storage.failPut("night.json", refused);

        publish();

        assertThat(storage.everything()).doesNotContain("secret");
        assertThat(storage.keys()).doesNotContain("night.json");
        assertThat(reader().texts()).isNotEmpty().doesNotContain("secret");
    }

    @Test
    void aPointerThatMayBeTheOldOneIsTakenForTheOldOne() {
        chat.put(1, "secret").render();
        publish();
        fillUp();
        storage.failAfter(uploads() - 2, down);
        publish();
        assertThat(storage.text(POINTER)).as("the pointer's put failed").contains("secret");
        chat.remove(1).render();
        storage.failNext(refused);

        publish();

        assertThat(storage.everything()).doesNotContain("secret");
    }

    @Test
    void aDebtIsStoredAndPaidBeforeAnyPut() {
        chat.put(1, "secret").put(2, "harmless").render();
        publish();
        chat.remove(1).render();
        storage.down(true);
        publish();
        assertThat(store.storages().publishState("memory").pendingDeletes()).isNotEmpty();
        storage.down(false);
        storage.forgetOperations();

        publish();

        List<String> operations = storage.operations();
        assertThat(operations.subList(0, 3)).allMatch(operation -> operation.startsWith("delete "));
        assertThat(reader().texts()).containsExactly("harmless");
        assertThat(storage.everything()).doesNotContain("secret");
    }

    @Test
    void aDebtOutlivesNewEditionsOfTheFile() {
        chat.put(1, "secret").put(2, "harmless").render();
        publish();
        chat.remove(1).render();
        storage.down(true);
        publish();
        chat.put(3, "another").render();
        publish();
        storage.down(false);
        storage.forgetOperations();
        storage.failAfter(3, refused);

        publish();

        assertThat(storage.operations())
                .contains("delete " + POINTER, "delete night.json")
                .doesNotContain("put " + POINTER, "put night.json");
        assertThat(storage.everything()).doesNotContain("secret");
    }

    @Test
    void aCrashMakesNoRemovalDue() {
        chat.put(1, "secret").put(2, "harmless").render();
        publish();
        chat.remove(1).render();
        storage.failNext(new IllegalStateException("the power went"));
        try {
            publish();
        } catch (IllegalStateException crash) {
            storage.forgetOperations();
        }

        assertThat(store.storages().publishState("memory").pendingDeletes()).isEmpty();
        publish();

        assertThat(storage.operations().get(0)).startsWith("put night/i/p-");
        assertThat(storage.everything()).doesNotContain("secret");
    }

    @Test
    void whatMayHaveArrivedIsRemovedToo() {
        chat.put(1, "secret").render();
        storage.loseNextAnswer(down);
        publish();
        assertThat(storage.keys()).as("one page, of which no answer came").hasSize(1);
        chat.remove(1).put(2, "harmless").render();

        publish();

        assertThat(storage.everything()).doesNotContain("secret");
        assertThat(reader().texts()).containsExactly("harmless");
    }

    @Test
    void aLostAnswerIsAskedForAgain() {
        chat.put(1, "first").render();
        storage.loseNextAnswer(down);
        assertThat(publish().failure()).isPresent();

        assertThat(publish().failure()).isEmpty();

        assertThat(storage.puts().get(0)).isEqualTo(storage.puts().get(1));
        assertThat(reader().texts()).containsExactly("first");
    }

    @Test
    void aTextThatComesBackIsNotRemovedLater() {
        chat.put(1, "first").put(2, "second").render();
        publish();
        chat.remove(1).render();
        storage.down(true);
        publish();
        storage.down(false);

        chat.put(1, "first").render();
        publish();
        later(Duration.ofHours(1));
        publish();

        assertThat(reader().texts()).containsExactly("first", "second");
        assertThat(storage.keys()).isEqualTo(wantedKeys());
    }

    @Test
    void aRemovalThatIsNotAllowedHoldsUpNoPut() {
        chat.put(1, "secret").put(2, "harmless").render();
        publish();
        chat.remove(1).render();
        storage.down(true);
        publish();
        storage.down(false);
        storage.failNext(denied);

        Publisher.PublishResult result = publish();

        assertThat(result.failure()).containsSame(denied);
        assertThat(reader().texts()).containsExactly("harmless");
        publish();
        assertThat(storage.everything()).doesNotContain("secret");
    }

    @Test
    void aRefusedFileHoldsUpNoOtherChat() {
        var other = new TestChat(store, "C0OTHER", "other", START);
        chat.put(1, "first").render();
        other.put(1, "elsewhere").render();
        storage.failNext(refused);

        Publisher.PublishResult result = publish();

        assertThat(result.failure()).isEmpty();
        assertThat(result.rejectedUploads()).containsExactly(entry("C0NIGHT", refused));
        assertThat(result.isComplete()).isFalse();
        assertThat(new SiteReader(storage, "other").texts()).containsExactly("elsewhere");
    }

    @Test
    void aChatOfWhichNothingMayBeDeletedDelaysNoOtherDelete() {
        addPendingDeletes("C0NIGHT", "night", 500);
        addPendingDeletes("C0OTHER", "other", 3);
        var rejected = new AtomicInteger();
        var deleted = new ArrayList<String>();
        Storage denying = Overridden.of(Storage.class, storage)
                .with("delete", args -> {
                    String key = args[0].toString();
                    if (key.startsWith("night/")) {
                        rejected.incrementAndGet();
                        throw RemoteException.rejected("cannot delete " + key + ": 550", null);
                    }
                    synchronized (deleted) {
                        deleted.add(key);
                    }
                    return null;
                })
                .get();

        Publisher.PublishResult result = publish(denying, "memory", () -> false);

        assertThat(rejected).hasValueBetween(1, 60);
        assertThat(deleted).hasSize(3);
        assertThat(result.isComplete()).isFalse();
        assertThat(store.storages().publishState("memory").pendingDeletes()).hasSize(500);
    }

    private void addPendingDeletes(String channel, String slug, int count) {
        List<ObjectKey> keys = IntStream.range(0, count)
                .mapToObj(i -> new ObjectKey("%s/m/%04d.html".formatted(slug, i)))
                .toList();
        store.storages().addPendingDeletes("memory", new ChannelId(channel), FileRole.SHARE_PAGE, keys);
    }

    @Test
    void theChatWithATakedownComesFirst() {
        chat.put(1, "first").render();
        var other = new TestChat(store, "C0OTHER", "other", START);
        other.put(1, "secret").put(2, "harmless").render();
        publish();
        storage.forgetOperations();
        chat.put(2, "second").render();
        other.remove(1).render();

        publish();

        assertThat(storage.puts().get(0)).startsWith("other/");
    }

    @Test
    void whatChangedSinceItWasRenderedIsNotPut() {
        chat.put(1, "secret").render();
        chat.remove(1);

        publish();

        assertThat(storage.operations()).isEmpty();
    }

    @Test
    void aKilledProcessRepeatsFewUploads() {
        for (int i = 1; i <= 1000; i++) {
            chat.put(i, "result " + i);
        }
        chat.render();
        int files = uploads();
        storage.failAfter(25, new IllegalStateException("the power went"));

        assertThatThrownBy(this::publish).hasMessage("the power went");

        assertThat(uploads()).isEqualTo(files - 20);
        publish();
        assertThat(reader().texts()).hasSize(1000);
    }

    @Test
    void stopsBetweenTwoFiles() {
        chat.put(1, "first").render();

        publish(storage, "memory", () -> storage.puts().size() >= 2);

        assertThat(storage.puts()).hasSizeGreaterThanOrEqualTo(2).doesNotContain(POINTER);
        publish();
        assertThat(storage.puts()).as("nothing is put twice").doesNotHaveDuplicates();
        assertThat(reader().texts()).containsExactly("first");
    }

    static Stream<Arguments> changesDuringAnUpload() {
        return IntStream.rangeClosed(1, 4)
                .boxed()
                .flatMap(put -> Stream.of(
                        arguments(put, "removed", change(test -> test.chat.remove(2))),
                        arguments(
                                put,
                                "removed and rendered",
                                change(test -> test.chat.remove(2).render())),
                        arguments(
                                put, "hidden", change(test -> test.store.files().clear(new ChannelId("C0NIGHT"))))));
    }

    private static Consumer<PublisherTest> change(Consumer<PublisherTest> change) {
        return change;
    }

    @ParameterizedTest(name = "after put {0}: {1}")
    @MethodSource("changesDuringAnUpload")
    void whatIsTakenDownDuringItsUploadIsTakenDown(int put, String what, Consumer<PublisherTest> change) {
        chat.put(1, "first").render();
        publish();
        chat.put(2, "secret");
        fillUp();
        var changes = new AtomicInteger();
        storage.onChange(readers -> {
            if (changes.incrementAndGet() == put) {
                change.accept(this);
            }
        });

        publish();
        storage.onChange(readers -> {});

        assertThat(changes).hasValueGreaterThanOrEqualTo(put);
        if (storage.everything().contains("secret")) {
            assertThat(store.storages().takedowns("memory")).isNotEmpty();
        }
        chat.remove(2).render();
        publish();
        assertThat(storage.everything()).doesNotContain("secret");
        assertThat(store.storages().takedowns("memory")).isEmpty();
        assertThat(reader().texts()).contains("first").hasSize(16);
    }

    @Test
    void aChatThatIsRenderedAgainDuringItsUploadIsWholeAtEveryMoment() {
        chat.put(1, "message 1").render();
        publish();
        var puts = new AtomicInteger();
        storage.onChange(readers -> {
            new SiteReader(readers, "night").texts();
            int put = puts.incrementAndGet();
            if (put < 40) {
                chat.put(put + 1, "message " + (put + 1)).render();
            }
        });
        chat.put(1, "message 1, edited").render();

        for (int i = 0; i < 50; i++) {
            publish();
        }

        assertThat(puts).hasValueGreaterThan(40);
        assertThat(reader().texts()).hasSize(40);
        assertThat(store.storages().hasWork("memory", now)).isFalse();
    }

    @Test
    void aChatThatIsRenderedAgainDuringEachUploadMakesProgress() {
        chat.put(1, "message 1").render();
        publish();
        var posts = new AtomicInteger(1);
        storage.onChange(readers -> {
            int nth = posts.incrementAndGet();
            chat.put(nth, "message " + nth).render();
        });
        chat.put(1, "message 1, edited").render();

        publish();

        assertThat(reader().texts()).contains("message 1, edited");
    }

    @Test
    void aMessageElsewhereDoesNotWaitForTheManyFilesOfALongChat() {
        var other = new TestChat(store, "C0OTHER", "other", START);
        for (int i = 1; i <= 5_000; i++) {
            chat.put(i, "result " + i);
        }
        chat.render();
        int files = uploads();
        storage.onChange(readers -> {
            if (storage.puts().size() == 30) {
                other.put(1, "elsewhere").render();
            }
        });

        Publisher.PublishResult first = publish();
        Publisher.PublishResult second = publish();

        assertThat(first.uploads()).isLessThan(60).isLessThan(files);
        assertThat(first.isPlanOutdated()).isTrue();
        assertThat(storage.puts()).doesNotHaveDuplicates();
        assertThat(storage.puts().get(first.uploads())).startsWith("other/");
        assertThat(second.isComplete()).isTrue();
        assertThat(first.uploads() + second.uploads()).isGreaterThan(files);
        assertThat(reader().texts()).hasSize(5_000);
    }

    @Test
    void aTakedownDoesNotWaitForTheManyFilesOfAChatThatGetsAnotherName() {
        String page = "x".repeat(20_000);
        chat.put(1, "secret");
        for (int i = 2; i <= 250; i++) {
            chat.put(i, i + page);
        }
        chat.render();
        publish();
        chat.metadata(chat.metadata("day")).render();
        chat.remove(1).render();
        var foundAtFirstPut = new ArrayList<String>();
        var puts = new AtomicInteger();
        storage.onChange(readers -> {
            boolean isPut = storage.puts().stream().anyMatch(key -> key.startsWith("day/"));
            if (isPut && puts.incrementAndGet() == 1) {
                foundAtFirstPut.addAll(keysWith("secret"));
            }
        });

        try (CapturedLog log = CapturedLog.open()) {
            publish();

            assertThat(log.linesWith("what was taken down is deleted first"))
                    .singleElement()
                    .asString()
                    .startsWith("WARN day: ");
        }

        assertThat(puts).hasValueGreaterThan(200);
        assertThat(foundAtFirstPut).isEmpty();
        assertThat(new SiteReader(storage, "day").texts()).hasSize(249);
    }

    @Test
    void anotherNameTakesItsOldFilesAway() {
        chat.put(1, "first").render();
        publish();
        chat.metadata(chat.metadata("day")).render();

        publish();

        assertThat(storage.keys()).allMatch(key -> key.startsWith("day"));
        assertThat(new SiteReader(storage, "day").texts()).containsExactly("first");
    }

    private Publisher.PublishResult publish() {
        return publish(storage, "memory", () -> false);
    }

    Publisher.PublishResult publish(Storage to, String name, BooleanSupplier stopping) {
        var state = store.storages().publishState(name);
        return new Publisher(to, state, threads, stopping, channel -> true, keys -> keys).publish(now);
    }

    private void later(Duration time) {
        now = now.plus(time);
        chat.at(now);
    }

    /** Enough changes that no pointer lists the first message, and its page has been rendered again. */
    private void fillUp() {
        for (int i = 10; i < 25; i++) {
            chat.put(i, "filler " + i).render();
        }
    }

    private int uploads() {
        return PublishPlan.of(store.storages().publishState("memory").desiredFiles("C0NIGHT"), Set.of())
                .uploads()
                .size();
    }

    /** A reader whom no failure meets that was meant for us. */
    private SiteReader reader() {
        storage.failNext(null);
        return new SiteReader(storage, "night");
    }

    private List<String> keysWith(String text) {
        return storage.keys().stream()
                .filter(key -> storage.text(key).contains(text))
                .toList();
    }

    /** Everything that the chat as rendered last is made of. */
    private Set<String> wantedKeys() {
        RenderedChat rendered = chat.render();
        var keys = new TreeSet<String>();
        rendered.files().forEach(file -> keys.add(file.object().key().value()));
        store.publicMessages()
                .chat(new ChannelId("C0NIGHT"))
                .pages()
                .forEach(page -> keys.add(page.key().value()));
        rendered.files().stream()
                .filter(file -> file.role() == FileRole.POINTER)
                .map(file -> new String(file.object().bytes(), StandardCharsets.UTF_8))
                .forEach(pointer -> keys.add(pointer.replaceFirst(".*\"index\":\"([^\"]+)\".*", "night/$1")));
        assertThat(rendered.files()).extracting(file -> file.role()).contains(FileRole.WHOLE);
        return keys;
    }

    /** Immutable files by their letter, the others by their names. */
    private static List<String> roles(List<String> keys) {
        return keys.stream()
                .map(key -> key.replaceAll("night/i/(.)-[0-9a-f]{12}\\.json", "$1"))
                .toList();
    }
}
