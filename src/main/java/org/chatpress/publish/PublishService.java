package org.chatpress.publish;

import static java.util.stream.Collectors.joining;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode.Retries;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.DaemonThreadFactory;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves every storage, each on its own: one that is down waits, and holds up no other. */
public final class PublishService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PublishService.class);

    private final Store store;
    private final Function<StorageSettings, Storage> storages;
    private final OwnershipCheck ownership;
    private final Retries retries;
    private final BooleanSupplier stopping;
    private final Map<StorageSettings, Storage> open = new HashMap<>();
    private final Set<String> failedInThisCycle = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(new DaemonThreadFactory("publish"));

    /**
     * @param storages opens nothing yet
     * @param stopping true when the program is to end: the file in hand is finished
     */
    public PublishService(
            Store store,
            Function<StorageSettings, Storage> storages,
            OwnershipCheck ownership,
            Retries retries,
            BooleanSupplier stopping) {
        this.store = store;
        this.storages = storages;
        this.ownership = ownership;
        this.retries = retries;
        this.stopping = stopping;
    }

    /**
     * Sends the scout to each storage. Where another Chatpress publishes now, it is watched.
     *
     * @param changed the channels about to be rendered
     * @return channels whose past this database doesn't know; they have a new epoch now
     */
    public Set<ChannelId> verifyOwnership(CycleContext context, List<ChannelId> changed) {
        Instant now = context.now();
        CycleReport report = context.report();
        List<Storage> places = current(context.settings());
        failedInThisCycle.clear();
        ownership.beginCycle(places);
        atOnce(
                places.stream().filter(ownership::hasConflict).toList(),
                storage -> ownership
                        .recheckConflict(storage, now)
                        .ifPresentOrElse(
                                failure -> report.addFailure(storage.name(), failure),
                                () -> report.addSuccess(storage.name())));
        Map<Storage, Set<ChannelId>> unmet = new HashMap<>();
        for (Storage storage : places) {
            Set<ChannelId> channels =
                    ownership.hasConflict(storage) ? Set.of() : ownership.unverified(storage, changed);
            if (!channels.isEmpty() && !mustWait(storage, now)) {
                unmet.put(storage, channels);
            }
        }
        atOnce(unmet.keySet(), storage -> {
            try {
                ownership.verify(storage, unmet.get(storage));
                report.addSuccess(storage.name());
            } catch (RemoteException e) {
                failed(storage, e, report);
            } catch (OwnershipLostException e) {
                report.addFailure(storage.name(), ownership.ownershipLost(storage, e.pointer(), now));
            }
        });
        return ownership.channelsToRescan();
    }

    public void publish(CycleContext context) {
        Settings settings = context.settings();
        Instant now = context.now();
        CycleReport report = context.report();
        ownership.commitVerified();
        var due = new ArrayList<Storage>();
        for (Storage storage : withWork(settings, now)) {
            if (failedInThisCycle.contains(storage.name()) || ownership.hasConflict(storage)) {
                continue;
            }
            if (mustWait(storage, now)) {
                report.deferWork();
                continue;
            }
            due.add(storage);
        }
        atOnce(due, storage -> {
            PublishState state = store.storages().publishState(storage.name());
            Publisher.PublishResult result = new Publisher(storage, state, threads, stopping).publish(now);
            report.addPublished(result.uploads(), result.deletes());
            settings.publicUrl().ifPresent(site -> tellWhatIsStale(result.stale(), site));
            if (result.lostPointer().isPresent()) {
                report.addFailure(
                        storage.name(),
                        ownership.ownershipLost(storage, result.lostPointer().get(), now));
                return;
            }
            result.failure().ifPresentOrElse(failure -> failed(storage, failure, report), () -> good(storage, report));
        });
    }

    /** True if a storage still lacks something, or has something that must go. */
    public boolean hasWork(CycleContext context) {
        return !withWork(context.settings(), context.now()).isEmpty();
    }

    private List<Storage> withWork(Settings settings, Instant now) {
        return current(settings).stream()
                .filter(storage -> store.storages().hasWork(storage.name(), now.minus(Publisher.GRACE)))
                .toList();
    }

    @Override
    public void close() {
        threads.shutdown();
        open.values().forEach(Storage::close);
    }

    private boolean mustWait(Storage storage, Instant now) {
        return retries == Retries.AFTER_BACKOFF
                && store.storages()
                        .status(storage.name())
                        .filter(status -> status.mustWait(now))
                        .isPresent();
    }

    private void failed(Storage storage, RemoteException failure, CycleReport report) {
        Duration wait = store.storages().recordFailure(storage.name(), failure.messageWithHint(), report.startedAt());
        failedInThisCycle.add(storage.name());
        report.addFailure(storage.name(), failure);
        LOG.debug("{} is tried again in {} s", storage.name(), wait.toSeconds());
    }

    /** A CDN may go on showing them until their time is up: whoever runs it can do something about that. */
    private static void tellWhatIsStale(List<ObjectKey> keys, URI site) {
        if (!keys.isEmpty()) {
            String base = site.toString().endsWith("/") ? site.toString() : site + "/";
            LOG.warn(
                    "taken down; to purge from a CDN: {}",
                    keys.stream().map(key -> base + key).collect(joining(" ")));
        }
    }

    private void good(Storage storage, CycleReport report) {
        if (!stopping.getAsBoolean()) {
            store.storages().recordSuccess(storage.name(), report.startedAt());
            report.addSuccess(storage.name());
        }
    }

    /** The storages that the settings name now; those they named before are closed. */
    private List<Storage> current(Settings settings) {
        open.entrySet().removeIf(entry -> {
            boolean gone = !settings.storages().contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        return settings.storages().stream()
                .map(place -> open.computeIfAbsent(place, storages))
                .toList();
    }

    private void atOnce(Iterable<Storage> places, Consumer<Storage> work) {
        var running = new ArrayList<Future<?>>();
        places.forEach(storage -> running.add(threads.submit(() -> work.accept(storage))));
        RuntimeException first = null;
        for (Future<?> future : running) {
            try {
                future.get();
            } catch (ExecutionException e) {
                first = first == null ? ErrorMessages.unchecked(e.getCause()) : first;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
