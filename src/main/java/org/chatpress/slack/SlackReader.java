package org.chatpress.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.SlackMessage;

/**
 * Reads a workspace, as far as its bot can see it. Every method throws a {@link RemoteException} if it gets no usable
 * answer: TRANSIENT if a later call may succeed (429, 5xx, timeout, HTML or incomplete JSON, no call left in the rate
 * limiter), ACTION_REQUIRED if a person must act (token, scope, membership), REJECTED if Slack does not know this one
 * object.
 */
public interface SlackReader {
    /** The largest {@code limit} that {@link #history} accepts. */
    int MAX_MESSAGES = 999;

    /**
     * The most messages of a thread that one page holds, its root included. Slack fails to return longer pages of large
     * threads.
     */
    int MAX_REPLIES = 200;

    /**
     * Reads one page of a channel's history, newest message first.
     *
     * @param until only messages before this ts, which is excluded; empty: up to now
     * @param limit the maximum number of messages; Slack may send fewer although there are more
     */
    HistoryPage history(ChannelId channel, Optional<MessageTs> until, int limit);

    /** Looks up a single message, in or outside a thread. */
    MessageLookup lookUpMessage(ChannelId channel, MessageTs ts);

    /**
     * Reads one page of a thread's replies, oldest first; empty if the root message was deleted.
     *
     * @param after only replies after this ts; empty: from the first reply
     * @param upTo no replies after this ts; empty: up to now
     */
    Optional<ThreadPage> thread(ChannelId channel, MessageTs root, Optional<MessageTs> after, Optional<MessageTs> upTo);

    /**
     * Reads a message as it is now, with every user of each reaction: history pages may leave users out. Of its content,
     * Slack may return less than a page does.
     */
    SlackMessage messageWithReactions(ChannelId channel, MessageTs ts);

    /** Reads a user's profile; REJECTED if Slack does not know the id. */
    UserProfile userProfile(UserId id);

    /** Lists the members of a user group (S...). */
    Set<UserId> groupMembers(String groupId);

    /** Lists the workspace's custom emoji. */
    CustomEmojiList customEmoji();

    /**
     * How far Slack's clock is ahead of this machine's, by the {@code Date} header of the last answer; negative: behind.
     * Less than two seconds count as none, because the header has whole seconds. Empty before the first answer.
     */
    Optional<Duration> clockDifference();

    /** Tells whose token this is. */
    BotIdentity identity();

    /** Describes a channel; ACTION_REQUIRED if the bot cannot see it. */
    ChannelInfo channel(ChannelId channel);

    /**
     * Whether a message still exists.
     *
     * @param message present only if FOUND
     * @param readAt the time of the response, by Slack's clock
     */
    record MessageLookup(State state, Optional<SlackMessage> message, Instant readAt) {
        /** The result of a lookup. */
        public enum State {
            FOUND,
            /** Slack knows no message of this ts, or has a tombstone in its place. */
            DELETED,
            /** Slack answered {@code ok} without any message, which proves nothing. */
            UNKNOWN
        }
    }

    /**
     * The workspace's custom emoji.
     *
     * @param targets the URL of an image, or {@code alias:} and another name, by name
     * @param readAt the time of the response, by Slack's clock
     */
    record CustomEmojiList(Map<String, String> targets, Instant readAt) {
        public CustomEmojiList {
            targets = Map.copyOf(targets);
        }
    }

    /**
     * The bot that the token belongs to.
     *
     * @param user the bot's user id
     * @param team the workspace's name
     * @param scopes the token's OAuth scopes; empty if Slack did not list them
     */
    record BotIdentity(UserId user, String team, Set<String> scopes) {}

    /** A channel as the bot sees it. */
    record ChannelInfo(ChannelId id, String name, boolean isMember, boolean isArchived) {}

    /**
     * Replies of a thread: all replies in a range of time are on the page.
     *
     * @param root the first message of the thread
     * @param after the start of the range, exclusive; empty: from the first reply
     * @param upTo the end of the range, inclusive; empty: up to the time of the response
     * @param replies all replies with a valid ts, oldest first, including those that were also sent to the channel
     * @param hasMore whether the requested range has newer replies
     * @param readAt the time of the response, by Slack's clock
     */
    public record ThreadPage(
            ChannelId channel,
            MessageTs root,
            Optional<MessageTs> after,
            Optional<MessageTs> upTo,
            List<SlackMessage> replies,
            boolean hasMore,
            Instant readAt) {
        public ThreadPage {
            replies = List.copyOf(replies);
        }

        /** The ts of the newest reply; empty if there is none. */
        public Optional<MessageTs> newest() {
            return replies.isEmpty()
                    ? Optional.empty()
                    : Optional.of(replies.get(replies.size() - 1).ts());
        }
    }

    /**
     * What readers may know of a user.
     *
     * @param displayName see {@link #name}; empty if Slack does not know the user
     * @param title the job title; may be empty
     * @param image48 the https URL of the 48-pixel avatar on one of Slack's hosts; else empty. A gravatar URL would carry the
     *     MD5 of the e-mail address.
     * @param bot whether this is a bot or app, whose reactions do not count as approvals
     */
    public record UserProfile(UserId id, String displayName, String title, String image48, boolean bot) {
        /**
         * The first name that is not blank: real name, display name, user name.
         *
         * @param user a user object, or the {@code user_profile} of a message
         */
        public static String name(JsonNode user) {
            JsonNode profile = user.path("profile");
            return Stream.of(
                            user.path("real_name"),
                            profile.path("real_name"),
                            profile.path("display_name"),
                            user.path("display_name"),
                            user.path("name"))
                    .filter(JsonNode::isTextual)
                    .map(name -> VisibleText.line(name.textValue()))
                    .filter(name -> !VisibleText.isBlank(name))
                    .findFirst()
                    .orElse("");
        }
    }
}
