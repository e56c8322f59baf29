package org.chatpress.publish;

import static java.util.stream.Collectors.joining;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.BackgroundWorker;
import org.chatpress.cycle.context.BackgroundWorkers;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.cycle.context.CycleMode.Background;
import org.chatpress.cycle.context.CycleMode.Retries;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.DaemonThreadFactory;
import org.chatpress.publish.plan.PublishState.Purging;
import org.chatpress.purge.CdnPurger;
import org.chatpress.purge.PurgeSettings;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes to every storage of the settings. Each has a {@link StorageWorker}; a cycle asks the workers that have
 * something to do, and reports what they did since the last cycle. A {@link PurgeWorker} follows each storage with a CDN
 * that can be purged.
 */
public final class PublishService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PublishService.class);
    private static final long SHUTDOWN_SECONDS = 3;
    private static final Duration MAX_FIRST_VERIFICATION = Duration.ofSeconds(1);
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Store store;
    private final Function<StorageSettings, Storage> storages;
    private final OwnershipCheck ownership;
    private final Clock clock;
    private final CycleMode mode;
    private final BooleanSupplier stopping;
    private final Map<StorageSettings, StorageWorker> workers = new HashMap<>();
    private final Function<PurgeSettings.Provider, CdnPurger> purgers;
    private final BackgroundWorkers<PurgedCdn> purgeWorkers;
    private final Set<String> withoutPurges = new HashSet<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(new DaemonThreadFactory("publish"));
    private final Map<ObjectKey, Set<String>> outdatedOn = new HashMap<>();
    private Set<ChannelId> rescanned = Set.of();
    private int cycle;

    /** A CDN in front of a storage. */
    private record PurgedCdn(StorageSettings storage, PurgeSettings.Provider provider, URI publicUrl) {}

    /**
     * @param storages creates the storage for its settings; opens no connection
     * @param purgers creates the purger of a CDN; opens no connection
     * @param stopping true once the program must end: uploads that have started are finished, none is started
     */
    public PublishService(
            Store store,
            Function<StorageSettings, Storage> storages,
            Function<PurgeSettings.Provider, CdnPurger> purgers,
            OwnershipCheck ownership,
            Clock clock,
            CycleMode mode,
            BooleanSupplier stopping) {
        this.store = store;
        this.storages = storages;
        this.purgers = purgers;
        this.ownership = ownership;
        this.clock = clock;
        this.mode = mode;
        this.stopping = stopping;
        this.purgeWorkers = new BackgroundWorkers<>("purge", mode.background());
    }

    /** Begins a cycle: deletes or replaces what was taken down and is still on a storage. */
    public void takeDown(CycleContext context) {
        cycle++;
        List<StorageWorker> current = current(context.settings());
        updatePurgeWorkers(context.settings());
        List<String> names =
                current.stream().map(worker -> worker.storage().name()).toList();
        if (isForReaders()) {
            store.storages()
                    .recordSettings(names, context.now())
                    .forEach(removed -> LOG.warn(
                            "{} is no longer in the settings; its files are still public there, and from now on nothing"
                                    + " is taken down there",
                            removed));
        }
        ownership.beginCycle(current.stream().map(StorageWorker::storage).toList());
        for (StorageWorker worker : current) {
            Storage storage = worker.storage();
            boolean isDue = worker.isTakedownDue(context.now())
                    || (ownership.hasUnverifiedHiddenChannel(storage) && !mustWait(storage, context.now()));
            if (isDue && ownership.conflict(storage).isEmpty()) {
                worker.publish(ownership.unverified(storage, Set.of()), cycle);
            }
        }
        addResults(current, context);
    }

    /**
     * Verifies on each storage the chats that this process has not yet published there, and reports every conflict with
     * another instance.
     *
     * @param changed the channels about to be rendered
     * @return the channels to read from Slack again before they are published; they have a new epoch now
     */
    public Set<ChannelId> verifyOwnership(CycleContext context, List<ChannelId> changed) {
        List<StorageWorker> current = current(context.settings());
        for (StorageWorker worker : current) {
            Storage storage = worker.storage();
            Optional<RemoteException> conflict = ownership.conflict(storage);
            if (conflict.isPresent()) {
                context.report().addFailure(storage.name(), conflict.get());
                continue;
            }
            if (!mustWait(storage, context.now())) {
                worker.verify(ownership.unverified(storage, changed), cycle);
            }
        }
        if (cycle == 1) {
            // Usually enough to know whose chats are there before any of them is rendered.
            long end = System.nanoTime() + MAX_FIRST_VERIFICATION.toNanos();
            current.forEach(worker -> worker.await(Duration.ofNanos(end - System.nanoTime())));
        }
        addResults(current, context);
        rescanned = ownership.channelsToRescan();
        return rescanned;
    }

    /** What the files on the storages tell about the closing of a chat, as far as they were read in this process. */
    public PublishedClosings closings(ChannelId channel, CycleContext context) {
        List<String> names = current(context.settings()).stream()
                .map(worker -> worker.storage().name())
                .toList();
        return ownership.closings(channel, names);
    }

    /** Uploads and deletes what each storage needs, and starts to purge the CDNs. */
    public void publish(CycleContext context) {
        ownership.onRescanned(rescanned);
        rescanned = Set.of();
        Instant now = context.now();
        List<StorageWorker> current = current(context.settings());
        for (StorageWorker worker : current) {
            Storage storage = worker.storage();
            if (!(hasWork(worker, now) || hasFailed(storage))
                    || ownership.conflict(storage).isPresent()) {
                continue;
            }
            boolean isTakedownDue = worker.isTakedownDue(now);
            if (worker.isBehind(cycle) || (mustWait(storage, now) && !isTakedownDue)) {
                context.report().deferWork();
            }
            if (isTakedownDue || !mustWait(storage, now)) {
                worker.publish(Set.of(), cycle);
            }
        }
        addResults(current, context);
        if (current.stream().anyMatch(StorageWorker::hasRejections)) {
            context.report().deferWork();
        }
        purgeWorkers.start();
        if (isForReaders()) {
            store.storages()
                    .newMissedTakedowns()
                    .forEach((removed, keys) -> LOG.warn(
                            "taken down, but still public on {}, which is no longer in the settings: {}",
                            removed,
                            keys.stream().sorted().map(ObjectKey::value).collect(joining(" "))));
        }
    }

    /** Ends a cycle: waits for the purges for a few seconds, unless they go on beside the cycles. */
    public void finishPurges(CycleContext context) {
        purgeWorkers.finish(context.report());
    }

    /** False for a dry run, and for commands that render to another place. */
    private boolean isForReaders() {
        return mode.background() != Background.NEVER;
    }

    /** True if there is something to upload to a storage or to delete from it. */
    public boolean hasWork(CycleContext context) {
        return current(context.settings()).stream().anyMatch(worker -> hasWork(worker, context.now()));
    }

    private boolean hasFailed(Storage storage) {
        return store.storages()
                .status(storage.name())
                .filter(status -> status.failures() > 0)
                .isPresent();
    }

    private boolean hasWork(StorageWorker worker, Instant now) {
        return store.storages().hasWork(worker.storage().name(), now.minus(Publisher.GRACE));
    }

    /** Lets the workers finish the files in hand, for a few seconds at most. */
    @Override
    public void close() {
        workers.values().forEach(StorageWorker::close);
        purgeWorkers.close();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
                workers.values().forEach(worker -> worker.storage().close());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean mustWait(Storage storage, Instant now) {
        return mode.retries() == Retries.AFTER_BACKOFF
                && store.storages()
                        .status(storage.name())
                        .filter(status -> status.mustWait(now))
                        .isPresent();
    }

    /** Adds what the workers did since they were last asked. Waits for them unless they work beside the cycles. */
    private void addResults(Collection<StorageWorker> current, CycleContext context) {
        if (mode.background() != Background.BESIDE_CYCLES) {
            current.forEach(worker -> worker.await(FOREVER));
        }
        var outdated = new TreeSet<ObjectKey>();
        for (StorageWorker worker : current) {
            StorageWorker.WorkDone done = worker.takeDone();
            context.report().addAll(done.report());
            if (!worker.isPurged()) {
                done.outdated().stream()
                        .filter(key -> isNewlyOutdated(key, worker.storage().name(), current.size()))
                        .forEach(outdated::add);
            }
        }
        context.settings().publicUrl().ifPresent(publicUrl -> logOutdatedUrls(outdated, publicUrl));
    }

    /** False if another storage has lost the file before, in the same takedown: all have the same public URL. */
    private boolean isNewlyOutdated(ObjectKey key, String storage, int storageCount) {
        Set<String> seen = outdatedOn.computeIfAbsent(key, first -> new HashSet<>());
        boolean isFirst = seen.isEmpty();
        if (!seen.add(storage)) {
            seen.clear();
            seen.add(storage);
            isFirst = true;
        }
        if (seen.size() >= storageCount) {
            outdatedOn.remove(key);
        }
        return isFirst;
    }

    /** A CDN may keep serving these files until they expire, unless the operator purges them. */
    private static void logOutdatedUrls(Collection<ObjectKey> keys, URI publicUrl) {
        if (!keys.isEmpty()) {
            String base = publicUrl.toString().endsWith("/") ? publicUrl.toString() : publicUrl + "/";
            LOG.warn(
                    "taken down; to purge from a CDN: {}",
                    keys.stream().map(key -> base + key).collect(joining(" ")));
        }
    }

    /** The workers of the storages that the settings name now. Closes those of the storages that they no longer name. */
    private List<StorageWorker> current(Settings settings) {
        workers.entrySet().removeIf(entry -> {
            boolean isRemoved = !settings.storages().contains(entry.getKey());
            if (isRemoved) {
                entry.getValue().close();
                ownership.forget(entry.getValue().storage());
            }
            return isRemoved;
        });
        return settings.storages().stream()
                .map(storage -> workers.computeIfAbsent(storage, this::worker))
                .toList();
    }

    private void updatePurgeWorkers(Settings settings) {
        Map<PurgedCdn, Supplier<BackgroundWorker>> cdns = new HashMap<>();
        workers.forEach((storage, worker) -> {
            Optional<PurgeSettings> purge =
                    Optional.ofNullable(settings.purges().get(storage));
            worker.purge(purge.map(known -> known.purgesChanges() ? Purging.AFTER_CHANGES : Purging.AFTER_REMOVALS)
                    .orElse(Purging.NEVER));
            purge.map(known -> new PurgedCdn(
                            storage, known.provider(), settings.publicUrl().orElseThrow()))
                    .ifPresent(cdn -> cdns.put(cdn, () -> purgeWorker(cdn)));
        });
        purgeWorkers.update(cdns);
        for (StorageWorker worker : workers.values()) {
            String name = worker.storage().name();
            if (worker.isPurged()) {
                withoutPurges.remove(name);
            } else if (withoutPurges.add(name)) {
                store.storages().discardPurges(name);
            }
        }
    }

    private PurgeWorker purgeWorker(PurgedCdn cdn) {
        return new PurgeWorker(
                purgers.apply(cdn.provider()),
                workers.get(cdn.storage()).storage().name(),
                cdn.publicUrl(),
                store,
                clock);
    }

    private StorageWorker worker(StorageSettings settings) {
        Storage storage = storages.apply(settings);
        if (store.storages().hasHeldFiles(storage.name())) {
            storage.expectObjects();
        }
        return new StorageWorker(
                storage, store, ownership, clock, threads, stopping, mode.background() == Background.BESIDE_CYCLES);
    }
}
