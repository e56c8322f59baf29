package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.junit.jupiter.api.Test;

/** What every storage does, whatever it is made of. What is stored is always looked at round the storage. */
public abstract class StorageContract {
    public static final ObjectKey KEY = new ObjectKey("election/live.json");

    /** The storage under test. */
    public abstract Storage storage();

    /** What a reader gets now, uncompressed. */
    public abstract Optional<byte[]> served(ObjectKey key);

    /** Every file that is there, hidden and partial ones too. */
    public abstract Set<String> everything();

    /** From now on puts break when half of a big body is there. */
    public abstract void breakPuts();

    /** Mends what {@link #breakPuts} broke. */
    public abstract void mendPuts();

    /** Storages of this kind on which {@code check()} must say ACTION_REQUIRED. */
    public abstract List<Storage> deniedStorages();

    /** Whether readers may find no file for the moment of a replacement. */
    public boolean mayVanishForAMoment() {
        return false;
    }

    public static StoredObject blob(ObjectKey key, byte[] bytes) {
        return new StoredObject(key, bytes, "application/json; charset=utf-8", "public, max-age=2");
    }

    public static StoredObject blob(ObjectKey key, String text) {
        return blob(key, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bigBody(int seed) {
        var bytes = new byte[5 * 1024 * 1024];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    public String servedText(ObjectKey key) {
        return served(key)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("nothing");
    }

    public static RemoteException failureOf(Runnable deed) {
        RemoteException failure = catchThrowableOfType(RemoteException.class, deed::run);
        assertThat(failure).as("a RemoteFailure").isNotNull();
        return failure;
    }

    public static String stackTrace(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void servesWhatWasPut() {
        storage().put(blob(KEY, "{\"text\": \"Größe 你好 🗳\"}"));

        assertThat(servedText(KEY)).isEqualTo("{\"text\": \"Größe 你好 🗳\"}");
        assertThat(everything()).containsExactly("election/live.json");
    }

    @Test
    void replacesWhatWasThere() {
        storage().put(blob(KEY, "old and rather long"));
        storage().put(blob(KEY, "new"));
        storage().put(blob(KEY, "newest"));

        assertThat(servedText(KEY)).isEqualTo("newest");
        assertThat(everything()).containsExactly("election/live.json");
    }

    @Test
    void makesFoldersAsNeeded() {
        var deep = new ObjectKey("a/b/c/d/e/f.json");
        var beside = new ObjectKey("a/b/c/g.json");

        storage().put(blob(deep, "deep"));
        storage().put(blob(beside, "beside"));

        assertThat(servedText(deep)).isEqualTo("deep");
        assertThat(servedText(beside)).isEqualTo("beside");
    }

    @Test
    void putsAtTheTop() {
        storage().put(blob(new ObjectKey("channels.json"), "[]"));

        assertThat(servedText(new ObjectKey("channels.json"))).isEqualTo("[]");
    }

    @Test
    void putsAnEmptyBody() {
        storage().put(blob(KEY, ""));

        assertThat(served(KEY)).hasValueSatisfying(bytes -> assertThat(bytes).isEmpty());
    }

    @Test
    void putsABigBody() {
        storage().put(blob(KEY, bigBody(1)));

        assertThat(served(KEY))
                .hasValueSatisfying(
                        bytes -> assertThat(Arrays.equals(bytes, bigBody(1))).isTrue());
    }

    @Test
    void keepsEveryKindOfByte() {
        var bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }

        storage().put(blob(KEY, bytes));

        assertThat(served(KEY)).hasValueSatisfying(served -> assertThat(served).isEqualTo(bytes));
    }

    @Test
    void deletes() {
        storage().put(blob(KEY, "gone soon"));
        storage().put(blob(new ObjectKey("election/other.json"), "stays"));

        storage().delete(KEY);

        assertThat(everything()).containsExactly("election/other.json");
    }

    @Test
    void deletesWhatIsNotThere() {
        storage().delete(KEY);
        storage().put(blob(KEY, "once"));
        storage().delete(KEY);
        storage().delete(KEY);
        storage().delete(new ObjectKey("no/such/folder/at.all"));

        assertThat(everything()).isEmpty();
    }

    @Test
    void readsWhatReadersGet() {
        assertThat(storage().read(KEY)).isEmpty();
        assertThat(storage().read(new ObjectKey("no/such/folder/at.all"))).isEmpty();

        storage().put(blob(KEY, "Größe"));

        StoredObject read = storage().read(KEY).orElseThrow();
        assertThat(read.key()).isEqualTo(KEY);
        assertThat(read.bytes()).isEqualTo("Größe".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void listsEveryKeyBelowAFolderSorted() {
        for (String key :
                List.of("b.json", "a/z.json", "a/i/p-2.json", "a/i/p-1.json", "a-b/x.json", "channels.json")) {
            storage().put(blob(new ObjectKey(key), key));
        }

        assertThat(storage().list(""))
                .extracting(ObjectKey::value)
                .containsExactly("a-b/x.json", "a/i/p-1.json", "a/i/p-2.json", "a/z.json", "b.json", "channels.json");
        assertThat(storage().list("a"))
                .extracting(ObjectKey::value)
                .containsExactly("a/i/p-1.json", "a/i/p-2.json", "a/z.json");
        assertThat(storage().list("a/i")).extracting(ObjectKey::value).containsExactly("a/i/p-1.json", "a/i/p-2.json");
    }

    @Test
    void listsNothingWhereNothingIs() {
        assertThat(storage().list("")).isEmpty();
        assertThat(storage().list("no/such/folder")).isEmpty();
    }

    @Test
    void aPutThatFailsHalfWayLeavesTheOldBytes() {
        storage().put(blob(KEY, "old"));
        breakPuts();

        RemoteException failure = failureOf(() -> storage().put(blob(KEY, bigBody(2))));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure)
                .hasMessageStartingWith(
                        "cannot put election/live.json to " + storage().name() + ": ");
        assertThat(servedText(KEY)).isEqualTo("old");
        assertThat(everything()).containsExactly("election/live.json");
        mendPuts();
        storage().put(blob(KEY, bigBody(2)));
        assertThat(served(KEY).orElseThrow()).hasSize(bigBody(2).length);
    }

    @Test
    void aFirstPutThatFailsHalfWayLeavesNothing() {
        breakPuts();

        failureOf(() -> storage().put(blob(KEY, bigBody(3))));

        assertThat(everything()).isEmpty();
        mendPuts();
    }

    @Test
    void aReaderNeverSeesAMixtureOrAPart() throws Exception {
        byte[] as = "a".repeat(300_000).getBytes(StandardCharsets.UTF_8);
        byte[] bs = "b".repeat(200_000).getBytes(StandardCharsets.UTF_8);
        storage().put(blob(KEY, as));
        var isOver = new AtomicBoolean();
        var reader = Executors.newSingleThreadExecutor();

        var bad = reader.submit((Callable<String>) () -> {
            while (!isOver.get()) {
                Optional<byte[]> seen = served(KEY);
                if (seen.isEmpty() && !mayVanishForAMoment()) {
                    return "nothing";
                }
                if (seen.isPresent() && !Arrays.equals(seen.get(), as) && !Arrays.equals(seen.get(), bs)) {
                    return "neither: " + seen.get().length + " bytes";
                }
            }
            return "";
        });
        for (int i = 0; i < 12; i++) {
            storage().put(blob(KEY, i % 2 == 0 ? bs : as));
        }
        isOver.set(true);

        assertThat(bad.get()).isEmpty();
        reader.shutdown();
    }

    @Test
    public void isUsedByAsManyThreadsAsItHasLanes() throws Exception {
        List<ObjectKey> keys = IntStream.range(0, 40)
                .mapToObj(i -> new ObjectKey("f" + i % 5 + "/" + i + ".json"))
                .toList();

        onItsLanes(keys, key -> storage().put(blob(key, "old " + key)));
        onItsLanes(keys, key -> storage().put(blob(key, "new " + key)));

        assertThat(storage().list("")).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(keys).allMatch(key -> servedText(key).equals("new " + key));
        onItsLanes(keys, key -> storage().delete(key));
        assertThat(everything()).isEmpty();
    }

    private void onItsLanes(List<ObjectKey> keys, Consumer<ObjectKey> deed) throws Exception {
        var threads = Executors.newFixedThreadPool(storage().maxParallel());
        try {
            for (var done : threads.invokeAll(keys.stream()
                    .map(key -> Executors.callable(() -> deed.accept(key)))
                    .toList())) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void checksWithoutLeavingATrace() {
        storage().check();
        assertThat(everything()).isEmpty();

        storage().put(blob(KEY, "stays"));
        storage().check();

        assertThat(everything()).containsExactly("election/live.json");
    }

    @Test
    void saysWhatToDoWhereNothingCanBePut() {
        storage().put(blob(KEY, "stays"));

        for (Storage denied : deniedStorages()) {
            RemoteException failure = failureOf(denied::check);

            assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.ACTION_REQUIRED);
            assertThat(failure).hasMessageContaining(denied.name());
            assertThat(failure.hint()).endsWith(".");
            denied.close();
        }
        assertThat(everything()).containsExactly("election/live.json");
    }

    @Test
    void refusesToListWhatIsNoFolder() {
        for (String odd : List.of("..", "a/../b", "a\r\nDELE b", "/etc", "a/")) {
            assertThatThrownBy(() -> storage().list(odd)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void worksOnAfterItWasClosed() {
        storage().put(blob(KEY, "before"));

        storage().close();
        storage().close();
        storage().put(blob(KEY, "after"));

        assertThat(servedText(KEY)).isEqualTo("after");
    }
}
