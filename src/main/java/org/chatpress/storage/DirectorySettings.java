package org.chatpress.storage;

import java.nio.file.Path;

/** A folder that a web server serves. */
public record DirectorySettings(Path directory) implements StorageSettings {
    @Override
    public Storage storage() {
        return new DirectoryStorage(directory);
    }
}
