package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.error.RemoteException;
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
    public Set<String> everything() {
        return memory.keys();
    }

    @Override
    public void breakPuts() {
        memory.down(true);
    }

    @Override
    public void mendPuts() {
        memory.down(false);
    }

    @Override
    public List<Storage> deniedStorages() {
        var locked = new MemoryStorage("locked");
        locked.failNext(RemoteException.actionRequired("cannot check locked: no key", "Find the key.", null));
        return List.of(locked);
    }

    @Test
    void failsWhereItWasToldTo() {
        memory.failAfter(1, new IllegalStateException("stop here"));
        memory.put(blob(KEY, "one"));

        assertThatThrownBy(() -> memory.put(blob(KEY, "two"))).hasMessage("stop here");
        memory.put(blob(KEY, "three"));

        assertThat(memory.text("election/live.json")).isEqualTo("three");
        assertThat(memory.operations()).containsExactly("put election/live.json", "put election/live.json");
    }

    @Test
    void losesAnAnswerAfterTheWorkIsDone() {
        memory.loseNextAnswer(new IllegalStateException("the line went dead"));

        assertThatThrownBy(() -> memory.put(blob(KEY, "there"))).hasMessage("the line went dead");

        assertThat(memory.text("election/live.json")).isEqualTo("there");
        assertThat(memory.puts()).containsExactly("election/live.json");
    }
}
