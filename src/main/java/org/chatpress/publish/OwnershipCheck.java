package org.chatpress.publish;

import static java.util.stream.Collectors.toSet;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.chatpress.cycle.context.CycleMode.Conflicts;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.PublishedClosings.PublishedClosing;
import org.chatpress.publish.plan.OwnershipState;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.render.json.ChannelList;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.StorageStatusRepository.Conflict;
import org.chatpress.store.StorageStatusRepository.UploadedPointer;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the chats on a storage were published from this database.
 *
 * <p>Before this process first publishes a channel to a storage, it reads the channel's pointer there. After a database
 * was lost or restored from a backup, the pointer shows a state that the database does not know: the chat is read from
 * Slack again and replaced.
 *
 * <p>A pointer of another instance, where this database had published before, is a conflict. This instance publishes and
 * deletes nothing on that storage any more. Only a new {@code run} ends the conflict: a person started it, so it takes
 * over. {@code once} does not, because cron may have started it.
 *
 * <p>Threads may check different storages at the same time.
 */
public final class OwnershipCheck {
    private static final Logger LOG = LoggerFactory.getLogger(OwnershipCheck.class);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** The names of a chat's files. No other file is ever deleted from a folder that this database did not fill. */
    private static final String CHAT_FILES = "i/[xpu]-[0-9a-f]{12}\\.json|photos/[0-9a-f]{12}-([0-9]+|emoji)\\.[a-z]+"
            + "|media/[0-9a-f]{12}(-[0-9]+)?\\.(mp4|m4a|jpg)"
            + "|m/[0-9]{10}\\.[0-9]{6}\\.html|feed\\.json|atom\\.xml|liveblogposting\\.json|fragment\\.html|index\\.html"
            + "|archive\\.ndjson";

    /** The time between two chats of a storage that are compared with what was published. */
    private static final Duration INSPECTION_INTERVAL = Duration.ofSeconds(10);

    private static final Duration INSPECTION_INTERVAL_PER_FILE = Duration.ofMillis(10);

    /** A pointer that is older again so soon was put there by another instance, with a copy of the database. */
    private static final Duration REPLACED_AGAIN = Duration.ofMinutes(10);

    private final Store store;
    private final Supplier<String> epochs;
    private final Conflicts conflicts;
    private final Map<VerifiedPair, PublishedClosing> closings = new ConcurrentHashMap<>();
    private final Set<String> knownStorages = ConcurrentHashMap.newKeySet();
    private final Set<String> compared = ConcurrentHashMap.newKeySet();
    private final Set<String> verifiedStorages = ConcurrentHashMap.newKeySet();
    private final Set<VerifiedPair> verified = ConcurrentHashMap.newKeySet();
    private final Set<ChannelId> channelsToRescan = ConcurrentHashMap.newKeySet();
    private final Set<ChannelId> restarted = new HashSet<>();
    private final Map<String, Object> media = new ConcurrentHashMap<>();
    private final Map<String, Inspection> inspections = new ConcurrentHashMap<>();
    private final Map<VerifiedPair, Instant> replacedAt = new ConcurrentHashMap<>();
    private final StorageReader reader = new StorageReader();
    private final FormerLeaderCheck formerLeader;

    private record VerifiedPair(String storage, ChannelId channel) {}

    /**
     * The last chat of a storage that was compared with what was published.
     *
     * @param turn counts them
     * @param pause until the next one, longer after a chat of many files
     */
    private record Inspection(Instant at, long turn, Duration pause) {}

    /** @param epochs returns a new random word at each call */
    public OwnershipCheck(Store store, Supplier<String> epochs, Conflicts conflicts) {
        this.store = store;
        this.epochs = epochs;
        this.conflicts = conflicts;
        this.formerLeader = new FormerLeaderCheck(store, reader);
    }

    /** @param storages those of the settings */
    void beginCycle(Collection<Storage> storages) {
        for (Storage storage : storages) {
            boolean isNew = knownStorages.add(storage.name());
            if (isNew && conflicts == Conflicts.TAKE_OVER) {
                store.storages().clearConflict(storage.name());
            }
        }
    }

    /** The settings no longer name the storage: if they name it again, it is looked at again. */
    void forget(Storage storage) {
        media.remove(storage.name());
        compared.remove(storage.name());
        inspections.remove(storage.name());
        formerLeader.forget(storage);
        verified.removeIf(pair -> pair.storage().equals(storage.name()));
        closings.keySet().removeIf(pair -> pair.storage().equals(storage.name()));
    }

