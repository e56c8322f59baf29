package org.chatpress.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.storage.StorageContract.KEY;
import static org.chatpress.storage.StorageContract.blob;
import static org.chatpress.storage.StorageContract.failureOf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.ConditionalWrites;
import org.chatpress.support.S3LookAlike;
import org.chatpress.support.S3LookAlike.Manner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Servers that speak S3, and treat conditions in their own ways. */
class S3LookAlikesTest {
    private S3LookAlike server;
    private Storage mine;
    private Storage theirs;

    @BeforeEach
    void start() throws IOException {
        server = new S3LookAlike();
        mine = storage();
        theirs = storage();
    }

    @AfterEach
    void stop() {
        mine.close();
        theirs.close();
        server.close();
    }

    @Test
    void oneThatAnswers412ToARightConditionIsGivenNoMoreConditions() {
        server.treatsConditions(Manner.ANSWERS_412_ALWAYS);

        for (String text : new String[] {"one", "two", "three", "four"}) {
            assertThat(mine.putUnlessChanged(blob(KEY, text))).isEmpty();
            assertThat(there()).isEqualTo(text);
        }

        assertThat(server.conditionalPuts()).isEqualTo(1);
    }

    @Test
    void whatIsNotThereIsRemovedAlreadyThoughTheServerComplains() {
        mine.put(blob(KEY, "one"));

        mine.delete(KEY);
        mine.delete(KEY);

        assertThat(server.objects()).isEmpty();
    }

    @Test
    void oneThatKnowsNoConditionsIsGivenNoMore() {
        server.treatsConditions(Manner.ANSWERS_501);

        for (String text : new String[] {"one", "two", "three"}) {
            assertThat(mine.putUnlessChanged(blob(KEY, text))).isEmpty();
            assertThat(there()).isEqualTo(text);
        }

        assertThat(server.conditionalPuts()).isEqualTo(1);
    }

    @Test
    void oneThatIgnoresConditionsIsPutToAllTheSame() {
        server.treatsConditions(Manner.IGNORES);
        mine.putUnlessChanged(blob(KEY, "mine"));
        theirs.putUnlessChanged(blob(KEY, "theirs"));

        assertThat(mine.putUnlessChanged(blob(KEY, "mine again"))).isEmpty();

        assertThat(there()).isEqualTo("mine again");
    }

    @Test
    void aLostAnswerIsNoFalseAlarm() {
        mine.putUnlessChanged(blob(KEY, "one"));

        server.losesAnswers(1);
        assertThat(mine.putUnlessChanged(blob(KEY, "two"))).isEmpty();
        assertThat(there()).isEqualTo("two");

        server.losesAnswers(Integer.MAX_VALUE);
        failureOf(() -> mine.putUnlessChanged(blob(KEY, "three")));
        server.losesAnswers(0);
        assertThat(there()).isEqualTo("three");
        assertThat(mine.findConflict(KEY)).isEmpty();
        assertThat(mine.putUnlessChanged(blob(KEY, "four"))).isEmpty();
        assertThat(there()).isEqualTo("four");

        theirs.putUnlessChanged(blob(KEY, "theirs"));
        assertThat(mine.putUnlessChanged(blob(KEY, "five"))).isPresent();
    }

    @Test
    void aTrialTellsThemApart() {
        assertThat(mine.conditionalWrites()).isEqualTo(ConditionalWrites.SUPPORTED);
        server.treatsConditions(Manner.IGNORES);
        assertThat(mine.conditionalWrites()).isEqualTo(ConditionalWrites.IGNORED);
        server.treatsConditions(Manner.ANSWERS_412_ALWAYS);
        assertThat(mine.conditionalWrites()).isEqualTo(ConditionalWrites.BROKEN);
        server.treatsConditions(Manner.ANSWERS_501);
        assertThat(mine.conditionalWrites()).isEqualTo(ConditionalWrites.IGNORED);
        assertThat(server.objects()).isEmpty();
    }

    private Storage storage() {
        return new S3Storage(
                new S3Settings("chats", "", Optional.empty(), Optional.of(server.endpoint()), true, false),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")));
    }

    private String there() {
        return new String(server.objects().get("/chats/" + KEY), StandardCharsets.UTF_8);
    }
}
