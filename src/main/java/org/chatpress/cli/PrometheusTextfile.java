package org.chatpress.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.chatpress.cli.HealthReport.ChannelHealth;
import org.chatpress.cli.HealthReport.StorageHealth;
import org.chatpress.cli.HealthReport.WebhookHealth;
import org.chatpress.config.Settings;
import org.chatpress.error.ErrorMessages;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the health report as Prometheus metrics to a file for node_exporter's textfile collector. The file is replaced
 * atomically. A file that cannot be written is logged once and fails no cycle.
 */
final class PrometheusTextfile {
    private static final Logger LOG = LoggerFactory.getLogger(PrometheusTextfile.class);

    /** Collectors do not read it more often. */
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private Instant writtenAt = Instant.MIN;
    private boolean warned;

    /** Writes the file if the settings name one and it is older than ten seconds. */
    void write(Settings settings, Store store, Instant now) {
        if (settings.metricsFile().isEmpty() || (!now.isBefore(writtenAt) && now.isBefore(nextWrite()))) {
            return;
        }
        Path file = settings.metricsFile().get();
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            replace(
                    file,
                    folder.resolve("." + file.getFileName() + ".part"),
                    text(HealthReport.of(settings, store, now)));
            writtenAt = now;
            warned = false;
        } catch (IOException e) {
            if (!warned) {
                LOG.warn(
                        "cannot write {}: {}. Make its folder writable, or change metrics-file.",
                        file,
                        ErrorMessages.describe(e));
            }
            warned = true;
        }
    }

    /** Another user may have put a link or a pipe in place of the temporary file: it is deleted, never written to. */
    private static void replace(Path file, Path temporary, String text) throws IOException {
        try {
            Files.deleteIfExists(temporary);
            Files.writeString(temporary, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    static String text(HealthReport health) {
        var text = new StringBuilder();
        help(text, "chatpress_cycle_timestamp_seconds", "When the last cycle started.");
        timestamp(text, "chatpress_cycle_timestamp_seconds", "", health.cycle());
        help(text, "chatpress_good_cycle_timestamp_seconds", "When the last cycle started that completed all work.");
        timestamp(text, "chatpress_good_cycle_timestamp_seconds", "", health.lastCompleteCycle());

        health.leadership().ifPresent(processes -> {
            help(text, "chatpress_leader_timestamp_seconds", "When the process began to lead that wrote this file.");
            timestamp(
                    text,
                    "chatpress_leader_timestamp_seconds",
                    "{leader=\"" + escaped(processes.leader().orElse("")) + "\"}",
                    processes.since());
            help(text, "chatpress_standbys", "Processes that stand by to lead.");
            sample(text, "chatpress_standbys", "", processes.standbys().size());
        });
        help(text, "chatpress_channel_read_timestamp_seconds", "When the channel was last polled.");
        for (ChannelHealth channel : health.channels()) {
            timestamp(text, "chatpress_channel_read_timestamp_seconds", label(channel), channel.lastPollAt());
        }
        help(text, "chatpress_channel_public_messages", "Public messages.");
        for (ChannelHealth channel : health.channels()) {
            sample(text, "chatpress_channel_public_messages", label(channel), channel.messages());
        }
        help(text, "chatpress_channel_in_trouble", "1 if the last poll of the channel failed.");
        for (ChannelHealth channel : health.channels()) {
            sample(
                    text,
                    "chatpress_channel_in_trouble",
                    label(channel),
                    channel.lastError().isEmpty() ? 0 : 1);
        }

        help(text, "chatpress_storage_good_timestamp_seconds", "When everything was last published to the storage.");
        for (StorageHealth storage : health.storages()) {
            timestamp(text, "chatpress_storage_good_timestamp_seconds", label(storage), storage.lastSuccessAt());
        }
        help(text, "chatpress_storage_failures", "Consecutive failures.");
        for (StorageHealth storage : health.storages()) {
            sample(text, "chatpress_storage_failures", label(storage), storage.failures());
        }
        help(
                text,
                "chatpress_storage_owed_removals",
                "Files to be deleted by a takedown that are still on the storage.");
        for (StorageHealth storage : health.storages()) {
            sample(text, "chatpress_storage_owed_removals", label(storage), storage.pendingDeletes());
        }
        help(
                text,
                "chatpress_storage_pending_purges",
                "Files of a takedown that the CDN in front of the storage was not yet purged of.");
        for (StorageHealth storage : health.storages()) {
            sample(
                    text,
                    "chatpress_storage_pending_purges",
                    label(storage),
                    storage.purges().pendingTakedowns());
        }
        help(text, "chatpress_webhook_pending_events", "Events that the webhook has not received.");
        for (WebhookHealth webhook : health.webhooks()) {
            sample(
                    text,
                    "chatpress_webhook_pending_events",
                    label(webhook),
                    webhook.status().pending());
        }
        return text.toString();
    }

    private Instant nextWrite() {
        return writtenAt.equals(Instant.MIN) ? writtenAt : writtenAt.plus(INTERVAL);
    }

    private static String label(ChannelHealth channel) {
        return "{channel=\"" + escaped(channel.slug()) + "\"}";
    }

    private static String label(StorageHealth storage) {
        return "{storage=\"" + escaped(storage.name()) + "\"}";
    }

    private static String label(WebhookHealth webhook) {
        return "{webhook=\"" + escaped(webhook.name()) + "\"}";
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static void help(StringBuilder text, String name, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(" gauge\n");
    }

    private static void timestamp(StringBuilder text, String name, String label, Optional<Instant> time) {
        sample(text, name, label, time.map(Instant::getEpochSecond).orElse(0L));
    }

    private static void sample(StringBuilder text, String name, String label, long value) {
        text.append(name).append(label).append(' ').append(value).append('\n');
    }
}
