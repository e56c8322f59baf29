package org.chatpress.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.chatpress.model.Picture;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;

/**
 * The authors of a chat with their pictures: Slack's, or our own copies, which are files of the chat. Where there is to
 * be a copy and is none yet, there is no picture: a page that should not ask Slack never does.
 */
public final class Portraits {
    private static final String SIZE = "-48.";

    private final List<Author> authors = new ArrayList<>();
    private final List<Sheet> sheets = new ArrayList<>();

    private Portraits() {}

    public static Portraits of(Chat chat) {
        var portraits = new Portraits();
        boolean mirrors = chat.face().imprint().mirrorsAvatars();
        chat.authors().forEach(author -> portraits.authors.add(mirrors ? portraits.mirrored(author, chat) : author));
        return portraits;
    }

    /** By id. */
    public List<Author> authors() {
        return authors;
    }

    /** The copies. */
    List<Sheet> sheets() {
        return sheets;
    }

    private Author mirrored(Author author, Chat chat) {
        Optional<Picture> picture = author.image48().isEmpty() ? Optional.empty() : chat.picture(author.image48());
        String address = picture.map(copy -> copied(copy, chat.face())).orElse("");
        return new Author(author.id(), author.displayName(), author.title(), address);
    }

    /** Gives its address: the web's where that is known, else a path from the folder that holds channels.json. */
    private String copied(Picture picture, Face face) {
        String kind = picture.kind().name().toLowerCase(Locale.ROOT);
        var key = new Key(face.slug() + "/photos/" + Sheets.sha12(picture.bytes()) + SIZE + kind);
        boolean isNew = sheets.stream().noneMatch(sheet -> sheet.blob().key().equals(key));
        if (isNew) {
            var blob = new Blob(key, picture.bytes(), picture.kind().contentType(), Role.PICTURE.cacheControl());
            sheets.add(new Sheet(Role.PICTURE, blob, List.of()));
        }
        return face.imprint().site().map(site -> site.toASCIIString() + key).orElse(key.value());
    }
}
