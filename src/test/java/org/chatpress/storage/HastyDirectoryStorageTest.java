package org.chatpress.storage;

class HastyDirectoryStorageTest extends DirectoryStorageTest {
    @Override
    Storage storage(DirectorySettings settings) {
        return settings.withoutSync();
    }
}
