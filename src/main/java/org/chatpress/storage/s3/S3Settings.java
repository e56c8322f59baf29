package org.chatpress.storage.s3;

import java.net.URI;
import java.util.Optional;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;

/**
 * An S3 bucket. Credentials come from AWS's default credentials provider chain.
 *
 * @param prefix the folder in which all keys are, without slashes at its ends; may be empty
 * @param region empty: from AWS's default region provider chain
 * @param endpoint of another S3-compatible server; empty: AWS
 * @param pathStyle {@code https://server/bucket/key} instead of {@code https://bucket.server/key}
 * @param gzip uploads files compressed, with {@code Content-Encoding: gzip}
 */
public record S3Settings(
        String bucket, String prefix, Optional<String> region, Optional<URI> endpoint, boolean pathStyle, boolean gzip)
        implements StorageSettings {
    @Override
    public Storage storage() {
        return new S3Storage(this);
    }
}
