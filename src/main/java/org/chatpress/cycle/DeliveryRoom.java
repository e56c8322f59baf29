package org.chatpress.cycle;

import static java.util.stream.Collectors.joining;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.chatpress.config.Settings;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.Encounter;
import org.chatpress.publish.Overtaken;
import org.chatpress.publish.Publisher;
import org.chatpress.publish.Shelf;
import org.chatpress.render.Face;
import org.chatpress.render.Role;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.Channels.Row;
import org.chatpress.store.Channels.Status;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves every storage, each on its own: one that is down waits, and holds up no other. */
public final class DeliveryRoom implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryRoom.class);

    private static final String OURS = "i/[xpu]-[0-9a-f]{12}\\.json|photos/[0-9a-f]{12}-[0-9]+\\.[a-z]+"
            + "|m/[0-9]{10}\\.[0-9]{6}\\.html|feed\\.json|atom\\.xml|liveblogposting\\.json|fragment\\.html|index\\.html"
            + "|archive\\.ndjson";

    private final Store store;
    private final Function<StorageSettings, Storage> storages;
    private final Supplier<String> epochs;
    private final Waiting waiting;
    private final Arrival arrival;
    private final BooleanSupplier stopping;
    private final Lookout lookout;
    private final Map<StorageSettings, Storage> open = new HashMap<>();
    private final Set<Meeting> met = new HashSet<>();
    private final Set<Meeting> metInThisCycle = new HashSet<>();
    private final Set<String> arrivedAt = new HashSet<>();
    private final Set<String> knownPlaces = ConcurrentHashMap.newKeySet();
    private final Set<String> takenOver = ConcurrentHashMap.newKeySet();
    private final Set<ChannelId> renewed = new HashSet<>();
    private final Set<String> failedInThisCycle = new HashSet<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        var thread = new Thread(work, "delivery");
        thread.setDaemon(true);
        return thread;
    });

    /** What becomes of a storage that failed lately. */
    public enum Waiting {
        /** It is left alone until its next try is due. */
        RESPECTED,
        /** It is tried in any case. */
        IGNORED
    }

    /** What a process does that starts, and finds another Chatpress's site where its database had published. */
    public enum Arrival {
        /** It replaces the site: whoever starts it wants it to publish. */
        TAKES_OVER,
        /** It publishes nothing, until the other one seems dead: it is started again and again. */
        WAITS
    }

    private record Meeting(String storage, ChannelId channel) {}

    /**
     * @param storages opens nothing yet
     * @param epochs gives a new random word each time
     * @param stopping true when the program is to end: the file in hand is finished
     */
    public DeliveryRoom(
            Store store,
            Function<StorageSettings, Storage> storages,
            Supplier<String> epochs,
            Waiting waiting,
            Arrival arrival,
            BooleanSupplier stopping) {
        this.store = store;
        this.storages = storages;
        this.epochs = epochs;
        this.waiting = waiting;
        this.arrival = arrival;
        this.stopping = stopping;
        this.lookout = new Lookout(store);
    }

    /**
     * Looks at the site that is there, before this process publishes a channel on a storage for the first time: a lost
     * or restored database must not go on where it never was. Where another Chatpress publishes now, it is watched.
     *
     * @param changed the channels about to be rendered
     * @return channels whose past this database doesn't know; they have a new epoch now
     */
    Set<ChannelId> meet(Settings settings, List<ChannelId> changed, CycleReport report) {
        failedInThisCycle.clear();
        metInThisCycle.clear();
        current(settings).forEach(this::arrive);
        atOnce(taken(settings), storage -> watch(storage, report));
        var unknownPast = new LinkedHashSet<ChannelId>();
        Map<Storage, Set<ChannelId>> unmet = new HashMap<>();
        for (Storage storage : current(settings)) {
            if (lookout.isTaken(storage)) {
                continue;
            }
            Set<ChannelId> channels = new TreeSet<>(changed);
            if (takenOver.contains(storage.name())) {
                channels.addAll(published());
            }
            channels.addAll(hidden());
            store.storages().shelf(storage.name()).behind().stream()
                    .map(Shelf.Behind::channel)
                    .filter(channel -> !channel.isEmpty())
                    .forEach(channel -> channels.add(new ChannelId(channel)));
            channels.removeIf(channel -> isMet(storage, channel));
            if (!channels.isEmpty() && !mustWait(storage, report.startedAt())) {
                unmet.put(storage, channels);
            }
        }
        atOnce(unmet.keySet(), storage -> {
            try {
                meet(storage, unmet.get(storage), unknownPast);
                knownPlaces.add(storage.name());
                takenOver.remove(storage.name());
            } catch (RemoteFailure e) {
                failed(storage, e, report);
            } catch (Overtaken e) {
                overtaken(storage, e.pointer(), report);
            }
        });
        return unknownPast;
    }

    /** Of a process that takes over, the start is an order: what was seen before does not matter. */
    private void arrive(Storage storage) {
        if (arrivedAt.add(storage.name()) && arrival == Arrival.TAKES_OVER && lookout.isTaken(storage)) {
            lookout.forget(storage);
        }
    }

    private List<Storage> taken(Settings settings) {
        return current(settings).stream().filter(lookout::isTaken).toList();
    }

    private void watch(Storage storage, CycleReport report) {
        lookout.watch(storage, report.startedAt())
                .ifPresentOrElse(failure -> report.add(storage.name(), failure), () -> takeOver(storage));
    }

    /** From now on the site there is as unknown as to a new process. */
    private synchronized void takeOver(Storage storage) {
        takenOver.add(storage.name());
        synchronized (met) {
            met.removeIf(meeting -> meeting.storage().equals(storage.name()));
        }
        renewed.clear();
    }

    private void overtaken(Storage storage, Key pointer, CycleReport report) {
        report.add(storage.name(), lookout.noticed(storage, pointer, report.startedAt()));
    }

    void deliver(Settings settings, Instant now, CycleReport report) {
        // Only now: had the cycle ended since, what a meeting asks for would not have been done.
        met.addAll(metInThisCycle);
        var due = new ArrayList<Storage>();
        for (Storage storage : withWork(settings, now)) {
            if (failedInThisCycle.contains(storage.name()) || lookout.isTaken(storage)) {
                continue;
            }
            if (mustWait(storage, now)) {
                report.leaveWork();
                continue;
            }
            due.add(storage);
        }
        atOnce(due, storage -> {
            Shelf shelf = store.storages().shelf(storage.name());
            Publisher.Turn turn = new Publisher(storage, shelf, threads, stopping).turn(now);
            report.addDelivered(turn.puts(), turn.deletes());
            settings.publicUrl().ifPresent(site -> tellWhatIsStale(turn.stale(), site));
            if (turn.overtaken().isPresent()) {
                overtaken(storage, turn.overtaken().get(), report);
                return;
            }
            turn.failure().ifPresentOrElse(failure -> failed(storage, failure, report), () -> good(storage, now));
        });
    }

    /** True if a storage still lacks something, or has something that must go. */
    boolean hasWork(Settings settings, Instant now) {
        return !withWork(settings, now).isEmpty();
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

    /** Where one chat isn't as it was left, the others may not be either, quiet as they are. */
    private void meet(Storage storage, Set<ChannelId> channels, Set<ChannelId> unknownPast) {
        boolean asWeLeftIt = true;
        for (ChannelId channel : channels) {
            asWeLeftIt &= meet(storage, channel, unknownPast) == Encounter.OURS;
        }
        if (asWeLeftIt) {
            return;
        }
        for (ChannelId channel : published()) {
            if (!channels.contains(channel) && !isMet(storage, channel)) {
                meet(storage, channel, unknownPast);
            }
        }
    }

    private List<ChannelId> published() {
        return store.channels().all().stream()
                .map(Row::id)
                .filter(store.files()::has)
                .toList();
    }

    private Encounter meet(Storage storage, ChannelId channel, Set<ChannelId> unknownPast) {
        Row row = store.channels().row(channel).orElseThrow();
        String folder = row.face().orElseThrow().slug().value();
        Key pointer = new Key(folder + "/live.json");
        Optional<Blob> there = storage.read(pointer);
        if (row.status() == Status.HIDDEN) {
            if (there.isPresent()) {
                clear(storage, row, pointer);
            }
            noteMeeting(storage, channel);
            return Encounter.OURS;
        }
        Encounter.Record record = store.storages().record(storage.name(), channel, pointer);
        boolean isTakenOver = takenOver.contains(storage.name());
        Encounter encounter =
                isTakenOver ? Encounter.TAKEN_OVER : Encounter.of(there, row.epoch(), row.promised(), record);
        if (encounter == Encounter.TAKEN_OVER && !isTakenOver && !isArriving(storage)) {
            throw new Overtaken(pointer);
        }
        if (encounter != Encounter.OURS) {
            store.storages().adopt(storage.name(), channel, found(storage, folder));
            store.storages().distrust(storage.name(), channel);
        }
        switch (encounter) {
            case OURS, CHANGED -> {}
            case FOREIGN, TAKEN_OVER -> {
                LOG.warn("{} has a site for {} that is not ours; it is replaced", storage.name(), folder);
                startAfresh(channel);
                if (!isTakenOver) {
                    unknownPast.add(channel);
                }
            }
        }
        noteMeeting(storage, channel);
        return encounter;
    }

    private void noteMeeting(Storage storage, ChannelId channel) {
        synchronized (metInThisCycle) {
            metInThisCycle.add(new Meeting(storage.name(), channel));
        }
    }

    /** Of a hidden chat nothing may stay, not even what another database put there. */
    private void clear(Storage storage, Row row, Key pointer) {
        Face face = row.face().orElseThrow();
        List<Key> files = new ArrayList<>(found(storage, face.slug().value()));
        files.add(new Key(face.file()));
        files.add(new Key(face.jsonpFile()));
        store.storages().owe(storage.name(), row.id(), Role.POINTER, List.of(pointer));
        store.storages().owe(storage.name(), row.id(), Role.PAGE, files);
    }

    private Set<ChannelId> hidden() {
        return store.channels().all().stream()
                .filter(row -> row.status() == Status.HIDDEN && row.face().isPresent())
                .map(Row::id)
                .collect(Collectors.toSet());
    }

    private static List<Key> found(Storage storage, String folder) {
        return storage.list(folder).stream().filter(key -> isOurs(key, folder)).toList();
    }

    private boolean isArriving(Storage storage) {
        return arrival == Arrival.TAKES_OVER && !knownPlaces.contains(storage.name());
    }

    private synchronized void startAfresh(ChannelId channel) {
        if (!renewed.contains(channel)) {
            store.channels().setEpoch(channel, epochs.get());
            renewed.add(channel);
        }
    }

    /** Only what a chat's files are called is ever removed from a folder that we did not fill. */
    private static boolean isOurs(Key key, String folder) {
        return key.value().matches(folder + "/(" + OURS + ")");
    }

    private boolean mustWait(Storage storage, Instant now) {
        return waiting == Waiting.RESPECTED
                && store.storages()
                        .health(storage.name())
                        .filter(health -> health.mustWait(now))
                        .isPresent();
    }

    private void failed(Storage storage, RemoteFailure failure, CycleReport report) {
        Duration wait = store.storages().failed(storage.name(), failure.getMessage(), report.startedAt());
        synchronized (failedInThisCycle) {
            failedInThisCycle.add(storage.name());
        }
        report.add(storage.name(), failure);
        LOG.debug("{} is tried again in {} s", storage.name(), wait.toSeconds());
    }

    /** A CDN may go on showing them until their time is up: whoever runs it can do something about that. */
    private static void tellWhatIsStale(List<Key> keys, URI site) {
        if (!keys.isEmpty()) {
            String base = site.toString().endsWith("/") ? site.toString() : site + "/";
            LOG.warn(
                    "taken down; to purge from a CDN: {}",
                    keys.stream().map(key -> base + key).collect(joining(" ")));
        }
    }

    private void good(Storage storage, Instant now) {
        if (!stopping.getAsBoolean()) {
            store.storages().good(storage.name(), now);
        }
    }

    /** The storages that the settings name now; those they named before are closed. */
    private List<Storage> current(Settings settings) {
        open.entrySet().removeIf(entry -> {
            boolean gone = !settings.publish().contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        return settings.publish().stream()
                .map(place -> open.computeIfAbsent(place, storages))
                .toList();
    }

    private boolean isMet(Storage storage, ChannelId channel) {
        synchronized (met) {
            return met.contains(new Meeting(storage.name(), channel));
        }
    }

    private void atOnce(Iterable<Storage> places, Consumer<Storage> work) {
        var running = new ArrayList<Future<?>>();
        places.forEach(storage -> running.add(threads.submit(() -> work.accept(storage))));
        RuntimeException first = null;
        for (Future<?> future : running) {
            try {
                future.get();
            } catch (ExecutionException e) {
                RuntimeException thrown = e.getCause() instanceof RuntimeException cause
                        ? cause
                        : new IllegalStateException("a delivery broke off", e.getCause());
                first = first == null ? thrown : first;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
