package org.chatpress.publish;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.chatpress.cycle.context.CycleMode.Conflicts;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.plan.OwnershipState;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StoredObject;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes ahead of the deliveries and looks at the site that is there, before this process publishes a channel on a storage
 * for the first time: a lost or restored database must not go on where it never was. Different storages may be looked
 * at side by side.
 */
public final class OwnershipCheck {
    private static final Logger LOG = LoggerFactory.getLogger(OwnershipCheck.class);

    private static final String OURS = "i/[xpu]-[0-9a-f]{12}\\.json|photos/[0-9a-f]{12}-([0-9]+|emoji)\\.[a-z]+"
            + "|m/[0-9]{10}\\.[0-9]{6}\\.html|feed\\.json|atom\\.xml|liveblogposting\\.json|fragment\\.html|index\\.html"
            + "|archive\\.ndjson";

    private final Store store;
    private final Supplier<String> epochs;
    private final Conflicts conflicts;
    private final ConflictMonitor lookout;
    private final Set<VerifiedPair> met = ConcurrentHashMap.newKeySet();
    private final Set<VerifiedPair> metInThisCycle = ConcurrentHashMap.newKeySet();
    private final Set<ChannelId> channelsToRescan = ConcurrentHashMap.newKeySet();
    private final Set<ChannelId> renewed = ConcurrentHashMap.newKeySet();
    private final Set<String> arrivedAt = ConcurrentHashMap.newKeySet();
    private final Set<String> knownPlaces = ConcurrentHashMap.newKeySet();
    private final Set<String> takenOver = ConcurrentHashMap.newKeySet();

    private record VerifiedPair(String storage, ChannelId channel) {}

    /** @param epochs gives a new random word each time */
    public OwnershipCheck(Store store, Supplier<String> epochs, Conflicts conflicts) {
        this.store = store;
        this.epochs = epochs;
        this.conflicts = conflicts;
        this.lookout = new ConflictMonitor(store);
    }

    /** A cycle begins with these storages. Of a process that takes over, the start is an order: what was seen before does not matter. */
    void beginCycle(Collection<Storage> storages) {
        metInThisCycle.clear();
        channelsToRescan.clear();
        for (Storage storage : storages) {
            if (arrivedAt.add(storage.name()) && conflicts == Conflicts.TAKE_OVER && hasConflict(storage)) {
                lookout.forget(storage);
            }
        }
    }

    /** True while another Chatpress publishes there. */
    boolean hasConflict(Storage storage) {
        return lookout.hasConflict(storage);
    }

    /** Watches another Chatpress's site. Gives what a person is told; empty if the storage is ours from now on. */
    Optional<RemoteException> recheckConflict(Storage storage, Instant now) {
        Optional<RemoteException> told = lookout.recheck(storage, now);
        if (told.isEmpty()) {
            // The site there is as unknown now as to a new process.
            takenOver.add(storage.name());
            met.removeIf(meeting -> meeting.storage().equals(storage.name()));
            renewed.clear();
        }
        return told;
    }

    /** Another Chatpress has put this pointer. Gives what a person is told. */
    RemoteException ownershipLost(Storage storage, ObjectKey pointer, Instant now) {
        return lookout.recordConflict(storage, pointer, now);
    }

    /** The channels to look at before anything is put: those about to be rendered, those left behind, those hidden. */
    Set<ChannelId> unverified(Storage storage, List<ChannelId> changed) {
        Set<ChannelId> channels = new TreeSet<>(changed);
        channels.addAll(hidden());
        store.storages().publishState(storage.name()).staleChannels().stream()
                .map(PublishState.StaleChannel::channel)
                .filter(channel -> !channel.isEmpty())
                .forEach(channel -> channels.add(new ChannelId(channel)));
        channels.removeIf(channel -> isMet(storage, channel));
        return channels;
    }

    /**
     * Looks at a storage's pointers of these channels, and at all the others if one is not as it was left: quiet as they
     * are, they may not be either.
     *
     * @throws RemoteException if the storage cannot tell
     * @throws OwnershipLostException if another Chatpress publishes there now
     */
    void verify(Storage storage, Set<ChannelId> channels) {
        boolean asWeLeftIt = true;
        for (ChannelId channel : channels) {
            asWeLeftIt &= verify(storage, channel) == OwnershipState.OWNED;
        }
        if (!asWeLeftIt) {
            for (ChannelId channel : published()) {
                if (!channels.contains(channel) && !isMet(storage, channel)) {
                    verify(storage, channel);
                }
            }
        }
        knownPlaces.add(storage.name());
        takenOver.remove(storage.name());
    }

