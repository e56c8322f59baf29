package org.chatpress.publish;

import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toList;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.failure.RemoteFailure.Kind;
import org.chatpress.publish.PublishPlan.Reason;
import org.chatpress.publish.PublishPlan.Upload;
import org.chatpress.publish.PublishPlan.Wave;
import org.chatpress.render.Role;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;
import org.chatpress.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one storage: removals owed first, then each channel that is behind, pointer after everything it names, then
 * what is out of grace. Files that may be put in any order are put side by side. Whatever happens half-way, the old
 * pointer stays with all its files, and the next turn goes on.
 *
 * <p>Where another Chatpress has put its pointer over ours, the turn ends at once, and nothing more is put or removed.
 *
 * <p>A storage that doesn't answer or lets nobody in ends the turn. A single file that it refuses holds up its own
 * channel, and a removal that it refuses holds up nothing.
 */
public final class Publisher {
    /** How long readers with an older pointer may still ask for its files. */
    public static final Duration GRACE = Duration.ofMinutes(15);

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Storage storage;
    private final Shelf shelf;
    private final Lanes lanes;
    private final Lanes oneLane;
    private final Lanes looks;
    private final BooleanSupplier stopping;
    private final Set<String> ownPointers = new HashSet<>();
    private final Set<Key> refusedRemovals = new HashSet<>();
    private final Set<Key> stale = new TreeSet<>();
    private boolean removalsDenied;
    private int puts;
    private int deletes;
    private Optional<RemoteFailure> failure = Optional.empty();
    private Optional<Key> overtaken = Optional.empty();

    /**
     * @param threads starts whatever it is given at once: puts that go side by side
     * @param stopping asked between two files: true ends the turn early
     */
    public Publisher(Storage storage, Shelf shelf, Executor threads, BooleanSupplier stopping) {
        this.storage = storage;
        this.shelf = shelf;
        this.lanes = new Lanes(threads, storage.lanes());
        this.oneLane = new Lanes(threads, 1);
        // To look proves nothing about puts
        this.looks = new Lanes(threads, storage.lanes());
        this.stopping = stopping;
    }

    /**
     * What one turn did.
     *
     * @param stale files that showed what was taken down, or are not to be found any more, and that a CDN may still hold
     * @param failure the first thing that could not be done; empty if everything is where it should be
     * @param overtaken the pointer that another Chatpress has put over ours, which ended the turn
     */
    public record Turn(
            int puts, int deletes, List<Key> stale, Optional<RemoteFailure> failure, Optional<Key> overtaken) {}

    /** One turn at the storage; never throws what the storage throws. */
    public Turn turn(Instant now) {
        try {
            removeOwed();
            List<Bundle> bundles = shelf.behind().stream()
                    .map(channel -> Bundle.of(channel, shelf))
                    .toList();
            for (List<Bundle> load : Bundle.loads(bundles)) {
                if (stopping.getAsBoolean()) {
                    break;
                }
                bring(load, now);
            }
            if (!stopping.getAsBoolean()) {
                removeOutOfGrace(now);
            }
        } catch (RemoteFailure e) {
            note(e);
        } catch (Overtaken e) {
            overtaken = Optional.of(e.pointer());
        }
        return new Turn(puts, deletes, List.copyOf(stale), failure, overtaken);
    }

    private void bring(List<Bundle> load, Instant now) {
        requireOwnPointers(load.stream()
                .filter(bundle -> bundle.plan().beginsBesideThePointer())
                .map(bundle -> bundle.behind().channel()));
        shelf.expect(load.stream()
                .flatMap(bundle -> bundle.plan().uploads().stream())
                .toList());
        Set<String> heldUp = new HashSet<>();
        for (Wave wave : Wave.values()) {
            heldUp.addAll(put(uploads(load, wave, heldUp), now));
            if (stopping.getAsBoolean()) {
                return;
            }
        }
        shelf.delivered(load.stream()
                .map(Bundle::behind)
                .filter(channel -> !heldUp.contains(channel.channel()))
                .toList());
        removeOwed();
    }

    private static List<Upload> uploads(List<Bundle> load, Wave wave, Set<String> heldUp) {
        return load.stream()
                .filter(bundle -> !heldUp.contains(bundle.behind().channel()))
                .flatMap(bundle -> bundle.plan().uploads().stream())
                .filter(upload -> upload.wave() == wave)
                .toList();
    }

    /** Gives the channels of which a file was refused. Of long chats one at a time is in memory. */
    private Set<String> put(List<Upload> uploads, Instant now) {
        Map<Boolean, List<Upload>> byLength = uploads.stream().collect(partitioningBy(this::isLong));
        Set<String> heldUp = put(byLength.get(false), lanes, now);
        if (!stopping.getAsBoolean()) {
            heldUp.addAll(put(byLength.get(true), oneLane, now));
        }
        return heldUp;
    }

