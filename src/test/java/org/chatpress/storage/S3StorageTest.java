package org.chatpress.storage;

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
}
