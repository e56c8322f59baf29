package org.chatpress.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The image formats that Chatpress reads. File names and declared types are not trusted: the first bytes decide. */
public enum ImageFormat {
    JPG,
    PNG,
    GIF,
    WEBP;

    private static final int PNG_SIGNATURE = 8;

    /** The extension of file names, without the dot. */
    public String extension() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The media type. */
    public String contentType() {
        return "image/" + (this == JPG ? "jpeg" : extension());
    }

    public static ImageFormat ofExtension(String extension) {
        return valueOf(extension.toUpperCase(Locale.ROOT));
    }

    /** Empty if the bytes are in none of these formats. */
    public static Optional<ImageFormat> of(byte[] bytes) {
        if (hasAt(bytes, 0, "\u00ff\u00d8\u00ff")) {
            return Optional.of(JPG);
        }
        if (hasAt(bytes, 0, "\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        }
        if (hasAt(bytes, 0, "GIF87a") || hasAt(bytes, 0, "GIF89a")) {
            return Optional.of(GIF);
        }
        return hasAt(bytes, 0, "RIFF") && hasAt(bytes, 8, "WEBP") ? Optional.of(WEBP) : Optional.empty();
    }

    /** False if the file is truncated. Some decoders would fill the rest with grey and report no error. */
    public boolean isComplete(byte[] bytes) {
        return switch (this) {
            case JPG -> isCompleteJpeg(bytes);
            case PNG -> isCompletePng(bytes);
            case GIF -> true; // the decoder reports truncated files
            case WEBP ->
                bytes.length >= 12
                        && Integer.reverseBytes(ByteBuffer.wrap(bytes).getInt(4)) + 8 <= bytes.length;
        };
    }

    /** Walks segments by their lengths; in the compressed data between them, FF starts a marker unless 00 follows. */
    private static boolean isCompleteJpeg(byte[] bytes) {
        int at = 2;
        while (at + 1 < bytes.length) {
            int marker = byteAt(bytes, at) == 0xff ? byteAt(bytes, at + 1) : 0;
            if (marker == 0xd9) {
                return true;
            }
            boolean isSegment = marker != 0 && marker != 0xff && (marker < 0xd0 || marker > 0xd7);
            if (!isSegment) {
                at++;
            } else if (at + 3 < bytes.length) {
                at += 2 + (byteAt(bytes, at + 2) << 8) + byteAt(bytes, at + 3);
            } else {
                return false;
            }
        }
        return false;
    }

    private static boolean isCompletePng(byte[] bytes) {
        long at = PNG_SIGNATURE;
        while (at + 8 <= bytes.length) {
            if (hasAt(bytes, (int) at + 4, "IEND")) {
                return true;
            }
            at += 12 + Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt((int) at));
        }
        return false;
    }

    private static int byteAt(byte[] bytes, int index) {
        return Byte.toUnsignedInt(bytes[index]);
    }

    private static boolean hasAt(byte[] bytes, int at, String signature) {
        byte[] expected = signature.getBytes(StandardCharsets.ISO_8859_1);
        return bytes.length >= at + expected.length
                && Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length);
    }
}
