package org.chatpress.storage;

/** Where a storage is and how to reach it, as channels.yml says. Each storage owns its settings. */
public interface StorageSettings {
    /** The storage itself; opens nothing yet. */
    Storage storage();
}
