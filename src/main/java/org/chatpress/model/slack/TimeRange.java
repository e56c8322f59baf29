package org.chatpress.model.slack;

import java.util.Optional;
import org.chatpress.model.MessageTs;

/**
 * The range of time that a history page covers: all messages in this range are on the page.
 *
 * @param from inclusive; empty: from the beginning of the channel
 * @param until exclusive; empty: up to the time of the response
 */
public record TimeRange(Optional<MessageTs> from, Optional<MessageTs> until) {
    public boolean covers(MessageTs ts) {
        return from.map(f -> !ts.isBefore(f)).orElse(true)
                && until.map(ts::isBefore).orElse(true);
    }
}
