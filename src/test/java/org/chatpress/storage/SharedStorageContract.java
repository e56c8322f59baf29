package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.storage.StorageContract.KEY;
import static org.chatpress.storage.StorageContract.blob;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.chatpress.storage.Storage.ConditionalWrites;
import org.junit.jupiter.api.Test;

/** What a storage does that notices who else puts files at its place. */
public interface SharedStorageContract {
    /** The storage under test. */
    Storage mine();

    /** Another process's way to the same place. */
    Storage theirs();

    @Test
    default void putsOverItsOwnPutAgainAndAgain() {
        for (String text : new String[] {"one", "two", "three"}) {
            assertThat(mine().putUnlessChanged(blob(KEY, text))).isEmpty();
            assertThat(text(mine().read(KEY))).isEqualTo(text);
        }
        assertThat(mine().putUnlessChanged(blob(KEY, "four"))).isEmpty();
        assertThat(mine().putUnlessChanged(blob(KEY, "five"))).isEmpty();
        assertThat(text(theirs().read(KEY))).isEqualTo("five");
    }

    @Test
    default void leavesWhatAnotherPutSince() {
        mine().putUnlessChanged(blob(KEY, "mine"));
        theirs().putUnlessChanged(blob(KEY, "theirs"));

        assertThat(text(mine().findConflict(KEY))).isEqualTo("theirs");
        assertThat(text(mine().putUnlessChanged(blob(KEY, "mine again")))).isEqualTo("theirs");
        assertThat(text(mine().putUnlessChanged(blob(KEY, "and again")))).isEqualTo("theirs");

        assertThat(text(theirs().read(KEY))).isEqualTo("theirs");
    }

    @Test
    default void replacesWhatItHasRead() {
        mine().putUnlessChanged(blob(KEY, "mine"));
        theirs().putUnlessChanged(blob(KEY, "theirs"));

        mine().read(KEY);

        assertThat(mine().findConflict(KEY)).isEmpty();
        assertThat(mine().putUnlessChanged(blob(KEY, "mine again"))).isEmpty();
        assertThat(text(theirs().findConflict(KEY))).isEqualTo("mine again");
    }

    @Test
    default void aNewProcessReplacesWhatIsThere() {
        theirs().putUnlessChanged(blob(KEY, "theirs"));

        assertThat(mine().findConflict(KEY)).isEmpty();
        assertThat(mine().putUnlessChanged(blob(KEY, "mine"))).isEmpty();
        assertThat(text(theirs().putUnlessChanged(blob(KEY, "theirs again")))).isEqualTo("mine");
    }

    @Test
    default void putsWhereItsOwnWasRemoved() {
        mine().putUnlessChanged(blob(KEY, "mine"));
        theirs().delete(KEY);

        assertThat(mine().findConflict(KEY)).isEmpty();
        assertThat(mine().putUnlessChanged(blob(KEY, "mine again"))).isEmpty();
        assertThat(text(theirs().read(KEY))).isEqualTo("mine again");
    }

    @Test
    default void takesItsOwnWordsPutBySomebodyElseForItsOwn() {
        mine().putUnlessChanged(blob(KEY, "mine"));
        theirs().put(new StoredObject(KEY, "mine".getBytes(StandardCharsets.UTF_8), "text/plain", "no-store"));

        assertThat(mine().findConflict(KEY)).isEmpty();
        assertThat(mine().putUnlessChanged(blob(KEY, "mine again"))).isEmpty();
        assertThat(text(theirs().read(KEY))).isEqualTo("mine again");
    }

    @Test
    default void findsOutThatItNotices() {
        assertThat(mine().conditionalWrites()).isEqualTo(ConditionalWrites.SUPPORTED);
        assertThat(theirs().list("")).isEmpty();
    }

    private static String text(Optional<StoredObject> object) {
        return object.map(found -> new String(found.bytes(), StandardCharsets.UTF_8))
                .orElse("nothing");
    }
}
