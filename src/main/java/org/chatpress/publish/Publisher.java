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
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.publish.plan.ChannelBatch;
import org.chatpress.publish.plan.PublishPlan.Reason;
import org.chatpress.publish.plan.PublishPlan.Upload;
import org.chatpress.publish.plan.PublishPlan.Wave;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StoredObject;
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
    private final PublishState state;
    private final ParallelExecutor executor;
    private final ParallelExecutor oneLane;
    private final ParallelExecutor looks;
    private final BooleanSupplier stopping;
    private final Set<String> ownPointers = new HashSet<>();
    private final Set<ObjectKey> refusedRemovals = new HashSet<>();
    private final Set<ObjectKey> stale = new TreeSet<>();
    private boolean removalsDenied;
    private int puts;
    private int deletes;
    private Optional<RemoteException> failure = Optional.empty();
    private Optional<ObjectKey> overtaken = Optional.empty();

    /**
     * @param threads starts whatever it is given at once: puts that go side by side
     * @param stopping asked between two files: true ends the turn early
     */
    public Publisher(Storage storage, PublishState state, Executor threads, BooleanSupplier stopping) {
        this.storage = storage;
        this.state = state;
        this.executor = new ParallelExecutor(threads, storage.maxParallel());
        this.oneLane = new ParallelExecutor(threads, 1);
        // To look proves nothing about puts
        this.looks = new ParallelExecutor(threads, storage.maxParallel());
        this.stopping = stopping;
    }

    /**
     * What one turn did.
     *
     * @param stale files that showed what was taken down, or are not to be found any more, and that a CDN may still hold
     * @param failure the first thing that could not be done; empty if everything is where it should be
     * @param lostPointer the pointer that another Chatpress has put over ours, which ended the turn
     */
    public record PublishResult(
            int uploads,
            int deletes,
            List<ObjectKey> stale,
            Optional<RemoteException> failure,
            Optional<ObjectKey> lostPointer) {}

    /** One turn at the storage; never throws what the storage throws. */
    public PublishResult publish(Instant now) {
        try {
            removeOwed();
            List<ChannelBatch> batches = state.staleChannels().stream()
                    .map(channel -> ChannelBatch.of(channel, state))
                    .toList();
            for (List<ChannelBatch> load : ChannelBatch.batches(batches)) {
                if (stopping.getAsBoolean()) {
                    break;
                }
                bring(load, now);
            }
            if (!stopping.getAsBoolean()) {
                removeOutOfGrace(now);
            }
        } catch (RemoteException e) {
            note(e);
        } catch (OwnershipLostException e) {
            overtaken = Optional.of(e.pointer());
        }
        return new PublishResult(puts, deletes, List.copyOf(stale), failure, overtaken);
    }

    private void bring(List<ChannelBatch> load, Instant now) {
        requireOwnPointers(load.stream()
                .filter(batch -> batch.plan().startsAfterPointer())
                .map(batch -> batch.stale().channel()));
        state.markUploading(
                load.stream().flatMap(batch -> batch.plan().uploads().stream()).toList());
        Set<String> heldUp = new HashSet<>();
        for (Wave wave : Wave.values()) {
            heldUp.addAll(put(uploads(load, wave, heldUp), now));
            if (stopping.getAsBoolean()) {
                return;
            }
        }
        state.markPublished(load.stream()
                .map(ChannelBatch::stale)
                .filter(channel -> !heldUp.contains(channel.channel()))
                .toList());
        removeOwed();
    }

    private static List<Upload> uploads(List<ChannelBatch> load, Wave wave, Set<String> heldUp) {
        return load.stream()
                .filter(batch -> !heldUp.contains(batch.stale().channel()))
                .flatMap(batch -> batch.plan().uploads().stream())
                .filter(upload -> upload.wave() == wave)
                .toList();
    }

    /** Gives the channels of which a file was refused. Of long chats one at a time is in memory. */
    private Set<String> put(List<Upload> uploads, Instant now) {
        Map<Boolean, List<Upload>> byLength = uploads.stream().collect(partitioningBy(this::isLong));
        Set<String> heldUp = put(byLength.get(false), executor, now);
        if (!stopping.getAsBoolean()) {
            heldUp.addAll(put(byLength.get(true), oneLane, now));
        }
        return heldUp;
    }

    private boolean isLong(Upload upload) {
        return FileRole.WHOLE_CHAT_FILES.contains(upload.role()) && state.isLong(upload.key());
    }

    private Set<String> put(List<Upload> uploads, ParallelExecutor side, Instant now) {
        var arrived = new ArrayList<Upload>();
        var failures = new ArrayList<RemoteException>();
        var heldUp = new HashSet<String>();
        if (uploads.isEmpty()) {
            return heldUp;
        }
        side.forEach(uploads, this::put, outcome -> {
            if (outcome.failure().isEmpty()) {
                arrived.add(outcome.item());
                return !stopping.getAsBoolean();
            }
            RemoteException why = outcome.failure().get();
            failures.add(why);
            heldUp.add(outcome.item().channel());
            ownPointers.remove(outcome.item().channel());
            return why.kind() == Kind.REJECTED && !stopping.getAsBoolean();
        });
        puts += arrived.size();
        state.markUploaded(arrived, now);
        arrived.stream()
                .filter(upload -> upload.role() == FileRole.POINTER)
                .forEach(upload -> ownPointers.add(upload.channel()));
        arrived.stream()
                .filter(upload -> upload.reason() == Reason.TAKEDOWN)
                .forEach(upload -> stale.add(upload.key()));
        if (!failures.isEmpty()) {
            failures.forEach(this::note);
            state.onUploadFailed();
        }
        removeOwed();
        for (RemoteException why : failures) {
            if (why.kind() != Kind.REJECTED) {
                throw why;
            }
        }
        return heldUp;
    }

    private void put(Upload upload) {
        StoredObject object = state.object(upload.key()).orElseThrow();
        if (upload.role() != FileRole.POINTER) {
            storage.put(object);
        } else if (storage.putUnlessChanged(object).isPresent()) {
            throw new OwnershipLostException(upload.key());
        }
        LOG.info(
                "published {} to {} ({}, {} bytes)",
                upload.key(),
                storage.name(),
                upload.reason(),
                object.bytes().length);
    }

    /**
     * Where another Chatpress publishes now, its files may have the names of ours. Whether it does shows in a pointer's own
     * put; before that put, and without one, it has to be asked for. Where nobody answers, the work itself will tell.
     */
    private void requireOwnPointers(Stream<String> channels) {
        List<ObjectKey> pointers = channels.filter(ownPointers::add)
                .flatMap(channel -> state.pointer(channel).stream())
                .toList();
        looks.forEach(
                pointers,
                pointer -> {
                    if (storage.findConflict(pointer).isPresent()) {
                        throw new OwnershipLostException(pointer);
                    }
                },
                outcome -> true);
    }

    private void removeOutOfGrace(Instant now) {
        List<ObjectKey> keys = state.expireGrace(now.minus(GRACE));
        if (!keys.isEmpty()) {
            requireOwnPointers(state.pendingDeletes().stream().map(PublishState.PendingDelete::channel));
            remove(keys, key -> {});
        }
    }

    /** Pointers before the pages that they name. */
    private void removeOwed() {
        List<PublishState.PendingDelete> pendingDeletes = state.pendingDeletes();
        requireOwnPointers(pendingDeletes.stream().map(PublishState.PendingDelete::channel));
        Map<Boolean, List<ObjectKey>> owed = pendingDeletes.stream()
                .collect(partitioningBy(
                        pending -> pending.role() == FileRole.POINTER,
                        mapping(PublishState.PendingDelete::key, toList())));
        remove(owed.get(true), stale::add);
        remove(owed.get(false), stale::add);
    }

    /** @param gone is told each that is gone now */
    private void remove(List<ObjectKey> keys, Consumer<ObjectKey> gone) {
        var unavailable = new ArrayList<RemoteException>();
        List<ObjectKey> allowed = removalsDenied
                ? List.of()
                : keys.stream().filter(key -> !refusedRemovals.contains(key)).toList();
        executor.forEach(allowed, storage::delete, outcome -> {
            ObjectKey key = outcome.item();
            if (outcome.failure().isEmpty()) {
                state.markDeleted(key);
                gone.accept(key);
                deletes++;
                LOG.info("removed {} from {}", key, storage.name());
                return true;
            }
            RemoteException why = outcome.failure().get();
            note(why);
            switch (why.kind()) {
                case TRANSIENT -> unavailable.add(why);
                case ACTION_REQUIRED -> removalsDenied = true;
                case REJECTED -> refusedRemovals.add(key);
            }
            return why.kind() == Kind.REJECTED;
        });
        if (!unavailable.isEmpty()) {
            throw unavailable.get(0);
        }
    }

    private void note(RemoteException e) {
        failure = failure.or(() -> Optional.of(e));
    }
}
