package org.chatpress.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ChannelPolicy.AnnotationRules;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.text.pattern.PatternRule;

/**
 * The settings of one channel, with the {@code defaults} filled in.
 *
 * @param slug the chat's name in published files and URLs
 * @param source which messages of the Slack channel belong to the chat
 * @param approval how a message becomes public
 * @param presentation what readers see
 * @param publishing which files are published, and whether the chat is open and listed
 */
public record Channel(
        ChannelId id, Slug slug, Source source, Approval approval, Presentation presentation, Publishing publishing) {

    /**
     * Which messages of the Slack channel belong to the chat.
     *
     * @param since older messages are never published
     * @param bots the bots whose messages are published like people's
     * @param privatePrefix a message that starts with it is never published; empty: no prefix
     */
    public record Source(Instant since, Set<UserId> bots, String privatePrefix, Threads threads) {
        public Source {
            bots = Set.copyOf(bots);
        }
    }

    /** What happens to replies in threads. */
    public enum Threads {
        IGNORE,
        PUBLISH
    }

    /**
     * How a message becomes public.
     *
     * @param delay the time between the post in Slack and the earliest publication
     * @param withdrawn messages that are not public, whatever their reactions say
     * @param annotations what editors may add to a message by emoji and thread replies
     * @param liveReaction the emoji that the bot adds to public messages in Slack; empty: none
     */
    public record Approval(
            ApprovalRule rule,
            Duration delay,
            Set<MessageTs> withdrawn,
            AnnotationRules annotations,
            Optional<String> liveReaction) {
        public Approval {
            withdrawn = Set.copyOf(withdrawn);
        }
    }

    /**
     * What readers see.
     *
     * @param description HTML as the editor wrote it, not sanitized
     * @param liveContent HTML as the editor wrote it, not sanitized
     * @param timeZone the zone of dates in message text
     * @param language a language tag such as {@code ar}; empty: the publisher's
     * @param patterns applied to each line of a message, in order
     * @param extras copied into the published JSON
     */
    public record Presentation(
            String headline,
            String description,
            String liveContent,
            ZoneId timeZone,
            Optional<String> language,
            ShownReactions reactions,
            List<PatternRule> patterns,
            Avatars avatars,
            ObjectNode extras) {
        public Presentation {
            patterns = List.copyOf(patterns);
        }
    }

    /**
     * Which reactions readers see.
     *
     * @param all true: every emoji except the editorial ones
     * @param emoji the emoji to show if not {@code all}
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

    /** Where pages load authors' avatars from. */
    public enum Avatars {
        /** From Slack's servers. */
        LINK,
        /** From copies that Chatpress publishes beside the chat. */
        MIRROR
    }

    /**
     * Which files are published, and whether the chat is open and listed.
     *
     * @param closing whether the chat is over: messages posted after it are not published
     * @param hidden the chat's files are deleted and it is not listed
     * @param page the URL of the page that shows the chat; empty: unknown
     * @param file the name of the file with the whole chat, such as {@code election-night.json}
     * @param jsonp whether {@code file} is also published as a script, with the ending {@code .jsonp}
     * @param formats what is published in addition to the JSON
     */
    public record Publishing(
            Closing closing,
            boolean hidden,
            Optional<URI> page,
            String file,
            boolean jsonp,
            Set<OutputFormat> formats) {
        public Publishing {
            formats = Set.copyOf(formats);
        }
    }

    /**
     * Whether the chat is over.
     *
     * @param at when it ends, in whole seconds of Slack's clock; empty: when {@code closed: true} is read first
     */
    public record Closing(boolean isClosed, Optional<Instant> at) {
        public static final Closing OPEN = new Closing(false, Optional.empty());
    }
}
