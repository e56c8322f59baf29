package org.chatpress.publish;

import static java.util.stream.Collectors.joining;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.chatpress.publish.OwnershipCheck.OwnershipLostException;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes to every storage of the settings, each on a thread of its own. A storage that fails is left alone for a
 * while and does not affect the others.
 */
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
     * @param storages creates the storage for its settings; opens no connection
     * @param stopping true once the program must end: uploads that have started are finished, none is started
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
     * Verifies on each storage the chats that this process has not yet published there, and reports every conflict with
     * another instance.
     *
     * @param changed the channels about to be rendered
     * @return the channels to read from Slack again before they are published; they have a new epoch now
     */
    public Set<ChannelId> verifyOwnership(CycleContext context, List<ChannelId> changed) {
        Instant now = context.now();
        CycleReport report = context.report();
        List<Storage> current = current(context.settings());
        failedInThisCycle.clear();
        ownership.beginCycle(current);
        Map<Storage, Set<ChannelId>> unverified = new HashMap<>();
        for (Storage storage : current) {
            Optional<RemoteException> conflict = ownership.conflict(storage);
            if (conflict.isPresent()) {
                report.addFailure(storage.name(), conflict.get());
                continue;
            }
            Set<ChannelId> channels = ownership.unverified(storage, changed);
            if (!channels.isEmpty() && !mustWait(storage, now)) {
                unverified.put(storage, channels);
            }
        }
        forEachAtOnce(unverified.keySet(), storage -> {
            try {
                ownership.verify(storage, unverified.get(storage));
                report.addSuccess(storage.name());
            } catch (RemoteException e) {
                recordFailure(storage, e, report);
            } catch (OwnershipLostException e) {
                report.addFailure(storage.name(), ownership.recordConflict(storage, e.pointer(), now));
            }
        });
        return ownership.channelsToRescan();
    }

    /** What the files on the storages tell about the closing of a chat, as far as they were read in this process. */
    public SiteClosings closings(ChannelId channel, CycleContext context) {
        List<String> names =
                current(context.settings()).stream().map(Storage::name).toList();
        return ownership.closings(channel, names);
    }

    /** Uploads and deletes what each storage needs. */
    public void publish(CycleContext context) {
        Settings settings = context.settings();
        Instant now = context.now();
        CycleReport report = context.report();
        ownership.commitVerified();
        var due = new ArrayList<Storage>();
        for (Storage storage : withWork(settings, now)) {
            if (failedInThisCycle.contains(storage.name())
                    || ownership.conflict(storage).isPresent()) {
                continue;
            }
            if (mustWait(storage, now)) {
                report.deferWork();
                continue;
            }
            due.add(storage);
        }
        forEachAtOnce(due, storage -> publish(storage, settings, now, report));
    }

    private void publish(Storage storage, Settings settings, Instant now, CycleReport report) {
        PublishState state = store.storages().publishState(storage.name());
        Publisher.PublishResult result = new Publisher(storage, state, threads, stopping).publish(now);
        report.addPublished(result.uploads(), result.deletes());
        settings.publicUrl().ifPresent(publicUrl -> logOutdatedUrls(result.outdated(), publicUrl));
        if (result.lostPointer().isPresent()) {
            ObjectKey pointer = result.lostPointer().get();
            report.addFailure(storage.name(), ownership.recordConflict(storage, pointer, now));
        } else if (result.failure().isPresent()) {
            recordFailure(storage, result.failure().get(), report);
        } else if (!stopping.getAsBoolean()) {
            store.storages().recordSuccess(storage.name(), now);
            report.addSuccess(storage.name());
        }
    }

    /** True if there is something to upload to a storage or to delete from it. */
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

    private void recordFailure(Storage storage, RemoteException failure, CycleReport report) {
        Duration wait = store.storages().recordFailure(storage.name(), failure.messageWithHint(), report.startedAt());
        failedInThisCycle.add(storage.name());
        report.addFailure(storage.name(), failure);
        LOG.debug("{} is tried again in {} s", storage.name(), wait.toSeconds());
    }

    /** A CDN may keep serving these files until they expire, unless the operator purges them. */
    private static void logOutdatedUrls(List<ObjectKey> keys, URI publicUrl) {
        if (!keys.isEmpty()) {
            String base = publicUrl.toString().endsWith("/") ? publicUrl.toString() : publicUrl + "/";
            LOG.warn(
                    "taken down; to purge from a CDN: {}",
                    keys.stream().map(key -> base + key).collect(joining(" ")));
        }
    }

    /** The storages that the settings name now. Closes those that they no longer name. */
    private List<Storage> current(Settings settings) {
        open.entrySet().removeIf(entry -> {
            boolean isRemoved = !settings.storages().contains(entry.getKey());
            if (isRemoved) {
                entry.getValue().close();
            }
            return isRemoved;
        });
        return settings.storages().stream()
                .map(storage -> open.computeIfAbsent(storage, this::open))
                .toList();
    }

    private Storage open(StorageSettings settings) {
        Storage storage = storages.apply(settings);
        if (store.storages().hasHeldFiles(storage.name())) {
            storage.expectObjects();
        }
        return storage;
    }

    /** Runs the task for all storages at the same time, and returns when it has ended for all of them. */
    private void forEachAtOnce(Collection<Storage> storages, Consumer<Storage> task) {
        List<? extends Future<?>> running = storages.stream()
                .map(storage -> threads.submit(() -> task.accept(storage)))
                .toList();
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
