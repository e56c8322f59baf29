package org.chatpress.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

@Tag("slow")
class S3StorageWithGzipTest extends S3Contract {
    @Override
    S3Settings settings() {
        return server.settings("", true);
    }

    @Override
    byte[] decoded(ResponseBytes<GetObjectResponse> object) {
        if (object.response().contentType().startsWith("video/")) {
            assertThat(object.response().contentEncoding()).isNull();
            return object.asByteArray();
        }
        try (var gzip = new GZIPInputStream(object.asInputStream())) {
            return gzip.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void uploadsEqualContentAsEqualBytes() {
        storage.put(object(KEY, "{\"same\": true}"));
        byte[] first = s3Object(KEY).orElseThrow().asByteArray();
        storage.put(object(KEY, "{\"same\": true}"));

        assertThat(s3Object(KEY).orElseThrow().asByteArray()).isEqualTo(first);
        assertThat(first).startsWith(0x1f, 0x8b, 8, 0, 0, 0, 0, 0);
    }
}
