package org.chatpress.storage;

class DirectoryStorageWithoutSyncTest extends DirectoryStorageTest {
    @Override
    Storage storage(DirectorySettings settings) {
        return settings.withoutSync();
    }
}
