package org.chatpress.health;

import static java.util.stream.Collectors.toMap;

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
import java.util.regex.Pattern;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.cycle.CronSchedule;
import org.chatpress.model.ChannelId;
import org.chatpress.notify.HubClient;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.PollRecord;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.MessageRepository.WaitingMessages;
import org.chatpress.store.OutboxRepository.HubStatus;
import org.chatpress.store.OutboxRepository.WebhookStatus;
import org.chatpress.store.StorageStatusRepository.PurgeStatus;
import org.chatpress.store.StorageStatusRepository.StorageStatus;
import org.chatpress.store.Store;
import org.chatpress.store.Store.Leadership;

/**
 * The health of the program, for monitoring: when cycles ran, when each channel was last polled and each storage last
 * received everything. Reads no messages but those that wait, so it can be made often.
 *
 * @param cycle the start of the last cycle; empty if none has run
 * @param lastCompleteCycle the start of the last cycle without a failure or deferred work; empty if there was none
 * @param storages those of the settings first, then those that were in the settings before
 * @param pendingUploadDeletes photos that were taken down but are still in the upload folder of the CMS
 * @param channels the channels of the settings
 * @param webhooks those of the settings, in their order
 * @param hubs those of the settings, in their order
 * @param leadership which process leads, of those that share the database; empty if it is not shared
 */
