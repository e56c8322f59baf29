package org.chatpress.cycle;

import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.chatpress.config.Settings;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.photo.Format;
import org.chatpress.photo.Outcome;
import org.chatpress.photo.PhotoDesk;
import org.chatpress.photo.PhotoSettings;
import org.chatpress.photo.PhotoSettings.Cms;
import org.chatpress.photo.Print;
import org.chatpress.photo.Shot;
import org.chatpress.photo.Stage;
import org.chatpress.photo.Trip;
import org.chatpress.render.Face;
import org.chatpress.render.Role;
import org.chatpress.render.Sheet;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes photos to readers, each as far as it comes, and out of the drop again when they are taken down. */
public final class PhotoRoom implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PhotoRoom.class);

    /** Slack or the drop may be down for a while; a photo need not fail for that. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    /** One photo that can't be had must not stand in the way of the next; somebody who doesn't answer at all may. */
    private static final int FAILURES = 3;

    private final Clock clock;
    private final PhotoDesk desk;
    private final Store store;
    private final Function<StorageSettings, Storage> storages;
    private final BooleanSupplier stopping;
    private Optional<StorageSettings> dropSettings = Optional.empty();
    private Storage openDrop;

    /**
     * @param storages opens nothing yet
     * @param stopping asked between two photos: true ends the work early
     */
    public PhotoRoom(
            Clock clock,
            PhotoDesk desk,
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
    void takeDown(Settings settings, CycleReport report) {
        Optional<Cms> cms = settings.photos().flatMap(PhotoSettings::cms);
        List<Shot> owed = cms.isPresent() ? store.photos().owedByDrop() : List.of();
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
            for (Shot shot : owed) {
                remove(cms.get(), shot);
                LOG.warn(
                        "photo {} is taken down; the CMS may have it already: remove ProductID {} there",
                        shot.id(),
                        shot.id());
            }
            store.storages().good(name, report.startedAt());
            report.good(name);
        } catch (RemoteFailure e) {
            store.storages().failed(name, e.getMessage(), report.startedAt());
            report.add(name, e);
        }
    }

    /** Takes every photo that is due a stage further, and on, until there is nothing to do but wait. */
    void work(Settings settings, CycleReport report) {
        if (settings.photos().isEmpty()) {
            return;
        }
        var turn = new Turn(settings.photos().get(), report, new EnumMap<>(Stage.class));
        boolean further = true;
        while (further) {
            further = false;
            for (Shot shot : store.photos().due(clock.instant())) {
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
    private record Turn(PhotoSettings settings, CycleReport report, Map<Stage, Integer> failures) {
        boolean isWorthTrying(Stage stage) {
            return failures.getOrDefault(stage, 0) < FAILURES;
        }
    }

    /** True if the photo is a stage further. */
    private boolean take(Shot shot, Turn turn) {
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
        } catch (RemoteFailure e) {
            return inVain(shot, e, turn);
        }
    }

    private boolean develop(Shot shot, Turn turn) {
        Print print = desk.print(shot, turn.settings.maxWidth());
        return store.photos().save(shot.after(trip(shot, Outcome.DEVELOPED)), print);
    }

    private boolean publish(Shot shot) {
        Face face = store.channels().row(shot.channel()).orElseThrow().face().orElseThrow();
        Sheet sheet = Sheet.photo(
                face.slug(),
                store.photos().bytes(shot),
                shot.width(),
                shot.extension(),
                Format.of(shot.extension()).contentType());
        return store.photos().publish(shot.after(trip(shot, Outcome.SHOWN)), sheet);
    }

    /** Nobody takes a photo down between the question whether it is wanted and its put. */
    private synchronized boolean drop(Shot shot, Cms cms) {
        if (!store.photos().expectInDrop(shot)) {
            return false;
        }
        String type = Format.of(shot.extension()).contentType();
        Storage storage = openDrop(cms);
        storage.put(new Blob(shot.nameInDrop(), store.photos().bytes(shot), type, Role.PHOTO.cacheControl()));
        LOG.info("put {} into {}", shot.nameInDrop(), storage.name());
        return store.photos().save(shot.after(trip(shot, Outcome.DROPPED)));
    }

    private boolean ask(Shot shot, Turn turn) {
        Optional<Cms> cms = turn.settings.cms();
        if (cms.isEmpty()) {
            return fail(shot, "the settings name no CMS any more", turn);
        }
        Optional<String> found = desk.found(cms.get(), shot);
        if (found.isPresent()) {
            String address = PhotoDesk.address(cms.get(), shot, found.get());
            LOG.info("photo {} is live at {}", shot.id(), address);
            return store.photos().save(shot.at(address).after(trip(shot, Outcome.SHOWN)));
        }
        return tryAgain(shot, "the CMS does not show it", turn);
    }

    private boolean inVain(Shot shot, RemoteFailure failure, Turn turn) {
        if (failure.kind() == RemoteFailure.Kind.REFUSED) {
            return fail(shot, failure.getMessage(), turn);
        }
        turn.failures.merge(shot.stage(), 1, Integer::sum);
        turn.report.add(other(shot.stage(), turn.settings), failure);
        return tryAgain(shot, failure.getMessage(), turn);
    }

    private boolean tryAgain(Shot shot, String reason, Turn turn) {
        Duration patience = shot.stage() == Stage.DROPPED
                ? turn.settings.cms().map(Cms::patience).orElse(PATIENCE)
                : PATIENCE;
        Trip next = shot.trip().after(Outcome.notYet(reason), clock.instant(), patience);
        if (next.stage() == Stage.FAILED) {
            return fail(shot, reason + ", and patience is over", turn);
        }
        store.photos().save(shot.after(next));
        return false;
    }

    private boolean fail(Shot shot, String reason, Turn turn) {
        Trip failed = trip(shot, Outcome.hopeless(reason));
        if (store.photos().save(shot.after(failed)) && shot.isSurelyOne()) {
            LOG.warn("photo {} of {} {} failed: {}", shot.id(), shot.channel(), shot.ts(), reason);
            turn.report.refuse();
        }
        return false;
    }

    private Trip trip(Shot shot, Outcome outcome) {
        return shot.trip().after(outcome, clock.instant(), PATIENCE);
    }

    private synchronized void remove(Cms cms, Shot shot) {
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
    private String other(Stage stage, PhotoSettings settings) {
        return switch (stage) {
            case WANTED, LIVE, FAILED -> "photos in Slack";
            case READY -> settings.cms().map(this::nameOfDrop).orElse("photos");
            case DROPPED -> "the CMS";
        };
    }
}
