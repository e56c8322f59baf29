package org.chatpress.publish;

import java.util.Optional;
import org.chatpress.render.Role;
import org.chatpress.storage.Key;

/**
 * A file as it should be, and what a storage has of it.
 *
 * @param channel as in {@link Shelf.Behind}
 * @param digest of bytes and headers
 * @param there the digest that is surely on the storage; empty: nothing, or who knows what
 * @param mayBeThere true if something was put, or may have been
 */
public record Wanted(String channel, Key key, Role role, String digest, Optional<String> there, boolean mayBeThere) {
    /** True if it need not be put. */
    public boolean isThere() {
        return there.filter(digest::equals).isPresent();
    }
}
