package org.chatpress.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.chatpress.cli.HealthReport.ChannelHealth;
import org.chatpress.cli.HealthReport.StorageHealth;
import org.chatpress.config.Settings;
import org.chatpress.error.ErrorMessages;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signs of life as Prometheus reads them, in a file for node_exporter's textfile collector. It appears whole: written
 * under another name, then moved. A file that cannot be written is told once, and disturbs nothing.
 */
final class PrometheusTextfile {
    private static final Logger LOG = LoggerFactory.getLogger(PrometheusTextfile.class);

    /** Collectors look no more often. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private Instant writtenAt = Instant.MIN;
    private boolean told;

    /** Writes the file if the settings name one and it is not fresh. */
    void write(Settings settings, Store store, Instant now) {
        if (settings.metricsFile().isEmpty() || (!now.isBefore(writtenAt) && now.isBefore(after(writtenAt)))) {
            return;
        }
        Path file = settings.metricsFile().get();
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            Path part = folder.resolve("." + file.getFileName() + ".part");
            Files.writeString(part, text(HealthReport.of(settings, store, now)));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            writtenAt = now;
            told = false;
        } catch (IOException e) {
            if (!told) {
                LOG.warn(
                        "cannot write {}: {}. Make its folder writable, or change metrics-file.",
                        file,
                        ErrorMessages.describe(e));
            }
            told = true;
        }
    }

    static String text(HealthReport health) {
        var text = new StringBuilder();
        head(text, "chatpress_cycle_timestamp_seconds", "When the last cycle began.");
        moment(text, "chatpress_cycle_timestamp_seconds", "", health.cycle());
        head(
                text,
                "chatpress_good_cycle_timestamp_seconds",
                "When the last cycle began that could do all that was due.");
        moment(text, "chatpress_good_cycle_timestamp_seconds", "", health.lastCompleteCycle());

        head(text, "chatpress_channel_read_timestamp_seconds", "When the channel was last read.");
        for (ChannelHealth channel : health.channels()) {
            moment(text, "chatpress_channel_read_timestamp_seconds", label(channel), channel.lastPollAt());
        }
        head(text, "chatpress_channel_public_messages", "Messages that readers see.");
        for (ChannelHealth channel : health.channels()) {
            line(text, "chatpress_channel_public_messages", label(channel), channel.messages());
        }
        head(text, "chatpress_channel_in_trouble", "1 if the channel could not be read last time.");
        for (ChannelHealth channel : health.channels()) {
            line(
                    text,
                    "chatpress_channel_in_trouble",
                    label(channel),
                    channel.lastError().isEmpty() ? 0 : 1);
        }

        head(text, "chatpress_storage_good_timestamp_seconds", "When everything was last delivered.");
        for (StorageHealth storage : health.storages()) {
            moment(text, "chatpress_storage_good_timestamp_seconds", label(storage), storage.lastSuccessAt());
        }
        head(text, "chatpress_storage_failures", "Failures in a row.");
        for (StorageHealth storage : health.storages()) {
            line(text, "chatpress_storage_failures", label(storage), storage.failures());
        }
        head(text, "chatpress_storage_owed_removals", "Files of a takedown that are still there.");
        for (StorageHealth storage : health.storages()) {
            line(text, "chatpress_storage_owed_removals", label(storage), storage.pendingDeletes());
        }
        return text.toString();
    }

    private static Instant after(Instant written) {
        return written.equals(Instant.MIN) ? written : written.plus(PAUSE);
    }

    private static String label(ChannelHealth channel) {
        return "{channel=\"" + escaped(channel.slug()) + "\"}";
    }

    private static String label(StorageHealth storage) {
        return "{storage=\"" + escaped(storage.name()) + "\"}";
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static void head(StringBuilder text, String name, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(" gauge\n");
    }

    private static void moment(StringBuilder text, String name, String label, Optional<Instant> at) {
        line(text, name, label, at.map(Instant::getEpochSecond).orElse(0L));
    }

    private static void line(StringBuilder text, String name, String label, long value) {
        text.append(name).append(label).append(' ').append(value).append('\n');
    }
}
