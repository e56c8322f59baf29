package org.chatpress.storage;

import java.io.IOException;
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
import org.chatpress.error.RemoteException;

/**
 * Files below a folder that a web server serves. The folder itself may be a symbolic link; below it links are neither
 * followed nor listed, so that nothing outside is ever touched.
 */
final class DirectoryStorage implements Storage {
    private static final int AT_ONCE = 64 * 1024;

    private final Path directory;
    private final FileSync disk;

    /** Writes new files so that they outlive a power cut. */
    interface FileSync {
        void write(Path newFile, byte[] bytes) throws IOException;

        /** A rename or a removal outlives a power cut only when the folder is written out too. */
        default void syncDirectory(Path folder) throws IOException {
            // Windows neither needs this nor lets a folder be opened
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        }
    }

    /** Waits for no disk: for what can be made again after a power cut. */
    static final class NoFileSync implements FileSync {
        @Override
        public void write(Path newFile, byte[] bytes) throws IOException {
            Files.write(newFile, bytes, StandardOpenOption.CREATE_NEW);
        }

        @Override
        public void syncDirectory(Path folder) {}
    }

    DirectoryStorage(Path directory) {
        this(directory, DirectoryStorage::writeThrough);
    }

    DirectoryStorage(Path directory, FileSync disk) {
        this.directory = directory;
        this.disk = disk;
    }

    @Override
    public String name() {
        return "directory " + directory;
    }

    @Override
    public void put(StoredObject object) {
        try {
            Path file = file(object.key().value());
            Files.createDirectories(file.getParent());
            replace(file, file(object.key().temporary()), object.bytes());
        } catch (IOException e) {
            throw failure("put " + object.key() + " to", e);
        }
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            Path file = file(key.value());
            boolean wasThere = Files.deleteIfExists(file);
            wasThere |= Files.deleteIfExists(file(key.temporary()));
            if (wasThere) {
                disk.syncDirectory(file.getParent());
            }
        } catch (IOException e) {
            throw failure("delete " + key + " from", e);
        }
    }

    @Override
    public Optional<StoredObject> read(ObjectKey key) {
        try {
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

        StoredObject probe = StorageProbe.object();
        try {
            put(probe);
            delete(probe.key());
        } finally {
            missing.forEach(DirectoryStorage::deleteQuietly);
        }
    }

    @Override
    public void close() {}

    /** The path of a key or of its partial file; fails where a symbolic link would lead elsewhere. */
    private Path file(String path) throws IOException {
        Path folder = directory;
        String[] parts = path.split("/", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            folder = folder.resolve(parts[i]);
            if (Files.isSymbolicLink(folder)) {
                throw new FileAlreadyExistsException(folder.toString(), null, folder + " is a symbolic link");
            }
        }
        return folder.resolve(parts[parts.length - 1]);
    }

    private void replace(Path file, Path partial, byte[] bytes) throws IOException {
        // What an interrupted put left there, or somebody's link: never written through
        Files.deleteIfExists(partial);
        try {
            disk.write(partial, bytes);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            deleteQuietly(partial);
            throw e;
        }
        disk.syncDirectory(file.getParent());
    }

    private static void writeThrough(Path newFile, byte[] bytes) throws IOException {
        try (var channel = FileChannel.open(newFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var rest = ByteBuffer.wrap(bytes);
            while (rest.position() < bytes.length) {
                // A little at a time: each thread keeps, outside the heap, as much as it ever wrote at once.
                rest.limit(Math.min(bytes.length, rest.position() + AT_ONCE));
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // The next put or delete of the key removes it
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
                // Gone since its folder was read, or not ours, such as lost+found
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

    private RemoteException failure(String deed, IOException e) {
        String message = "cannot " + deed + " " + name() + ": " + reason(e);
        Path nearest = nearestThatExists();
        if (e instanceof FileAlreadyExistsException || !Files.isDirectory(nearest)) {
            return RemoteException.actionRequired(
                    message, "Move it away: Chatpress needs a folder of its own there.", e);
        }
        if (e instanceof AccessDeniedException || !Files.isWritable(nearest)) {
            return RemoteException.actionRequired(
                    message, "Let the user that runs Chatpress write in " + directory + " and its folders.", e);
        }
        return RemoteException.transientFailure(message, e);
    }

    private Path nearestThatExists() {
        Path path = directory.toAbsolutePath();
        while (!Files.exists(path)) {
            path = path.getParent();
        }
        return path;
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException problem && problem.getReason() != null) {
            return problem.getReason();
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied at " + e.getMessage();
        }
        if (e instanceof FileAlreadyExistsException) {
            return e.getMessage() + " is not a folder";
        }
        return e.getMessage();
    }
}
