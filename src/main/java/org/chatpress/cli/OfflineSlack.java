package org.chatpress.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Person;
import org.chatpress.model.Reaction;
import org.chatpress.model.Reading;
import org.chatpress.model.ThreadReading;
import org.chatpress.model.UserId;
import org.chatpress.slack.Slack;

/** For verbs that work without a network: whatever is asked, there is no answer. */
final class OfflineSlack implements Slack {
    @Override
    public Reading history(ChannelId channel, Optional<MessageTs> until, int limit) {
        throw noNetwork();
    }

    @Override
    public Whereabouts message(ChannelId channel, MessageTs ts) {
        throw noNetwork();
    }

    @Override
    public Optional<ThreadReading> thread(ChannelId channel, MessageTs root) {
        throw noNetwork();
    }

    @Override
    public List<Reaction> reactions(ChannelId channel, MessageTs ts) {
        throw noNetwork();
    }

    @Override
    public Person person(UserId id) {
        throw RemoteFailure.refused("nobody is asked for " + id + " without a network", null);
    }

    @Override
    public Set<UserId> group(String groupId) {
        throw noNetwork();
    }

    @Override
    public Identity identity() {
        throw noNetwork();
    }

    @Override
    public ChannelInfo channel(ChannelId channel) {
        throw noNetwork();
    }

    @Override
    public void close() {}

    private static RemoteFailure noNetwork() {
        return RemoteFailure.unavailable("Slack is not asked by this verb", (Throwable) null);
    }
}