    /** What to report while another instance publishes to the storage; empty if none does. */
    Optional<RemoteException> conflict(Storage storage) {
        return store.storages().conflict(storage.name()).map(conflict -> failure(storage, conflict));
    }

    /** Another instance replaced this pointer. Returns what to report. */
    RemoteException recordConflict(Storage storage, ObjectKey pointer, Instant now) {
        var conflict = new Conflict(pointer, now);
        RemoteException failure = failure(storage, conflict);
        store.storages().recordConflict(storage.name(), conflict, failure.messageWithHint());
        return failure;
    }

    /**
     * These files were deleted from the storage because of a takedown, or replaced.
     *
     * @param files with the id of the channel of each
     */
    void onTakenDown(Storage storage, Map<ObjectKey, String> files, Instant now) {
        formerLeader.onTakenDown(storage, files, now);
    }

    /**
     * The channels that this process has not yet verified on the storage, of those with something to publish or delete.
     *
     * @param changed the channels about to be rendered
     */
    Set<ChannelId> unverified(Storage storage, Collection<ChannelId> changed) {
        Set<ChannelId> channels = new TreeSet<>(changed);
        channels.addAll(store.channels().hidden());
        Set<ChannelId> uncertain = uncertainClosings();
        channels.addAll(uncertain);
        store.storages().publishState(storage.name()).staleChannels().stream()
                .map(PublishState.StaleChannel::channel)
                .filter(channel -> !channel.isEmpty())
                .forEach(channel -> channels.add(new ChannelId(channel)));
        channels.addAll(store.storages().channelsWithTakedown(storage.name()));
        channels.removeIf(channel -> isVerified(storage, channel)
                && (!uncertain.contains(channel) || closings.containsKey(new VerifiedPair(storage.name(), channel))));
        return channels;
    }

    /** True if another database may have published a hidden chat there. */
    boolean hasUnverifiedHiddenChannel(Storage storage) {
        return store.channels().hidden().stream().anyMatch(channel -> !isVerified(storage, channel));
    }

    /** Finds chats that are not there as this database uploaded them; they are verified before anything is uploaded. */
    void inspect(Storage storage, Instant now) {
        undoFormerLeader(storage, formerLeader.check(storage, now));
        storage.medium().ifPresentOrElse(medium -> inspect(storage, medium, now), () -> findNewerFiles(storage));
        inspectNextChat(storage, now);
    }

    /**
     * Notices that a directory no longer has the files that were uploaded, or has them again, as when its share is
     * unmounted and mounted: what it has is unknown from then on.
     */
    private void inspect(Storage storage, Object medium, Instant now) {
        Object known = media.get(storage.name());
        boolean isExchanged = known != null && !known.equals(medium);
        Set<ChannelId> lost = new TreeSet<>(isExchanged ? published() : List.of());
        store.storages().uploadedPointers(storage.name()).stream()
                .filter(pointer -> !pointer.isSame(storage.read(pointer.key())))
                .forEach(pointer -> lost.add(pointer.channel()));
        if (isExchanged) {
            replacedAt.keySet().removeIf(pair -> pair.storage().equals(storage.name()));
        }
        if (!lost.isEmpty()) {
            requireNotReplacedAgain(storage, lost, now);
            publishAgain(storage, lost);
        }
        media.put(storage.name(), medium);
    }

    /**
     * Compares one chat every few seconds, and all of them if that one is not as it was published: a backup may have been
     * restored, with messages that were taken down since. A takedown does not wait for that, nor a new message for a storage
     * that fails to list its files.
     */
    private void inspectNextChat(Storage storage, Instant now) {
        // A process of cron starts with any of them.
        Inspection last = inspections.getOrDefault(
                storage.name(), new Inspection(Instant.MIN, now.toEpochMilli(), INSPECTION_INTERVAL));
        if (isWithin(last.pause(), last.at(), now)) {
            return;
        }
        List<UploadedPointer> pointers = store.storages().uploadedPointers(storage.name());
        if (pointers.isEmpty() || !store.storages().takedowns(storage.name()).isEmpty()) {
            return;
        }
        UploadedPointer next = pointers.get((int) (last.turn() % pointers.size()));
        Set<ObjectKey> uploaded = uploadedFiles(storage, next);
        if (!isIntact(storage, next, uploaded)) {
            Set<ChannelId> damaged = damaged(storage);
            requireNotReplacedAgain(storage, damaged, now);
            publishAgain(storage, damaged);
        }
        Duration pause = INSPECTION_INTERVAL.plus(INSPECTION_INTERVAL_PER_FILE.multipliedBy(uploaded.size()));
        inspections.put(storage.name(), new Inspection(now, last.turn() + 1, pause));
    }

