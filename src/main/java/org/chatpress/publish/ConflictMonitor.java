package org.chatpress.publish;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.chatpress.error.RemoteException;
import org.chatpress.publish.plan.ConflictingInstance;
import org.chatpress.render.json.ChannelList;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StoredObject;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps an eye on another Chatpress that publishes where this one did, for the day when it no longer does. */
final class ConflictMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(ConflictMonitor.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Store store;
    private final Map<String, Integer> takeovers = new ConcurrentHashMap<>();

    ConflictMonitor(Store store) {
        this.store = store;
    }

    /** True while the storage is another's: nothing is put or removed there. */
    boolean hasConflict(Storage storage) {
        return store.storages().conflict(storage.name()).isPresent();
    }

    /** Another one has put this pointer. Gives what a person is told. */
    RemoteException recordConflict(Storage storage, ObjectKey pointer, Instant now) {
        return note(storage, ConflictingInstance.noticed(pointer, changes(), now));
    }

    /**
     * Looks at what the other one shows, now and then.
     *
     * @return what a person is told while it holds the storage; empty if the storage is ours from now on
     */
    Optional<RemoteException> recheck(Storage storage, Instant now) {
        ConflictingInstance conflict = store.storages().conflict(storage.name()).orElseThrow();
        if (!conflict.isDue(now)) {
            return Optional.of(told(storage, conflict));
        }
        ConflictingInstance seen = look(storage, conflict, now);
        if (!seen.isDead(now, takeovers.getOrDefault(storage.name(), 0))) {
            return Optional.of(note(storage, seen));
        }
        LOG.warn(
                "the other Chatpress has shown nothing new at {} since {}; this one takes over",
                storage.name(),
                TIME.format(seen.movedAt()));
        takeovers.merge(storage.name(), 1, Integer::sum);
        forget(storage);
        return Optional.empty();
    }

    /** The storage is ours, whoever published there. */
    void forget(Storage storage) {
        store.storages().clearConflict(storage.name());
    }

    private ConflictingInstance look(Storage storage, ConflictingInstance conflict, Instant now) {
        try {
            Optional<StoredObject> list = storage.read(ChannelList.KEY);
            return conflict.after(ConflictingInstance.Observation.at(list, counts(), changes()), now);
        } catch (RemoteException e) {
            return conflict.unseen(now);
        }
    }

    private Map<String, Integer> counts() {
        var counts = new HashMap<String, Integer>();
        for (ChannelRow row : store.channels().all()) {
            if (row.status() == Status.LISTED && store.files().has(row.id())) {
                counts.put(row.metadata().orElseThrow().slug().value(), row.count());
            }
        }
        return counts;
    }

    private long changes() {
        return store.channels().all().stream().mapToLong(ChannelRow::seq).sum();
    }

    private RemoteException note(Storage storage, ConflictingInstance conflict) {
        RemoteException told = told(storage, conflict);
        store.storages().recordConflict(storage.name(), conflict, told.getMessage());
        return told;
    }

    private static RemoteException told(Storage storage, ConflictingInstance conflict) {
        String pointer = conflict.pointer().value();
        return RemoteException.actionRequired(
                "%s: another Chatpress publishes %s there since %s; this one publishes nothing there any more"
                        .formatted(
                                storage.name(),
                                pointer.substring(0, pointer.indexOf('/')),
                                TIME.format(conflict.since())),
                "Stop one of the two. If it is this one that shall publish, stop the other: this one takes over by itself.",
                null);
    }
}
