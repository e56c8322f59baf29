package org.chatpress.publish;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.OwnershipCheck.OwnershipLostException;
import org.chatpress.publish.Publisher.PublishResult;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.publish.plan.PublishState.PendingDelete;
import org.chatpress.publish.plan.PublishState.Purging;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes to one storage on a thread of its own, so that neither a cycle nor another storage waits for it. Requests that
 * arrive during a run are served together by the next run. A new takedown interrupts a run after the file in hand.
 *
 * <p>A failure of the storage as a whole makes all of it wait. A file that it rejects makes only its chat wait.
 */
final class StorageWorker {
    private static final Logger LOG = LoggerFactory.getLogger(StorageWorker.class);

    /** The time between two attempts to delete the files of a takedown. */
    private static final Duration TAKEDOWN_INTERVAL = Duration.ofSeconds(5);

    /** If chats are rendered again during each of these runs, the next cycle's request continues. */
    private static final int MAX_RUNS_PER_REQUEST = 5;

    /** How many rejected files the status and the log name. */
    private static final int MAX_REASONS = 3;

    private final Storage storage;
    private final Store store;
    private final OwnershipCheck ownership;
    private final Clock clock;
    private final Executor threads;
    private final BooleanSupplier stopping;
    private final boolean retriesTakedowns;
    private final Rejections<String> rejectedUploads = new Rejections<>();
    private final Rejections<ObjectKey> rejectedDeletes = new Rejections<>();
    private volatile Purging purging = Purging.NEVER;
    private volatile boolean isClosed;
    private volatile boolean isInterrupted;

    // All guarded by this.
    private Request request = Request.NONE;
    private boolean hasThread;
    private int currentCycle;
    private int failedInCycle;
    private Set<ObjectKey> triedTakedowns = Set.of();
    private Optional<Instant> failedAt = Optional.empty();
    private WorkDone done = new WorkDone();
    private Optional<Throwable> error = Optional.empty();

    /**
     * What to do in the next run.
     *
     * @param unverified channels whose ownership is to be verified first
     * @param publishes false: only verify
     * @param cycle the number of the newest cycle that asks, from 1; 0: the worker itself
     */
    private record Request(Set<ChannelId> unverified, boolean publishes, int cycle) {
        static final Request NONE = new Request(Set.of(), false, 0);

        Request and(Request other) {
            var channels = new TreeSet<>(unverified);
            channels.addAll(other.unverified);
            return new Request(channels, publishes || other.publishes, Math.max(cycle, other.cycle));
        }
    }

    /**
     * What a worker did.
     *
     * @param outdated files that were deleted, or replaced because of a takedown, and that a CDN may still serve
     */
    record WorkDone(CycleReport report, Set<ObjectKey> outdated) {
        WorkDone() {
            this(new CycleReport(Instant.EPOCH), new TreeSet<>());
        }
    }

    /**
     * @param threads starts every task at once
     * @param stopping true ends a run after the file in hand
     * @param retriesTakedowns true: while files of a takedown are on the storage, tries again without a request
     */
    StorageWorker(
            Storage storage,
            Store store,
            OwnershipCheck ownership,
            Clock clock,
            Executor threads,
            BooleanSupplier stopping,
            boolean retriesTakedowns) {
        this.storage = storage;
        this.store = store;
        this.ownership = ownership;
        this.clock = clock;
        this.threads = threads;
        this.stopping = stopping;
        this.retriesTakedowns = retriesTakedowns;
    }

    Storage storage() {
        return storage;
    }

    /** Sets what the CDN in front of the storage is to be purged of. */
    void purge(Purging newPurging) {
        purging = newPurging;
    }

    /** True if the CDN in front of the storage is purged. */
    boolean isPurged() {
        return purging != Purging.NEVER;
    }

    /** Verifies the ownership of these channels. */
    void verify(Set<ChannelId> channels, int cycle) {
        submit(new Request(channels, false, cycle));
    }

    /** Uploads and deletes what the storage needs, unless the storage has failed in this cycle. */
    void publish(Set<ChannelId> unverified, int cycle) {
        submit(new Request(unverified, true, cycle));
    }

