package org.chatpress.render;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.chatpress.model.Picture;
import org.chatpress.model.Slug;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;

/** Our copies of the workspace's own emoji: files of each chat whose messages show them. */
public final class EmojiFiles {
    private EmojiFiles() {}

    /** Where a chat's copy of a picture is. */
    public static Key key(Slug slug, Picture picture) {
        String kind = picture.kind().name().toLowerCase(Locale.ROOT);
        return new Key(slug + "/photos/" + Sheets.sha12(picture.bytes()) + "-emoji." + kind);
    }

    /** A message can name a copy only by an address in the web: where none is known there are no files. */
    static List<Sheet> of(Chat chat) {
        Map<Key, Sheet> sheets = new LinkedHashMap<>();
        if (chat.face().imprint().site().isPresent()) {
            for (Picture picture : chat.emoji()) {
                Key key = key(chat.face().slug(), picture);
                var blob = new Blob(key, picture.bytes(), picture.kind().contentType(), Role.PICTURE.cacheControl());
                sheets.put(key, new Sheet(Role.PICTURE, blob, List.of()));
            }
        }
        return List.copyOf(sheets.values());
    }
}
