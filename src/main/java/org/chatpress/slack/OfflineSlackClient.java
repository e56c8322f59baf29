package org.chatpress.slack;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.Reaction;
import org.chatpress.model.slack.ThreadPage;
import org.chatpress.model.slack.UserProfile;

/** For verbs that work without a network: whatever is asked, there is no answer. */
public final class OfflineSlackClient implements SlackClient {
    @Override
    public HistoryPage history(ChannelId channel, Optional<MessageTs> until, int limit) {
        throw noNetwork();
    }

    @Override
    public MessageLookup lookUpMessage(ChannelId channel, MessageTs ts) {
        throw noNetwork();
    }

    @Override
    public Optional<ThreadPage> thread(ChannelId channel, MessageTs root) {
        throw noNetwork();
    }

    @Override
    public List<Reaction> reactions(ChannelId channel, MessageTs ts) {
        throw noNetwork();
    }

    @Override
    public UserProfile userProfile(UserId id) {
        throw RemoteException.rejected("nobody is asked for " + id + " without a network", null);
    }

    @Override
    public Set<UserId> groupMembers(String groupId) {
        throw noNetwork();
    }

    @Override
    public BotIdentity identity() {
        throw noNetwork();
    }

    @Override
    public ChannelInfo channel(ChannelId channel) {
        throw noNetwork();
    }

    @Override
    public void close() {}

    private static RemoteException noNetwork() {
        return RemoteException.transientFailure("Slack is not asked by this verb", (Throwable) null);
    }
}
