package org.chatpress.cycle;

import java.nio.file.Path;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Base of tests that each start with an empty newsroom. */
public abstract class WithNewsroom {
    @TempDir
    Path folder;

    public TestNewsroom newsroom;

    @BeforeEach
    void open() {
        newsroom = new TestNewsroom(folder);
    }

    @AfterEach
    void close() {
        newsroom.close();
    }

    /** The settings entry of a channel; {@code members} is further YAML, separated by commas. */
    static String entry(String id, String slug, String members) {
        return "{id: %s, slug: %s, %s}".formatted(id, slug, members);
    }
}
