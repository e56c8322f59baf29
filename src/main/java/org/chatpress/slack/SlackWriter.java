package org.chatpress.slack;

import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;

/** Writes to a workspace as the bot. Fails like {@link SlackReader}; REJECTED if the message was deleted. */
public interface SlackWriter {
    /** Adds the bot's reaction to a message; does nothing if it is there already. */
    void addReaction(ChannelId channel, MessageTs ts, String emoji);

    /** Removes the bot's reaction from a message; does nothing if it is not there. */
    void removeReaction(ChannelId channel, MessageTs ts, String emoji);

    /** Posts a reply in a thread. Not idempotent: a second call posts a second reply. */
    void postReply(ChannelId channel, MessageTs root, String text);
}
