package org.chatpress.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.storage.StorageContract.KEY;
import static org.chatpress.storage.StorageContract.failureOf;
import static org.chatpress.storage.StorageContract.object;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.chatpress.error.RemoteException;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.ConditionalWrites;
import org.chatpress.support.S3LookAlike;
import org.chatpress.support.S3LookAlike.ConditionalWriteSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** S3-compatible servers that treat conditional writes in different ways. */
class S3CompatibilityTest {
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
    void stopsSendingConditionsIfTheServerRejectsTheRightEtag() {
        server.setConditionalWrites(ConditionalWriteSupport.ANSWERS_412_ALWAYS);

        for (String text : new String[] {"one", "two", "three", "four"}) {
            assertThat(mine.putUnlessChanged(object(KEY, text))).isEmpty();
            assertThat(stored()).isEqualTo(text);
        }

        assertThat(server.conditionalPuts()).isEqualTo(1);
    }

    @Test
    void ignoresAnErrorForDeletingAMissingObject() {
        mine.put(object(KEY, "one"));

        mine.delete(KEY);
        mine.delete(KEY);

        assertThat(server.objects()).isEmpty();
    }

    @Test
    void stopsSendingConditionsIfTheServerDoesNotSupportThem() {
        server.setConditionalWrites(ConditionalWriteSupport.ANSWERS_501);

        for (String text : new String[] {"one", "two", "three"}) {
            assertThat(mine.putUnlessChanged(object(KEY, text))).isEmpty();
            assertThat(stored()).isEqualTo(text);
        }

        assertThat(server.conditionalPuts()).isEqualTo(1);
    }

    @Test
    void overwritesIfTheServerIgnoresConditions() {
        server.setConditionalWrites(ConditionalWriteSupport.IGNORES);
        mine.putUnlessChanged(object(KEY, "mine"));
        theirs.putUnlessChanged(object(KEY, "theirs"));

        assertThat(mine.putUnlessChanged(object(KEY, "mine again"))).isEmpty();

        assertThat(stored()).isEqualTo("mine again");
    }

    @Test
    void toleratesALostResponse() {
        mine.putUnlessChanged(object(KEY, "one"));

        server.loseResponses(1);
        assertThat(mine.putUnlessChanged(object(KEY, "two"))).isEmpty();
        assertThat(stored()).isEqualTo("two");

        server.loseResponses(Integer.MAX_VALUE);
        failureOf(() -> mine.putUnlessChanged(object(KEY, "three")));
        server.loseResponses(0);
        assertThat(stored()).isEqualTo("three");
        assertThat(mine.findConflict(KEY)).isEmpty();
        assertThat(mine.putUnlessChanged(object(KEY, "four"))).isEmpty();
        assertThat(stored()).isEqualTo("four");

        theirs.putUnlessChanged(object(KEY, "theirs"));
        assertThat(mine.putUnlessChanged(object(KEY, "five"))).isPresent();
    }

    @Test
    void detectsHowAServerTreatsConditions() {
        assertThat(mine.conditionalWrites()).isEqualTo(ConditionalWrites.SUPPORTED);
        server.setConditionalWrites(ConditionalWriteSupport.IGNORES);
        assertThat(mine.conditionalWrites()).isEqualTo(ConditionalWrites.IGNORED);
        server.setConditionalWrites(ConditionalWriteSupport.ANSWERS_412_ALWAYS);
        assertThat(mine.conditionalWrites()).isEqualTo(ConditionalWrites.BROKEN);
        server.setConditionalWrites(ConditionalWriteSupport.ANSWERS_501);
        assertThat(mine.conditionalWrites()).isEqualTo(ConditionalWrites.IGNORED);
        assertThat(server.objects()).isEmpty();
    }

