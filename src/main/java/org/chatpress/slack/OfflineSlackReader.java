package org.chatpress.slack;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.slack.SlackReader.ThreadPage;
import org.chatpress.slack.SlackReader.UserProfile;

/** For commands that work on the database alone: no call is answered, and no user is known. */
public final class OfflineSlackReader implements SlackReader {
    @Override
    public HistoryPage history(ChannelId channel, Optional<MessageTs> until, int limit) {
        throw offline();
    }

    @Override
    public MessageLookup lookUpMessage(ChannelId channel, MessageTs ts) {
        throw offline();
    }

    @Override
    public Optional<ThreadPage> thread(
            ChannelId channel, MessageTs root, Optional<MessageTs> after, Optional<MessageTs> upTo) {
        throw offline();
    }

    @Override
    public SlackMessage messageWithReactions(ChannelId channel, MessageTs ts) {
        throw offline();
    }

    /** REJECTED, so that a message of an unknown author does not wait for the profile. */
    @Override
    public UserProfile userProfile(UserId id) {
        throw RemoteException.rejected("offline: no profile of " + id, null);
    }

    @Override
    public Set<UserId> groupMembers(String groupId) {
        throw offline();
    }

    /** REJECTED, so that a review does not wait for the list. */
    @Override
    public CustomEmojiList customEmoji() {
        throw RemoteException.rejected("offline: no custom emoji", null);
    }

    /** Offline, this machine's clock is the only one. */
    @Override
    public Optional<Duration> clockDifference() {
        return Optional.of(Duration.ZERO);
    }

    /** REJECTED, so that the reactions of an export count. */
    @Override
    public BotIdentity identity() {
        throw RemoteException.rejected("offline: no token", null);
    }

    @Override
    public ChannelInfo channel(ChannelId channel) {
        throw offline();
    }

    private static RemoteException offline() {
        return RemoteException.transientFailure("offline: this command does not contact Slack", (Throwable) null);
    }
}