    /** Channels whose past this database doesn't know, as this cycle's meetings showed; they have a new epoch now. */
    Set<ChannelId> channelsToRescan() {
        return Set.copyOf(channelsToRescan);
    }

    /** What the meetings asked for was done. Had the cycle ended before, they would have to be held again. */
    void commitVerified() {
        met.addAll(metInThisCycle);
    }

    private OwnershipState verify(Storage storage, ChannelId channel) {
        ChannelRow row = store.channels().row(channel).orElseThrow();
        String folder = row.metadata().orElseThrow().slug().value();
        ObjectKey pointer = new ObjectKey(folder + "/live.json");
        Optional<StoredObject> there = storage.read(pointer);
        var meeting = new VerifiedPair(storage.name(), channel);
        if (row.status() == Status.HIDDEN) {
            if (there.isPresent()) {
                clear(storage, row, pointer);
            }
            metInThisCycle.add(meeting);
            return OwnershipState.OWNED;
        }
        OwnershipState.PublishRecord record = store.storages().publishRecord(storage.name(), channel, pointer, there);
        boolean isTakenOver = takenOver.contains(storage.name());
        OwnershipState ownership =
                isTakenOver ? OwnershipState.LOST : OwnershipState.of(there, row.epoch(), row.maxPointerSeq(), record);
        if (ownership == OwnershipState.LOST && !isTakenOver && !isArriving(storage)) {
            throw new OwnershipLostException(pointer);
        }
        if (ownership != OwnershipState.OWNED) {
            store.storages().adopt(storage.name(), channel, found(storage, folder));
            store.storages().markUnknown(storage.name(), channel);
        }
        switch (ownership) {
            case OWNED, STALE -> {}
            case FOREIGN, LOST -> {
                LOG.warn("{} has a site for {} that is not ours; it is replaced", storage.name(), folder);
                startAfresh(channel);
                if (!isTakenOver) {
                    channelsToRescan.add(channel);
                }
            }
        }
        metInThisCycle.add(meeting);
        return ownership;
    }

    /** Of a hidden chat nothing may stay, not even what another database put there. */
    private void clear(Storage storage, ChannelRow row, ObjectKey pointer) {
        ChatMetadata metadata = row.metadata().orElseThrow();
        List<ObjectKey> files = new ArrayList<>(found(storage, metadata.slug().value()));
        files.add(new ObjectKey(metadata.file()));
        files.add(new ObjectKey(metadata.jsonpFile()));
        store.storages().addPendingDeletes(storage.name(), row.id(), FileRole.POINTER, List.of(pointer));
        store.storages().addPendingDeletes(storage.name(), row.id(), FileRole.PAGE, files);
    }

    private List<ChannelId> published() {
        return store.channels().all().stream()
                .map(ChannelRow::id)
                .filter(store.files()::has)
                .toList();
    }

    private List<ChannelId> hidden() {
        return store.channels().all().stream()
                .filter(row -> row.status() == Status.HIDDEN && row.metadata().isPresent())
                .map(ChannelRow::id)
                .toList();
    }

    private static List<ObjectKey> found(Storage storage, String folder) {
        return storage.list(folder).stream().filter(key -> isOurs(key, folder)).toList();
    }

    /** Only what a chat's files are called is ever removed from a folder that we did not fill. */
    private static boolean isOurs(ObjectKey key, String folder) {
        return key.value().matches(folder + "/(" + OURS + ")");
    }

    private boolean isArriving(Storage storage) {
        return conflicts == Conflicts.TAKE_OVER && !knownPlaces.contains(storage.name());
    }

    private boolean isMet(Storage storage, ChannelId channel) {
        return met.contains(new VerifiedPair(storage.name(), channel));
    }

    /** Once, however many storages have a site that is not ours; what fails is done again. */
    private synchronized void startAfresh(ChannelId channel) {
        if (!renewed.contains(channel)) {
            store.channels().setEpoch(channel, epochs.get());
            renewed.add(channel);
        }
    }
}
