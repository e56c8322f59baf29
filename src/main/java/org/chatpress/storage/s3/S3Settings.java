package org.chatpress.storage.s3;

import java.net.URI;
import java.util.Optional;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;

/**
 * An S3 bucket; credentials come from the AWS default chain.
 *
 * @param prefix put before every key, without slashes at its ends; may be empty
 * @param region empty: the AWS default chain
 * @param endpoint another S3-like server; empty: AWS
 * @param pathStyle {@code https://server/bucket/key} and not {@code https://bucket.server/key}
 * @param gzip files are uploaded compressed, with {@code Content-Encoding: gzip}
 */
public record S3Settings(
        String bucket, String prefix, Optional<String> region, Optional<URI> endpoint, boolean pathStyle, boolean gzip)
        implements StorageSettings {
    /** So many files are put side by side, each over its own connection. */
    public static final int MAX_PARALLEL = 8;

    @Override
    public Storage storage() {
        return new S3Storage(this);
    }
}
