package org.chatpress.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Compresses and decompresses content in memory (RFC 1952). */
public final class Gzip {
    /** For streams of content that may be long. */
    public static final int BUFFER = 16 * 1024;

    private static final int SHORTEST = 18;

    /** The best that DEFLATE can do. */
    private static final long MAX_RATIO = 1032;

    private Gzip() {}

    /** Equal bytes in, equal bytes out: Java's gzip header holds no time. */
    public static byte[] compress(byte[] bytes) {
        var compressed = new ByteArrayOutputStream(bytes.length / 3 + 64);
        try (var gzip = new GZIPOutputStream(compressed, BUFFER)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return compressed.toByteArray();
    }

    /** The length of the content as the trailer has it. */
    public static int decompressedLength(byte[] compressed) {
        return ByteBuffer.wrap(compressed).order(ByteOrder.LITTLE_ENDIAN).getInt(compressed.length - Integer.BYTES);
    }

    /**
     * Allocates the content once, by the length in the trailer: a complete chat may be long.
     *
     * @throws IOException if the bytes are not one complete gzip member
     */
    public static byte[] decompress(byte[] compressed) throws IOException {
        if (compressed.length < SHORTEST) {
            throw new IOException("too short for gzip");
        }
        int length = decompressedLength(compressed);
        if (length < 0 || length > compressed.length * MAX_RATIO) {
            throw new IOException("the length in the GZIP trailer is wrong");
        }
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            byte[] content = new byte[length];
            gzip.readNBytes(content, 0, length);
            // The stream compares length and checksum only when it reaches the end.
            if (gzip.read() >= 0) {
                throw new IOException("longer than the GZIP trailer says");
            }
            return content;
        }
    }
}
