package org.chatpress.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.VideoSettings;
import org.chatpress.model.Secret;
import org.chatpress.purge.PurgeSettings;
import org.chatpress.storage.Storage.StorageSettings;

/**
 * The contents of channels.yml, valid and complete: defaults are filled in and variables are replaced.
 *
 * @param publicUrl the base URL of the published files, with a slash at the end; empty: unknown
 * @param publisher the publisher of the chats, for feeds and structured data
 * @param storages where the files are published; at least one
 * @param purges the CDNs in front of the storages, those that can be purged
 * @param photos empty: photos are not shown
 * @param videos empty: clips of video and sound are not shown
 * @param feedback whether the bot adds reactions and replies to messages in Slack
 * @param channels in the order of the file; at least one
 * @param webhooks the receivers of changes
 * @param hubs the WebSub hubs to ping for new feeds
 * @param metricsFile where metrics are written in Prometheus text format; empty: nowhere
 * @param modifiedAt when the file was changed, by its file system's clock
 */
public record Settings(
        SlackAccess slack,
        CycleInterval interval,
        DatabaseSettings database,
        Optional<URI> publicUrl,
        Optional<Organization> publisher,
        List<StorageSettings> storages,
        Map<StorageSettings, PurgeSettings> purges,
        Optional<PhotoSettings> photos,
        Optional<VideoSettings> videos,
        boolean feedback,
        List<Channel> channels,
        List<Webhook> webhooks,
        List<URI> hubs,
        Optional<Path> metricsFile,
        Instant modifiedAt) {
    public Settings {
        storages = List.copyOf(storages);
        purges = Map.copyOf(purges);
        channels = List.copyOf(channels);
        webhooks = List.copyOf(webhooks);
        hubs = List.copyOf(hubs);
    }

    /** The same settings with other storages, of which no CDN, webhook or hub knows. */
    public Settings withStorages(List<StorageSettings> others) {
        return new Settings(
                slack,
                interval,
                database,
                publicUrl,
                publisher,
                others,
                Map.of(),
                photos,
                videos,
                feedback,
                channels,
                List.of(),
                List.of(),
                metricsFile,
                modifiedAt);
    }

    /**
     * How to reach Slack.
     *
     * @param apiUrl ends with a slash
     * @param appToken for Socket Mode; empty: Slack is polled without it
     */
    public record SlackAccess(Secret token, URI apiUrl, Optional<Secret> appToken) {}

    /**
     * When cycles run. Exactly one of the two is present.
     *
     * @param every the time between two cycle starts while all channels are idle
     * @param cron a Quartz cron expression
     */
    public record CycleInterval(Optional<Duration> every, Optional<String> cron) {
        private static final Duration MAX_WHILE_ACTIVE = Duration.ofSeconds(1);

        /** The interval while a channel is active: at most a second. A cron expression stays as it is. */
        public CycleInterval whileActive() {
            return new CycleInterval(
                    every.map(time -> time.compareTo(MAX_WHILE_ACTIVE) < 0 ? time : MAX_WHILE_ACTIVE), cron);
        }
    }

    /**
     * A publisher.
     *
     * @param language a language tag such as {@code en} or {@code es-419}
     */
    public record Organization(String name, Optional<URI> logo, String language) {}
}
