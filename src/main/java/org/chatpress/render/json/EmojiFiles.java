package org.chatpress.render.json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.Slug;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;

/** Our copies of the workspace's own emoji: files of each chat whose messages show them. */
public final class EmojiFiles {
    private EmojiFiles() {}

    /** Where a chat's copy of a picture is. */
    public static ObjectKey key(Slug slug, MirroredImage image) {
        String kind = image.kind().name().toLowerCase(Locale.ROOT);
        return new ObjectKey(slug + "/photos/" + RenderedChatBuilder.sha12(image.bytes()) + "-emoji." + kind);
    }

    /** A message can name a copy only by an address in the web: where none is known there are no files. */
    static List<RenderedFile> of(ChatSource chat) {
        Map<ObjectKey, RenderedFile> sheets = new LinkedHashMap<>();
        if (chat.metadata().publishing().publicUrl().isPresent()) {
            for (MirroredImage image : chat.emoji()) {
                ObjectKey key = key(chat.metadata().slug(), image);
                var object = new StoredObject(
                        key, image.bytes(), image.kind().contentType(), FileRole.PICTURE.cacheControl());
                sheets.put(key, new RenderedFile(FileRole.PICTURE, object, List.of()));
            }
        }
        return List.copyOf(sheets.values());
    }
}
