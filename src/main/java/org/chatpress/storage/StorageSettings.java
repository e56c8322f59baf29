package org.chatpress.storage;

/** Where a storage is and how to reach it, as configured in channels.yml. */
public interface StorageSettings {
    /** Makes the storage, without connecting to it. */
    Storage storage();
}
