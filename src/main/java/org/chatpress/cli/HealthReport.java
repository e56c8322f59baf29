package org.chatpress.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.cycle.CycleScheduler;
import org.chatpress.model.ChannelId;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.PollRecord;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.StorageStatusRepository.StorageStatus;
import org.chatpress.store.Store;

/**
 * Signs of life, for machines: when cycles ran, when each channel was read and each storage had everything. They cost no
 * look at messages, so they may be taken often.
 *
 * @param cycle the last cycle's start; empty: there was none
 * @param lastCompleteCycle likewise, of the last that left nothing undone
 * @param storages those of the settings first, then others that were once in them
 * @param pendingUploadDeletes photos that were taken down and are still in the CMS's drop
 * @param channels those of the settings
 */
record HealthReport(
        Instant now,
        Optional<Instant> cycle,
        Optional<Instant> lastCompleteCycle,
        List<StorageHealth> storages,
        int pendingUploadDeletes,
        List<ChannelHealth> channels) {
    private static final Duration UNHEALTHY_AFTER = Duration.ofMinutes(3);

    /** @param pendingDeletes files of a takedown that are still there */
    record StorageHealth(
            String name, Optional<Instant> lastSuccessAt, int failures, String lastError, int pendingDeletes) {}

    /** @param messages public ones */
    record ChannelHealth(
            ChannelId id, String slug, boolean live, int messages, Optional<Instant> lastPollAt, String lastError) {}

    static HealthReport of(Settings settings, Store store, Instant now) {
        return new HealthReport(
                now,
                store.channels().timestamp("cycle"),
                store.channels().timestamp("good cycle"),
                storages(settings, store),
                store.photos().pendingUploadDeletes().size(),
                channels(store));
    }

    /** What a person should see to; empty: nothing. A cycle may be missed, and one with a large backlog takes its time. */
    List<String> problems(Settings settings) {
        var complaints = new ArrayList<String>();
        if (cycle.isEmpty() || isLate(settings.interval(), cycle.get())) {
            complaints.add("the last cycle was " + StatusCommand.ago(cycle, now));
        }
        storages.stream()
                .filter(storage -> storage.pendingDeletes() > 0)
                .map(storage -> "%s still has %d files to remove".formatted(storage.name(), storage.pendingDeletes()))
                .forEach(complaints::add);
        if (pendingUploadDeletes > 0) {
            complaints.add("the drop still has %d photos to remove".formatted(pendingUploadDeletes));
        }
        return complaints;
    }

    private boolean isLate(CycleInterval interval, Instant last) {
        Optional<Instant> expected = interval.cron().isPresent()
                ? CycleScheduler.nextTime(last, interval.cron().get())
                : interval.every().map(every -> last.plus(every.multipliedBy(2)));
        return expected.filter(at -> at.plus(UNHEALTHY_AFTER).isBefore(now)).isPresent();
    }

    ObjectNode json(Settings settings) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        List<String> complaints = problems(settings);
        json.put("healthy", complaints.isEmpty());
        complaints.forEach(json.putArray("complaints")::add);
        put(json, "cycle", cycle);
        put(json, "good_cycle", lastCompleteCycle);
        var places = json.putArray("storages");
        for (StorageHealth storage : storages) {
            ObjectNode place = places.addObject().put("name", storage.name());
            put(place, "good", storage.lastSuccessAt());
            place.put("failures", storage.failures())
                    .put("trouble", storage.lastError())
                    .put("owed_removals", storage.pendingDeletes());
        }
        var chats = json.putArray("channels");
        for (ChannelHealth channel : channels) {
            ObjectNode chat = chats.addObject()
                    .put("id", channel.id().value())
                    .put("slug", channel.slug())
                    .put("live", channel.live());
            put(chat, "read", channel.lastPollAt());
            chat.put("public_messages", channel.messages()).put("trouble", channel.lastError());
        }
        return json;
    }

    /** Moment and age; null where it never happened. */
    private void put(ObjectNode json, String what, Optional<Instant> at) {
        json.put(what + "_at", at.map(Instant::toString).orElse(null));
        json.put(
                what + "_age_seconds",
                at.map(then -> Math.max(0, Duration.between(then, now).toSeconds()))
                        .orElse(null));
    }

    private static List<StorageHealth> storages(Settings settings, Store store) {
        var names = new ArrayList<String>();
        for (StorageSettings place : settings.storages()) {
            try (Storage storage = place.storage()) {
                names.add(storage.name());
            }
        }
        Set<String> listed = new HashSet<>(names);
        store.storages().names().stream().filter(name -> !listed.contains(name)).forEach(names::add);
        return names.stream()
                .map(name -> store.storages()
                        .status(name)
                        .map(HealthReport::storage)
                        .orElse(new StorageHealth(name, Optional.empty(), 0, "", 0)))
                .toList();
    }

    private static StorageHealth storage(StorageStatus status) {
        return new StorageHealth(
                status.name(), status.lastSuccessAt(), status.failures(), status.lastError(), status.pendingDeletes());
    }

    private static List<ChannelHealth> channels(Store store) {
        Map<ChannelId, PollRecord> turns = store.channels().polls();
        return store.channels().all().stream()
                .filter(row -> row.status() != Status.REMOVED)
                .map(row -> channel(row, turns.getOrDefault(row.id(), PollRecord.NONE)))
                .toList();
    }

    private static ChannelHealth channel(ChannelRow row, PollRecord turn) {
        return new ChannelHealth(
                row.id(),
                row.metadata()
                        .map(metadata -> metadata.slug().value())
                        .orElse(row.id().value()),
                row.metadata().map(metadata -> metadata.live()).orElse(true),
                row.count(),
                turn.succeededAt(),
                row.lastError());
    }
}
