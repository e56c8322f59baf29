package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStorageTest extends StorageContract {
    @TempDir
    Path temp;

    private Path top;
    private Storage storage;
    private boolean isFull;

    @BeforeEach
    void makeStorage() {
        top = temp.resolve("public");
        storage = storage(new DirectorySettings(top));
    }

    Storage storage(DirectorySettings settings) {
        return settings.storage();
    }

    @Override
    public Storage storage() {
        return isFull ? new DirectoryStorage(top, DirectoryStorageTest::writeHalf) : storage;
    }

    @Override
    public Optional<byte[]> served(ObjectKey key) {
        return Folder.file(top, key.value());
    }

    @Override
    public Set<String> allFiles() {
        return Folder.files(top);
    }

    @Override
    public void failPuts() {
        isFull = true;
    }

    @Override
    public void restorePuts() {
        isFull = false;
    }

    @Override
    public List<Storage> deniedStorages() {
        Folder.write(temp, "file", "not a folder");
        return List.of(new DirectoryStorage(temp.resolve("file")), new DirectoryStorage(temp.resolve("file/below")));
    }

    private static void writeHalf(Path newFile, Storage.Content content) throws IOException {
        byte[] bytes = content.bytes();
        Files.write(newFile, Arrays.copyOf(bytes, bytes.length / 2));
        throw new IOException("No space left on device");
    }

    @Test
    void aDirectoryThatCannotBeMadeIsReportedWithWhatIsWrong() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "/proc is Linux's");
        Path cannotBeMade = Path.of("/proc/chatpress");

        assertThatThrownBy(() -> new DirectoryStorage(cannotBeMade).check())
                .hasMessageEndingWith(
                        "directory /proc/chatpress: /proc/chatpress does not exist and cannot be created");
    }

    @Test
    void keepsNoLargeBufferOutsideTheHeap() {
        BufferPoolMXBean outside = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        byte[] chat = largeContent(1);

        long kept = inAnotherThread(() -> {
            long before = outside.getMemoryUsed();
            storage().put(object(KEY, chat));
            return outside.getMemoryUsed() - before;
        });

        assertThat(kept).isLessThan(chat.length / 10);
        assertThat(served(KEY)).hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(chat));
    }

    /** In a new thread, because each thread keeps its own direct buffers. */
    private static <T> T inAnotherThread(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> new Thread(task).start())
                .join();
    }

    @Test
    void namesFileDirectoryAndReason() {
        failPuts();

        RemoteException failure = failureOf(() -> storage().put(object(KEY, "much")));

        assertThat(failure)
                .hasMessage("cannot put election/live.json to directory " + top + ": No space left on device");
        assertThat(failure.hint()).isEqualTo("Check that " + top + " can be written and that its disk has free space.");
    }

    @Test
    void makesFilesReadableForAll() throws IOException {
        storage.put(object(KEY, "for all"));

        assertThat(Files.getPosixFilePermissions(top.resolve("election/live.json")))
                .contains(PosixFilePermission.OTHERS_READ);
        assertThat(Files.getPosixFilePermissions(top.resolve("election")))
                .contains(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);
    }

    @Test
    void deletesWhatAnInterruptedPutLeft() {
        Folder.write(top, "election/.live.json.part", "half");
        Folder.write(top, "election/.other.json.part", "half");

        assertThat(storage.list("")).isEmpty();
        storage.delete(KEY);
        storage.put(object(new ObjectKey("election/other.json"), "whole"));

        assertThat(allFiles()).containsExactly("election/other.json");
    }

    @Test
    void ignoresFilesOfOthers() throws IOException {
        storage.put(object(KEY, "ours"));
        Folder.write(top, "election/.htaccess", "hidden");
        Folder.write(top, ".well-known/security.txt", "hidden");
        Folder.write(top, "with blank/ünd umlaut.json", "odd");
        Folder.write(top, "lost+found/x.json", "odd");
        Files.createSymbolicLink(top.resolve("link.json"), top.resolve("election/live.json"));
        Files.createSymbolicLink(top.resolve("circle"), top);

        assertThat(storage.list("")).containsExactly(KEY);
    }

    @Test
    void followsNoLinkOutOfItsDirectory() throws IOException {
        Folder.write(temp, "elsewhere/live.json", "not ours");
        Files.createDirectories(top);
        Files.createSymbolicLink(top.resolve("election"), temp.resolve("elsewhere"));

        assertThat(failureOf(() -> storage.put(object(KEY, "new"))).kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failureOf(() -> storage.delete(KEY)).kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failureOf(() -> storage.read(KEY))).hasMessageContaining("election is a symbolic link");
        assertThat(storage.list("election")).isEmpty();
        assertThat(Folder.files(temp.resolve("elsewhere"))).containsExactly("live.json");
    }

    @Test
    void replacesALinkInsteadOfItsTarget() throws IOException {
        Folder.write(temp, "passwd", "not ours");
        Files.createDirectories(top.resolve("election"));
        Files.createSymbolicLink(top.resolve("election/live.json"), temp.resolve("passwd"));
        Files.createSymbolicLink(top.resolve("election/.live.json.part"), temp.resolve("passwd"));

        assertThat(storage.read(KEY)).isEmpty();
        storage.put(object(KEY, "ours"));

        assertThat(servedText(KEY)).isEqualTo("ours");
        assertThat(Folder.file(temp, "passwd").orElseThrow()).isEqualTo("not ours".getBytes(StandardCharsets.UTF_8));
        assertThat(allFiles()).containsExactly("election/live.json");
    }

    @Test
    void acceptsALinkAsItsDirectory() throws IOException {
        Files.createDirectories(temp.resolve("releases/5"));
        Files.createSymbolicLink(top, temp.resolve("releases/5"));

        storage.put(object(KEY, "through the link"));
        storage.check();

        assertThat(storage.list("election")).containsExactly(KEY);
        assertThat(Folder.files(temp.resolve("releases/5"))).containsExactly("election/live.json");
    }

    @Test
    void reportsAFolderInPlaceOfAFile() {
        Folder.write(top, "election/live.json/file", "in the way");
        Folder.write(top, "finance", "in the way");

        assertThat(storage.read(KEY)).isEmpty();
        failureOf(() -> storage.put(object(KEY, "new")));
        assertThat(failureOf(() -> storage.put(object(new ObjectKey("finance/live.json"), "new")))
                        .kind())
                .isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(allFiles()).containsExactly("election/live.json/file", "finance");
    }

    @Test
    void leavesNoFolderBehindAfterACheck() {
        var deep = new DirectoryStorage(temp.resolve("not/yet/there"));

        deep.check();

        assertThat(temp.resolve("not")).doesNotExist();
    }

    @Test
    void isNotReachableWhileItsDirectoryIsMissing() throws IOException {
        storage.put(object(KEY, "taken down meanwhile"));
        Path unmounted = Files.move(top, temp.resolve("unmounted"));
        var reopened = new DirectoryStorage(top);
        reopened.expectObjects();

        for (Storage away : List.of(storage, reopened)) {
            for (Runnable action : List.<Runnable>of(
                    () -> away.put(object(KEY, "new")),
                    () -> away.delete(KEY),
                    () -> away.read(KEY),
                    () -> away.list(""),
                    () -> away.list("election"),
                    away::check)) {
                RemoteException failure = failureOf(action);

                assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
                assertThat(failure).hasMessageEndingWith(" directory " + top + ": the directory does not exist");
                assertThat(failure.hint()).isEqualTo("Mount " + top + ", or create it empty if its files are lost.");
                assertThat(top).doesNotExist();
            }
        }

        Files.move(unmounted, top);
        storage.delete(KEY);
        assertThat(allFiles()).isEmpty();
    }

    @Test
    void hasAName() {
        assertThat(new DirectoryStorage(Path.of("public")).name()).isEqualTo("directory public");
    }
}
