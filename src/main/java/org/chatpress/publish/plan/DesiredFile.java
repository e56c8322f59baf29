package org.chatpress.publish.plan;

import java.util.Optional;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;

/**
 * A file as it should be, and what a storage has of it.
 *
 * @param channel as in {@link PublishState.StaleChannel}
 * @param digest of bytes and headers
 * @param uploadedDigest the digest that is surely on the storage; empty: nothing, or who knows what
 * @param mayBeThere true if something was put, or may have been
 */
public record DesiredFile(
        String channel,
        ObjectKey key,
        FileRole role,
        String digest,
        Optional<String> uploadedDigest,
        boolean mayBeThere) {
    /** True if it need not be put. */
    public boolean isThere() {
        return uploadedDigest.filter(digest::equals).isPresent();
    }
}