    private boolean isLong(Upload upload) {
        return Role.OF_THE_WHOLE_CHAT.contains(upload.role()) && shelf.isLong(upload.key());
    }

    private Set<String> put(List<Upload> uploads, Lanes side, Instant now) {
        var arrived = new ArrayList<Upload>();
        var failures = new ArrayList<RemoteFailure>();
        var heldUp = new HashSet<String>();
        if (uploads.isEmpty()) {
            return heldUp;
        }
        side.work(uploads, this::put, outcome -> {
            if (outcome.failure().isEmpty()) {
                arrived.add(outcome.item());
                return !stopping.getAsBoolean();
            }
            RemoteFailure why = outcome.failure().get();
            failures.add(why);
            heldUp.add(outcome.item().channel());
            ownPointers.remove(outcome.item().channel());
            return why.kind() == Kind.REFUSED && !stopping.getAsBoolean();
        });
        puts += arrived.size();
        shelf.arrived(arrived, now);
        arrived.stream()
                .filter(upload -> upload.role() == Role.POINTER)
                .forEach(upload -> ownPointers.add(upload.channel()));
        arrived.stream()
                .filter(upload -> upload.reason() == Reason.TAKEDOWN)
                .forEach(upload -> stale.add(upload.key()));
        if (!failures.isEmpty()) {
            failures.forEach(this::note);
            shelf.putFailed();
        }
        removeOwed();
        for (RemoteFailure why : failures) {
            if (why.kind() != Kind.REFUSED) {
                throw why;
            }
        }
        return heldUp;
    }

    private void put(Upload upload) {
        Blob blob = shelf.blob(upload.key()).orElseThrow();
        if (upload.role() != Role.POINTER) {
            storage.put(blob);
        } else if (storage.putUnlessChanged(blob).isPresent()) {
            throw new Overtaken(upload.key());
        }
        LOG.info(
                "published {} to {} ({}, {} bytes)",
                upload.key(),
                storage.name(),
                upload.reason(),
                blob.bytes().length);
    }

    /**
     * Where another Chatpress publishes now, its files may have the names of ours. Whether it does shows in a pointer's own
     * put; before that put, and without one, it has to be asked for. Where nobody answers, the work itself will tell.
     */
    private void requireOwnPointers(Stream<String> channels) {
        List<Key> pointers = channels.filter(ownPointers::add)
                .flatMap(channel -> shelf.pointer(channel).stream())
                .toList();
        looks.work(
                pointers,
                pointer -> {
                    if (storage.changed(pointer).isPresent()) {
                        throw new Overtaken(pointer);
                    }
                },
                outcome -> true);
    }

    private void removeOutOfGrace(Instant now) {
        List<Key> keys = shelf.outOfGrace(now.minus(GRACE));
        if (!keys.isEmpty()) {
            requireOwnPointers(shelf.owed().stream().map(Shelf.Debt::channel));
            remove(keys, key -> {});
        }
    }

    /** Pointers before the pages that they name. */
    private void removeOwed() {
        List<Shelf.Debt> debts = shelf.owed();
        requireOwnPointers(debts.stream().map(Shelf.Debt::channel));
        Map<Boolean, List<Key>> owed = debts.stream()
                .collect(partitioningBy(debt -> debt.role() == Role.POINTER, mapping(Shelf.Debt::key, toList())));
        remove(owed.get(true), stale::add);
        remove(owed.get(false), stale::add);
    }

    /** @param gone is told each that is gone now */
    private void remove(List<Key> keys, Consumer<Key> gone) {
        var unavailable = new ArrayList<RemoteFailure>();
        List<Key> allowed = removalsDenied
                ? List.of()
                : keys.stream().filter(key -> !refusedRemovals.contains(key)).toList();
        lanes.work(allowed, storage::delete, outcome -> {
            Key key = outcome.item();
            if (outcome.failure().isEmpty()) {
                shelf.removed(key);
                gone.accept(key);
                deletes++;
                LOG.info("removed {} from {}", key, storage.name());
                return true;
            }
            RemoteFailure why = outcome.failure().get();
            note(why);
            switch (why.kind()) {
                case UNAVAILABLE -> unavailable.add(why);
                case DENIED -> removalsDenied = true;
                case REFUSED -> refusedRemovals.add(key);
            }
            return why.kind() == Kind.REFUSED;
        });
        if (!unavailable.isEmpty()) {
            throw unavailable.get(0);
        }
    }

    private void note(RemoteFailure e) {
        failure = failure.or(() -> Optional.of(e));
    }
}
