package org.chatpress.storage;

import org.chatpress.model.Hashes;

/**
 * A file to serve.
 *
 * @param bytes the uncompressed content; not copied, so they must not be modified
 * @param contentType as in {@code application/json; charset=utf-8}
 * @param cacheControl as in {@code public, max-age=2}; a storage that cannot set headers ignores both
 */
public record StoredObject(ObjectKey key, byte[] bytes, String contentType, String cacheControl) {
    /** The SHA-256 of the content. */
    public String digest() {
        return Hashes.sha256(bytes);
    }
}