    @Test
    void findsNothingWhereAccessToAMissingObjectIsDeniedAndAListLacksIt() {
        mine.put(object(new ObjectKey(KEY + "n"), "its name begins with the key"));
        server.deny("s3:ListBucket without s3:prefix");

        assertThat(mine.read(KEY)).isEmpty();
        mine.check();

        mine.put(object(KEY, "one"));
        assertThat(mine.read(KEY)).isPresent();
        server.deny("s3:GetObject", "s3:ListBucket without s3:prefix");
        assertThat(failureOf(() -> mine.read(KEY))).hasMessageEndingWith(": 403 AccessDenied");
    }

    @Test
    void rejectsOneFileIfThePolicyDeniesItAndAllowsOthers() {
        mine.putUnlessChanged(object(KEY, "stays"));
        server.deny("s3:PutObject /chats/" + KEY);

        for (Runnable put : List.<Runnable>of(
                () -> mine.put(object(KEY, "new")), () -> mine.putUnlessChanged(object(KEY, "new")))) {
            RemoteException failure = failureOf(put);

            assertThat(failure.kind()).isEqualTo(RemoteException.Kind.REJECTED);
            assertThat(failure)
                    .hasMessageStartingWith("cannot put election/live.json to ")
                    .hasMessageEndingWith(": 403 AccessDenied");
            assertThat(failure.hint())
                    .isEqualTo("Allow s3:PutObject on this file in bucket chats, which accepts others.");
        }
        mine.put(object(new ObjectKey("sports/live.json"), "another"));
        assertThat(server.objects()).containsOnlyKeys("/chats/election/live.json", "/chats/sports/live.json");
        assertThat(stored()).isEqualTo("stays");

        server.deny("s3:PutObject /chats/" + KEY, "s3:DeleteObject");
        assertThat(failureOf(() -> mine.put(object(KEY, "new"))).kind()).isEqualTo(RemoteException.Kind.REJECTED);
        server.deny("s3:PutObject");
        assertThat(failureOf(() -> mine.put(object(KEY, "new"))).kind())
                .isEqualTo(RemoteException.Kind.ACTION_REQUIRED);
    }

    @Test
    void rejectsADeleteThatThePolicyDenies() {
        mine.put(object(KEY, "must go"));
        server.deny("s3:DeleteObject");

        RemoteException failure = failureOf(() -> mine.delete(KEY));

        assertThat(failure.kind()).isEqualTo(RemoteException.Kind.REJECTED);
        assertThat(failure).hasMessageEndingWith(": 403 AccessDenied");
        assertThat(failure.hint())
                .isEqualTo("Allow s3:DeleteObject on this file in bucket chats, or delete it there by hand.");
        assertThat(failureOf(mine::check).kind()).isEqualTo(RemoteException.Kind.ACTION_REQUIRED);
    }

    @Test
    void saysWhatToAllowWhereAccessToAMissingObjectIsDenied() {
        server.deny("s3:ListBucket");

        for (Runnable action : List.<Runnable>of(() -> mine.read(KEY), mine::check)) {
            RemoteException failure = failureOf(action);

            assertThat(failure.kind()).isEqualTo(RemoteException.Kind.ACTION_REQUIRED);
            assertThat(failure).hasMessageEndingWith(": 403 AccessDenied");
            assertThat(failure.hint())
                    .isEqualTo(
                            "Allow s3:GetObject, and s3:ListBucket on bucket chats: without it, S3 denies access to a"
                                    + " file that does not exist yet.");
        }
        assertThat(server.objects()).isEmpty();
    }

    @Test
    void leavesNothingBehindAfterACheckThatMayNotDelete() {
        server.deny("s3:DeleteObject");

        RemoteException failure = failureOf(mine::check);

        assertThat(failure.hint()).contains("s3:DeleteObject");
        assertThat(server.objects()).isEmpty();
    }

    private Storage storage() {
        return new S3Storage(
                new S3Settings("chats", "", Optional.empty(), Optional.of(server.endpoint()), true, false),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")));
    }

    private String stored() {
        return new String(server.objects().get("/chats/" + KEY), StandardCharsets.UTF_8);
    }
}
