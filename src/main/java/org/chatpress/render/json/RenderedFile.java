package org.chatpress.render.json;

import java.util.List;
import org.chatpress.model.Hashes;
import org.chatpress.model.ImageFormat;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Slug;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;

/**
 * A rendered file.
 *
 * @param messages the messages that a page, pointer or share page shows; empty for other roles
 */
public record RenderedFile(FileRole role, StoredObject object, List<MessageTs> messages) {
    public RenderedFile {
        messages = List.copyOf(messages);
    }

    /** A photo that is published beside the chat. */
    public static RenderedFile photo(Slug slug, byte[] bytes, int width, ImageFormat format) {
        var key = new ObjectKey(slug + "/photos/" + contentHash(bytes) + "-" + width + "." + format.extension());
        var object = new StoredObject(key, bytes, format.contentType(), FileRole.PHOTO.cacheControl());
        return new RenderedFile(FileRole.PHOTO, object, List.of());
    }

    /** The first 12 hexadecimal digits of the SHA-256 of a file, by which immutable files are named. */
    static String contentHash(byte[] bytes) {
        return Hashes.sha256(bytes).substring(0, 12);
    }
}
