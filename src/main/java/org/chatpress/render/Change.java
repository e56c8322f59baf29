package org.chatpress.render;

import java.util.Optional;
import org.chatpress.model.MessageTs;

/**
 * One change that readers can see.
 *
 * @param ts the message; empty for META
 */
public record Change(long seq, Op op, Optional<MessageTs> ts) {
    /** What happened. */
    public enum Op {
        /** A message appeared or changed. */
        PUT,
        /** A message left. */
        DEL,
        /** The channel's own words or an author changed. */
        META
    }
}
