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
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.media.model.ImageFormat;
import org.chatpress.media.model.PhotoEvent;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.media.model.PhotoStage;
import org.chatpress.media.model.PhotoState;
import org.chatpress.media.model.ProcessedImage;
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
    public void takeDown(Settings settings, CycleReport report) {
        Optional<Cms> cms = settings.photos().flatMap(PhotoSettings::cms);
        List<PhotoRecord> owed = cms.isPresent() ? store.photos().owedByDrop() : List.of();
        if (owed.isEmpty()) {
            return;
        }
        String name = nameOfDrop(cms.get());
        boolean mustWait = store.storages()
                .health(name)
                .filter(health -> health.mustWait(report.startedAt()))
                .isPresent();
        if (mustWait) {
            return;
        }
        try {
            for (PhotoRecord shot : owed) {
                remove(cms.get(), shot);
                LOG.warn(
                        "photo {} is taken down; the CMS may have it already: remove ProductID {} there",
                        shot.id(),
                        shot.id());
            }
            store.storages().good(name, report.startedAt());
            report.good(name);
        } catch (RemoteException e) {
            store.storages().failed(name, e.getMessage(), report.startedAt());
            report.add(name, e);
        }
    }

    /** Takes every photo that is due a stage further, and on, until there is nothing to do but wait. */
    public void work(Settings settings, CycleReport report) {
        if (settings.photos().isEmpty()) {
            return;
        }
        var turn = new PipelineRun(settings.photos().get(), report, new EnumMap<>(PhotoStage.class));
        boolean further = true;
        while (further) {
            further = false;
            for (PhotoRecord shot : store.photos().due(clock.instant())) {
                if (stopping.getAsBoolean()) {
                    return;
                }
                further |= turn.isWorthTrying(shot.stage()) && take(shot, turn);
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
    private record PipelineRun(PhotoSettings settings, CycleReport report, Map<PhotoStage, Integer> failures) {
        boolean isWorthTrying(PhotoStage stage) {
            return failures.getOrDefault(stage, 0) < FAILURES;
        }
    }

    /** True if the photo is a stage further. */
    private boolean take(PhotoRecord shot, PipelineRun turn) {
        try {
            boolean further = switch (shot.stage()) {
                case WANTED -> develop(shot, turn);
                case READY ->
                    turn.settings.cms().isPresent()
                            ? drop(shot, turn.settings.cms().get())
                            : publish(shot);
                case DROPPED -> ask(shot, turn);
                case LIVE, FAILED -> false;
            };
            turn.report.good(other(shot.stage(), turn.settings));
            return further;
        } catch (RemoteException e) {
            return inVain(shot, e, turn);
        }
    }

    private boolean develop(PhotoRecord shot, PipelineRun turn) {
        ProcessedImage print = desk.print(shot, turn.settings.maxWidth());
        return store.photos().save(shot.after(trip(shot, PhotoEvent.DEVELOPED)), print);
    }

    private boolean publish(PhotoRecord shot) {
        ChatMetadata face =
                store.channels().row(shot.channel()).orElseThrow().face().orElseThrow();
        RenderedFile sheet = RenderedFile.photo(
                face.slug(),
                store.photos().bytes(shot),
                shot.width(),
                shot.extension(),
                ImageFormat.of(shot.extension()).contentType());
        return store.photos().publish(shot.after(trip(shot, PhotoEvent.SHOWN)), sheet);
    }

    /** Nobody takes a photo down between the question whether it is wanted and its put. */
    private synchronized boolean drop(PhotoRecord shot, Cms cms) {
        if (!store.photos().expectInDrop(shot)) {
            return false;
        }
        String type = ImageFormat.of(shot.extension()).contentType();
        Storage storage = openDrop(cms);
        storage.put(
                new StoredObject(shot.nameInDrop(), store.photos().bytes(shot), type, FileRole.PHOTO.cacheControl()));
        LOG.info("put {} into {}", shot.nameInDrop(), storage.name());
        return store.photos().save(shot.after(trip(shot, PhotoEvent.DROPPED)));
    }

    private boolean ask(PhotoRecord shot, PipelineRun turn) {
        Optional<Cms> cms = turn.settings.cms();
        if (cms.isEmpty()) {
            return fail(shot, "the settings name no CMS any more", turn);
        }
        Optional<String> found = desk.found(cms.get(), shot);
        if (found.isPresent()) {
            String address = PhotoFetcher.address(cms.get(), shot, found.get());
            LOG.info("photo {} is live at {}", shot.id(), address);
            return store.photos().save(shot.at(address).after(trip(shot, PhotoEvent.SHOWN)));
        }
        return tryAgain(shot, "the CMS does not show it", turn);
    }

    private boolean inVain(PhotoRecord shot, RemoteException failure, PipelineRun turn) {
        if (failure.kind() == RemoteException.Kind.REFUSED) {
            return fail(shot, failure.getMessage(), turn);
        }
        turn.failures.merge(shot.stage(), 1, Integer::sum);
        turn.report.add(other(shot.stage(), turn.settings), failure);
        return tryAgain(shot, failure.getMessage(), turn);
    }

    private boolean tryAgain(PhotoRecord shot, String reason, PipelineRun turn) {
        Duration patience = shot.stage() == PhotoStage.DROPPED
                ? turn.settings.cms().map(Cms::patience).orElse(PATIENCE)
                : PATIENCE;
        PhotoState next = shot.trip().after(PhotoEvent.notYet(reason), clock.instant(), patience);
        if (next.stage() == PhotoStage.FAILED) {
            return fail(shot, reason + ", and patience is over", turn);
        }
        store.photos().save(shot.after(next));
        return false;
    }

    private boolean fail(PhotoRecord shot, String reason, PipelineRun turn) {
        PhotoState failed = trip(shot, PhotoEvent.hopeless(reason));
        if (store.photos().save(shot.after(failed)) && shot.isSurelyOne()) {
            LOG.warn("photo {} of {} {} failed: {}", shot.id(), shot.channel(), shot.ts(), reason);
            turn.report.refuse();
        }
        return false;
    }

    private PhotoState trip(PhotoRecord shot, PhotoEvent outcome) {
        return shot.trip().after(outcome, clock.instant(), PATIENCE);
    }

    private synchronized void remove(Cms cms, PhotoRecord shot) {
        openDrop(cms).delete(shot.nameInDrop());
        store.photos().removedFromDrop(shot);
        LOG.info("removed {} from {}", shot.nameInDrop(), openDrop.name());
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
    private String other(PhotoStage stage, PhotoSettings settings) {
        return switch (stage) {
            case WANTED, LIVE, FAILED -> "photos in Slack";
            case READY -> settings.cms().map(this::nameOfDrop).orElse("photos");
            case DROPPED -> "the CMS";
        };
    }
}
