package org.chatpress.render.json;

import java.util.List;
import org.chatpress.model.Hashes;
import org.chatpress.model.ImageFormat;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage.PublicMedia.Kind;
import org.chatpress.model.Slug;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.Content;
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

    /**
     * The key of a clip that is published beside the chat.
     *
     * @param sha256 of the content
     */
    public static ObjectKey clipKey(Slug slug, Kind kind, String sha256, int height) {
        String size = kind == Kind.VIDEO ? "-" + height : "";
        return new ObjectKey(slug + "/media/" + contentHash(sha256) + size + "." + kind.extension());
    }

    /** A clip that is published beside the chat. */
    public static RenderedFile clip(ObjectKey key, Kind kind, Content content) {
        var object = new StoredObject(key, content, kind.contentType(), FileRole.CLIP.cacheControl());
        return new RenderedFile(FileRole.CLIP, object, List.of());
    }

    /** The poster of a clip: a JPEG of the same name. */
    public static RenderedFile poster(RenderedFile clip, byte[] bytes) {
        var key = new ObjectKey(clip.object().key().value().replaceFirst("\\.[^.]*$", ".jpg"));
        var object = new StoredObject(key, bytes, ImageFormat.JPG.contentType(), FileRole.PHOTO.cacheControl());
        return new RenderedFile(FileRole.PHOTO, object, List.of());
    }

    /** The first 12 hexadecimal digits of the SHA-256 of a file, by which immutable files are named. */
    static String contentHash(byte[] bytes) {
        return contentHash(Hashes.sha256(bytes));
    }

    private static String contentHash(String sha256) {
        return sha256.substring(0, 12);
    }
}
