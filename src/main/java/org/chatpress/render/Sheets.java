package org.chatpress.render;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Slug;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;

/** The files of one rendering as they come, each under its name: an immutable one is named by its content. */
final class Sheets {
    private final Slug slug;
    private final List<Sheet> sheets = new ArrayList<>();

    Sheets(Slug slug) {
        this.slug = slug;
    }

    List<Sheet> all() {
        return sheets;
    }

    /** Adds a file that never changes; gives its name. */
    Key immutable(Role role, String prefix, byte[] bytes, List<MessageTs> holds) {
        Key key = new Key(slug + "/i/" + prefix + "-" + sha12(bytes) + ".json");
        add(role, key, bytes, role.cacheControl(), holds);
        return key;
    }

    /** Adds finished files. */
    void add(List<Sheet> finished) {
        sheets.addAll(finished);
    }

    /** Adds the pointer. */
    void pointer(byte[] bytes, boolean live, List<MessageTs> holds) {
        String cacheControl = live ? Role.POINTER.cacheControl() : Role.CLOSED_POINTER;
        add(Role.POINTER, new Key(slug + "/live.json"), bytes, cacheControl, holds);
    }

    /** Adds a file at the top. */
    void mutable(Role role, String name, byte[] bytes) {
        add(role, new Key(name), bytes, role.cacheControl(), List.of());
    }

    private void add(Role role, Key key, byte[] bytes, String cacheControl, List<MessageTs> holds) {
        sheets.add(new Sheet(role, new Blob(key, bytes, role.contentType(), cacheControl), holds));
    }

    static String sha12(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
