package org.chatpress.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests of content. */
public final class Hashes {
    private Hashes() {}

    /** The SHA-256 of a start and what follows it, as 64 hexadecimal digits; reads the rest to its end. */
    public static String sha256(byte[] start, InputStream rest) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(start);
            rest.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The SHA-256 of the parts, one after the other, as 64 hexadecimal digits. */
    public static String sha256(byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
