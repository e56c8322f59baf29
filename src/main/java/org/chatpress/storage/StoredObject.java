package org.chatpress.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
