package org.chatpress.media.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The formats of photos that are read, told by their first bytes: names and types are whatever somebody typed. */
public enum ImageFormat {
    JPEG("jpg"),
    PNG("png"),
    GIF("gif"),
    WEBP("webp");

    private static final int PNG_SIGNATURE = 8;

    private final String extension;

    ImageFormat(String extension) {
        this.extension = extension;
    }

    /** What its files end in, without the dot. */
    public String extension() {
        return extension;
    }

    /** Its MIME type. */
    public String contentType() {
        return "image/" + (this == JPEG ? "jpeg" : extension);
    }

    /** The format that an extension stands for. */
    public static ImageFormat of(String extension) {
        return Arrays.stream(values())
                .filter(format -> format.extension.equals(extension))
                .findFirst()
                .orElseThrow();
    }

    /** Empty if the bytes are none of these. */
    public static Optional<ImageFormat> of(byte[] bytes) {
        if (begins(bytes, 0, "\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        }
        if (begins(bytes, 0, "\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        }
        if (begins(bytes, 0, "GIF87a") || begins(bytes, 0, "GIF89a")) {
            return Optional.of(GIF);
        }
        return begins(bytes, 0, "RIFF") && begins(bytes, 8, "WEBP") ? Optional.of(WEBP) : Optional.empty();
    }

    /** False if the file ends before its picture does: some readers would fill the rest with grey and say nothing. */
    public boolean isComplete(byte[] bytes) {
        return switch (this) {
            case JPEG -> isWholeJpeg(bytes);
            case PNG -> isWholePng(bytes);
            case GIF -> true; // its reader notices
            case WEBP ->
                bytes.length >= 12
                        && Integer.reverseBytes(ByteBuffer.wrap(bytes).getInt(4)) + 8 <= bytes.length;
        };
    }

    /** Segments with their lengths, and between them compressed data, in which an FF means itself only before a 00. */
    private static boolean isWholeJpeg(byte[] bytes) {
        int at = 2;
        while (at + 1 < bytes.length) {
            int marker = at(bytes, at) == 0xff ? at(bytes, at + 1) : 0;
            if (marker == 0xd9) {
                return true;
            }
            boolean isSegment = marker != 0 && marker != 0xff && (marker < 0xd0 || marker > 0xd7);
            if (!isSegment) {
                at++;
            } else if (at + 3 < bytes.length) {
                at += 2 + (at(bytes, at + 2) << 8) + at(bytes, at + 3);
            } else {
                return false;
            }
        }
        return false;
    }

    private static boolean isWholePng(byte[] bytes) {
        long at = PNG_SIGNATURE;
        while (at + 8 <= bytes.length) {
            if (begins(bytes, (int) at + 4, "IEND")) {
                return true;
            }
            at += 12 + Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt((int) at));
        }
        return false;
    }

    private static int at(byte[] bytes, int index) {
        return Byte.toUnsignedInt(bytes[index]);
    }

    private static boolean begins(byte[] bytes, int at, String with) {
        byte[] wanted = with.getBytes(StandardCharsets.ISO_8859_1);
        return bytes.length >= at + wanted.length
                && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
    }
}
