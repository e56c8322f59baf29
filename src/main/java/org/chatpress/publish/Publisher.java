package org.chatpress.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.publish.PublishPlan.Upload;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;
import org.chatpress.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one storage: removals owed first, then each channel that is behind, pointer after everything it names, then
 * what is out of grace. Whatever happens half-way, the old pointer stays with all its files, and the next turn goes on.
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
    private final BooleanSupplier stopping;
    private final Set<Key> refusedRemovals = new HashSet<>();
    private final Set<Key> stale = new TreeSet<>();
    private boolean removalsDenied;
    private int puts;
    private int deletes;
    private Optional<RemoteFailure> failure = Optional.empty();

    /** @param stopping asked between two files: true ends the turn early */
    public Publisher(Storage storage, Shelf shelf, BooleanSupplier stopping) {
        this.storage = storage;
        this.shelf = shelf;
        this.stopping = stopping;
    }

    /**
     * What one turn did.
     *
     * @param stale files that showed what was taken down, or are not to be found any more, and that a CDN may still hold
     * @param failure the first thing that could not be done; empty if everything is where it should be
     */
    public record Turn(int puts, int deletes, List<Key> stale, Optional<RemoteFailure> failure) {}

    /** One turn at the storage; never throws what the storage throws. */
    public Turn turn(Instant now) {
        try {
            removeOwed();
            for (Shelf.Behind channel : shelf.behind()) {
                if (stopping.getAsBoolean() || !bring(channel, now)) {
                    break;
                }
            }
            if (!stopping.getAsBoolean()) {
                remove(shelf.outOfGrace(now.minus(GRACE)));
            }
        } catch (RemoteFailure e) {
            note(e);
        }
        return new Turn(puts, deletes, List.copyOf(stale), failure);
    }

    /** False if we are to stop. */
    private boolean bring(Shelf.Behind channel, Instant now) {
        Set<Key> doomed = shelf.doomed(channel.channel());
        PublishPlan plan = PublishPlan.of(shelf.wanted(channel.channel()), doomed);
        shelf.expect(plan.uploads(), channel.channel());
        try {
            for (Upload upload : plan.uploads()) {
                if (stopping.getAsBoolean()) {
                    return false;
                }
                put(upload);
                shelf.arrived(upload, channel.channel(), now);
                if (doomed.contains(upload.key())) {
                    stale.add(upload.key());
                }
                removeOwed();
            }
        } catch (RemoteFailure e) {
            if (e.kind() != RemoteFailure.Kind.REFUSED) {
                throw e;
            }
            note(e);
            return true;
        }
        if (plan.isWhole()) {
            shelf.complete(channel, now);
        } else {
            shelf.replaced(channel.channel());
        }
        removeOwed();
        return true;
    }

    private void put(Upload upload) {
        Blob blob = shelf.blob(upload.key()).orElseThrow();
        try {
            storage.put(blob);
        } catch (RemoteFailure e) {
            note(e);
            shelf.putFailed();
            removeOwed();
            throw e;
        }
        puts++;
        LOG.info(
                "published {} to {} ({}, {} bytes)",
                upload.key(),
                storage.name(),
                upload.reason(),
                blob.bytes().length);
    }

    private void removeOwed() {
        stale.addAll(remove(shelf.owed()));
    }

    /** Gives those that are gone now. */
    private List<Key> remove(List<Key> keys) {
        var removed = new ArrayList<Key>();
        for (Key key : keys) {
            if (removalsDenied || refusedRemovals.contains(key)) {
                continue;
            }
            try {
                storage.delete(key);
            } catch (RemoteFailure e) {
                switch (e.kind()) {
                    case UNAVAILABLE -> throw e;
                    case DENIED -> removalsDenied = true;
                    case REFUSED -> refusedRemovals.add(key);
                }
                note(e);
                continue;
            }
            shelf.removed(key);
            removed.add(key);
            deletes++;
            LOG.info("removed {} from {}", key, storage.name());
        }
        return removed;
    }

    private void note(RemoteFailure e) {
        failure = failure.or(() -> Optional.of(e));
    }
}