    private Set<ChannelId> damaged(Storage storage) {
        return store.storages().uploadedPointers(storage.name()).stream()
                .filter(pointer -> !isIntact(storage, pointer, uploadedFiles(storage, pointer)))
                .map(UploadedPointer::channel)
                .collect(toSet());
    }

    /**
     * True if the storage has the pointer and every file of a chat that was uploaded, and none that was deleted. A clip that
     * is uploaded or deleted at this moment may make it false: then the chat is published once more.
     */
    private boolean isIntact(Storage storage, UploadedPointer pointer, Set<ObjectKey> uploaded) {
        if (!pointer.isSame(storage.read(pointer.key()))) {
            return false;
        }
        String folder = folder(pointer);
        // What cannot be listed is compared again after the other chats.
        return reader.list(storage, folder)
                .filter(found -> !found.containsAll(uploaded)
                        || !store.storages().knownFiles(storage.name(), folder).containsAll(chatFiles(found, folder)))
                .isEmpty();
    }

    private Set<ObjectKey> uploadedFiles(Storage storage, UploadedPointer pointer) {
        return store.storages().uploadedFiles(storage.name(), folder(pointer));
    }

    private void publishAgain(Storage storage, Set<ChannelId> lost) {
        Set<ChannelId> channels = new TreeSet<>(lost);
        channels.addAll(store.channels().hidden());
        for (ChannelId channel : channels) {
            verified.remove(new VerifiedPair(storage.name(), channel));
            ChannelRow row = store.channels().row(channel).orElseThrow();
            if (verify(storage, channel) == OwnershipState.OWNED && row.status() != Status.HIDDEN) {
                markUnknown(storage, channel, folder(row));
            }
        }
        store.storages().markChannelListUnknown(storage.name());
        LOG.warn(
                "{} does not have the files that were published there, so they are published again. If no backup was"
                        + " restored, check that its share is mounted",
                storage.name());
    }

    /** @throws OwnershipLostException if an older pointer is there again: that is not the work of a backup */
    private void requireNotReplacedAgain(Storage storage, Set<ChannelId> lost, Instant now) {
        for (UploadedPointer pointer : store.storages().uploadedPointers(storage.name())) {
            if (lost.contains(pointer.channel())) {
                Optional<StoredObject> found = storage.read(pointer.key());
                if (found.isPresent() && !pointer.isSame(found) && isReplacedAgain(storage, pointer.channel(), now)) {
                    throw new OwnershipLostException(pointer.key());
                }
            }
        }
    }

    private boolean isReplacedAgain(Storage storage, ChannelId channel, Instant now) {
        Instant last = replacedAt.put(new VerifiedPair(storage.name(), channel), now);
        return last != null && isWithin(REPLACED_AGAIN, last, now);
    }

    /** The clock may have been set back. */
    static boolean isWithin(Duration duration, Instant last, Instant now) {
        return Duration.between(last, now).abs().compareTo(duration) < 0;
    }

    /**
     * Once in a process, compares {@code channels.json} with the one that was uploaded, and every pointer if it differs.
     * A database that was restored from a backup may have nothing to upload, while the storage has newer files.
     */
    private void findNewerFiles(Storage storage) {
        if (compared.contains(storage.name())) {
            return;
        }
        if (store.storages().hasHeldFiles(storage.name())) {
            Optional<StoredObject> list = storage.read(ChannelList.KEY);
            if (list.isPresent() && !store.storages().isAsUploaded(storage.name(), ChannelList.KEY, list)) {
                verify(storage, Set.copyOf(published()));
            }
        }
        compared.add(storage.name());
    }

    /** @param replaced chats of which it replaced files */
    private void undoFormerLeader(Storage storage, Set<ChannelId> replaced) {
        for (ChannelId channel : replaced) {
            String folder = folder(store.channels().row(channel).orElseThrow());
            LOG.warn("{} has files of a former leader in {}; publishing the chat again", storage.name(), folder);
            // Without a list of the files that are not this database's, those that are can be put right all the same.
            markUnknown(storage, channel, folder, reader.list(storage, folder).orElse(Set.of()));
        }
    }

    private void markUnknown(Storage storage, ChannelId channel, String folder) {
        markUnknown(storage, channel, folder, storage.list(folder));
    }

    private void markUnknown(Storage storage, ChannelId channel, String folder, Collection<ObjectKey> found) {
        store.storages().adopt(storage.name(), channel, chatFiles(found, folder));
        store.storages().markUnknown(storage.name(), channel);
    }

