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
    private final List<RenderedFile> files = new ArrayList<>();

    private MirroredImages() {}

    public static MirroredImages of(ChatSource chat) {
        var portraits = new MirroredImages();
        boolean mirrors = chat.metadata().publishing().mirrorsAvatars();
        chat.authors().forEach(author -> portraits.authors.add(mirrors ? portraits.mirrored(author, chat) : author));
        return portraits;
    }

    /** By id. */
    public List<Author> authors() {
        return authors;
    }

    /** The copies. */
    List<RenderedFile> files() {
        return files;
    }

    private Author mirrored(Author author, ChatSource chat) {
        Optional<MirroredImage> image =
                author.image48().isEmpty() ? Optional.empty() : chat.mirroredImage(author.image48());
        String address = image.map(copy -> copied(copy, chat.metadata())).orElse("");
        return new Author(author.id(), author.displayName(), author.title(), address);
    }

    /** Gives its address: the web's where that is known, else a path from the folder that holds channels.json. */
    private String copied(MirroredImage image, ChatMetadata metadata) {
        String kind = image.kind().name().toLowerCase(Locale.ROOT);
        var key = new ObjectKey(metadata.slug() + "/photos/" + RenderedChatBuilder.sha12(image.bytes()) + SIZE + kind);
        boolean isNew = files.stream().noneMatch(file -> file.object().key().equals(key));
        if (isNew) {
            var object =
                    new StoredObject(key, image.bytes(), image.kind().contentType(), FileRole.PICTURE.cacheControl());
            files.add(new RenderedFile(FileRole.PICTURE, object, List.of()));
        }
        return metadata.publishing()
                .publicUrl()
                .map(site -> site.toASCIIString() + key)
                .orElse(key.value());
    }
}
