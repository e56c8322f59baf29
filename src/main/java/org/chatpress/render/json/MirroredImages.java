package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.chatpress.model.Author;
import org.chatpress.model.MirroredImage;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;

/**
 * The authors of a chat with their pictures: Slack's, or our own copies, which are files of the chat. Where there is to
 * be a copy and is none yet, there is no picture: a page that should not ask Slack never does.
 */
public final class MirroredImages {
    private static final String SIZE = "-48.";

    private final List<Author> authors = new ArrayList<>();
    private final List<RenderedFile> sheets = new ArrayList<>();

    private MirroredImages() {}

    public static MirroredImages of(ChatSource chat) {
        var portraits = new MirroredImages();
        boolean mirrors = chat.face().imprint().mirrorsAvatars();
        chat.authors().forEach(author -> portraits.authors.add(mirrors ? portraits.mirrored(author, chat) : author));
        return portraits;
    }

    /** By id. */
    public List<Author> authors() {
        return authors;
    }

    /** The copies. */
    List<RenderedFile> sheets() {
        return sheets;
    }

    private Author mirrored(Author author, ChatSource chat) {
        Optional<MirroredImage> picture =
                author.image48().isEmpty() ? Optional.empty() : chat.picture(author.image48());
        String address = picture.map(copy -> copied(copy, chat.face())).orElse("");
        return new Author(author.id(), author.displayName(), author.title(), address);
    }

    /** Gives its address: the web's where that is known, else a path from the folder that holds channels.json. */
    private String copied(MirroredImage picture, ChatMetadata face) {
        String kind = picture.kind().name().toLowerCase(Locale.ROOT);
        var key = new ObjectKey(face.slug() + "/photos/" + RenderedChatBuilder.sha12(picture.bytes()) + SIZE + kind);
        boolean isNew = sheets.stream().noneMatch(sheet -> sheet.blob().key().equals(key));
        if (isNew) {
            var blob = new StoredObject(
                    key, picture.bytes(), picture.kind().contentType(), FileRole.PICTURE.cacheControl());
            sheets.add(new RenderedFile(FileRole.PICTURE, blob, List.of()));
        }
        return face.imprint().site().map(site -> site.toASCIIString() + key).orElse(key.value());
    }
}
