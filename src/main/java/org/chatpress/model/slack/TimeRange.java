package org.chatpress.model.slack;

import java.util.Optional;
import org.chatpress.model.MessageTs;

/**
 * The stretch of a channel that a reading covered: every message that Slack has between the two ends was in the answer.
 *
 * @param from the oldest ts covered, itself included; empty: down to the channel's beginning
 * @param until the first ts no longer covered; empty: up to the moment of asking
 */
public record TimeRange(Optional<MessageTs> from, Optional<MessageTs> until) {
    public boolean covers(MessageTs ts) {
        return from.map(f -> !ts.isBefore(f)).orElse(true)
                && until.map(ts::isBefore).orElse(true);
    }
}
