package org.chatpress.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chatpress.config.DatabaseSettings;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.media.ClipProcessor.ProcessedClip;
import org.chatpress.media.model.ClipRecord;
import org.chatpress.media.model.ClipRecord.Rendition;
import org.chatpress.media.model.PhotoState;
import org.chatpress.media.model.PhotoState.Event;
import org.chatpress.media.model.PhotoState.Stage;
import org.chatpress.media.model.VideoSettings;
import org.chatpress.model.Backoff;
import org.chatpress.model.Hashes;
import org.chatpress.model.Retries;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.slack.SlackFiles;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ClipRepository.ClipUpload;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes clips from Slack to readers: downloads and converts them one after the other, and uploads them to every storage.
 * Nothing else waits for that. A takedown ends the conversion or the upload of its clip.
 *
 * <p>Converted clips are kept in a folder beside the database, so that they can be uploaded again at any time.
 */
public final class ClipPipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClipPipeline.class);

    /** How long a clip may wait for Slack before it fails. */
    private static final Duration MAX_WAIT = Duration.ofHours(1);

    /** How long a clip waits for a person to act. */
    private static final Duration UNLIMITED = Duration.ofDays(3650);

    /** Attempts that each clip gets, even if the program did not run for longer than {@link #MAX_WAIT}. */
    private static final int MIN_TRIES = 5;

    private static final Backoff STORAGE_BACKOFF = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(5));

    /** More than one, so that a single clip that fails does not hold up the others. */
    private static final int MAX_FAILURES_PER_RUN = 3;

    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(5);
    private static final long CANCEL_CHECK_MILLIS = 200;
    private static final String WORK_FOLDER = ".converting";

    private final Clock clock;
    private final SlackFiles files;
    private final ClipProcessor processor;
    private final Store store;
    private final Function<StorageSettings, Storage> storages;
    private final BooleanSupplier stopping;
    private final Map<StorageSettings, Storage> open = new LinkedHashMap<>();
    private final Retries<String> failures = new Retries<>(STORAGE_BACKOFF);
    private final Retries<RejectedFile> rejections = new Retries<>(STORAGE_BACKOFF);
    private volatile boolean isClosed;

    /** A file that a storage rejects, perhaps as too large: no other clip waits for it. */
    private record RejectedFile(String storage, ObjectKey key) {}

    /**
     * @param storages makes a storage without opening a connection
     * @param stopping true ends the run early
     */
    public ClipPipeline(
            Clock clock,
            SlackFiles files,
            ClipProcessor processor,
            Store store,
            Function<StorageSettings, Storage> storages,
            BooleanSupplier stopping) {
        this.clock = clock;
        this.files = files;
        this.processor = processor;
        this.store = store;
        this.storages = storages;
        this.stopping = stopping;
    }

    /** Uploads what the storages lack, and converts and uploads every clip that is due. */
    public void runPending(CycleContext context) {
        Settings settings = context.settings();
        var folder = new ClipFolder(folder(settings.database()));
        if (folder.exists()) {
            folder.deleteAllBut(store.clips().fileNames());
        }
        if (settings.videos().isEmpty()) {
            return;
        }
        upload(context, folder);
        int failed = 0;
        for (ClipRecord clip : store.clips().due(clock.instant())) {
            if (mustStop() || failed == MAX_FAILURES_PER_RUN) {
                return;
            }
            if (convert(clip, settings.videos().get(), folder, context.report())) {
                upload(context, folder);
            } else {
                failed++;
            }
        }
    }

    /** The folder of the converted clips: beside a database on disk, and on this machine for one on a server. */
    public static Path folder(DatabaseSettings database) {
        if (database instanceof SqliteFile file) {
            return file.path().resolveSibling(file.path().getFileName() + "-clips");
        }
        return Path.of("data", ((PostgresqlServer) database).schema() + "-clips");
    }

    /** Ends the current conversion and upload soon. */
    public void cancel() {
        isClosed = true;
    }

    @Override
    public void close() {
        isClosed = true;
        open.values().forEach(Storage::close);
        open.clear();
    }

    private boolean mustStop() {
        return isClosed || stopping.getAsBoolean() || Thread.currentThread().isInterrupted();
    }

    /** Asks the database a few times a second at most. */
    private BooleanSupplier isCancelled(BooleanSupplier isWanted) {
        return new BooleanSupplier() {
            private long askedAt = System.nanoTime() - TimeUnit.DAYS.toNanos(1);
            private boolean isGone;

            @Override
            public boolean getAsBoolean() {
                long now = System.nanoTime();
                if (!isGone && now - askedAt > TimeUnit.MILLISECONDS.toNanos(CANCEL_CHECK_MILLIS)) {
                    askedAt = now;
                    isGone = !isWanted.getAsBoolean();
                }
                return isGone || mustStop();
            }
        };
    }

    // CONVERSION

    /** False if Slack or this machine failed, so that the clip is tried again later. */
    private boolean convert(ClipRecord clip, VideoSettings settings, ClipFolder folder, CycleReport report) {
        String service = "the conversion of clips";
        try {
            processor.requireInstalled();
            Path work = folder.newWorkFolder();
            Path source = work.resolve("source");
            BooleanSupplier isCancelled = isCancelled(() -> store.clips().isWanted(clip));
            service = "clips in Slack";
            files.download(clip.file().url(), clip.file().size(), settings.maxBytes(), source, isCancelled);
            report.addSuccess(service);
            service = "the conversion of clips";
            ProcessedClip processed =
                    processor.process(source, clip.file().kind(), settings, isCancelled, new Progress(clip)::report);
            save(clip, processed, folder);
            report.addSuccess(service);
            return true;
        } catch (CancellationException e) {
            LOG.info(
                    "stopped converting clip {} of {} {}: {}",
                    clip.file().id(),
                    clip.channel(),
                    clip.ts(),
                    e.getMessage());
            return true;
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED) {
                fail(clip, e.getMessage(), report);
                return true;
            }
            report.addFailure(service, e);
            retryLater(clip, e, report);
            return false;
        } catch (IOException e) {
            var failure = RemoteException.actionRequired(
                    "cannot keep a clip in " + folder.path + ": " + ErrorMessages.describe(e),
                    "Check the free space and the owner of that folder.",
                    e);
            report.addFailure(service, failure);
            retryLater(clip, failure, report);
            return false;
        } finally {
            folder.deleteWorkFolder();
        }
    }

    private void save(ClipRecord clip, ProcessedClip processed, ClipFolder folder) throws IOException {
        ChatMetadata chat = store.channels()
                .row(clip.channel())
                .flatMap(ChannelRow::metadata)
                .orElseThrow();
        long bytes = Files.size(processed.file());
        String sha256;
        try (InputStream in = Files.newInputStream(processed.file())) {
            sha256 = Hashes.sha256(new byte[0], in);
        }
        ObjectKey key = RenderedFile.clipKey(chat.slug(), clip.file().kind(), sha256, processed.height());
        // Moved first: once it is saved, it has to be there for the upload
        Path kept = folder.file(key.name());
        Files.move(processed.file(), kept, StandardCopyOption.REPLACE_EXISTING);
        RenderedFile file = RenderedFile.clip(key, clip.file().kind(), Content.of(kept, bytes, () -> false));
        Optional<RenderedFile> poster = Optional.empty();
        if (processed.poster().isPresent()) {
            poster = Optional.of(RenderedFile.poster(
                    file, Files.readAllBytes(processed.poster().get())));
        }
        var rendition = new Rendition(
                key,
                poster.map(image -> image.object().key()),
                bytes,
                processed.width(),
                processed.height(),
                processed.length());
        ClipRecord next = clip.withState(advanced(clip, Event.PROCESSED)).withRendition(rendition);
        store.clips().save(next, file, poster);
    }

    private PhotoState advanced(ClipRecord clip, Event event) {
        return clip.state().advancedBy(event, clock.instant(), MAX_WAIT);
    }

    private void retryLater(ClipRecord clip, RemoteException failure, CycleReport report) {
        boolean waits = failure.kind() == RemoteException.Kind.ACTION_REQUIRED
                || clip.state().tries() < MIN_TRIES;
        String reason = failure.getMessage();
        PhotoState next = clip.state().advancedBy(Event.retry(reason), clock.instant(), waits ? UNLIMITED : MAX_WAIT);
        if (next.stage() == Stage.FAILED) {
            fail(clip, reason + "; giving up", report);
        } else {
            store.clips().save(clip.withState(next));
        }
    }

    private void fail(ClipRecord clip, String reason, CycleReport report) {
        if (store.clips().save(clip.withState(advanced(clip, Event.failed(reason))))) {
            LOG.warn("clip {} of {} {} failed: {}", clip.file().id(), clip.channel(), clip.ts(), reason);
            report.addRejectedClip();
        }
    }

    /** Saves the progress of a conversion for {@code status}. */
    private final class Progress {
        private final ClipRecord clip;
        private long savedAt = System.nanoTime();

        Progress(ClipRecord clip) {
            this.clip = clip;
        }

        void report(int percent) {
            long now = System.nanoTime();
            if (now - savedAt > PROGRESS_INTERVAL.toNanos()) {
                savedAt = now;
                store.clips().recordProgress(clip, percent);
            }
        }
    }

    // UPLOAD

    private void upload(CycleContext context, ClipFolder folder) {
        List<Storage> current = open(context.settings().storages());
        for (Storage storage : current) {
            if (mayUse(storage)) {
                uploadPending(storage, folder, context.report());
            }
        }
        Set<String> names = current.stream().map(Storage::name).collect(Collectors.toSet());
        Set<String> failing = names.stream().filter(this::isFailing).collect(Collectors.toSet());
        for (ClipRecord clip : store.clips().uploaded(names, failing)) {
            if (store.clips().save(clip.withState(advanced(clip, Event.FOUND)))) {
                LOG.info("clip {} of {} {} is live", clip.file().id(), clip.channel(), clip.ts());
            }
        }
    }

    /** Opens those that are not open yet, and closes those that the settings no longer name. */
    private List<Storage> open(List<StorageSettings> wanted) {
        open.entrySet().removeIf(entry -> {
            boolean isRemoved = !wanted.contains(entry.getKey());
            if (isRemoved) {
                entry.getValue().close();
            }
            return isRemoved;
        });
        return wanted.stream()
                .map(settings -> open.computeIfAbsent(settings, storages))
                .toList();
    }

    private boolean mayUse(Storage storage) {
        return !failures.mustWait(storage.name(), clock.instant())
                && store.storages().conflict(storage.name()).isEmpty();
    }

    private boolean isFailing(String storage) {
        return failures.anyMatch(storage::equals)
                || rejections.anyMatch(rejected -> rejected.storage().equals(storage))
                || store.storages().conflict(storage).isPresent()
                || store.storages()
                        .status(storage)
                        .filter(status -> status.failures() > 0)
                        .isPresent();
    }

    /** Uploads what a storage lacks, until it fails. */
    private void uploadPending(Storage storage, ClipFolder folder, CycleReport report) {
        List<ClipUpload> pending = store.clips().pendingUploads(storage.name());
        Set<ObjectKey> keys = pending.stream().map(ClipUpload::key).collect(Collectors.toSet());
        rejections.removeIf(rejected -> rejected.storage().equals(storage.name()) && !keys.contains(rejected.key()));
        for (ClipUpload upload : pending) {
            if (rejections.mustWait(new RejectedFile(storage.name(), upload.key()), clock.instant())) {
                continue;
            }
            if (mustStop() || !upload(storage, upload, folder, report)) {
                return;
            }
        }
    }

    /** False if the storage failed. */
    private boolean upload(Storage storage, ClipUpload upload, ClipFolder folder, CycleReport report) {
        Path file = folder.file(upload.key().name());
        if (Files.notExists(file)) {
            LOG.warn("{} is missing, so its clip is converted again", file);
            store.clips().restart(upload.key());
            return true;
        }
        if (!store.clips().startUpload(storage.name(), upload)) {
            return true;
        }
        if (store.storages().hasHeldFiles(storage.name())) {
            storage.expectObjects();
        }
        BooleanSupplier isCancelled = isCancelled(() -> store.clips().isWanted(upload));
        var rejected = new RejectedFile(storage.name(), upload.key());
        boolean succeeded = false;
        try {
            storage.put(new StoredObject(
                    upload.key(),
                    Content.of(file, upload.bytes(), isCancelled),
                    upload.contentType(),
                    upload.cacheControl()));
            succeeded = true;
            failures.removeIf(storage.name()::equals);
            rejections.removeIf(rejected::equals);
            report.addSuccess(service(storage));
            report.addSuccess(service(storage, upload));
            report.addPublished(1, 0);
            LOG.info("published {} to {} ({} bytes)", upload.key(), storage.name(), upload.bytes());
            return true;
        } catch (RemoteException e) {
            if (isCancelled.getAsBoolean()) {
                return true;
            }
            if (e.kind() == RemoteException.Kind.REJECTED) {
                rejections.addFailure(rejected, clock.instant());
                store.clips().recordRejection(upload, e.messageWithHint());
                report.addFailure(service(storage, upload), e);
                return true;
            }
            failures.addFailure(storage.name(), clock.instant());
            report.addFailure(service(storage), e);
            return false;
        } finally {
            store.clips().endUpload(storage.name(), upload, succeeded);
        }
    }

    private static String service(Storage storage, ClipUpload upload) {
        return upload.key() + " on " + storage.name();
    }

    private static String service(Storage storage) {
        return "clips on " + storage.name();
    }

    // FILES

    /** The folder of the converted clips. */
    private static final class ClipFolder {
        private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

        private final Path path;

        ClipFolder(Path path) {
            this.path = path;
        }

        boolean exists() {
            return Files.isDirectory(path);
        }

        Path file(String name) {
            return path.resolve(name);
        }

        /** An empty folder for one conversion, whatever an interrupted one left. */
        Path newWorkFolder() throws IOException {
            deleteWorkFolder();
            Files.createDirectories(path);
            // The original contains where it was taken
            return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                    ? Files.createDirectory(path.resolve(WORK_FOLDER), OWNER_ONLY)
                    : Files.createDirectory(path.resolve(WORK_FOLDER));
        }

        void deleteWorkFolder() {
            deleteAll(path.resolve(WORK_FOLDER), Set.of());
            delete(path.resolve(WORK_FOLDER));
        }

        /** Deletes the files of clips that were taken down, and what an interrupted run left. */
        void deleteAllBut(Set<String> names) {
            deleteWorkFolder();
            deleteAll(path, names);
        }

        private static void deleteAll(Path folder, Set<String> kept) {
            if (Files.notExists(folder)) {
                return;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    if (!kept.contains(file.getFileName().toString())) {
                        delete(file);
                    }
                }
            } catch (IOException e) {
                LOG.warn("cannot look through {}: {}", folder, ErrorMessages.describe(e));
            }
        }

        private static void delete(Path file) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("cannot delete {}: {}", file, ErrorMessages.describe(e));
            }
        }
    }
}
