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
 * @param goodCycle likewise, of the last that left nothing undone
 * @param storages those of the settings first, then others that were once in them
 * @param owedByDrop photos that were taken down and are still in the CMS's drop
 * @param channels those of the settings
 */
record HealthReport(
        Instant now,
        Optional<Instant> cycle,
        Optional<Instant> goodCycle,
        List<StorageHealth> storages,
        int owedByDrop,
        List<ChannelHealth> channels) {
    private static final Duration UNHEALTHY_AFTER = Duration.ofMinutes(3);

    /** @param owed files of a takedown that are still there */
    record StorageHealth(String name, Optional<Instant> goodAt, int failures, String trouble, int owed) {}

    /** @param messages public ones */
    record ChannelHealth(
            ChannelId id, String slug, boolean live, int messages, Optional<Instant> readAt, String trouble) {}

    static HealthReport of(Settings settings, Store store, Instant now) {
        return new HealthReport(
                now,
                store.channels().lastBeat("cycle"),
                store.channels().lastBeat("good cycle"),
                storages(settings, store),
                store.photos().owedByDrop().size(),
                channels(store));
    }

    /** What a person should see to; empty: nothing. A cycle may be missed, and one with a large backlog takes its time. */
    List<String> complaints(Settings settings) {
        var complaints = new ArrayList<String>();
        if (cycle.isEmpty() || isLate(settings.cadence(), cycle.get())) {
            complaints.add("the last cycle was " + StatusCommand.ago(cycle, now));
        }
        storages.stream()
                .filter(storage -> storage.owed() > 0)
                .map(storage -> "%s still has %d files to remove".formatted(storage.name(), storage.owed()))
                .forEach(complaints::add);
        if (owedByDrop > 0) {
            complaints.add("the drop still has %d photos to remove".formatted(owedByDrop));
        }
        return complaints;
    }

    private boolean isLate(CycleInterval cadence, Instant last) {
        Optional<Instant> expected = cadence.cron().isPresent()
                ? CycleScheduler.timeAfter(last, cadence.cron().get())
                : cadence.every().map(every -> last.plus(every.multipliedBy(2)));
        return expected.filter(at -> at.plus(UNHEALTHY_AFTER).isBefore(now)).isPresent();
    }

    ObjectNode json(Settings settings) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        List<String> complaints = complaints(settings);
        json.put("healthy", complaints.isEmpty());
        complaints.forEach(json.putArray("complaints")::add);
        put(json, "cycle", cycle);
        put(json, "good_cycle", goodCycle);
        var places = json.putArray("storages");
        for (StorageHealth storage : storages) {
            ObjectNode place = places.addObject().put("name", storage.name());
            put(place, "good", storage.goodAt());
            place.put("failures", storage.failures())
                    .put("trouble", storage.trouble())
                    .put("owed_removals", storage.owed());
        }
        var chats = json.putArray("channels");
        for (ChannelHealth channel : channels) {
            ObjectNode chat = chats.addObject()
                    .put("id", channel.id().value())
                    .put("slug", channel.slug())
                    .put("live", channel.live());
            put(chat, "read", channel.readAt());
            chat.put("public_messages", channel.messages()).put("trouble", channel.trouble());
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
        for (StorageSettings place : settings.publish()) {
            try (Storage storage = place.storage()) {
                names.add(storage.name());
            }
        }
        Set<String> listed = new HashSet<>(names);
        store.storages().names().stream().filter(name -> !listed.contains(name)).forEach(names::add);
        return names.stream()
                .map(name -> store.storages()
                        .health(name)
                        .map(HealthReport::storage)
                        .orElse(new StorageHealth(name, Optional.empty(), 0, "", 0)))
                .toList();
    }

    private static StorageHealth storage(StorageStatus health) {
        return new StorageHealth(health.name(), health.goodAt(), health.failures(), health.trouble(), health.owed());
    }

    private static List<ChannelHealth> channels(Store store) {
        Map<ChannelId, PollRecord> turns = store.channels().turns();
        return store.channels().all().stream()
                .filter(row -> row.status() != Status.LEFT)
                .map(row -> channel(row, turns.getOrDefault(row.id(), PollRecord.NONE)))
                .toList();
    }

    private static ChannelHealth channel(ChannelRow row, PollRecord turn) {
        return new ChannelHealth(
                row.id(),
                row.face().map(face -> face.slug().value()).orElse(row.id().value()),
                row.face().map(face -> face.live()).orElse(true),
                row.count(),
                turn.readAt(),
                row.trouble());
    }
}
