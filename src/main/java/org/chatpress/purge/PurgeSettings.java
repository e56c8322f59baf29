package org.chatpress.purge;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.chatpress.model.Secret;

/**
 * The CDN in front of a storage, as configured in channels.yml.
 *
 * @param purgesChanges also purge files with a fixed name whenever they change, for a CDN that ignores Cache-Control
 */
public record PurgeSettings(Provider provider, boolean purgesChanges) {
    /** A service, and how to reach it. */
    public sealed interface Provider permits CloudFront, Fastly, Cloudflare, Http {
        /** Makes the purger, without connecting to the service. */
        CdnPurger purger();
    }

    /** A distribution of Amazon CloudFront. Credentials come from AWS's default credentials provider chain. */
    public record CloudFront(String distribution) implements Provider {
        @Override
        public CdnPurger purger() {
            return new CloudFrontPurger(this);
        }
    }

    /** @param apiUrl ends with a slash */
    public record Fastly(Secret token, URI apiUrl) implements Provider {
        public static final URI API = URI.create("https://api.fastly.com/");

        @Override
        public CdnPurger purger() {
            return new FastlyPurger(this);
        }
    }

    /**
     * A zone of Cloudflare.
     *
     * @param origins of the pages that load files with CORS: Cloudflare keeps a copy for each Origin header
     * @param apiUrl ends with a slash
     */
    public record Cloudflare(String zone, Secret token, List<String> origins, URI apiUrl) implements Provider {
        public static final URI API = URI.create("https://api.cloudflare.com/client/v4/");

        public Cloudflare {
            origins = List.copyOf(origins);
        }

        @Override
        public CdnPurger purger() {
            return new CloudflarePurger(this);
        }
    }

    /**
     * A cache that takes a request for each URL, such as Varnish.
     *
     * @param method such as PURGE
     * @param url {@code {path}} stands for the path of the public URL, without the slash at its start
     * @param headers by name; their values may be secrets
     */
    public record Http(String method, String url, Map<String, Secret> headers) implements Provider {
        public static final String PATH = "{path}";

        public Http {
            headers = Map.copyOf(headers);
        }

        @Override
        public CdnPurger purger() {
            return new HttpPurger(this);
        }
    }
}