public record HealthReport(
        Instant now,
        Optional<Instant> cycle,
        Optional<Instant> lastCompleteCycle,
        List<StorageHealth> storages,
        int pendingUploadDeletes,
        List<ChannelHealth> channels,
        List<WebhookHealth> webhooks,
        List<HubHealth> hubs,
        Optional<Leadership> leadership) {
    /** How late the next cycle may be: a cycle with a large backlog takes its time. */
    private static final Duration UNHEALTHY_AFTER = Duration.ofMinutes(3);

    /** How long a channel may stay unread: one that is closed is polled every ten minutes. */
    private static final Duration UNREAD_AFTER = Duration.ofMinutes(15);

    /** How long a CDN may fail to purge what was taken down. */
    private static final Duration UNPURGED_AFTER = Duration.ofMinutes(5);

    /** Slack's errors for a token that no call succeeds with. */
    private static final Pattern TOKEN_REJECTED =
            Pattern.compile(": (not_authed|invalid_auth|token_revoked|token_expired|account_inactive)\\b");

    /**
     * @param isListed false: no longer in the settings, so nothing is deleted there
     * @param pendingDeletes files to be deleted by a takedown that are still on the storage
     * @param purges what the CDN in front of the storage still has to forget
     */
    public record StorageHealth(
            String name,
            boolean isListed,
            Optional<Instant> lastSuccessAt,
            int failures,
            String lastError,
            int pendingDeletes,
            PurgeStatus purges) {}

    /**
     * @param messages the number of public messages
     * @param unreadSince the last successful poll, or when the channel was added; empty if it is hidden
     * @param catchingUp true if messages are lacking between {@code since} and the newest one that was read
     */
    public record ChannelHealth(
            ChannelId id,
            String slug,
            boolean live,
            int messages,
            Optional<Instant> lastPollAt,
            Optional<Instant> unreadSince,
            boolean catchingUp,
            WaitingMessages waiting,
            String lastError) {}

    public record WebhookHealth(String name, WebhookStatus status) {}

    public record HubHealth(String name, HubStatus status) {}

    public static HealthReport of(Settings settings, Store store, Instant now) {
        return new HealthReport(
                now,
                store.channels().timestamp("cycle"),
                store.channels().timestamp("good cycle"),
                storages(settings, store),
                store.photos().pendingUploadDeletes().size(),
                channels(settings, store),
                settings.webhooks().stream()
                        .map(webhook ->
                                new WebhookHealth(webhook.name(), store.outbox().status(webhook.id())))
                        .toList(),
                settings.hubs().stream()
                        .map(hub -> new HubHealth(
                                HubClient.name(hub), store.outbox().status(hub)))
                        .toList(),
                store.leadership());
    }

    /** What a person should look into; empty if healthy. A single missed cycle is no problem. */
    public List<String> problems(Settings settings) {
        var problems = new ArrayList<>(incompleteRemovals());
        storages.stream()
                .filter(storage -> storage.purges()
                        .failingSince()
                        .filter(since -> since.plus(UNPURGED_AFTER).isBefore(now))
                        .isPresent())
                .flatMap(storage -> pendingPurges(storage).stream())
                .forEach(problems::add);
        problems.addAll(failures(settings));
        return problems;
    }

    /** What a takedown could not delete yet. */
    public List<String> incompleteTakedowns() {
        List<String> takedowns = incompleteRemovals();
        storages.stream().flatMap(storage -> pendingPurges(storage).stream()).forEach(takedowns::add);
        return takedowns;
    }

    private static Optional<String> pendingPurges(StorageHealth storage) {
        PurgeStatus purges = storage.purges();
        return storage.isListed() && purges.pendingTakedowns() > 0
                ? Optional.of("files still to be purged from the CDN of %s: %d%s"
                        .formatted(
                                storage.name(),
                                purges.pendingTakedowns(),
                                purges.lastError().isEmpty() ? "" : "; last error: " + purges.lastError()))
                : Optional.empty();
    }

    private List<String> incompleteRemovals() {
        var takedowns = new ArrayList<String>();
        if (pendingUploadDeletes > 0) {
            takedowns.add("photos still to be deleted from the upload folder of the CMS: " + pendingUploadDeletes);
        }
        storages.stream()
                .filter(storage -> storage.isListed() && storage.pendingDeletes() > 0)
                .map(storage ->
                        "files still to be deleted from %s: %d".formatted(storage.name(), storage.pendingDeletes()))
                .forEach(takedowns::add);
        return takedowns;
    }

    /** Why nothing is read or published. */
    public List<String> failures(Settings settings) {
        var failures = new ArrayList<String>();
        if (cycle.isEmpty()) {
            failures.add("no cycle has run yet");
        } else if (isLate(settings.interval(), cycle.get(), UNHEALTHY_AFTER)) {
            failures.add("the last cycle was " + ago(cycle, now));
        }
        Optional<ChannelHealth> rejected = rejectedToken();
        rejected.ifPresent(channel -> failures.add("Slack rejects the token: " + channel.lastError()));
        channels.stream()
                .filter(channel -> rejected.isEmpty() && isUnread(channel, settings.interval()))
                .map(channel -> "%s: %s"
                        .formatted(
                                channel.slug(),
                                channel.lastPollAt().isPresent()
                                        ? "last read " + ago(channel.lastPollAt(), now) + "; " + channel.lastError()
                                        : channel.lastError().isEmpty()
                                                ? "never read"
                                                : "never read; " + channel.lastError()))
                .forEach(failures::add);
        return failures;
    }

    /** A channel that Slack does not return because it rejects the token; empty if it accepts it. */
    Optional<ChannelHealth> rejectedToken() {
        return channels.stream()
                .filter(channel -> TOKEN_REJECTED.matcher(channel.lastError()).find())
                .findFirst();
    }

    /** True if polls keep failing, or none was ever made. */
    private boolean isUnread(ChannelHealth channel, CycleInterval interval) {
        boolean isFailing =
                channel.lastPollAt().isEmpty() || !channel.lastError().isEmpty();
        return isFailing
                && channel.unreadSince()
                        .filter(since -> isLate(interval, since, UNREAD_AFTER))
                        .isPresent();
    }

    private boolean isLate(CycleInterval interval, Instant last, Duration tolerance) {
        Optional<Instant> expected = interval.cron().isPresent()
                ? CronSchedule.of(interval.cron().get(), ZoneId.systemDefault())
                        .flatMap(schedule -> schedule.nextTime(last))
                : interval.every().map(every -> last.plus(every.multipliedBy(2)));
        return expected.filter(at -> at.plus(tolerance).isBefore(now)).isPresent();
    }

    /** The output of {@code status --json}. */
    public ObjectNode json(Settings settings) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        List<String> problems = problems(settings);
        json.put("healthy", problems.isEmpty());
        problems.forEach(json.putArray("complaints")::add);
        put(json, "cycle", cycle);
        put(json, "good_cycle", lastCompleteCycle);
        leadership.ifPresent(processes -> {
            json.put("leader", processes.leader().orElse(null));
            put(json, "leader", processes.since());
            processes.standbys().forEach(json.putArray("standbys")::add);
        });
        var storagesJson = json.putArray("storages");
        for (StorageHealth storage : storages) {
            ObjectNode node = storagesJson.addObject().put("name", storage.name());
            put(node, "good", storage.lastSuccessAt());
            node.put("failures", storage.failures())
                    .put("trouble", storage.lastError())
                    .put("owed_removals", storage.pendingDeletes())
                    .put("pending_purges", storage.purges().pendingTakedowns());
        }
        var channelsJson = json.putArray("channels");
        for (ChannelHealth channel : channels) {
            ObjectNode node = channelsJson
                    .addObject()
                    .put("id", channel.id().value())
                    .put("slug", channel.slug())
                    .put("live", channel.live());
            put(node, "read", channel.lastPollAt());
            node.put("public_messages", channel.messages())
                    .put("pending_messages", channel.waiting().pending())
                    .put("held_messages", channel.waiting().held())
                    .put("unreviewed_messages", channel.waiting().unreviewed())
                    .put("catching_up", channel.catchingUp())
                    .put("trouble", channel.lastError());
        }
        var webhooksJson = json.putArray("webhooks");
        for (WebhookHealth webhook : webhooks) {
            webhooksJson
                    .addObject()
                    .put("name", webhook.name())
                    .put("pending_events", webhook.status().pending())
                    .put("dropped_events", webhook.status().dropped())
                    .put("trouble", webhook.status().lastError());
        }
        var hubsJson = json.putArray("hubs");
        for (HubHealth hub : hubs) {
            hubsJson.addObject()
                    .put("name", hub.name())
                    .put("pending_feeds", hub.status().pendingFeeds())
                    .put("trouble", hub.status().lastError());
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
                        .map(status -> storage(status, listed.contains(name)))
                        .orElse(new StorageHealth(
                                name, listed.contains(name), Optional.empty(), 0, "", 0, PurgeStatus.NONE)))
                .toList();
    }

    private static StorageHealth storage(StorageStatus status, boolean isListed) {
        return new StorageHealth(
                status.name(),
                isListed,
                status.lastSuccessAt(),
                status.failures(),
                status.lastError(),
                status.pendingDeletes(),
                status.purges());
    }

    private static List<ChannelHealth> channels(Settings settings, Store store) {
        Map<ChannelId, PollRecord> polls = store.channels().polls();
        Map<ChannelId, WaitingMessages> waiting = store.messages().waiting();
        Map<ChannelId, Instant> since = settings.channels().stream()
                .collect(toMap(Channel::id, channel -> channel.source().since()));
        return store.channels().all().stream()
                .filter(row -> row.status() != Status.REMOVED)
                .map(row -> channel(
                        row,
                        polls.getOrDefault(row.id(), PollRecord.NONE),
                        Optional.ofNullable(since.get(row.id()))
                                .filter(row::isBehind)
                                .isPresent(),
                        waiting.getOrDefault(row.id(), WaitingMessages.NONE)))
                .toList();
    }

    private static ChannelHealth channel(ChannelRow row, PollRecord poll, boolean catchingUp, WaitingMessages waiting) {
        return new ChannelHealth(
                row.id(),
                row.name(),
                row.isLive(),
                row.count(),
                poll.succeededAt(),
                row.status() == Status.LISTED
                        ? poll.succeededAt().or(() -> Optional.of(row.updated()))
                        : Optional.empty(),
                catchingUp && row.status() == Status.LISTED,
                waiting,
                row.lastError());
    }

    /** A time for people: {@code 5 s ago}, {@code 30 min ago}, {@code at 2026-11-03T20:00:00Z}, or {@code never}. */
    public static String ago(Optional<Instant> then, Instant now) {
        if (then.isEmpty()) {
            return "never";
        }
        Duration age = Duration.between(then.get(), now);
        if (age.compareTo(Duration.ofMinutes(2)) < 0) {
            return Math.max(0, age.toSeconds()) + " s ago";
        }
        if (age.compareTo(Duration.ofHours(2)) < 0) {
            return age.toMinutes() + " min ago";
        }
        return "at " + then.get();
    }
}
