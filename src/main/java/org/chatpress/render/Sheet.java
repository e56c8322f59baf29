package org.chatpress.render;

import java.util.List;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Slug;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;

/**
 * A rendered file.
 *
 * @param holds the messages on a page or in a pointer; empty for other roles
 */
public record Sheet(Role role, Blob blob, List<MessageTs> holds) {
    public Sheet {
        holds = List.copyOf(holds);
    }

    /** A photo beside the chat, named by its content. */
    public static Sheet photo(Slug slug, byte[] bytes, int width, String extension, String contentType) {
        var key = new Key(slug + "/photos/" + Sheets.sha12(bytes) + "-" + width + "." + extension);
        return new Sheet(Role.PHOTO, new Blob(key, bytes, contentType, Role.PHOTO.cacheControl()), List.of());
    }
}