    /**
     * A pointer is not as this process left it. Returns true if it is an older one of this database, which a former leader
     * put there or which was restored from a backup: it is replaced again.
     */
    boolean restore(Storage storage, ObjectKey pointer, Instant now) {
        if (formerLeader.isFollowing(now)) {
            Set<ChannelId> replaced = store.storages().uploadedPointers(storage.name()).stream()
                    .filter(uploaded -> uploaded.key().equals(pointer) && formerLeader.isReplaced(storage, uploaded))
                    .map(UploadedPointer::channel)
                    .collect(toSet());
            undoFormerLeader(storage, replaced);
            return !replaced.isEmpty();
        }
        Optional<ChannelRow> row = published().stream()
                .flatMap(channel -> store.channels().row(channel).stream())
                .filter(published -> pointer(published).equals(pointer))
                .findFirst();
        if (row.isEmpty()
                || !isOlder(storage.read(pointer), row.get())
                || isReplacedAgain(storage, row.get().id(), now)) {
            return false;
        }
        Set<ChannelId> lost = damaged(storage);
        lost.add(row.get().id());
        publishAgain(storage, lost);
        return true;
    }

    private static boolean isOlder(Optional<StoredObject> pointer, ChannelRow row) {
        return switch (OwnershipState.of(
                pointer, row.epoch(), row.maxPointerSeq(), OwnershipState.PublishRecord.CURRENT)) {
            case OWNED, STALE -> true;
            case FOREIGN, LOST -> false;
        };
    }

    private static ObjectKey pointer(ChannelRow row) {
        return new ObjectKey(folder(row) + "/live.json");
    }

    private static String folder(UploadedPointer pointer) {
        String key = pointer.key().value();
        return key.substring(0, key.indexOf('/'));
    }

    private static String folder(ChannelRow row) {
        return row.metadata().orElseThrow().slug().value();
    }

    /**
     * Verifies these channels on the storage, and every other one too if a pointer is not as this database left it.
     *
     * @throws RemoteException if the storage cannot be read
     * @throws OwnershipLostException if another instance publishes there, and this one does not take over
     */
    void verify(Storage storage, Set<ChannelId> channels) {
        boolean isOwned = true;
        for (ChannelId channel : channels) {
            isOwned &= verify(storage, channel) == OwnershipState.OWNED;
        }
        if (!isOwned) {
            for (ChannelId channel : published()) {
                if (!channels.contains(channel) && !isVerified(storage, channel)) {
                    verify(storage, channel);
                }
            }
        }
        verifiedStorages.add(storage.name());
    }

    /**
     * What the files on these storages tell about the closing of a chat.
     *
     * @param storages the names of the settings' storages
     */
    PublishedClosings closings(ChannelId channel, Collection<String> storages) {
        List<PublishedClosing> read = storages.stream()
                .flatMap(storage -> Optional.ofNullable(closings.get(new VerifiedPair(storage, channel))).stream())
                .toList();
        return new PublishedClosings(read, read.size() == storages.size());
    }

    /**
     * The channels to read from Slack again, because the chats on a storage are not this database's. Each has a new epoch
     * now, and is published nowhere until {@link #onRescanned}.
     */
    Set<ChannelId> channelsToRescan() {
        Set<ChannelId> channels = Set.copyOf(channelsToRescan);
        // At most once for each channel, however many storages have another chat in its place.
        for (ChannelId channel : channels) {
            if (!restarted.contains(channel)) {
                store.channels().setEpoch(channel, epochs.get());
                restarted.add(channel);
            }
        }
        return channels;
    }

    /** These channels were read and rendered. If a cycle ends before that, the next one reads them. */
    void onRescanned(Set<ChannelId> channels) {
        channelsToRescan.removeAll(channels);
    }

    /** True if this process has verified the channel on the storage. */
    boolean mayPublish(Storage storage, String channel) {
        return channel.isEmpty()
                || (isVerified(storage, new ChannelId(channel)) && !channelsToRescan.contains(new ChannelId(channel)));
    }

