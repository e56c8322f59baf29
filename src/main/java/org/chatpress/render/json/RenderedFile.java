package org.chatpress.render.json;

import java.util.List;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Slug;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;

/**
 * A rendered file.
 *
 * @param messages the messages on a page or in a pointer; empty for other roles
 */
public record RenderedFile(FileRole role, StoredObject object, List<MessageTs> messages) {
    public RenderedFile {
        messages = List.copyOf(messages);
    }

    /** A photo beside the chat, named by its content. */
    public static RenderedFile photo(Slug slug, byte[] bytes, int width, String extension, String contentType) {
        var key = new ObjectKey(slug + "/photos/" + RenderedChatBuilder.sha12(bytes) + "-" + width + "." + extension);
        return new RenderedFile(
                FileRole.PHOTO, new StoredObject(key, bytes, contentType, FileRole.PHOTO.cacheControl()), List.of());
    }
}
