package org.chatpress.publish;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.cycle.context.BackgroundWorker;
import org.chatpress.error.RemoteException;
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
final class PurgeWorker extends BackgroundWorker {
    private static final Logger LOG = LoggerFactory.getLogger(PurgeWorker.class);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(1);
    private static final String FOLDER_INDEX = "/index.html";

    private final CdnPurger purger;
    private final String storage;
    private final URI publicUrl;
    private final Store store;
    private final Clock clock;

    /** @param publicUrl ends with a slash */
    PurgeWorker(CdnPurger purger, String storage, URI publicUrl, Store store, Clock clock) {
        super("purge of " + storage, purger.name());
        this.purger = purger;
        this.storage = storage;
        this.publicUrl = publicUrl;
        this.store = store;
        this.clock = clock;
    }

    /** Purges everything that is pending, takedowns first. */
    @Override
    protected boolean step() {
        Set<ObjectKey> refused = new HashSet<>();
        Optional<RemoteException> failure = Optional.empty();
        int purged = 0;
        for (Map<PendingPurge, List<URI>> batch = batch(refused); !batch.isEmpty(); batch = batch(refused)) {
            PurgeResult result =
                    purger.purge(batch.values().stream().flatMap(List::stream).toList());
            if (isClosed()) {
                return false;
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
            if (mustStop() || accepted.isEmpty()) {
                break;
            }
        }
        if (purged > 0) {
            LOG.info("purged from {}: {} URLs", purger.name(), purged);
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        if (purged > 0) {
            store.storages().recordPurgeSuccess(storage);
        }
        return purged > 0;
    }

    @Override
    protected void saveFailure(RemoteException failure) {
        store.storages().recordPurgeFailure(storage, failure.messageWithHint(), clock.instant());
    }

    @Override
    protected Duration waitAfter(RemoteException failure, int earlierFailures) {
        Duration wait = failure.retryAfter().orElse(RETRY_INTERVAL);
        return wait.compareTo(MAX_RETRY_AFTER) < 0 ? wait : MAX_RETRY_AFTER;
    }

    @Override
    protected void onEnd() {
        purger.close();
    }

    /** The next files, with their URLs: as many as the CDN takes in a request. */
    private Map<PendingPurge, List<URI>> batch(Set<ObjectKey> refused) {
        var batch = new LinkedHashMap<PendingPurge, List<URI>>();
        int size = 0;
        for (PendingPurge purge : store.storages().pendingPurges(storage, purger.batchSize() + refused.size())) {
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
}
