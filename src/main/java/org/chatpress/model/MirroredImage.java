package org.chatpress.model;

import java.util.Optional;

/**
 * A small picture, such as somebody's in their profile. What it is follows from its first bytes, whatever its server said.
 *
 * @param bytes whoever has them leaves them as they are
 */
public record MirroredImage(Kind kind, byte[] bytes) {
    /** What a browser shows. */
    public enum Kind {
        PNG("image/png"),
        JPG("image/jpeg"),
        GIF("image/gif"),
        WEBP("image/webp");

        private final String contentType;

        Kind(String contentType) {
            this.contentType = contentType;
        }

        public String contentType() {
            return contentType;
        }
    }

    /** Empty if these bytes are no picture that we know. */
    public static Optional<MirroredImage> of(byte[] bytes) {
        return kind(bytes).map(kind -> new MirroredImage(kind, bytes));
    }

    private static Optional<Kind> kind(byte[] bytes) {
        if (begins(bytes, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
            return Optional.of(Kind.PNG);
        }
        if (begins(bytes, 0, 0xFF, 0xD8, 0xFF)) {
            return Optional.of(Kind.JPG);
        }
        if (begins(bytes, 0, 'G', 'I', 'F', '8')) {
            return Optional.of(Kind.GIF);
        }
        if (begins(bytes, 0, 'R', 'I', 'F', 'F') && begins(bytes, 8, 'W', 'E', 'B', 'P')) {
            return Optional.of(Kind.WEBP);
        }
        return Optional.empty();
    }

    private static boolean begins(byte[] bytes, int at, int... signature) {
        if (bytes.length < at + signature.length) {
            return false;
        }
        for (int i = 0; i < signature.length; i++) {
            if ((bytes[at + i] & 0xFF) != signature[i]) {
                return false;
            }
        }
        return true;
    }
}
