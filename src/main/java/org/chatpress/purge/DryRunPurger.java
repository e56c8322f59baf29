package org.chatpress.purge;

import java.io.PrintWriter;
import java.net.URI;
import java.util.List;

/** Only prints what would be purged. */
public record DryRunPurger(String name, PrintWriter out) implements CdnPurger {
    private static final int BATCH_SIZE = 1_000;

    @Override
    public int batchSize() {
        return BATCH_SIZE;
    }

    @Override
    public PurgeResult purge(List<URI> urls) {
        urls.forEach(url -> out.printf("would purge %s from %s%n", url, name));
        return PurgeResult.success(urls);
    }
}
