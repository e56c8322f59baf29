package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.chatpress.storage.StorageContract.KEY;
import static org.chatpress.storage.StorageContract.object;

import org.chatpress.support.ConditionalMemoryStorage;
import org.chatpress.support.MemoryStorage;
import org.junit.jupiter.api.Test;

class ConditionalMemoryStorageTest implements ConditionalWritesContract {
    private final MemoryStorage memory = new MemoryStorage();
    private final Storage mine = new ConditionalMemoryStorage(memory);
    private final Storage theirs = new ConditionalMemoryStorage(memory);

    @Override
    public Storage mine() {
        return mine;
    }

    @Override
    public Storage theirs() {
        return theirs;
    }

    @Test
    void toleratesALostResponse() {
        mine.putUnlessChanged(object(KEY, "one"));
        memory.loseNextAnswer(new IllegalStateException("the line went dead"));
        assertThat(catchThrowable(() -> mine.putUnlessChanged(object(KEY, "two"))))
                .isNotNull();

        assertThat(mine.putUnlessChanged(object(KEY, "three"))).isEmpty();
    }
}
