package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.model.Gzip;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.StoredObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every storage does. The tests look at the stored files directly, not through the storage. */
public abstract class StorageContract {
    public static final ObjectKey KEY = new ObjectKey("election/live.json");
    public static final ObjectKey CLIP = new ObjectKey("election/media/0123456789ab-720.mp4");

    /** The storage under test. */
    public abstract Storage storage();

    /** What a reader gets now, uncompressed. */
    public abstract Optional<byte[]> served(ObjectKey key);

    /** All files, including hidden and partial ones. */
    public abstract Set<String> allFiles();

    /** From now on puts fail when a part of a large file is written. */
    public abstract void failPuts();

    /** Ends {@link #failPuts}. */
    public abstract void restorePuts();

    /** Storages of this kind whose {@code check()} must throw ACTION_REQUIRED. */
    public abstract List<Storage> deniedStorages();

    /** Whether readers may find no file while it is replaced. */
    public boolean mayBeMissingDuringReplacement() {
        return false;
    }

    public static StoredObject object(ObjectKey key, byte[] bytes) {
        return new StoredObject(key, bytes, "application/json; charset=utf-8", "public, max-age=2");
    }

    public static StoredObject object(ObjectKey key, String text) {
        return object(key, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] largeContent(int seed) {
        var bytes = new byte[5 * 1024 * 1024];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    public String servedText(ObjectKey key) {
        return served(key)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("nothing");
    }

    public static RemoteException failureOf(Runnable action) {
        RemoteException failure = catchThrowableOfType(RemoteException.class, action::run);
        assertThat(failure).as("a RemoteException").isNotNull();
        return failure;
    }

    public static String stackTrace(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void servesWhatWasPut() {
        storage().put(object(KEY, "{\"text\": \"Größe 你好 🗳\"}"));

        assertThat(servedText(KEY)).isEqualTo("{\"text\": \"Größe 你好 🗳\"}");
        assertThat(allFiles()).containsExactly("election/live.json");
    }

    /** Counts what the second put allocates in the thread that calls it; the first one loads classes. */
    @Test
    void doesNotHoldTheContentOfALongFile() {
        var content = new byte[16 * 1024 * 1024];
        var chat = new StoredObject(KEY, Content.ofGzip(Gzip.compress(content)), "application/json", "no-cache");
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        storage().put(chat);
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());

        storage().put(chat);

        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
                .isLessThan(content.length / 4);
        assertThat(served(KEY)).hasValue(content);
    }

    @Test
    void replacesAnExistingFile() {
        storage().put(object(KEY, "old and rather long"));
        storage().put(object(KEY, "new"));
        storage().put(object(KEY, "newest"));

        assertThat(servedText(KEY)).isEqualTo("newest");
        assertThat(allFiles()).containsExactly("election/live.json");
    }

    @Test
    void makesMissingFolders() {
        var deep = new ObjectKey("a/b/c/d/e/f.json");
        var beside = new ObjectKey("a/b/c/g.json");

        storage().put(object(deep, "deep"));
        storage().put(object(beside, "beside"));

        assertThat(servedText(deep)).isEqualTo("deep");
        assertThat(servedText(beside)).isEqualTo("beside");
    }

    @Test
    void putsAFileAtTheTopLevel() {
        storage().put(object(new ObjectKey("channels.json"), "[]"));

        assertThat(servedText(new ObjectKey("channels.json"))).isEqualTo("[]");
    }

    @Test
    void putsAnEmptyFile() {
        storage().put(object(KEY, ""));

        assertThat(served(KEY)).hasValueSatisfying(bytes -> assertThat(bytes).isEmpty());
    }

    @Test
    void putsALargeFile() {
        storage().put(object(KEY, largeContent(1)));

        assertThat(served(KEY))
                .hasValueSatisfying(bytes ->
                        assertThat(Arrays.equals(bytes, largeContent(1))).isTrue());
    }

    @Test
    void putsAFileFromDisk(@TempDir Path local) throws IOException {
        Path clip = Files.write(local.resolve("clip"), longerThanAPart());

        storage()
                .put(new StoredObject(
                        CLIP, Content.of(clip, Files.size(clip), () -> false), "video/mp4", "public, max-age=3600"));

        assertThat(served(CLIP))
                .hasValueSatisfying(bytes ->
                        assertThat(Arrays.equals(bytes, longerThanAPart())).isTrue());
        assertThat(allFiles()).containsExactly(CLIP.value());
        storage().delete(CLIP);
        assertThat(allFiles()).isEmpty();
    }

    @Test
    void leavesNothingOfAPutThatIsCancelled(@TempDir Path local) throws IOException {
        Path clip = Files.write(local.resolve("clip"), longerThanAPart());
        var reads = new AtomicInteger();

        for (int most : List.of(0, 1, 30)) {
            reads.set(0);
            var content = Content.of(clip, Files.size(clip), () -> reads.incrementAndGet() > most);
            failureOf(() -> storage().put(new StoredObject(CLIP, content, "video/mp4", "public, max-age=3600")));
        }

        assertThat(allFiles()).isEmpty();
        storage().put(object(KEY, "works"));
        assertThat(servedText(KEY)).isEqualTo("works");
    }

    @Test
    void keepsTheOldFileIfItsReplacementIsNoLongerOnDisk(@TempDir Path local) {
        storage().put(object(CLIP, "old"));
        var content = Content.of(local.resolve("missing"), 9, () -> false);

        failureOf(() -> storage().put(new StoredObject(CLIP, content, "video/mp4", "public, max-age=3600")));

        assertThat(servedText(CLIP)).isEqualTo("old");
        assertThat(allFiles()).containsExactly(CLIP.value());
    }

    /** As long as S3 takes in two parts. */
    private static byte[] longerThanAPart() {
        var bytes = new byte[17 * 1024 * 1024];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    @Test
    void keepsEveryByteValue() {
        var bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }

        storage().put(object(KEY, bytes));

        assertThat(served(KEY)).hasValueSatisfying(served -> assertThat(served).isEqualTo(bytes));
    }

    @Test
    void deletes() {
        storage().put(object(KEY, "gone soon"));
        storage().put(object(new ObjectKey("election/other.json"), "stays"));

        storage().delete(KEY);

        assertThat(allFiles()).containsExactly("election/other.json");
    }

    @Test
    void deletesAMissingFileWithoutError() {
        storage().delete(KEY);
        storage().put(object(KEY, "once"));
        storage().delete(KEY);
        storage().delete(KEY);
        storage().delete(new ObjectKey("no/such/folder/at.all"));

        assertThat(allFiles()).isEmpty();
    }

    @Test
    void readsWhatReadersGet() {
        assertThat(storage().read(KEY)).isEmpty();
        assertThat(storage().read(new ObjectKey("no/such/folder/at.all"))).isEmpty();

        storage().put(object(KEY, "Größe"));

        StoredObject read = storage().read(KEY).orElseThrow();
        assertThat(read.key()).isEqualTo(KEY);
        assertThat(read.bytes()).isEqualTo("Größe".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void listsAllKeysBelowAFolderSorted() {
        for (String key :
                List.of("b.json", "a/z.json", "a/i/p-2.json", "a/i/p-1.json", "a-b/x.json", "channels.json")) {
            storage().put(object(new ObjectKey(key), key));
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
    void listsNothingInAMissingFolder() {
        assertThat(storage().list("")).isEmpty();
        assertThat(storage().list("no/such/folder")).isEmpty();
    }

    @Test
    void keepsTheOldContentIfAPutFails() {
        storage().put(object(KEY, "old"));
        failPuts();

        RemoteException failure = failureOf(() -> storage().put(object(KEY, largeContent(2))));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure)
                .hasMessageStartingWith(
                        "cannot put election/live.json to " + storage().name() + ": ");
        assertThat(servedText(KEY)).isEqualTo("old");
        assertThat(allFiles()).containsExactly("election/live.json");
        restorePuts();
        storage().put(object(KEY, largeContent(2)));
        assertThat(served(KEY).orElseThrow()).hasSize(largeContent(2).length);
    }

    @Test
    void leavesNothingIfTheFirstPutFails() {
        failPuts();

        failureOf(() -> storage().put(object(KEY, largeContent(3))));

        assertThat(allFiles()).isEmpty();
        restorePuts();
    }

    @Test
    void showsReadersNeitherMixturesNorParts() throws Exception {
        byte[] as = "a".repeat(300_000).getBytes(StandardCharsets.UTF_8);
        byte[] bs = "b".repeat(200_000).getBytes(StandardCharsets.UTF_8);
        storage().put(object(KEY, as));
        var isOver = new AtomicBoolean();
        var reader = Executors.newSingleThreadExecutor();

        var bad = reader.submit((Callable<String>) () -> {
            while (!isOver.get()) {
                Optional<byte[]> seen = served(KEY);
                if (seen.isEmpty() && !mayBeMissingDuringReplacement()) {
                    return "nothing";
                }
                if (seen.isPresent() && !Arrays.equals(seen.get(), as) && !Arrays.equals(seen.get(), bs)) {
                    return "neither: " + seen.get().length + " bytes";
                }
            }
            return "";
        });
        for (int i = 0; i < 12; i++) {
            storage().put(object(KEY, i % 2 == 0 ? bs : as));
        }
        isOver.set(true);

        assertThat(bad.get()).isEmpty();
        reader.shutdown();
    }

    @Test
    public void acceptsParallelUseUpToItsLimit() throws Exception {
        List<ObjectKey> keys = IntStream.range(0, 40)
                .mapToObj(i -> new ObjectKey("f" + i % 5 + "/" + i + ".json"))
                .toList();

        inParallel(keys, key -> storage().put(object(key, "old " + key)));
        inParallel(keys, key -> storage().put(object(key, "new " + key)));

        assertThat(storage().list("")).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(keys).allMatch(key -> servedText(key).equals("new " + key));
        inParallel(keys, key -> storage().delete(key));
        assertThat(allFiles()).isEmpty();
    }

    private void inParallel(List<ObjectKey> keys, Consumer<ObjectKey> action) throws Exception {
        var threads = Executors.newFixedThreadPool(storage().maxParallel());
        try {
            for (var done : threads.invokeAll(keys.stream()
                    .map(key -> Executors.callable(() -> action.accept(key)))
                    .toList())) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void leavesNothingBehindAfterACheck() {
        storage().check();
        assertThat(allFiles()).isEmpty();

        storage().put(object(KEY, "stays"));
        storage().check();

        assertThat(allFiles()).containsExactly("election/live.json");
    }

    @Test
    void givesAHintIfNothingCanBePut() {
        storage().put(object(KEY, "stays"));

        for (Storage denied : deniedStorages()) {
            RemoteException failure = failureOf(denied::check);

            assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.ACTION_REQUIRED);
            assertThat(failure).hasMessageContaining(denied.name());
            assertThat(failure.hint()).endsWith(".");
            denied.close();
        }
        assertThat(allFiles()).containsExactly("election/live.json");
    }

    @Test
    void refusesToListAnInvalidFolder() {
        for (String odd : List.of("..", "a/../b", "a\r\nDELE b", "/etc", "a/")) {
            assertThatThrownBy(() -> storage().list(odd)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void reopensAfterClose() {
        storage().put(object(KEY, "before"));

        storage().close();
        storage().close();
        storage().put(object(KEY, "after"));

        assertThat(servedText(KEY)).isEqualTo("after");
    }
}
