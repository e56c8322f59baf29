package org.chatpress.slack;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.Reaction;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.ThreadPage;
import org.chatpress.model.slack.UserProfile;

/**
 * A workspace as its bot may see it. Every method asks Slack, or says why it could not by a {@link RemoteException}:
 * UNAVAILABLE when asking again later will do (a 429, a 5xx, an HTML page, half an answer, a timeout, no call left in
 * the limiter), DENIED when a person must act (token, scope, membership), REFUSED when this one thing is unknown.
 */
public interface SlackClient extends AutoCloseable {
    /** The most messages that one call of {@link #history} may ask for. */
    int MAX_MESSAGES = 999;

    /**
     * One page of a channel, newest first.
     *
     * @param until messages before this ts, itself excluded; empty: from now
     * @param limit how many at most; Slack may send fewer although there are more
     */
    HistoryPage history(ChannelId channel, Optional<MessageTs> until, int limit);

    /** What became of one message. */
    MessageLookup lookUpMessage(ChannelId channel, MessageTs ts);

    /** A whole thread, however long; empty if Slack says that the message which began it is gone. */
    Optional<ThreadPage> thread(ChannelId channel, MessageTs root);

    /** Every reaction of one message with everybody who reacted, however many. */
    List<Reaction> reactions(ChannelId channel, MessageTs ts);

    /** A person's profile; REFUSED if Slack knows nobody by this id. */
    UserProfile userProfile(UserId id);

    /** The people in a user group (S...). */
    Set<UserId> groupMembers(String groupId);

    /** Who we are, as the token says. */
    BotIdentity identity();

    /** What Slack says of a channel; DENIED if the bot cannot see it. */
    ChannelInfo channel(ChannelId channel);

    /** A file, as Slack tells it when asked for it alone; REFUSED if it is gone, is hidden from us, or is no image. */
    default SlackImageFile file(String id) {
        throw onlyRead();
    }

    /**
     * The bytes behind an address that Slack gave, asked for with the token. Never a part of them, and never a login
     * page: that is DENIED. REFUSED if they are gone, too many, or the address is not one of Slack's.
     *
     * @param size what Slack says their number is; 0: it doesn't
     * @param most no more than so many are taken
     */
    default byte[] download(String url, long size, int most) {
        throw onlyRead();
    }

    /** The workspace's own emoji by name: Slack's address of a picture, or {@code alias:} and another name. */
    default Map<String, String> customEmoji() {
        throw onlyRead();
    }

    /** The picture at an address that a profile or {@link #customEmoji} gave; REFUSED if it is gone, too large or none of Slack's. */
    default MirroredImage avatar(String url) {
        throw onlyRead();
    }

    /** Puts an emoji of the bot's own under a message, where it may be already; REFUSED if the message is gone. */
    default void addReaction(ChannelId channel, MessageTs ts, String emoji) {
        throw onlyRead();
    }

    /** Takes the bot's own emoji away, if it is there; REFUSED if the message is gone. */
    default void removeReaction(ChannelId channel, MessageTs ts, String emoji) {
        throw onlyRead();
    }

    /** Says something in a thread, as the bot. Done twice, it is said twice. */
    default void postReply(ChannelId channel, MessageTs root, String text) {
        throw onlyRead();
    }

    private static RemoteException onlyRead() {
        return RemoteException.rejected("this workspace can only be read", null);
    }

    /** Ends connections and threads. */
    @Override
    void close();

    /**
     * The answer to "is this message still there".
     *
     * @param readAt Slack's own clock when it answered
     */
    record MessageLookup(State state, Optional<SlackMessage> message, Instant readAt) {
        /** What Slack said. */
        public enum State {
            /** It is there: {@link MessageLookup#message} holds it. */
            FOUND,
            /** Slack says that it is gone: no such thread, another ts, or a tombstone. */
            DELETED,
            /** Slack answered, but the answer proves nothing: {@code ok} with no messages. */
            UNKNOWN
        }
    }

    /**
     * The bot itself.
     *
     * @param user the bot's own user id
     * @param team the workspace's name
     * @param scopes what the token may do; empty where Slack did not say
     */
    record BotIdentity(UserId user, String team, Set<String> scopes) {}

    /** A channel as the bot sees it. */
    record ChannelInfo(ChannelId id, String name, boolean isPrivate, boolean isMember, boolean isArchived) {}
}
