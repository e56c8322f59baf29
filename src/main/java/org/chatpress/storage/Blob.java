package org.chatpress.storage;

/**
 * A file to be served. The bytes are handed over, not copied: nobody changes them afterwards.
 *
 * @param bytes the file's content, not compressed
 * @param contentType as in {@code application/json; charset=utf-8}
 * @param cacheControl as in {@code public, max-age=2}; a storage that cannot set headers ignores both
 */
public record Blob(Key key, byte[] bytes, String contentType, String cacheControl) {}