    /**
     * True if files of a takedown are on the storage, and it is time to delete them: at once if the takedown is new,
     * otherwise every few seconds, however long the storage's backoff is.
     */
    synchronized boolean isTakedownDue(Instant now) {
        Set<ObjectKey> takedowns = store.storages().takedowns(storage.name());
        if (!triedTakedowns.containsAll(takedowns)) {
            triedTakedowns = takedowns;
            isInterrupted = true;
            notifyAll();
            return true;
        }
        return !takedowns.isEmpty()
                && failedAt.map(failed -> Duration.between(failed, now).abs())
                        .filter(age -> age.compareTo(TAKEDOWN_INTERVAL) < 0)
                        .isEmpty();
    }

    /** True if the storage lacks a file that it rejects, or has one that it refuses to delete. */
    boolean hasRejections() {
        return !rejectedUploads.isEmpty() || !rejectedDeletes.isEmpty();
    }

    /** True if the worker still runs for an earlier cycle than this one. */
    synchronized boolean isBehind(int cycle) {
        return currentCycle > 0 && currentCycle < cycle;
    }

    /** Waits until the worker has done everything that it was asked for, or until this time has passed. */
    synchronized void await(Duration atMost) {
        waitWhile(() -> hasThread, atMost);
    }

    /** Returns what the worker did since the last call; throws what a run threw, if it was not a failure of the storage. */
    synchronized WorkDone takeDone() {
        if (error.isPresent()) {
            Throwable thrown = error.get();
            error = Optional.empty();
            throw ErrorMessages.unchecked(thrown);
        }
        WorkDone taken = done;
        done = new WorkDone();
        return taken;
    }

    /** Ends the worker after the file in hand, and closes the storage. */
    synchronized void close() {
        isClosed = true;
        notifyAll();
        if (!hasThread) {
            storage.close();
        }
    }

    private synchronized void submit(Request added) {
        request = request.and(added);
        notifyAll();
        if (!hasThread && !isClosed) {
            hasThread = true;
            threads.execute(this::work);
        }
    }

    private void work() {
        try {
            for (Optional<Request> next = next(); next.isPresent(); next = next()) {
                run(next.get());
            }
        } catch (RuntimeException | Error e) {
            end(Optional.of(e));
        }
    }

    /** The next request; empty: the thread ends. */
    private synchronized Optional<Request> next() {
        currentCycle = 0;
        if (retriesTakedowns && failedAt.isPresent() && !takedowns().isEmpty()) {
            waitWhile(() -> request.equals(Request.NONE) && !mustStop(), TAKEDOWN_INTERVAL);
            request = request.and(new Request(Set.of(), true, 0));
        }
        Request next = request;
        request = Request.NONE;
        if (next.equals(Request.NONE) || mustStop()) {
            end(Optional.empty());
            return Optional.empty();
        }
        currentCycle = next.cycle();
        return Optional.of(next);
    }

