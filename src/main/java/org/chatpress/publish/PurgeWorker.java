package org.chatpress.publish;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.chatpress.purge.CdnPurger;
import org.chatpress.purge.CdnPurger.PurgeResult;
import org.chatpress.storage.ObjectKey;
import org.chatpress.store.StorageStatusRepository.PendingPurge;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Purges the CDN in front of one storage of what the storage has deleted or replaced, on a thread of its own: a CDN that
 * does not answer delays neither a cycle nor a storage. The database keeps what is to be purged until it is.
 */
final class PurgeWorker {
    private static final Logger LOG = LoggerFactory.getLogger(PurgeWorker.class);

    private static final Duration MAX_IDLE = Duration.ofSeconds(1);
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(1);
    private static final String FOLDER_INDEX = "/index.html";

    private final CdnPurger purger;
    private final String storage;
    private final URI publicUrl;
    private final Store store;
    private final Clock clock;
    private volatile boolean isClosed;

    // All guarded by this.
    private boolean isRequested;
    private boolean isRunning;
    private CycleReport done = new CycleReport(Instant.EPOCH);

    /** @param publicUrl ends with a slash */
    PurgeWorker(CdnPurger purger, String storage, URI publicUrl, Store store, Clock clock) {
        this.purger = purger;
        this.storage = storage;
        this.publicUrl = publicUrl;
        this.store = store;
        this.clock = clock;
    }

    /** Purges from now on until it is closed. Looks at once for what there is to purge. */
    synchronized void start(ExecutorService threads) {
        isRequested = true;
        notifyAll();
        if (!isRunning && !isClosed) {
            isRunning = true;
            threads.execute(this::run);
        }
    }

    /** Purges once, on a thread of its own. */
    Future<?> purgeOnce(ExecutorService threads) {
        return threads.submit(this::purge);
    }

    /** What the worker did since the last call. */
    synchronized CycleReport takeDone() {
        CycleReport taken = done;
        done = new CycleReport(Instant.EPOCH);
        return taken;
    }

    /** Starts no other request. To end the current one, interrupt its thread. */
    synchronized void close() {
        isClosed = true;
        notifyAll();
        if (!isRunning) {
            purger.close();
        }
    }

    private void run() {
        try {
            while (!isClosed) {
                Optional<Duration> failureWait = purge();
                waitFor(failureWait);
            }
        } finally {
            synchronized (this) {
                isRunning = false;
            }
            purger.close();
        }
    }

    /** After a failure, a request of a cycle does not shorten the wait. */
    private synchronized void waitFor(Optional<Duration> failureWait) {
        long end = System.nanoTime() + failureWait.orElse(MAX_IDLE).toNanos();
        try {
            for (long left = end - System.nanoTime();
                    left > 0 && !isClosed && !(isRequested && failureWait.isEmpty());
                    left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            isClosed = true;
        }
        isRequested = false;
    }

    /**
     * Purges everything that is pending, takedowns first.
     *
     * @return empty if nothing failed; otherwise how long to wait before the next attempt
     */
    private Optional<Duration> purge() {
        try {
            return purgePending();
        } catch (StoreException e) {
            // The cycles report it.
            LOG.debug("cannot read what to purge: {}", e.getMessage());
            return Optional.of(RETRY_INTERVAL);
        }
    }

    private Optional<Duration> purgePending() {
        Set<ObjectKey> refused = new HashSet<>();
        Optional<RemoteException> failure = Optional.empty();
        int purged = 0;
        for (Map<PendingPurge, List<URI>> batch = batch(refused); !batch.isEmpty(); batch = batch(refused)) {
            PurgeResult result =
                    purger.purge(batch.values().stream().flatMap(List::stream).toList());
            if (Thread.currentThread().isInterrupted()) {
                return Optional.of(RETRY_INTERVAL);
            }
            Set<URI> accepted = Set.copyOf(result.purged());
            var complete = new ArrayList<PendingPurge>();
            batch.forEach((purge, urls) -> {
                if (accepted.containsAll(urls)) {
                    complete.add(purge);
                } else {
                    refused.add(purge.key());
                }
            });
            store.storages().removePurges(storage, complete);
            purged += accepted.size();
            failure = failure.or(result::failure);
            if (isClosed || accepted.isEmpty()) {
                break;
            }
        }
        if (purged > 0) {
            LOG.info("purged from {}: {} URLs", purger.name(), purged);
        }
        if (failure.isPresent()) {
            return Optional.of(recordFailure(failure.get()));
        }
        if (purged > 0) {
            recordSuccess();
        }
        return Optional.empty();
    }

    /** The next files, with their URLs: as many as the CDN takes in a request. */
    private Map<PendingPurge, List<URI>> batch(Set<ObjectKey> refused) {
        var batch = new LinkedHashMap<PendingPurge, List<URI>>();
        int size = 0;
        int limit = (int) Math.min(Integer.MAX_VALUE, (long) purger.batchSize() + refused.size());
        for (PendingPurge purge : store.storages().pendingPurges(storage, limit)) {
            if (refused.contains(purge.key())) {
                continue;
            }
            List<URI> urls = urls(purge.key());
            size += urls.size();
            if (size > purger.batchSize() && !batch.isEmpty()) {
                break;
            }
            batch.put(purge, urls);
        }
        return batch;
    }

    /** The URLs of a file: web servers show a folder's index.html under the URL of the folder too. */
    private List<URI> urls(ObjectKey key) {
        URI url = publicUrl.resolve(key.value());
        return key.value().endsWith(FOLDER_INDEX) ? List.of(url, url.resolve(".")) : List.of(url);
    }

    private void recordSuccess() {
        store.storages().recordPurgeSuccess(storage);
        synchronized (this) {
            done.addSuccess(what());
        }
    }

    private Duration recordFailure(RemoteException failure) {
        store.storages().recordPurgeFailure(storage, failure.messageWithHint(), clock.instant());
        synchronized (this) {
            done.addFailure(what(), failure);
        }
        Duration wait = failure.retryAfter().orElse(RETRY_INTERVAL);
        return wait.compareTo(MAX_RETRY_AFTER) < 0 ? wait : MAX_RETRY_AFTER;
    }

    /** The name of the purges in reports. */
    private String what() {
        return "purge of " + storage;
    }
}
