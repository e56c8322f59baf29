package org.chatpress.media;

import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.media.model.PhotoState;
import org.chatpress.media.model.ProcessedImage;
import org.chatpress.model.ImageFormat;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;
import org.chatpress.storage.StoredObject;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes photos to readers, each as far as it comes, and out of the drop again when they are taken down. */
public final class PhotoPipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PhotoPipeline.class);

    /** Slack or the drop may be down for a while; a photo need not fail for that. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    /** One photo that can't be had must not stand in the way of the next; somebody who doesn't answer at all may. */
    private static final int FAILURES = 3;

    private final Clock clock;
    private final PhotoFetcher desk;
    private final Store store;
    private final Function<StorageSettings, Storage> storages;
    private final BooleanSupplier stopping;
    private Optional<StorageSettings> dropSettings = Optional.empty();
    private Storage openDrop;

    /**
     * @param storages opens nothing yet
     * @param stopping asked between two photos: true ends the work early
     */
    public PhotoPipeline(
            Clock clock,
            PhotoFetcher desk,
            Store store,
            Function<StorageSettings, Storage> storages,
            BooleanSupplier stopping) {
        this.clock = clock;
        this.desk = desk;
        this.store = store;
        this.storages = storages;
        this.stopping = stopping;
    }

    /** Removes from the drop what no message shows any more. */
    public void takeDown(CycleContext context) {
        Settings settings = context.settings();
        CycleReport report = context.report();
        Optional<Cms> cms = settings.photos().flatMap(PhotoSettings::cms);
        List<PhotoRecord> owed = cms.isPresent() ? store.photos().pendingUploadDeletes() : List.of();
        if (owed.isEmpty()) {
            return;
        }
        String name = nameOfDrop(cms.get());
        boolean mustWait = store.storages()
                .status(name)
                .filter(status -> status.mustWait(report.startedAt()))
                .isPresent();
        if (mustWait) {
            return;
        }
        try {
            for (PhotoRecord photo : owed) {
                remove(cms.get(), photo);
                LOG.warn(
                        "photo {} is taken down; the CMS may have it already: remove ProductID {} there",
                        photo.id(),
                        photo.id());
            }
            store.storages().recordSuccess(name, report.startedAt());
            report.addSuccess(name);
        } catch (RemoteException e) {
            store.storages().recordFailure(name, e.getMessage(), report.startedAt());
            report.addFailure(name, e);
        }
    }

    /** Takes every photo that is due a stage further, and on, until there is nothing to do but wait. */
    public void runPending(CycleContext context) {
        Settings settings = context.settings();
        if (settings.photos().isEmpty()) {
            return;
        }
        var turn = new PipelineRun(settings.photos().get(), context.report(), new EnumMap<>(PhotoState.Stage.class));
        boolean further = true;
        while (further) {
            further = false;
            for (PhotoRecord photo : store.photos().due(clock.instant())) {
                if (stopping.getAsBoolean()) {
                    return;
                }
                further |= turn.mayTry(photo.stage()) && take(photo, turn);
            }
        }
    }

    @Override
    public synchronized void close() {
        if (openDrop != null) {
            openDrop.close();
        }
    }

    /** One turn: who doesn't answer is not asked again in it. */
    private record PipelineRun(PhotoSettings settings, CycleReport report, Map<PhotoState.Stage, Integer> failures) {
        boolean mayTry(PhotoState.Stage stage) {
            return failures.getOrDefault(stage, 0) < FAILURES;
        }
    }

    /** True if the photo is a stage further. */
    private boolean take(PhotoRecord photo, PipelineRun turn) {
        try {
            boolean further = switch (photo.stage()) {
                case REQUESTED -> develop(photo, turn);
                case PROCESSED ->
                    turn.settings.cms().isPresent()
                            ? drop(photo, turn.settings.cms().get())
                            : publish(photo);
                case UPLOADED -> ask(photo, turn);
                case LIVE, FAILED -> false;
            };
            turn.report.addSuccess(other(photo.stage(), turn.settings));
            return further;
        } catch (RemoteException e) {
            return inVain(photo, e, turn);
        }
    }

    private boolean develop(PhotoRecord photo, PipelineRun turn) {
        ProcessedImage image = desk.fetch(photo, turn.settings.maxWidth());
        return store.photos().save(photo.withState(trip(photo, PhotoState.Event.PROCESSED)), image);
    }

    private boolean publish(PhotoRecord photo) {
        ChatMetadata metadata =
                store.channels().row(photo.channel()).orElseThrow().metadata().orElseThrow();
        RenderedFile file = RenderedFile.photo(
                metadata.slug(),
                store.photos().bytes(photo),
                photo.width(),
                photo.extension(),
                ImageFormat.valueOf(photo.extension().toUpperCase(java.util.Locale.ROOT))
                        .contentType());
        return store.photos().publish(photo.withState(trip(photo, PhotoState.Event.FOUND)), file);
    }

    /** Nobody takes a photo down between the question whether it is wanted and its put. */
    private synchronized boolean drop(PhotoRecord photo, Cms cms) {
        if (!store.photos().markUploading(photo)) {
            return false;
        }
        String type = ImageFormat.valueOf(photo.extension().toUpperCase(java.util.Locale.ROOT))
                .contentType();
        Storage storage = openDrop(cms);
        storage.put(
                new StoredObject(photo.uploadName(), store.photos().bytes(photo), type, FileRole.PHOTO.cacheControl()));
        LOG.info("put {} into {}", photo.uploadName(), storage.name());
        return store.photos().save(photo.withState(trip(photo, PhotoState.Event.UPLOADED)));
    }

    private boolean ask(PhotoRecord photo, PipelineRun turn) {
        Optional<Cms> cms = turn.settings.cms();
        if (cms.isEmpty()) {
            return fail(photo, "the settings name no CMS any more", turn);
        }
        Optional<String> found = desk.lookUp(cms.get(), photo);
        if (found.isPresent()) {
            String address = PhotoFetcher.address(cms.get(), photo, found.get());
            LOG.info("photo {} is live at {}", photo.id(), address);
            return store.photos().save(photo.publishedAt(address).withState(trip(photo, PhotoState.Event.FOUND)));
        }
        return tryAgain(photo, "the CMS does not show it", turn);
    }

    private boolean inVain(PhotoRecord photo, RemoteException failure, PipelineRun turn) {
        if (failure.kind() == RemoteException.Kind.REJECTED) {
            return fail(photo, failure.getMessage(), turn);
        }
        turn.failures.merge(photo.stage(), 1, Integer::sum);
        turn.report.addFailure(other(photo.stage(), turn.settings), failure);
        return tryAgain(photo, failure.getMessage(), turn);
    }

    private boolean tryAgain(PhotoRecord photo, String reason, PipelineRun turn) {
        Duration patience = photo.stage() == PhotoState.Stage.UPLOADED
                ? turn.settings.cms().map(Cms::patience).orElse(PATIENCE)
                : PATIENCE;
        PhotoState next = photo.state().advancedBy(PhotoState.Event.retry(reason), clock.instant(), patience);
        if (next.stage() == PhotoState.Stage.FAILED) {
            return fail(photo, reason + ", and patience is over", turn);
        }
        store.photos().save(photo.withState(next));
        return false;
    }

    private boolean fail(PhotoRecord photo, String reason, PipelineRun turn) {
        PhotoState failed = trip(photo, PhotoState.Event.failed(reason));
        if (store.photos().save(photo.withState(failed)) && photo.isKnownImage()) {
            LOG.warn("photo {} of {} {} failed: {}", photo.id(), photo.channel(), photo.ts(), reason);
            turn.report.addRejected();
        }
        return false;
    }

    private PhotoState trip(PhotoRecord photo, PhotoState.Event event) {
        return photo.state().advancedBy(event, clock.instant(), PATIENCE);
    }

    private synchronized void remove(Cms cms, PhotoRecord photo) {
        openDrop(cms).delete(photo.uploadName());
        store.photos().markUploadDeleted(photo);
        LOG.info("removed {} from {}", photo.uploadName(), openDrop.name());
    }

    private synchronized String nameOfDrop(Cms cms) {
        return openDrop(cms).name();
    }

    private Storage openDrop(Cms cms) {
        if (!dropSettings.equals(Optional.of(cms.drop()))) {
            close();
            openDrop = storages.apply(cms.drop());
            dropSettings = Optional.of(cms.drop());
        }
        return openDrop;
    }

    /** Who did not do what was asked. */
    private String other(PhotoState.Stage stage, PhotoSettings settings) {
        return switch (stage) {
            case REQUESTED, LIVE, FAILED -> "photos in Slack";
            case PROCESSED -> settings.cms().map(this::nameOfDrop).orElse("photos");
            case UPLOADED -> "the CMS";
        };
    }
}
