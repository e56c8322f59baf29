package org.chatpress.purge;

import java.io.PrintWriter;
import java.net.URI;
import java.util.List;

/** Only prints what would be purged. */
public record DryRunPurger(String name, PrintWriter out) implements CdnPurger {
    @Override
    public int batchSize() {
        return Integer.MAX_VALUE;
    }

    @Override
    public PurgeResult purge(List<URI> urls) {
        urls.forEach(url -> out.printf("would purge %s from %s%n", url, name));
        return PurgeResult.success(urls);
    }
}
