package org.chatpress.render.json;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Slug;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;

/** The files of one rendering as they come, each under its name: an immutable one is named by its content. */
final class RenderedChatBuilder {
    private final Slug slug;
    private final List<RenderedFile> files = new ArrayList<>();

    RenderedChatBuilder(Slug slug) {
        this.slug = slug;
    }

    List<RenderedFile> files() {
        return files;
    }

    /** Adds a file that never changes; gives its name. */
    ObjectKey immutable(FileRole role, String prefix, byte[] bytes, List<MessageTs> holds) {
        ObjectKey key = new ObjectKey(slug + "/i/" + prefix + "-" + sha12(bytes) + ".json");
        add(role, key, bytes, role.cacheControl(), holds);
        return key;
    }

    /** Adds finished files. */
    void add(List<RenderedFile> finished) {
        files.addAll(finished);
    }

    /** Adds the pointer. */
    void pointer(byte[] bytes, boolean live, List<MessageTs> holds) {
        String cacheControl = live ? FileRole.POINTER.cacheControl() : FileRole.CLOSED_POINTER;
        add(FileRole.POINTER, new ObjectKey(slug + "/live.json"), bytes, cacheControl, holds);
    }

    /** Adds a file at the top. */
    void mutable(FileRole role, String name, byte[] bytes) {
        add(role, new ObjectKey(name), bytes, role.cacheControl(), List.of());
    }

    private void add(FileRole role, ObjectKey key, byte[] bytes, String cacheControl, List<MessageTs> holds) {
        files.add(new RenderedFile(role, new StoredObject(key, bytes, role.contentType(), cacheControl), holds));
    }

    static String sha12(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
