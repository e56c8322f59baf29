package org.chatpress.purge;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.chatpress.error.RemoteException;

/**
 * Makes a CDN forget its copies of files. Purging a URL again, or one that the CDN has no copy of, succeeds. One thread at a
 * time uses a purger.
 */
public interface CdnPurger extends AutoCloseable {
    /** The service as operators see it, such as {@code CloudFront E2ABC}. Contains no secret. */
    String name();

    /** How many URLs to pass to {@link #purge} at most. */
    int batchSize();

    /**
     * Purges URLs that start with the public URL. Returns in half a minute at most, whatever the service does; at once if
     * the thread is interrupted.
     */
    PurgeResult purge(List<URI> urls);

    /** Closes connections; does nothing if there are none. */
    @Override
    default void close() {}

    /**
     * What a request did.
     *
     * @param purged the URLs that the service accepted
     * @param failure why it did not accept the others: TRANSIENT, or ACTION_REQUIRED with a hint; empty if it accepted all
     */
    record PurgeResult(List<URI> purged, Optional<RemoteException> failure) {
        public PurgeResult {
            purged = List.copyOf(purged);
        }

        static PurgeResult success(List<URI> urls) {
            return new PurgeResult(urls, Optional.empty());
        }

        static PurgeResult failure(RemoteException failure) {
            return new PurgeResult(List.of(), Optional.of(failure));
        }
    }
}
