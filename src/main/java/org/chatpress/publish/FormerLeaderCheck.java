package org.chatpress.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.plan.OwnershipState;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.StorageStatusRepository.UploadedPointer;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a former leader, which was stopped or cut off, still puts on a storage when it goes on where it was: an older
 * version of a file, or a file that was taken down meanwhile. A process looks for that in the first ten minutes after it
 * became the leader.
 *
 * <p>Threads may check different storages at the same time.
 */
final class FormerLeaderCheck {
    private static final Logger LOG = LoggerFactory.getLogger(FormerLeaderCheck.class);

    private static final Duration FORMER_LEADER = Duration.ofMinutes(10);
    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration FILES_INTERVAL = Duration.ofSeconds(10);

    /** The names of files that another version never replaces. */
    private static final String NAMED_BY_CONTENT = "[^/]+/(i|photos|media)/.*";

    private final Store store;
    private final LenientReader reader;
    private final AtomicReference<Instant> startedAt = new AtomicReference<>();
    private final Map<String, Instant> checkedAt = new ConcurrentHashMap<>();
    private final Map<String, Instant> filesReadAt = new ConcurrentHashMap<>();
    private final Map<String, Set<ObjectKey>> takenDown = new ConcurrentHashMap<>();

    FormerLeaderCheck(Store store, LenientReader reader) {
        this.store = store;
        this.reader = reader;
    }

    /** True while a former leader may go on where it was. */
    boolean isFollowing(Instant now) {
        if (!store.mayFollowLeader()) {
            return false;
        }
        Instant start = startedAt.updateAndGet(known -> known == null ? now : known);
        return now.isBefore(start.plus(FORMER_LEADER));
    }

    /** The settings no longer name the storage. */
    void forget(Storage storage) {
        takenDown.remove(storage.name());
    }

    /** These files were deleted from the storage because of a takedown, or replaced. */
    void onTakenDown(Storage storage, Collection<ObjectKey> keys, Instant now) {
        if (!keys.isEmpty() && isFollowing(now)) {
            takenDown
                    .computeIfAbsent(storage.name(), name -> ConcurrentHashMap.newKeySet())
                    .addAll(keys);
        }
    }

    /** Has files deleted again that a former leader put back. Returns the chats of which it replaced files. */
    Set<ChannelId> check(Storage storage, Instant now) {
        if (!isFollowing(now)) {
            takenDown.remove(storage.name());
            return Set.of();
        }
        if (OwnershipCheck.isWithin(INTERVAL, checkedAt.getOrDefault(storage.name(), Instant.MIN), now)) {
            return Set.of();
        }
        Set<ChannelId> replaced = new TreeSet<>();
        store.storages().uploadedPointers(storage.name()).stream()
                .filter(pointer -> isReplaced(storage, pointer))
                .forEach(pointer -> replaced.add(pointer.channel()));
        Set<ObjectKey> keys = takenDown.getOrDefault(storage.name(), Set.of());
        boolean readsFiles =
                !OwnershipCheck.isWithin(FILES_INTERVAL, filesReadAt.getOrDefault(storage.name(), Instant.MIN), now);
        for (ChannelRow row :
                keys.isEmpty() ? List.<ChannelRow>of() : store.channels().all()) {
            List<ObjectKey> ofChat =
                    keys.stream().filter(key -> isOfChat(key, row)).toList();
            if (!ofChat.isEmpty()) {
                deleteAgain(storage, row, ofChat);
            }
            if (readsFiles && ofChat.stream().anyMatch(key -> isReplaced(storage, row, key))) {
                replaced.add(row.id());
            }
        }
        checkedAt.put(storage.name(), now);
        if (readsFiles) {
            filesReadAt.put(storage.name(), now);
        }
        return replaced;
    }

    private static boolean isOfChat(ObjectKey key, ChannelRow row) {
        return row.metadata()
                .filter(metadata -> key.value().startsWith(metadata.slug().value() + "/")
                        || Set.of(metadata.file(), metadata.jsonpFile()).contains(key.value()))
                .isPresent();
    }

    /** Deletes those of the files that a former leader has put back. */
    private void deleteAgain(Storage storage, ChannelRow row, List<ObjectKey> keys) {
        String folder = row.metadata().orElseThrow().slug().value();
        // Listed before the database is asked: it knows each file before its upload
        Set<ObjectKey> found = reader.list(storage, folder).orElse(Set.of());
        Set<ObjectKey> known = store.storages().knownFiles(storage.name(), folder);
        List<ObjectKey> back = keys.stream()
                .filter(key -> found.contains(key) && !known.contains(key))
                .toList();
        if (!back.isEmpty()) {
            LOG.warn("{} has {} again, from a former leader; deleting them", storage.name(), back);
            store.storages().addPendingDeletes(storage.name(), row.id(), FileRole.PAGE, back);
        }
    }

    /** True if the rendered file was uploaded, and the storage has another one of the same name. */
    private boolean isReplaced(Storage storage, ChannelRow row, ObjectKey key) {
        if (key.value().matches(NAMED_BY_CONTENT) || key.equals(OwnershipCheck.pointer(row))) {
            return false;
        }
        return store.files()
                .object(key)
                .filter(rendered -> {
                    Optional<StoredObject> found = reader.read(storage, key);
                    return found.isPresent()
                            && !found.get().digest().equals(rendered.digest())
                            && store.storages().publishRecord(storage.name(), row.id(), key, found)
                                    == OwnershipState.PublishRecord.CURRENT;
                })
                .isPresent();
    }

    /** True if the storage has another pointer in its place that this database rendered. */
    boolean isReplaced(Storage storage, UploadedPointer pointer) {
        Optional<StoredObject> found = storage.read(pointer.key());
        String epoch = store.channels().row(pointer.channel()).orElseThrow().epoch();
        return !pointer.isSame(found)
                && found.flatMap(OwnershipState::epoch).filter(epoch::equals).isPresent();
    }
}
