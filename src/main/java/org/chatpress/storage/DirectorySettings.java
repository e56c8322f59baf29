package org.chatpress.storage;

import java.nio.file.Path;
import org.chatpress.storage.Storage.StorageSettings;

/** A local directory that a web server serves. */
public record DirectorySettings(Path directory) implements StorageSettings {
    @Override
    public Storage storage() {
        return new DirectoryStorage(directory);
    }

    /** The same directory without fsync, for a site that can be rendered again at any time. */
    public Storage withoutSync() {
        return new DirectoryStorage(directory, new DirectoryStorage.NoFileSync());
    }
}
