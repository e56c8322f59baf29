package org.chatpress.model;

import java.util.Optional;

/**
 * A copy of a small image in Slack: an avatar or a custom emoji.
 *
 * @param bytes must not be modified
 */
public record MirroredImage(ImageFormat format, byte[] bytes) {
    /** Empty if the bytes are not an image in a format that browsers show. */
    public static Optional<MirroredImage> of(byte[] bytes) {
        return ImageFormat.of(bytes).map(format -> new MirroredImage(format, bytes));
    }
}
