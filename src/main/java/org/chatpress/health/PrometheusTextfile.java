package org.chatpress.health;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.chatpress.config.Settings;
import org.chatpress.error.ErrorMessages;
import org.chatpress.health.HealthReport.ChannelHealth;
import org.chatpress.health.HealthReport.StorageHealth;
import org.chatpress.health.HealthReport.WebhookHealth;
import org.chatpress.model.AtomicFiles;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the health report as Prometheus metrics to a file for node_exporter's textfile collector. The file is replaced
 * atomically. A file that cannot be written is logged once and fails no cycle.
 */
public final class PrometheusTextfile {
    private static final Logger LOG = LoggerFactory.getLogger(PrometheusTextfile.class);

    /** Collectors do not read it more often. */
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private Instant writtenAt = Instant.MIN;
    private Duration longestCycle = Duration.ZERO;
    private boolean warned;

    /**
     * Writes the file after a cycle if the settings name one and it is older than ten seconds.
     *
     * @param now when the cycle started
     * @param ended when it ended
     */
    public void write(Settings settings, Store store, Instant now, Instant ended) {
        Duration duration = Duration.between(now, ended);
        longestCycle = duration.compareTo(longestCycle) > 0 ? duration : longestCycle;
        if (settings.metricsFile().isEmpty() || (!now.isBefore(writtenAt) && now.isBefore(nextWrite()))) {
            return;
        }
        Path file = settings.metricsFile().get();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            AtomicFiles.replace(file, text(HealthReport.of(settings, store, now), longestCycle));
            writtenAt = now;
            longestCycle = Duration.ZERO;
            warned = false;
        } catch (IOException e) {
            warn("cannot write {}: {}. Make its folder writable, or change metrics-file.", file, e);
        }
    }

    /** Deletes the file of a process that no longer leads: its values are those of the past. */
    public void delete(Settings settings) {
        if (settings.metricsFile().isEmpty()) {
            return;
        }
        Path file = settings.metricsFile().get();
        try {
            Files.deleteIfExists(file);
            writtenAt = Instant.MIN;
        } catch (IOException e) {
            warn("cannot delete {}: {}. Delete it: this process stands by, and its metrics are old.", file, e);
        }
    }

    private void warn(String text, Path file, IOException e) {
        if (!warned) {
            LOG.warn(text, file, ErrorMessages.describe(e));
        }
        warned = true;
    }

    /** @param longestCycle since the file was last written */
    static String text(HealthReport health, Duration longestCycle) {
        var text = new StringBuilder();
        gauge(text, "chatpress_cycle_timestamp_seconds", "When the last cycle started.", seconds(health.cycle()));
        gauge(
                text,
                "chatpress_good_cycle_timestamp_seconds",
                "When the last cycle started that completed all work.",
                seconds(health.lastCompleteCycle()));
        help(text, "chatpress_cycle_duration_seconds", "The longest cycle since this file was last written.");
        sample(text, "chatpress_cycle_duration_seconds", "", BigDecimal.valueOf(longestCycle.toMillis(), 3));
        gauge(
                text,
                "chatpress_slack_token_rejected",
                "1 if Slack rejects the token.",
                flag(health.rejectedToken().isPresent()));
        gauge(
                text,
                "chatpress_cms_pending_deletes",
                "Photos to be deleted by a takedown that are still in the upload folder of the CMS.",
                health.pendingUploadDeletes());

        health.leadership().ifPresent(processes -> {
            var leader = new Gauges<>(text, "leader", List.of(processes.leader().orElse("")), name -> name);
            leader.write(
                    "chatpress_leader_timestamp_seconds",
                    "When the process began to lead that wrote this file.",
                    name -> seconds(processes.since()));
            gauge(
                    text,
                    "chatpress_standbys",
                    "Processes that stand by to lead.",
                    processes.standbys().size());
        });

        var channels = new Gauges<>(text, "channel", health.channels(), ChannelHealth::slug);
        channels.write(
                "chatpress_channel_read_timestamp_seconds",
                "When the channel was last polled.",
                channel -> seconds(channel.lastPollAt()));
        channels.write("chatpress_channel_public_messages", "Public messages.", ChannelHealth::messages);
        channels.write(
                "chatpress_channel_pending_messages",
                "Messages that wait for an approval.",
                channel -> channel.waiting().pending());
        channels.write(
                "chatpress_channel_held_messages",
                "Messages that an editor holds.",
                channel -> channel.waiting().held());
        channels.write(
                "chatpress_channel_unreviewed_messages",
                "Messages that were read and not reviewed yet.",
                channel -> channel.waiting().unreviewed());
        channels.write(
                "chatpress_channel_catching_up",
                "1 if messages are lacking between since and the newest one that was read.",
                channel -> flag(channel.catchingUp()));
        channels.write(
                "chatpress_channel_in_trouble",
                "1 if the last poll of the channel failed.",
                channel -> flag(!channel.lastError().isEmpty()));

        // Nothing is deleted from other storages, and their failures are those of the day they left the settings.
        var storages = new Gauges<>(
                text,
                "storage",
                health.storages().stream().filter(StorageHealth::isListed).toList(),
                StorageHealth::name);
        storages.write(
                "chatpress_storage_good_timestamp_seconds",
                "When everything was last published to the storage.",
                storage -> seconds(storage.lastSuccessAt()));
        storages.write("chatpress_storage_failures", "Consecutive failures.", StorageHealth::failures);
        storages.write(
                "chatpress_storage_owed_removals",
                "Files to be deleted by a takedown that are still on the storage.",
                StorageHealth::pendingDeletes);
        storages.write(
                "chatpress_storage_pending_purges",
                "Files of a takedown that the CDN in front of the storage was not yet purged of.",
                storage -> storage.purges().pendingTakedowns());

        var webhooks = new Gauges<>(text, "webhook", health.webhooks(), WebhookHealth::name);
        webhooks.write(
                "chatpress_webhook_pending_events",
                "Events that the webhook has not received.",
                webhook -> webhook.status().pending());
        webhooks.write(
                "chatpress_webhook_dropped_events",
                "Events that were given up after a day.",
                webhook -> webhook.status().dropped());
        webhooks.write(
                "chatpress_webhook_in_trouble",
                "1 if the last request to the webhook failed, or it gets no more events.",
                webhook -> flag(webhook.status().isGone()
                        || !webhook.status().lastError().isEmpty()));
        return text.toString();
    }

    /** Gauges with a sample for each item, by one label. */
    private record Gauges<T>(StringBuilder text, String label, List<T> items, Function<T, String> name) {
        void write(String metric, String help, ToLongFunction<T> value) {
            help(text, metric, help);
            for (T item : items) {
                String labels = "{" + label + "=\"" + escaped(name.apply(item)) + "\"}";
                sample(text, metric, labels, value.applyAsLong(item));
            }
        }
    }

    private static void gauge(StringBuilder text, String name, String help, long value) {
        help(text, name, help);
        sample(text, name, "", value);
    }

    private static void help(StringBuilder text, String name, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(" gauge\n");
    }

    private static void sample(StringBuilder text, String name, String labels, Number value) {
        text.append(name).append(labels).append(' ').append(value).append('\n');
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    /** Since 1970; 0 for never. */
    private static long seconds(Optional<Instant> time) {
        return time.map(Instant::getEpochSecond).orElse(0L);
    }

    private static long flag(boolean value) {
        return value ? 1 : 0;
    }

    private Instant nextWrite() {
        return writtenAt.equals(Instant.MIN) ? writtenAt : writtenAt.plus(INTERVAL);
    }
}
