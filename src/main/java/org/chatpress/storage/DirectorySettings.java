package org.chatpress.storage;

import java.nio.file.Path;

/** A folder that a web server serves. */
public record DirectorySettings(Path directory) implements StorageSettings {
    @Override
    public Storage storage() {
        return new DirectoryStorage(directory);
    }

    /** The same folder, for a site that can be made again at any time: nothing waits until the disk has it. */
    public Storage withoutSync() {
        return new DirectoryStorage(directory, new DirectoryStorage.NoFileSync());
    }
}
