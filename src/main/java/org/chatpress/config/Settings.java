package org.chatpress.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.AnnotationRules;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.OutputFormat;
import org.chatpress.model.Secret;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.storage.StorageSettings;
import org.chatpress.text.pattern.PatternRule;

/**
 * What channels.yml says, checked and complete: defaults are filled in, variables are replaced.
 *
 * @param database where the store is; relative paths are relative to the working directory
 * @param publicUrl where readers find the published files; empty if the file doesn't say
 * @param publish where the files go; at least one
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
        List<StorageSettings> publish,
        Optional<PhotoSettings> photos,
        boolean feedback,
        List<Channel> channels,
        Optional<Path> metricsFile) {
    public Settings {
        publish = List.copyOf(publish);
        channels = List.copyOf(channels);
    }

    /** The same settings with other storages. */
    public Settings publishingTo(List<? extends StorageSettings> storages) {
        return new Settings(
                slack,
                interval,
                database,
                publicUrl,
                publisher,
                List.copyOf(storages),
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

    /** What becomes of replies in threads. */
    public enum Threads {
        IGNORE,
        PUBLISH
    }

    /** Where pages find authors' pictures. */
    public enum Avatars {
        /** At Slack. */
        LINK,
        /** Beside the chat: Chatpress makes copies, and no page depends on Slack. */
        MIRROR
    }

    /**
     * Which reactions readers see.
     *
     * @param all every emoji but the editorial ones
     * @param emoji otherwise these
     */
    public record ShownReactions(boolean all, Set<String> emoji) {
        public static final ShownReactions NONE = new ShownReactions(false, Set.of());

        public ShownReactions {
            emoji = Set.copyOf(emoji);
        }

        public boolean shows(String name) {
            return all || emoji.contains(name);
        }
    }

    /**
     * A channel to publish.
     *
     * @param since nothing older is ever published
     * @param description clean HTML comes of it, the editor's own stands here
     * @param liveContent likewise
     * @param delay a message is published no earlier than this after it was posted
     * @param annotations what editors may say beside approving
     * @param liveReaction the emoji that our bot puts under what is public; empty: none
     * @param bots bots whose messages count
     * @param privatePrefix a message that begins so is never published; empty: no such prefix
     * @param patterns what becomes of words that have a certain form
     * @param withdraw messages to take down, whatever Slack says
     * @param page where readers see the chat; empty if the file doesn't say
     * @param formats what is published beside the chat's JSON
     * @param extras passed through to the JSON
     * @param jsonp whether the whole chat is published as a script too: {@code file} with the ending {@code .jsonp}
     * @param file what the whole chat's file is called, such as {@code election-night.json}
     */
    public record Channel(
            ChannelId id,
            Slug slug,
            Instant since,
            String headline,
            String description,
            String liveContent,
            ZoneId timeZone,
            ApprovalRule approval,
            Duration delay,
            Threads threads,
            ShownReactions reactions,
            AnnotationRules annotations,
            Optional<String> liveReaction,
            Set<UserId> bots,
            String privatePrefix,
            List<PatternRule> patterns,
            boolean closed,
            boolean hidden,
            Set<MessageTs> withdraw,
            Optional<URI> page,
            Set<OutputFormat> formats,
            Avatars avatars,
            ObjectNode extras,
            boolean jsonp,
            String file) {
        public Channel {
            bots = Set.copyOf(bots);
            patterns = List.copyOf(patterns);
            formats = Set.copyOf(formats);
            withdraw = Set.copyOf(withdraw);
        }
    }
}