    private OwnershipState verify(Storage storage, ChannelId channel) {
        ChannelRow row = store.channels().row(channel).orElseThrow();
        String folder = folder(row);
        ObjectKey pointer = pointer(row);
        Optional<StoredObject> found = storage.read(pointer);
        var pair = new VerifiedPair(storage.name(), channel);
        OwnershipState.PublishRecord record = store.storages().publishRecord(storage.name(), channel, pointer, found);
        OwnershipState ownership = OwnershipState.of(found, row.epoch(), row.maxPointerSeq(), record);
        boolean isReplaced = ownership == OwnershipState.FOREIGN || ownership == OwnershipState.LOST;
        if (isClosingUncertain(row) || isReplaced) {
            closings.put(pair, PublishedClosing.of(found, channel, ownership, storage, folder));
        }
        if (row.status() == Status.HIDDEN) {
            if (found.isPresent()) {
                deleteChat(storage, row, pointer);
            }
            verified.add(pair);
            return OwnershipState.OWNED;
        }
        if (ownership == OwnershipState.LOST && !takesOver(storage)) {
            throw new OwnershipLostException(pointer);
        }
        if (ownership != OwnershipState.OWNED) {
            markUnknown(storage, channel, folder);
        }
        switch (ownership) {
            case OWNED, STALE -> {}
            case FOREIGN, LOST -> {
                LOG.warn(
                        "{} already has a chat {} that this database did not publish; replacing it",
                        storage.name(),
                        folder);
                // If the chat is hidden before they are replaced, only what is known to be there is deleted
                store.storages().adopt(storage.name(), channel, List.of(pointer));
                store.storages().adopt(storage.name(), channel, wholeChatFiles(row));
                channelsToRescan.add(channel);
            }
        }
        verified.add(pair);
        return ownership;
    }

    /** A start by a person is an order to publish; later this process stops where another instance publishes. */
    private boolean takesOver(Storage storage) {
        return conflicts == Conflicts.TAKE_OVER && !verifiedStorages.contains(storage.name());
    }

    private static RemoteException failure(Storage storage, Conflict conflict) {
        String pointer = conflict.pointer().value();
        return RemoteException.actionRequired(
                "%s: another instance publishes %s there since %s; this one has stopped publishing there"
                        .formatted(
                                storage.name(),
                                pointer.substring(0, pointer.indexOf('/')),
                                TIME.format(conflict.since())),
                "Stop one of the two. If this one is to publish, restart it with chatpress run, which takes over when it"
                        + " starts; chatpress once does not.",
                null);
    }

    /** Deletes every file of a hidden chat, also those that another database published. */
    private void deleteChat(Storage storage, ChannelRow row, ObjectKey pointer) {
        String folder = folder(row);
        List<ObjectKey> files = new ArrayList<>(chatFiles(storage.list(folder), folder));
        files.addAll(wholeChatFiles(row));
        store.storages().addPendingDeletes(storage.name(), row.id(), FileRole.POINTER, List.of(pointer));
        store.storages().addPendingDeletes(storage.name(), row.id(), FileRole.PAGE, files);
    }

    /** The files beside the folder; the chat may have only one of them. */
    private static List<ObjectKey> wholeChatFiles(ChannelRow row) {
        ChatMetadata metadata = row.metadata().orElseThrow();
        return List.of(new ObjectKey(metadata.file()), new ObjectKey(metadata.jsonpFile()));
    }

    private List<ChannelId> published() {
        return store.channels().all().stream()
                .map(ChannelRow::id)
                .filter(store.files()::has)
                .toList();
    }

    private Set<ChannelId> uncertainClosings() {
        return store.channels().all().stream()
                .filter(OwnershipCheck::isClosingUncertain)
                .map(ChannelRow::id)
                .collect(toSet());
    }

    /** True for a closed chat of which the files may tell when it was closed. */
    private static boolean isClosingUncertain(ChannelRow row) {
        return row.status() != Status.REMOVED
                && row.closing().time().isEmpty()
                && row.metadata().filter(metadata -> !metadata.live()).isPresent();
    }

    private static List<ObjectKey> chatFiles(Collection<ObjectKey> found, String folder) {
        return found.stream().filter(key -> isChatFile(key, folder)).toList();
    }

    private static boolean isChatFile(ObjectKey key, String folder) {
        return key.value().matches(folder + "/(" + CHAT_FILES + ")");
    }

    private boolean isVerified(Storage storage, ChannelId channel) {
        return verified.contains(new VerifiedPair(storage.name(), channel));
    }

    /** Another instance replaced a pointer of this one: nothing may be uploaded to the storage or deleted there any more. */
    public static final class OwnershipLostException extends RuntimeException {
        private final transient ObjectKey pointer;

        public OwnershipLostException(ObjectKey pointer) {
            super("another instance replaced " + pointer);
            this.pointer = pointer;
        }

        public ObjectKey pointer() {
            return pointer;
        }
    }
}
