package org.chatpress.storage;

import org.chatpress.model.Hashes;

/**
 * A file to be served. The bytes are handed over, not copied: nobody changes them afterwards.
 *
 * @param bytes the file's content, not compressed
 * @param contentType as in {@code application/json; charset=utf-8}
 * @param cacheControl as in {@code public, max-age=2}; a storage that cannot set headers ignores both
 */
public record StoredObject(ObjectKey key, byte[] bytes, String contentType, String cacheControl) {
    /** The SHA-256 of its bytes, in hexadecimal digits. */
    public String digest() {
        return Hashes.sha256(bytes);
    }
}
