package org.chatpress.storage;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** What {@link Storage#check()} puts and deletes: a small file under a key that nobody else uses. */
final class Probe {
    private Probe() {}

    static Blob blob() {
        return new Blob(
                new Key("chatpress-check-" + UUID.randomUUID() + ".txt"),
                "Chatpress checks that it may write here.\n".getBytes(StandardCharsets.UTF_8),
                "text/plain; charset=utf-8",
                "no-store");
    }
}
