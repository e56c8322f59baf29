package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import org.chatpress.storage.Storage.StoredObject;
import org.junit.jupiter.api.Test;

/** Which methods of a storage a dry run calls. */
class DryRunStorageTest {
    private final Storage storage = mock(Storage.class);
    private final StringWriter printed = new StringWriter();
    private final Storage dryRun = new DryRunStorage(storage, new PrintWriter(printed, true));
    private final StoredObject object =
            new StoredObject(new ObjectKey("night/live.json"), new byte[17], "application/json", "");

    @Test
    void printsWhatItWouldDoWithoutDoingIt() {
        when(storage.name()).thenReturn("directory public");

        dryRun.put(object);
        dryRun.delete(object.key());

        assertThat(printed.toString().lines())
                .containsExactly(
                        "would upload night/live.json to directory public (17 bytes)",
                        "would remove night/live.json from directory public");
        verify(storage, atLeastOnce()).name();
        verifyNoMoreInteractions(storage);
    }

    @Test
    void readsFromTheStorage() {
        when(storage.read(object.key())).thenReturn(Optional.of(object));

        assertThat(dryRun.read(object.key())).containsSame(object);
        verify(storage).read(object.key());
        verifyNoMoreInteractions(storage);
    }
}
