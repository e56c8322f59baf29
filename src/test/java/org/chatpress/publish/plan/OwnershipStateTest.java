package org.chatpress.publish.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.chatpress.publish.plan.OwnershipState.PublishRecord;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;
import org.junit.jupiter.api.Test;

class OwnershipStateTest {
    @Test
    void anEmptyPlaceIsOursUnlessOurPointerWasOrMayHaveBeenThere() {
        assertThat(OwnershipState.of(Optional.empty(), "mine", 7, PublishRecord.NEVER))
                .isEqualTo(OwnershipState.OWNED);
        assertThat(OwnershipState.of(Optional.empty(), "mine", 7, PublishRecord.UNCONFIRMED))
                .isEqualTo(OwnershipState.STALE);
        assertThat(OwnershipState.of(Optional.empty(), "mine", 7, PublishRecord.SOME_VERSION))
                .isEqualTo(OwnershipState.STALE);
        assertThat(OwnershipState.of(Optional.empty(), "mine", 7, PublishRecord.CURRENT))
                .isEqualTo(OwnershipState.STALE);
    }

    @Test
    void ourPointerIsOurs() {
        assertThat(OwnershipState.of(pointer("mine", 7), "mine", 7, PublishRecord.CURRENT))
                .isEqualTo(OwnershipState.OWNED);
    }

    @Test
    void anOlderPointerOfOursIsFromAnUnfinishedPublish() {
        assertThat(OwnershipState.of(pointer("mine", 6), "mine", 7, PublishRecord.SOME_VERSION))
                .isEqualTo(OwnershipState.OWNED);
    }

    @Test
    void ourPointerWhereWeKnowOfNoneMayHaveCompanyThatWeDoNotKnowEither() {
        assertThat(OwnershipState.of(pointer("mine", 7), "mine", 7, PublishRecord.NEVER))
                .isEqualTo(OwnershipState.STALE);
        assertThat(OwnershipState.of(Optional.empty(), "mine", 7, PublishRecord.NEVER))
                .isEqualTo(OwnershipState.OWNED);
    }

    @Test
    void anOlderPointerAfterOurNewestArrivedWasRestored() {
        assertThat(OwnershipState.of(pointer("mine", 6), "mine", 7, PublishRecord.CURRENT))
                .isEqualTo(OwnershipState.STALE);
    }

    @Test
    void aPointerOfOurEpochThatWeDidNotPutIsFromAFutureThatThisDatabaseForgot() {
        assertThat(OwnershipState.of(pointer("mine", 6), "mine", 7, PublishRecord.DIFFERENT))
                .isEqualTo(OwnershipState.FOREIGN);
        assertThat(OwnershipState.of(pointer("yours", 6), "mine", 7, PublishRecord.DIFFERENT))
                .isEqualTo(OwnershipState.LOST);
    }

    @Test
    void aPointerAheadOfUsIsFromAFutureThatThisDatabaseDoesNotKnow() {
        assertThat(OwnershipState.of(pointer("mine", 8), "mine", 7, PublishRecord.CURRENT))
                .isEqualTo(OwnershipState.FOREIGN);
    }

    @Test
    void anotherEpochOrAMissingPointerIsNotOurs() {
        assertThat(OwnershipState.of(pointer("yours", 7), "mine", 7, PublishRecord.NEVER))
                .isEqualTo(OwnershipState.FOREIGN);
        assertThat(OwnershipState.of(pointer("yours", 7), "mine", 7, PublishRecord.UNCONFIRMED))
                .isEqualTo(OwnershipState.FOREIGN);
        assertThat(OwnershipState.of(blob("<html>"), "mine", 7, PublishRecord.SOME_VERSION))
                .isEqualTo(OwnershipState.FOREIGN);
        assertThat(OwnershipState.of(blob(""), "mine", 7, PublishRecord.SOME_VERSION))
                .isEqualTo(OwnershipState.FOREIGN);
        assertThat(OwnershipState.of(blob("[1]"), "mine", 7, PublishRecord.SOME_VERSION))
                .isEqualTo(OwnershipState.FOREIGN);
    }

    @Test
    void anotherEpochWhereWeHadPublishedIsASiteThatWasTakenOver() {
        assertThat(OwnershipState.of(pointer("yours", 7), "mine", 7, PublishRecord.SOME_VERSION))
                .isEqualTo(OwnershipState.LOST);
        assertThat(OwnershipState.of(pointer("yours", 1), "mine", 7, PublishRecord.CURRENT))
                .isEqualTo(OwnershipState.LOST);
    }

    private static Optional<StoredObject> pointer(String epoch, long seq) {
        return blob("{\"v\": 1, \"epoch\": \"%s\", \"seq\": %d}".formatted(epoch, seq));
    }

    private static Optional<StoredObject> blob(String text) {
        return Optional.of(
                new StoredObject(new ObjectKey("a/live.json"), text.getBytes(StandardCharsets.UTF_8), "", ""));
    }
}
