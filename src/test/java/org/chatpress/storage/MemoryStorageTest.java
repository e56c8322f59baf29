package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.support.MemoryStorage;
import org.junit.jupiter.api.Test;

class MemoryStorageTest extends StorageContract {
    private final MemoryStorage memory = new MemoryStorage();

    @Override
    Storage storage() {
        return memory;
    }

    @Override
    Optional<byte[]> served(Key key) {
        return memory.blob(key.value()).map(Blob::bytes);
    }

    @Override
    Set<String> everything() {
        return memory.keys();
    }

    @Override
    void breakPuts() {
        memory.down(true);
    }

    @Override
    void mendPuts() {
        memory.down(false);
    }

    @Override
    List<Storage> deniedStorages() {
        var locked = new MemoryStorage("locked");
        locked.failNext(RemoteFailure.denied("cannot check locked: no key", "Find the key.", null));
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
