package org.chatpress.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.model.Secret;
import org.chatpress.storage.StorageSettings;

/**
 * What channels.yml says, checked and complete: defaults are filled in, variables are replaced.
 *
 * @param database where the store is; relative paths are relative to the working directory
 * @param publicUrl where readers find the published files; empty if the file doesn't say
 * @param storages where the files go; at least one
 * @param photos what becomes of photos; empty: they are not shown
 * @param feedback whether our bot puts marks and notes under messages in Slack
 * @param channels in the file's order; at least one
 * @param metricsFile where Prometheus text is written; empty: nowhere
 */
public record Settings(
        SlackAccess slack,
        CycleInterval interval,
        Path database,
        Optional<URI> publicUrl,
        Optional<Publisher> publisher,
        List<StorageSettings> storages,
        Optional<PhotoSettings> photos,
        boolean feedback,
        List<Channel> channels,
        Optional<Path> metricsFile) {
    public Settings {
        storages = List.copyOf(storages);
        channels = List.copyOf(channels);
    }

    /** The same settings with other storages. */
    public Settings withStorages(List<? extends StorageSettings> others) {
        return new Settings(
                slack,
                interval,
                database,
                publicUrl,
                publisher,
                List.copyOf(others),
                photos,
                feedback,
                channels,
                metricsFile);
    }

    /**
     * How Slack is reached.
     *
     * @param apiUrl ends with a slash
     * @param appToken for the doorbell; empty: Slack is asked by turns only
     */
    public record SlackAccess(Secret token, URI apiUrl, Optional<Secret> appToken) {}

    /**
     * When cycles run: by a pause between starts, or a Quartz cron expression; exactly one is present.
     *
     * @param every holds while everybody is quiet
     */
    public record CycleInterval(Optional<Duration> every, Optional<String> cron) {
        private static final Duration WHILE_TALKING = Duration.ofSeconds(1);

        /** The cadence while people are talking: a second's pause at most. What cron says stays. */
        public CycleInterval whileActive() {
            return new CycleInterval(
                    every.map(pause -> pause.compareTo(WHILE_TALKING) < 0 ? pause : WHILE_TALKING), cron);
        }
    }

    /** Who publishes, for feeds and structured data. */
    public record Publisher(String name, Optional<URI> logo, String language) {}
}
