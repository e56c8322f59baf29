package org.chatpress.render.json;

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
        /** A message lost a part that may no longer be seen, such as a photo: a put for readers, a takedown for files. */
        CUT,
        /** A message left. */
        DEL,
        /** The channel's own words or an author changed. */
        META;

        /** True if readers get the message with it. */
        public boolean isPut() {
            return this == PUT || this == CUT;
        }
    }
}
