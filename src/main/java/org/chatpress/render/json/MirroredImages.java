package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;

/**
 * The copies of Slack's images that a chat publishes: the avatars of its authors, if its channel mirrors them, and the
 * custom emoji of its messages. Until an avatar has been copied its author has none: no reader's browser may be sent to
 * Slack.
 */
public final class MirroredImages {
    private final ChatSource chat;
    private final ChatMetadata metadata;
    private final List<Author> authors = new ArrayList<>();
    private final Map<ObjectKey, RenderedFile> avatars = new LinkedHashMap<>();

    private MirroredImages(ChatSource chat) {
        this.chat = chat;
        this.metadata = chat.metadata();
    }

    public static MirroredImages of(ChatSource chat) {
        var images = new MirroredImages(chat);
        boolean mirrorsAvatars = images.metadata.publishing().mirrorsAvatars();
        for (Author author : chat.authors()) {
            images.authors.add(mirrorsAvatars ? images.withMirroredAvatar(author) : author);
        }
        return images;
    }

    /** Where a chat publishes its copy of a custom emoji. */
    public static ObjectKey emojiKey(Slug slug, MirroredImage image) {
        return key(slug, image, "emoji");
    }

    /** The authors of the chat, by id, each with the address of the avatar to show. */
    List<Author> authors() {
        return authors;
    }

    /** The same, each under its id. */
    public Map<UserId, Author> authorsById() {
        return authors.stream().collect(Collectors.toMap(Author::id, Function.identity()));
    }

    /** The files of avatars and emoji. */
    List<RenderedFile> files() {
        Map<ObjectKey, RenderedFile> files = new LinkedHashMap<>(avatars);
        // Messages refer to an emoji by an absolute URL only.
        if (metadata.publishing().publicUrl().isPresent()) {
            for (MirroredImage image : chat.customEmoji()) {
                ObjectKey key = emojiKey(metadata.slug(), image);
                files.put(key, file(key, image));
            }
        }
        return List.copyOf(files.values());
    }

    private Author withMirroredAvatar(Author author) {
        Optional<MirroredImage> avatar =
                author.image48().isEmpty() ? Optional.empty() : chat.mirroredImage(author.image48());
        String address = avatar.map(this::addAvatar).orElse("");
        return new Author(author.id(), author.displayName(), author.title(), address);
    }

    /** Returns the avatar's URL, or its path from the folder of channels.json if no public URL is known. */
    private String addAvatar(MirroredImage avatar) {
        ObjectKey key = key(metadata.slug(), avatar, "48");
        avatars.putIfAbsent(key, file(key, avatar));
        return metadata.publishing()
                .publicUrl()
                .map(url -> url.toASCIIString() + key)
                .orElse(key.value());
    }

    private static ObjectKey key(Slug slug, MirroredImage image, String suffix) {
        String hash = RenderedFile.contentHash(image.bytes());
        return new ObjectKey(
                slug + "/photos/" + hash + "-" + suffix + "." + image.format().extension());
    }

    private static RenderedFile file(ObjectKey key, MirroredImage image) {
        var object =
                new StoredObject(key, image.bytes(), image.format().contentType(), FileRole.PICTURE.cacheControl());
        return new RenderedFile(FileRole.PICTURE, object, List.of());
    }
}
