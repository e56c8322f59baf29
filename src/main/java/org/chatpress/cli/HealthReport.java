package org.chatpress.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.cycle.CronSchedule;
import org.chatpress.model.ChannelId;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.PollRecord;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.StorageStatusRepository.StorageStatus;
import org.chatpress.store.Store;

/**
 * The health of the program, for monitoring: when cycles ran, when each channel was last polled and each storage last
 * received everything. Reads no messages, so it can be made often.
 *
 * @param cycle the start of the last cycle; empty if none has run
 * @param lastCompleteCycle the start of the last cycle without a failure or deferred work; empty if there was none
 * @param storages those of the settings first, then those that were in the settings before
 * @param pendingUploadDeletes photos that were taken down but are still in the upload folder of the CMS
 * @param channels the channels of the settings
 */
record HealthReport(
        Instant now,
        Optional<Instant> cycle,
        Optional<Instant> lastCompleteCycle,
        List<StorageHealth> storages,
        int pendingUploadDeletes,
        List<ChannelHealth> channels) {
    /** How late the next cycle may be: a cycle with a large backlog takes its time. */
    private static final Duration UNHEALTHY_AFTER = Duration.ofMinutes(3);

    /** @param pendingDeletes files to be deleted by a takedown that are still on the storage */
    record StorageHealth(
            String name, Optional<Instant> lastSuccessAt, int failures, String lastError, int pendingDeletes) {}

    /** @param messages the number of public messages */
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

    /** What a person should look into; empty if healthy. A single missed cycle is no problem. */
    List<String> problems(Settings settings) {
        var problems = new ArrayList<String>();
        if (cycle.isEmpty()) {
            problems.add("no cycle has run yet");
        } else if (isLate(settings.interval(), cycle.get())) {
            problems.add("the last cycle was " + StatusCommand.ago(cycle, now));
        }
        storages.stream()
                .filter(storage -> storage.pendingDeletes() > 0)
                .map(storage -> filesToDelete(storage.name(), storage.pendingDeletes()))
                .forEach(problems::add);
        if (pendingUploadDeletes > 0) {
            problems.add(photosToDelete(pendingUploadDeletes));
        }
        return problems;
    }

    static String filesToDelete(String storage, int files) {
        return "files still to be deleted from %s: %d".formatted(storage, files);
    }

    static String photosToDelete(int photos) {
        return "photos still to be deleted from the upload folder of the CMS: " + photos;
    }

    private boolean isLate(CycleInterval interval, Instant last) {
        Optional<Instant> expected = interval.cron().isPresent()
                ? CronSchedule.of(interval.cron().get(), ZoneId.systemDefault())
                        .flatMap(schedule -> schedule.nextTime(last))
                : interval.every().map(every -> last.plus(every.multipliedBy(2)));
        return expected.filter(at -> at.plus(UNHEALTHY_AFTER).isBefore(now)).isPresent();
    }

    /** The output of {@code status --json}. */
    ObjectNode json(Settings settings) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        List<String> problems = problems(settings);
        json.put("healthy", problems.isEmpty());
        problems.forEach(json.putArray("complaints")::add);
        put(json, "cycle", cycle);
        put(json, "good_cycle", lastCompleteCycle);
        var storagesJson = json.putArray("storages");
        for (StorageHealth storage : storages) {
            ObjectNode node = storagesJson.addObject().put("name", storage.name());
            put(node, "good", storage.lastSuccessAt());
            node.put("failures", storage.failures())
                    .put("trouble", storage.lastError())
                    .put("owed_removals", storage.pendingDeletes());
        }
        var channelsJson = json.putArray("channels");
        for (ChannelHealth channel : channels) {
            ObjectNode node = channelsJson
                    .addObject()
                    .put("id", channel.id().value())
                    .put("slug", channel.slug())
                    .put("live", channel.live());
            put(node, "read", channel.lastPollAt());
            node.put("public_messages", channel.messages()).put("trouble", channel.lastError());
        }
        return json;
    }

    /** A time and its age; both null if there is no time. */
    private void put(ObjectNode json, String name, Optional<Instant> time) {
        json.put(name + "_at", time.map(Instant::toString).orElse(null));
        json.put(
                name + "_age_seconds",
                time.map(then -> Math.max(0, Duration.between(then, now).toSeconds()))
                        .orElse(null));
    }

    private static List<StorageHealth> storages(Settings settings, Store store) {
        var names = new ArrayList<String>();
        for (StorageSettings storageSettings : settings.storages()) {
            try (Storage storage = storageSettings.storage()) {
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
        Map<ChannelId, PollRecord> polls = store.channels().polls();
        return store.channels().all().stream()
                .filter(row -> row.status() != Status.REMOVED)
                .map(row -> channel(row, polls.getOrDefault(row.id(), PollRecord.NONE)))
                .toList();
    }

    private static ChannelHealth channel(ChannelRow row, PollRecord poll) {
        return new ChannelHealth(
                row.id(),
                row.metadata()
                        .map(metadata -> metadata.slug().value())
                        .orElse(row.id().value()),
                row.metadata().map(metadata -> metadata.live()).orElse(true),
                row.count(),
                poll.succeededAt(),
                row.lastError());
    }
}
