package org.chatpress.media;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.media.ImageProcessor.ProcessedImage;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoRecord.Rendition;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.media.model.PhotoState;
import org.chatpress.media.model.PhotoState.Event;
import org.chatpress.media.model.PhotoState.Stage;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes photos from Slack to readers: downloads and processes them, then uploads them for the CMS and waits until it
 * shows them, or publishes them beside the chat. Removes photos from the CMS's upload folder when they are taken down.
 */
public final class PhotoPipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PhotoPipeline.class);

    /** How long a photo may wait for Slack or for a storage before it fails. */
    private static final Duration MAX_WAIT = Duration.ofHours(1);

    /** A takedown does not wait for the backoff of the upload folder. */
    private static final Duration TAKEDOWN_INTERVAL = Duration.ofSeconds(5);

    /** More than one, so that a single photo that fails does not hold up the others. */
    private static final int MAX_FAILURES_PER_RUN = 3;

    private final Clock clock;
    private final PhotoFetcher fetcher;
    private final CmsClient cmsClient;
    private final Store store;
    private final Function<StorageSettings, Storage> storages;
    private final BooleanSupplier stopping;
    private Optional<StorageSettings> uploadSettings = Optional.empty();
    private Optional<Instant> takedownFailedAt = Optional.empty();
    private Storage uploadFolder;

    /**
     * @param storages makes a storage without opening a connection
     * @param stopping asked between two photos: true ends the run early
     */
    public PhotoPipeline(
            Clock clock,
            PhotoFetcher fetcher,
            CmsClient cmsClient,
            Store store,
            Function<StorageSettings, Storage> storages,
            BooleanSupplier stopping) {
        this.clock = clock;
        this.fetcher = fetcher;
        this.cmsClient = cmsClient;
        this.store = store;
        this.storages = storages;
        this.stopping = stopping;
    }

    /** Deletes photos from the upload folder that no message shows any more. Returns false if that failed. */
    public boolean takeDown(CycleContext context) {
        Instant now = context.now();
        CycleReport report = context.report();
        Optional<Cms> cms = context.settings().photos().flatMap(PhotoSettings::cms);
        Optional<String> folder = cms.map(this::uploadFolderName);
        if (store.photos().pendingUploadDeletes().isEmpty()) {
            return true;
        }
        store.photos()
                .abandonDeletes(folder)
                .forEach(abandoned -> LOG.warn(
                        "photo {} was taken down, but {}, which is no longer in the settings, still has it; delete {} there",
                        abandoned.photo().id(),
                        abandoned.folder(),
                        abandoned.photo().uploadKey()));
        List<PhotoRecord> photos = store.photos().pendingUploadDeletes();
        if (photos.isEmpty()) {
            return true;
        }
        boolean hasJustFailed = takedownFailedAt
                .filter(failed -> Duration.between(failed, now).abs().compareTo(TAKEDOWN_INTERVAL) < 0)
                .isPresent();
        if (hasJustFailed) {
            return true;
        }
        String name = folder.orElseThrow();
        Optional<RemoteException> failure = deleteUploads(photos, cms.get());
        if (failure.isEmpty()) {
            store.storages().recordSuccess(name, now);
            takedownFailedAt = Optional.empty();
            report.addSuccess(name);
            return true;
        }
        takedownFailedAt = Optional.of(clock.instant());
        store.storages().recordFailure(name, failure.get().messageWithHint(), clock.instant());
        report.addFailure(name, failure.get());
        return false;
    }

    /** Returns the first failure. No other photo waits for one that the folder refuses to delete. */
    private Optional<RemoteException> deleteUploads(List<PhotoRecord> photos, Cms cms) {
        Optional<RemoteException> failure = Optional.empty();
        for (PhotoRecord photo : photos) {
            try {
                deleteUpload(photo, cms);
            } catch (RemoteException e) {
                failure = failure.or(() -> Optional.of(e));
                if (e.kind() != RemoteException.Kind.REJECTED) {
                    return failure;
                }
                continue;
            }
            LOG.warn(
                    "photo {} was taken down, but the CMS may have imported it: remove ProductID {} there",
                    photo.id(),
                    photo.id());
        }
        return failure;
    }

    /** Takes every photo that is due to the next stage, until none of them gets any further. */
    public void runPending(CycleContext context) {
        context.settings().photos().ifPresent(settings -> new Run(settings, context.report()).run());
    }

    @Override
    public synchronized void close() {
        if (uploadFolder != null) {
            uploadFolder.close();
        }
    }

    /** One run. It gives up a stage after {@link #MAX_FAILURES_PER_RUN} failures. */
    private final class Run {
        private final PhotoSettings settings;
        private final CycleReport report;
        private final Map<Stage, Integer> failures = new EnumMap<>(Stage.class);

        Run(PhotoSettings settings, CycleReport report) {
            this.settings = settings;
            this.report = report;
        }

        void run() {
            boolean advanced = true;
            while (advanced) {
                advanced = false;
                for (PhotoRecord photo : store.photos().due(clock.instant())) {
                    if (stopping.getAsBoolean()) {
                        return;
                    }
                    advanced |= mayTry(photo.stage()) && advance(photo);
                }
            }
        }

        private boolean mayTry(Stage stage) {
            return failures.getOrDefault(stage, 0) < MAX_FAILURES_PER_RUN;
        }

        /** True if the photo reached the next stage. */
        private boolean advance(PhotoRecord photo) {
            try {
                boolean advanced = switch (photo.stage()) {
                    case REQUESTED -> process(photo);
                    case PROCESSED ->
                        settings.cms().isPresent()
                                ? upload(photo, settings.cms().get())
                                : publish(photo);
                    case UPLOADED -> lookUp(photo);
                    case LIVE, FAILED -> false;
                };
                report.addSuccess(service(photo.stage()));
                return advanced;
            } catch (RemoteException e) {
                // With a hint, it is accepted once a person has done that
                if (e.kind() == RemoteException.Kind.REJECTED && e.hint().isEmpty()) {
                    fail(photo, e.getMessage());
                } else {
                    failures.merge(photo.stage(), 1, Integer::sum);
                    report.addFailure(service(photo.stage()), e);
                    retryLater(photo, e.getMessage());
                }
                return false;
            }
        }

        private boolean process(PhotoRecord photo) {
            ProcessedImage image = fetcher.fetch(photo, settings.maxWidth());
            PhotoRecord processed = advanced(photo, Event.PROCESSED).withRendition(image.rendition());
            return store.photos().save(processed, image.bytes());
        }

        private boolean publish(PhotoRecord photo) {
            ChatMetadata chat = store.channels()
                    .row(photo.channel())
                    .flatMap(ChannelRow::metadata)
                    .orElseThrow();
            Rendition rendition = photo.rendition().orElseThrow();
            RenderedFile file =
                    RenderedFile.photo(chat.slug(), store.photos().bytes(photo), rendition.width(), rendition.format());
            return store.photos().publish(advanced(photo, Event.FOUND), file);
        }

        private boolean lookUp(PhotoRecord photo) {
            if (settings.cms().isEmpty()) {
                fail(photo, "the settings no longer name a CMS");
                return false;
            }
            Optional<String> url = cmsClient.imageUrl(settings.cms().get(), photo);
            if (url.isEmpty()) {
                retryLater(photo, "the CMS does not show it");
                return false;
            }
            LOG.info("photo {} is live at {}", photo.id(), url.get());
            return store.photos().save(advanced(photo, Event.FOUND).withUrl(url.get()));
        }

        private void retryLater(PhotoRecord photo, String reason) {
            Duration maxWait = photo.stage() == Stage.UPLOADED
                    ? settings.cms().map(Cms::timeout).orElse(MAX_WAIT)
                    : MAX_WAIT;
            PhotoState next = photo.state().advancedBy(Event.retry(reason), clock.instant(), maxWait);
            if (next.stage() == Stage.FAILED) {
                fail(photo, reason + "; giving up");
            } else {
                store.photos().save(photo.withState(next));
            }
        }

        private void fail(PhotoRecord photo, String reason) {
            boolean isSaved = store.photos().save(advanced(photo, Event.failed(reason)));
            if (isSaved && photo.isKnownImage()) {
                LOG.warn("photo {} of {} {} failed: {}", photo.id(), photo.channel(), photo.ts(), reason);
                report.addRejectedPhoto();
            }
        }

        /** The service that a stage depends on, as reports name it. */
        private String service(Stage stage) {
            return switch (stage) {
                case REQUESTED, LIVE, FAILED -> "photos in Slack";
                case PROCESSED ->
                    settings.cms().map(PhotoPipeline.this::uploadFolderName).orElse("photos");
                case UPLOADED -> "the CMS";
            };
        }
    }

    private PhotoRecord advanced(PhotoRecord photo, Event event) {
        return photo.withState(photo.state().advancedBy(event, clock.instant(), MAX_WAIT));
    }

    // UPLOAD FOLDER, synchronized: a takedown must not come between the check that a photo is shown and its upload.

    private synchronized boolean upload(PhotoRecord photo, Cms cms) {
        Storage folder = uploadFolder(cms);
        if (!store.photos().markUploading(photo, folder.name())) {
            return false;
        }
        String contentType = photo.rendition().orElseThrow().format().contentType();
        folder.put(new StoredObject(
                photo.uploadKey(), store.photos().bytes(photo), contentType, FileRole.PHOTO.cacheControl()));
        LOG.info("uploaded {} to {}", photo.uploadKey(), folder.name());
        return store.photos().save(advanced(photo, Event.UPLOADED));
    }

    private synchronized void deleteUpload(PhotoRecord photo, Cms cms) {
        Storage folder = uploadFolder(cms);
        folder.expectObjects();
        folder.delete(photo.uploadKey());
        store.photos().markUploadDeleted(photo);
        LOG.info("deleted {} from {}", photo.uploadKey(), folder.name());
    }

    private synchronized String uploadFolderName(Cms cms) {
        return uploadFolder(cms).name();
    }

    private Storage uploadFolder(Cms cms) {
        if (!uploadSettings.equals(Optional.of(cms.uploadFolder()))) {
            close();
            uploadFolder = storages.apply(cms.uploadFolder());
            uploadSettings = Optional.of(cms.uploadFolder());
            store.photos().resumeDeletes(uploadFolder.name());
        }
        return uploadFolder;
    }
}
