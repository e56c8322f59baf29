package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.error.RemoteException;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.MemoryStorage;
import org.junit.jupiter.api.Test;

class MemoryStorageTest extends StorageContract {
    private final MemoryStorage memory = new MemoryStorage();

    @Override
    public Storage storage() {
        return memory;
    }

    @Override
    public Optional<byte[]> served(ObjectKey key) {
        return memory.blob(key.value()).map(StoredObject::bytes);
    }

    @Override
    public Set<String> allFiles() {
        return memory.keys();
    }

    @Override
    public void failPuts() {
        memory.down(true);
    }

    @Override
    public void restorePuts() {
        memory.down(false);
    }

    @Override
    public List<Storage> deniedStorages() {
        var locked = new MemoryStorage("locked");
        locked.failNext(RemoteException.actionRequired("cannot check locked: no key", "Find the key.", null));
        return List.of(locked);
    }

    @Test
    void failsAtTheGivenOperation() {
        memory.failAfter(1, new IllegalStateException("stop here"));
        memory.put(object(KEY, "one"));

        assertThatThrownBy(() -> memory.put(object(KEY, "two"))).hasMessage("stop here");
        memory.put(object(KEY, "three"));

        assertThat(memory.text("election/live.json")).isEqualTo("three");
        assertThat(memory.operations()).containsExactly("put election/live.json", "put election/live.json");
    }

    @Test
    void losesTheResponseAfterTheWriteIsDone() {
        memory.loseNextAnswer(new IllegalStateException("the line went dead"));

        assertThatThrownBy(() -> memory.put(object(KEY, "there"))).hasMessage("the line went dead");

        assertThat(memory.text("election/live.json")).isEqualTo("there");
        assertThat(memory.puts()).containsExactly("election/live.json");
    }
}