    private synchronized void waitWhile(BooleanSupplier condition, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            for (long left = atMost.toNanos(); left > 0 && condition.getAsBoolean(); left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void end(Optional<Throwable> cause) {
        error = error.or(() -> cause);
        currentCycle = 0;
        hasThread = false;
        notifyAll();
        if (isClosed) {
            storage.close();
        }
    }

    private boolean mustStop() {
        return isClosed || Thread.currentThread().isInterrupted() || stopping.getAsBoolean();
    }

    private void run(Request next) {
        if (next.cycle() > 0 && next.cycle() == failedInCycle) {
            return;
        }
        try {
            ownership.inspect(storage, clock.instant());
            if (!next.unverified().isEmpty()) {
                ownership.verify(storage, next.unverified());
                onSuccess();
            }
            if (next.publishes()) {
                publish(next);
            }
        } catch (RemoteException e) {
            onFailure(e, next);
        } catch (OwnershipLostException e) {
            onConflict(e.pointer(), next);
        }
    }

    private void publish(Request next) {
        Purging requested = purging;
        try {
            publish(next, requested);
        } finally {
            if (purging == Purging.NEVER && requested != Purging.NEVER) {
                // The CDN left the settings meanwhile, and nothing would remove what was requested since.
                store.storages().discardPurges(storage.name());
            }
        }
    }

    private void publish(Request next, Purging requested) {
        PublishState state = store.storages().publishState(storage.name(), requested);
        for (int runs = 0; runs < MAX_RUNS_PER_REQUEST && !mustStop(); runs++) {
            isInterrupted = false;
            synchronized (this) {
                triedTakedowns = takedowns();
            }
            PublishResult result = new Publisher(
                            storage,
                            state,
                            threads,
                            () -> mustStop() || isInterrupted,
                            channel -> ownership.mayPublish(storage, channel) && mayUpload(channel, state),
                            this::deletable)
                    .publish(clock.instant());
            ownership.onTakenDown(storage, result.outdated(), clock.instant());
            synchronized (this) {
                done.report().addPublished(result.uploads(), result.deletes());
                done.outdated().addAll(result.outdated().keySet());
            }
            updateRejections(result, state);
            if (result.lostPointer().isPresent()) {
                onConflict(result.lostPointer().get(), next);
                return;
            }
            if (result.failure().isPresent()) {
                onFailure(result.failure().get(), next);
                return;
            }
            if (hasRejections()) {
                onRejection(result);
            } else if (result.isComplete()) {
                store.storages().recordSuccess(storage.name(), clock.instant());
                onSuccess();
                return;
            }
            if (!result.isPlanOutdated() && !isInterrupted) {
                return;
            }
        }
    }

    /** A chat of which a file was rejected waits, but for a takedown. */
    private boolean mayUpload(String channel, PublishState state) {
        return !rejectedUploads.mustWait(channel, clock.instant())
                || !state.filesToTakeDown(channel).isEmpty();
    }

    /** A file of which the delete was rejected waits, but for a takedown. */
    private List<ObjectKey> deletable(List<ObjectKey> keys) {
        return rejectedDeletes.isEmpty() ? keys : rejectedDeletes.due(keys, takedowns(), clock.instant());
    }

    private void updateRejections(PublishResult result, PublishState state) {
        Instant now = clock.instant();
        rejectedUploads.addAll(result.rejectedUploads(), now);
        rejectedUploads.removeIf(result.published()::contains);
        rejectedDeletes.addAll(result.rejectedDeletes(), now);
        if (!rejectedDeletes.isEmpty()) {
            Set<ObjectKey> pending =
                    state.pendingDeletes().stream().map(PendingDelete::key).collect(toSet());
            rejectedDeletes.removeIf(key -> !pending.contains(key));
        }
    }

    private Set<ObjectKey> takedowns() {
        return store.storages().takedowns(storage.name());
    }

    private synchronized void onSuccess() {
        failedAt = Optional.empty();
        if (!hasRejections()) {
            done.report().addSuccess(storage.name());
        }
    }

    /** The storage works, except for what it rejects: that is its error as long as it lasts, and nothing else waits. */
    private synchronized void onRejection(PublishResult result) {
        // Deletes first: readers can see these files
        List<RemoteException> reasons = Stream.of(rejectedDeletes, rejectedUploads)
                .flatMap(rejections -> rejections.reasons().stream())
                .toList();
        String further = reasons.size() > MAX_REASONS ? "; and %d more".formatted(reasons.size() - MAX_REASONS) : "";
        List<RemoteException> named = reasons.stream().limit(MAX_REASONS).toList();
        RemoteException rejection = RemoteException.rejected(
                named.stream().map(RemoteException::getMessage).collect(joining("; ", "", further)),
                named.stream()
                        .map(RemoteException::hint)
                        .filter(hint -> !hint.isEmpty())
                        .distinct()
                        .collect(joining(" ")),
                null);
        boolean isNew =
                !result.rejectedUploads().isEmpty() || !result.rejectedDeletes().isEmpty();
        store.storages().recordRejections(storage.name(), isNew ? 1 : 0, rejection.messageWithHint());
        if (isNew) {
            failedAt = Optional.of(clock.instant());
            done.report().addFailure(storage.name(), rejection);
        }
    }

    /** The backoff begins now: an attempt may have taken longer than it is. */
    private synchronized void onFailure(RemoteException e, Request during) {
        Instant now = clock.instant();
        Duration wait = store.storages().recordFailure(storage.name(), e.messageWithHint(), now);
        failedAt = Optional.of(now);
        failedInCycle = during.cycle();
        done.report().addFailure(storage.name(), e);
        LOG.debug("{} is tried again in {} s", storage.name(), wait.toSeconds());
    }

    private void onConflict(ObjectKey pointer, Request during) {
        try {
            if (ownership.restore(storage, pointer, clock.instant())) {
                return;
            }
        } catch (RemoteException e) {
            onFailure(e, during);
            return;
        }
        synchronized (this) {
            failedAt = Optional.empty();
            done.report().addFailure(storage.name(), ownership.recordConflict(storage, pointer, clock.instant()));
        }
    }
}
