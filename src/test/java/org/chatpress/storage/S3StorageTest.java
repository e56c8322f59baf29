package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

class S3StorageTest extends S3Contract {
    @Override
    S3Settings settings() {
        return server.settings("live/chats", false);
    }

    @Override
    byte[] decoded(ResponseBytes<GetObjectResponse> object) {
        return object.asByteArray();
    }

    @Test
    void listsMoreThanOnePage() {
        for (int i = 0; i < 1005; i++) {
            storage.put(blob(new Key(String.format("many/%04d.json", i)), "x"));
        }

        assertThat(storage.list("many")).hasSize(1005).isSorted();
        storage.list("many").forEach(storage::delete);
    }
}
