package org.chatpress.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.chatpress.publish.Encounter.Record;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;
import org.junit.jupiter.api.Test;

class EncounterTest {
    @Test
    void anEmptyPlaceIsOursUnlessOurPointerWasOrMayHaveBeenThere() {
        assertThat(Encounter.of(Optional.empty(), "mine", 7, Record.NONE)).isEqualTo(Encounter.OURS);
        assertThat(Encounter.of(Optional.empty(), "mine", 7, Record.UNSURE)).isEqualTo(Encounter.CHANGED);
        assertThat(Encounter.of(Optional.empty(), "mine", 7, Record.SOME)).isEqualTo(Encounter.CHANGED);
        assertThat(Encounter.of(Optional.empty(), "mine", 7, Record.DELIVERED)).isEqualTo(Encounter.CHANGED);
    }

    @Test
    void ourPointerIsOurs() {
        assertThat(Encounter.of(pointer("mine", 7), "mine", 7, Record.DELIVERED))
                .isEqualTo(Encounter.OURS);
    }

    @Test
    void anOlderPointerOfOursIsWhatAnUnfinishedTurnLeft() {
        assertThat(Encounter.of(pointer("mine", 6), "mine", 7, Record.SOME)).isEqualTo(Encounter.OURS);
    }

    @Test
    void ourPointerWhereWeKnowOfNoneMayHaveCompanyThatWeDoNotKnowEither() {
        assertThat(Encounter.of(pointer("mine", 7), "mine", 7, Record.NONE)).isEqualTo(Encounter.CHANGED);
        assertThat(Encounter.of(Optional.empty(), "mine", 7, Record.NONE)).isEqualTo(Encounter.OURS);
    }

    @Test
    void anOlderPointerWhereOurNewestArrivedHasBeenPutBackBySomebody() {
        assertThat(Encounter.of(pointer("mine", 6), "mine", 7, Record.DELIVERED))
                .isEqualTo(Encounter.CHANGED);
    }

    @Test
    void aPointerOfOurEpochThatWeDidNotPutIsFromAFutureThatThisDatabaseForgot() {
        assertThat(Encounter.of(pointer("mine", 6), "mine", 7, Record.ANOTHER)).isEqualTo(Encounter.FOREIGN);
        assertThat(Encounter.of(pointer("yours", 6), "mine", 7, Record.ANOTHER)).isEqualTo(Encounter.TAKEN_OVER);
    }

    @Test
    void aPointerAheadOfUsIsFromAFutureThatThisDatabaseDoesNotKnow() {
        assertThat(Encounter.of(pointer("mine", 8), "mine", 7, Record.DELIVERED))
                .isEqualTo(Encounter.FOREIGN);
    }

    @Test
    void anotherEpochOrNoPointerAtAllIsSomebodyElses() {
        assertThat(Encounter.of(pointer("yours", 7), "mine", 7, Record.NONE)).isEqualTo(Encounter.FOREIGN);
        assertThat(Encounter.of(pointer("yours", 7), "mine", 7, Record.UNSURE)).isEqualTo(Encounter.FOREIGN);
        assertThat(Encounter.of(blob("<html>"), "mine", 7, Record.SOME)).isEqualTo(Encounter.FOREIGN);
        assertThat(Encounter.of(blob(""), "mine", 7, Record.SOME)).isEqualTo(Encounter.FOREIGN);
        assertThat(Encounter.of(blob("[1]"), "mine", 7, Record.SOME)).isEqualTo(Encounter.FOREIGN);
    }

    @Test
    void anotherEpochWhereWeHadPublishedIsASiteThatWasTakenOver() {
        assertThat(Encounter.of(pointer("yours", 7), "mine", 7, Record.SOME)).isEqualTo(Encounter.TAKEN_OVER);
        assertThat(Encounter.of(pointer("yours", 1), "mine", 7, Record.DELIVERED))
                .isEqualTo(Encounter.TAKEN_OVER);
    }

    private static Optional<Blob> pointer(String epoch, long seq) {
        return blob("{\"v\": 1, \"epoch\": \"%s\", \"seq\": %d}".formatted(epoch, seq));
    }

    private static Optional<Blob> blob(String text) {
        return Optional.of(new Blob(new Key("a/live.json"), text.getBytes(StandardCharsets.UTF_8), "", ""));
    }
}
