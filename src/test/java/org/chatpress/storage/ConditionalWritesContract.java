package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.storage.StorageContract.KEY;
import static org.chatpress.storage.StorageContract.object;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.chatpress.storage.Storage.ConditionalWrites;
import org.chatpress.storage.Storage.StoredObject;
import org.junit.jupiter.api.Test;

/** What a storage with conditional writes does. */
public interface ConditionalWritesContract {
    /** The storage under test. */
    Storage mine();

    /** The same place, as another process accesses it. */
    Storage theirs();

    @Test
    default void overwritesItsOwnPutRepeatedly() {
        for (String text : new String[] {"one", "two", "three"}) {
            assertThat(mine().putUnlessChanged(object(KEY, text))).isEmpty();
            assertThat(text(mine().read(KEY))).isEqualTo(text);
        }
        assertThat(mine().putUnlessChanged(object(KEY, "four"))).isEmpty();
        assertThat(mine().putUnlessChanged(object(KEY, "five"))).isEmpty();
        assertThat(text(theirs().read(KEY))).isEqualTo("five");
    }

    @Test
    default void keepsWhatAnotherWriterHasPut() {
        mine().putUnlessChanged(object(KEY, "mine"));
        theirs().putUnlessChanged(object(KEY, "theirs"));

        assertThat(text(mine().findConflict(KEY))).isEqualTo("theirs");
        assertThat(text(mine().putUnlessChanged(object(KEY, "mine again")))).isEqualTo("theirs");
        assertThat(text(mine().putUnlessChanged(object(KEY, "and again")))).isEqualTo("theirs");

        assertThat(text(theirs().read(KEY))).isEqualTo("theirs");
    }

    @Test
    default void overwritesWhatItHasRead() {
        mine().putUnlessChanged(object(KEY, "mine"));
        theirs().putUnlessChanged(object(KEY, "theirs"));

        mine().read(KEY);

        assertThat(mine().findConflict(KEY)).isEmpty();
        assertThat(mine().putUnlessChanged(object(KEY, "mine again"))).isEmpty();
        assertThat(text(theirs().findConflict(KEY))).isEqualTo("mine again");
    }

    @Test
    default void overwritesWhatIsThereInANewProcess() {
        theirs().putUnlessChanged(object(KEY, "theirs"));

        assertThat(mine().findConflict(KEY)).isEmpty();
        assertThat(mine().putUnlessChanged(object(KEY, "mine"))).isEmpty();
        assertThat(text(theirs().putUnlessChanged(object(KEY, "theirs again")))).isEqualTo("mine");
    }

    @Test
    default void putsAgainAfterADeletion() {
        mine().putUnlessChanged(object(KEY, "mine"));
        theirs().delete(KEY);

        assertThat(mine().findConflict(KEY)).isEmpty();
        assertThat(mine().putUnlessChanged(object(KEY, "mine again"))).isEmpty();
        assertThat(text(theirs().read(KEY))).isEqualTo("mine again");
    }

    @Test
    default void acceptsTheSameContentFromAnotherWriter() {
        mine().putUnlessChanged(object(KEY, "mine"));
        theirs().put(new StoredObject(KEY, "mine".getBytes(StandardCharsets.UTF_8), "text/plain", "no-store"));

        assertThat(mine().findConflict(KEY)).isEmpty();
        assertThat(mine().putUnlessChanged(object(KEY, "mine again"))).isEmpty();
        assertThat(text(theirs().read(KEY))).isEqualTo("mine again");
    }

    @Test
    default void detectsSupportForConditionalWrites() {
        assertThat(mine().conditionalWrites()).isEqualTo(ConditionalWrites.SUPPORTED);
        assertThat(theirs().list("")).isEmpty();
    }

    private static String text(Optional<StoredObject> object) {
        return object.map(found -> new String(found.bytes(), StandardCharsets.UTF_8))
                .orElse("nothing");
    }
}
