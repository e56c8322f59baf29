package org.chatpress.publish;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.plan.OwnershipState;
import org.chatpress.render.json.ChannelList;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
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

    /** Files that may be too large to be read. */
    private static final String MEDIA = "[^/]+/(photos|media)/.*";

    /** How many files of a chat are read one by one. */
    private static final int MAX_READS = 100;

    private final Store store;
    private final StorageReader reader;
    private final AtomicReference<Instant> startedAt = new AtomicReference<>();
    private final Map<String, Instant> checkedAt = new ConcurrentHashMap<>();
    private final Map<String, Instant> filesReadAt = new ConcurrentHashMap<>();
    private final Map<String, Map<ObjectKey, String>> takenDown = new ConcurrentHashMap<>();

    FormerLeaderCheck(Store store, StorageReader reader) {
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

    /**
     * These files were deleted from the storage because of a takedown, or replaced.
     *
     * @param files with the id of the channel of each
     */
    void onTakenDown(Storage storage, Map<ObjectKey, String> files, Instant now) {
        if (!files.isEmpty() && isFollowing(now)) {
            takenDown
                    .computeIfAbsent(storage.name(), name -> new ConcurrentHashMap<>())
                    .putAll(files);
        }
    }

    /**
     * Has files deleted again that a former leader put back, and {@code channels.json} uploaded again if it replaced that.
     * Returns the chats of which it replaced files.
     */
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
        checkChannelList(storage);
        Map<ObjectKey, String> files = takenDown.getOrDefault(storage.name(), Map.of());
        files.keySet().stream()
                .collect(groupingBy(FormerLeaderCheck::folder))
                .forEach((folder, keys) -> deleteAgain(storage, putBack(storage, folder, keys), files));
        if (!OwnershipCheck.isWithin(FILES_INTERVAL, filesReadAt.getOrDefault(storage.name(), Instant.MIN), now)) {
            files.keySet().forEach(key -> channelIfReplaced(storage, key).ifPresent(replaced::add));
            filesReadAt.put(storage.name(), now);
        }
        checkedAt.put(storage.name(), now);
        return replaced;
    }

    private void checkChannelList(Storage storage) {
        Optional<StoredObject> found = reader.read(storage, ChannelList.KEY);
        if (found.isPresent() && !store.storages().isAsUploaded(storage.name(), ChannelList.KEY, found)) {
            LOG.warn("{} has a {} of a former leader; uploading it again", storage.name(), ChannelList.KEY);
            store.storages().markChannelListUnknown(storage.name());
        }
    }

    /** The folder of a file, which may be one that the chat no longer has; empty for one beside the folders. */
    private static String folder(ObjectKey key) {
        return key.value().substring(0, Math.max(0, key.value().indexOf('/')));
    }

    /** Those of the files that the storage has, although this process has deleted them. */
    private List<ObjectKey> putBack(Storage storage, String folder, List<ObjectKey> keys) {
        if (folder.isEmpty()) {
            return keys.stream()
                    .filter(key -> store.storages().channel(storage.name(), key).isEmpty())
                    .filter(key -> reader.read(storage, key).isPresent())
                    .toList();
        }
        // Asked before the database, which knows each file before its upload
        Set<ObjectKey> found =
                listed(storage, folder).orElseGet(() -> reader.found(storage, readable(storage, folder, keys)));
        Set<ObjectKey> known = store.storages().knownFiles(storage.name(), folder);
        return keys.stream()
                .filter(key -> found.contains(key) && !known.contains(key))
                .toList();
    }

    /**
     * The files in a folder; empty if the storage fails to list them. An FTP server may say of a folder without permission
     * that it does not exist.
     */
    private Optional<Set<ObjectKey>> listed(Storage storage, String folder) {
        return reader.list(storage, folder)
                .filter(found -> !found.isEmpty()
                        || store.storages().knownFiles(storage.name(), folder).isEmpty());
    }

    /** The deleted files to read one by one where a folder cannot be listed: first those with fixed names, and no clips. */
    private List<ObjectKey> readable(Storage storage, String folder, List<ObjectKey> keys) {
        Set<ObjectKey> known = store.storages().knownFiles(storage.name(), folder);
        return keys.stream()
                .filter(key -> !known.contains(key) && !key.value().matches(MEDIA))
                .sorted(comparing((ObjectKey key) -> key.value().matches(NAMED_BY_CONTENT))
                        .thenComparing(key -> key))
                .limit(MAX_READS)
                .toList();
    }

    /** @param channels the id of the channel of each file */
    private void deleteAgain(Storage storage, List<ObjectKey> keys, Map<ObjectKey, String> channels) {
        if (!keys.isEmpty()) {
            LOG.warn("{} has {} again, from a former leader; deleting them", storage.name(), keys);
        }
        keys.stream()
                .collect(groupingBy(channels::get))
                .forEach((channel, files) -> store.storages()
                        .addPendingDeletes(storage.name(), new ChannelId(channel), FileRole.PAGE, files));
    }

    /** The channel of a rendered file that was uploaded, if the storage has another one of the same name. */
    private Optional<ChannelId> channelIfReplaced(Storage storage, ObjectKey key) {
        if (key.value().matches(NAMED_BY_CONTENT) || key.value().endsWith("/live.json")) {
            return Optional.empty();
        }
        // Not the one of the takedown: another chat may have taken the name over.
        return store.storages().channel(storage.name(), key).filter(channel -> {
            Optional<StoredObject> rendered = store.files().object(key);
            Optional<StoredObject> found = rendered.flatMap(object -> reader.read(storage, key));
            return found.isPresent()
                    && !found.get().digest().equals(rendered.get().digest())
                    && store.storages().publishRecord(storage.name(), channel, key, found)
                            == OwnershipState.PublishRecord.CURRENT;
        });
    }

    /** True if the storage has another pointer in its place that this database rendered. */
    boolean isReplaced(Storage storage, UploadedPointer pointer) {
        Optional<StoredObject> found = storage.read(pointer.key());
        String epoch = store.channels().row(pointer.channel()).orElseThrow().epoch();
        return !pointer.isSame(found)
                && found.flatMap(OwnershipState::epoch).filter(epoch::equals).isPresent();
    }
}
