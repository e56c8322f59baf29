package org.chatpress.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
 */
public final class Publisher {
    /** How long readers with an older pointer may still ask for its files. */
    public static final Duration GRACE = Duration.ofMinutes(15);

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Storage storage;
    private final Shelf shelf;
    private final BooleanSupplier stopping;
    private int puts;
    private int deletes;

    /** @param stopping asked between two files: true ends the turn early */
    public Publisher(Storage storage, Shelf shelf, BooleanSupplier stopping) {
        this.storage = storage;
        this.shelf = shelf;
        this.stopping = stopping;
    }

    /**
     * What one turn did.
     *
     * @param failure why it ended early; empty if everything is where it should be
     */
    public record Turn(int puts, int deletes, Optional<RemoteFailure> failure) {}

    /** One turn at the storage; never throws what the storage throws. */
    public Turn turn(Instant now) {
        try {
            removeOwed();
            for (Shelf.Behind channel : shelf.behind()) {
                if (!bring(channel, now)) {
                    return new Turn(puts, deletes, Optional.empty());
                }
            }
            remove(shelf.outOfGrace(now.minus(GRACE)));
            return new Turn(puts, deletes, Optional.empty());
        } catch (RemoteFailure e) {
            return new Turn(puts, deletes, Optional.of(e));
        }
    }

    /** True if the channel's files are all there; false if we are to stop. */
    private boolean bring(Shelf.Behind channel, Instant now) {
        PublishPlan plan = PublishPlan.of(shelf.wanted(channel.channel()));
        shelf.expect(plan.uploads(), channel.channel());
        for (Upload upload : plan.uploads()) {
            if (stopping.getAsBoolean()) {
                return false;
            }
            put(upload);
            shelf.arrived(upload, channel.channel(), now);
            removeOwed();
        }
        shelf.complete(channel, now);
        removeOwed();
        return true;
    }

    private void put(Upload upload) {
        Optional<Blob> blob = shelf.blob(upload.key());
        if (blob.isEmpty()) {
            return;
        }
        try {
            storage.put(blob.get());
        } catch (RemoteFailure e) {
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
                blob.get().bytes().length);
    }

    private void removeOwed() {
        remove(shelf.owed());
    }

    private void remove(List<Key> keys) {
        for (Key key : keys) {
            storage.delete(key);
            shelf.removed(key);
            deletes++;
            LOG.info("removed {} from {}", key, storage.name());
        }
    }
}
