package org.chatpress.storage;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** What {@link Storage#check()} puts and deletes: a small file under a key that nobody else uses. */
public final class StorageProbe {
    private StorageProbe() {}

    public static StoredObject object() {
        return new StoredObject(
                new ObjectKey("chatpress-check-" + UUID.randomUUID() + ".txt"),
                "Chatpress checks that it may write here.\n".getBytes(StandardCharsets.UTF_8),
                "text/plain; charset=utf-8",
                "no-store");
    }
}
