package org.chatpress.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.storage.Storage.StoredObject;

/**
 * Stores files in a local directory. The directory itself may be a symbolic link; links below it are neither followed nor
 * listed, so that nothing outside is ever changed.
 *
 * <p>The first put makes the directory. If it is missing later, every operation fails: its files, which are then out of
 * reach, may come back with it.
 */
final class DirectoryStorage implements Storage {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final Path directory;
    private final FileSync fileSync;
    private volatile boolean isExpected;

    /** Writes files so that they survive a power failure. */
    interface FileSync {
        void write(Path newFile, Content content) throws IOException;

        /** Renames and deletions survive a power failure only after an fsync of the folder. */
        default void syncDirectory(Path folder) throws IOException {
            // Windows does not need this, and cannot open a folder
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        }
    }

    /** Writes without fsync, for files that can be rendered again after a power failure. */
    static final class NoFileSync implements FileSync {
        @Override
        public void write(Path newFile, Content content) throws IOException {
            try (var channel = openNew(newFile)) {
                writeInChunks(channel, content);
            }
        }

        @Override
        public void syncDirectory(Path folder) {}
    }

    DirectoryStorage(Path directory) {
        this(directory, DirectoryStorage::writeAndSync);
    }

    DirectoryStorage(Path directory, FileSync fileSync) {
        this.directory = directory;
        this.fileSync = fileSync;
    }

    @Override
    public String name() {
        return "directory " + directory;
    }

    @Override
    public void expectObjects() {
        isExpected = true;
    }

    /** The device and inode of the directory. */
    @Override
    public Optional<Object> medium() {
        try {
            requireDirectory();
            return Files.exists(directory)
                    ? Optional.ofNullable(Files.readAttributes(directory, BasicFileAttributes.class)
                            .fileKey())
                    : Optional.empty();
        } catch (IOException e) {
            throw failure("look at", e);
        }
    }

    @Override
    public void put(StoredObject object) {
        try {
            write(object);
        } catch (IOException e) {
            throw failure("put " + object.key() + " to", e);
        }
        isExpected = true;
    }

    private void write(StoredObject object) throws IOException {
        requireDirectory();
        Path file = file(object.key().value());
        Files.createDirectories(file.getParent());
        replace(file, file(object.key().temporary()), object.content());
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            Path file = file(key.value());
            boolean existed = Files.deleteIfExists(file);
            existed |= Files.deleteIfExists(file(key.temporary()));
            if (existed) {
                fileSync.syncDirectory(file.getParent());
            } else {
                requireDirectory();
            }
        } catch (IOException e) {
            throw failure("delete " + key + " from", e);
        }
    }

    @Override
    public Optional<StoredObject> read(ObjectKey key) {
        try {
            requireDirectory();
            Path file = file(key.value());
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    ? Optional.of(new StoredObject(key, Files.readAllBytes(file), "", ""))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure("read " + key + " from", e);
        }
    }

    @Override
    public List<ObjectKey> list(String folder) {
        try {
            requireDirectory();
            Path top = Files.exists(directory) ? directory.toRealPath() : directory;
            Path start =
                    folder.isEmpty() ? top : top.resolve(directory.relativize(file(new ObjectKey(folder).value())));
            return keysBelow(start, top);
        } catch (IOException e) {
            throw failure("list " + (folder.isEmpty() ? "everything" : folder) + " in", e);
        }
    }

    @Override
    public void check() {
        var missing = new ArrayList<Path>();
        for (Path path = directory.toAbsolutePath(); !Files.exists(path); path = path.getParent()) {
            missing.add(path);
        }

        StoredObject probe = Storage.probe();
        try {
            write(probe);
            Storage.deleteProbe(probe, this);
        } catch (IOException e) {
            throw failure("write a test file to", e);
        } finally {
            missing.forEach(DirectoryStorage::deleteQuietly);
        }
    }

    @Override
    public void close() {}

    private void requireDirectory() throws IOException {
        if (isMissing()) {
            throw new FileSystemException(directory.toString(), null, "the directory does not exist");
        }
    }

    private boolean isMissing() {
        return isExpected && Files.notExists(directory);
    }

    /** The path of a key or partial file; throws if a symbolic link would lead out of the directory. */
    private Path file(String path) throws IOException {
        Path folder = directory;
        String[] segments = path.split("/", -1);
        for (int i = 0; i < segments.length - 1; i++) {
            folder = folder.resolve(segments[i]);
            if (Files.isSymbolicLink(folder)) {
                throw new FileAlreadyExistsException(folder.toString(), null, folder + " is a symbolic link");
            }
        }
        return folder.resolve(segments[segments.length - 1]);
    }

    private void replace(Path file, Path partial, Content content) throws IOException {
        // An interrupted put may have left it; a link of that name must not be followed
        Files.deleteIfExists(partial);
        try {
            fileSync.write(partial, content);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            deleteQuietly(partial);
            throw e;
        }
        fileSync.syncDirectory(file.getParent());
    }

    private static void writeAndSync(Path newFile, Content content) throws IOException {
        try (var channel = openNew(newFile)) {
            writeInChunks(channel, content);
            channel.force(true);
        }
    }

    private static FileChannel openNew(Path newFile) throws IOException {
        return FileChannel.open(newFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Each thread keeps a direct buffer as large as the longest single write. */
    private static void writeInChunks(FileChannel channel, Content content) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = content.open()) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                var buffer = ByteBuffer.wrap(chunk, 0, read);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // The next put or delete of this key deletes it
        }
    }

    private static List<ObjectKey> keysBelow(Path start, Path top) throws IOException {
        var keys = new ArrayList<ObjectKey>();
        Files.walkFileTree(start, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return folder.equals(start) || ObjectKey.isValid(key(folder))
                        ? FileVisitResult.CONTINUE
                        : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && ObjectKey.isValid(key(file))) {
                    keys.add(new ObjectKey(key(file)));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                // Deleted meanwhile, or not readable but not ours, such as lost+found
                if (e instanceof NoSuchFileException || !ObjectKey.isValid(key(file))) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            private String key(Path path) {
                return StreamSupport.stream(top.relativize(path).spliterator(), false)
                        .map(Path::toString)
                        .collect(Collectors.joining("/"));
            }
        });
        return keys.stream().sorted().toList();
    }

    private RemoteException failure(String action, IOException e) {
        String message = "cannot " + action + " " + name() + ": " + reason(e);
        if (isMissing()) {
            return RemoteException.transientFailure(
                    message, "Mount " + directory + ", or create it empty if its files are lost.", e);
        }
        Path existing = nearestExistingFolder();
        if (e instanceof FileAlreadyExistsException || !Files.isDirectory(existing)) {
            return RemoteException.actionRequired(message, "Move it away: Chatpress needs a folder there.", e);
        }
        if (e instanceof AccessDeniedException || !Files.isWritable(existing)) {
            return RemoteException.actionRequired(
                    message,
                    "Give the user that runs Chatpress write permission for " + directory + " and its folders.",
                    e);
        }
        return RemoteException.transientFailure(
                message, "Check that " + directory + " can be written and that its disk has free space.", e);
    }

    private Path nearestExistingFolder() {
        Path path = directory.toAbsolutePath();
        while (!Files.exists(path)) {
            path = path.getParent();
        }
        return path;
    }

    private static String reason(IOException e) {
        String reason = ErrorMessages.describe(e);
        return e instanceof AccessDeniedException denied && denied.getReason() == null
                ? reason + " at " + denied.getFile()
                : reason;
    }
}
