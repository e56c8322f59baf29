package org.chatpress.config;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.model.Secret;
import org.chatpress.purge.PurgeSettings;
import org.chatpress.purge.PurgeSettings.CloudFront;
import org.chatpress.purge.PurgeSettings.Cloudflare;
import org.chatpress.purge.PurgeSettings.Fastly;
import org.chatpress.purge.PurgeSettings.Http;

/** Reads {@code purge}: a section with exactly one of {@code cloudfront}, {@code fastly}, {@code cloudflare} and {@code http}. */
final class PurgeSettingsReader {
    private static final Pattern DISTRIBUTION = Pattern.compile("E[A-Z0-9]{3,19}");
    private static final Pattern ZONE = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,60}");

    /** More would leave few URLs for a request to Cloudflare. */
    private static final int MAX_ORIGINS = 20;

    private PurgeSettingsReader() {}

    /** Empty if the key is absent or there is a problem. */
    static Optional<PurgeSettings> read(ConfigNode node) {
        if (!node.isPresent()) {
            return Optional.empty();
        }
        Section section = node.section();
        ConfigNode cloudFront = section.get("cloudfront");
        ConfigNode fastly = section.get("fastly");
        ConfigNode cloudflare = section.get("cloudflare");
        ConfigNode http = section.get("http");
        boolean changes = section.get("changes").read(ValueParsers::flag, false);
        section.rejectUnknownKeys();
        List<ConfigNode> providers = Stream.of(cloudFront, fastly, cloudflare, http)
                .filter(ConfigNode::isPresent)
                .toList();
        if (providers.size() != 1) {
            if (!section.isInvalid()) {
                node.problem((providers.isEmpty() ? "no CDN" : "more than one CDN")
                        + ": write exactly one of cloudfront, fastly, cloudflare and http");
            }
            return Optional.empty();
        }
        Optional<PurgeSettings.Provider> provider = cloudFront.isPresent()
                ? cloudFront(cloudFront)
                : fastly.isPresent()
                        ? fastly(fastly.section())
                        : cloudflare.isPresent() ? cloudflare(cloudflare.section()) : http(http.section());
        return provider.map(known -> new PurgeSettings(known, changes));
    }

    private static Optional<PurgeSettings.Provider> cloudFront(ConfigNode distribution) {
        return distribution
                .optional(ValueParsers.matching(
                        DISTRIBUTION, "distribution", "write its ID from the CloudFront console, such as E2ABC"))
                .map(CloudFront::new);
    }

    private static Optional<PurgeSettings.Provider> fastly(Section section) {
        Secret token =
                section.get("token").required(ValueParsers::secret, "write a variable, such as \"${FASTLY_TOKEN}\"");
        URI apiUrl = section.get("api-url").read(ValueParsers::secureBaseUrl, Fastly.API);
        section.rejectUnknownKeys();
        return token == null ? Optional.empty() : Optional.of(new Fastly(token, apiUrl));
    }

    private static Optional<PurgeSettings.Provider> cloudflare(Section section) {
        String zone = section.get("zone")
                .required(
                        ValueParsers.matching(ZONE, "zone", "write the zone's ID, 32 hexadecimal digits"),
                        "write the zone's ID from the overview of its domain");
        Secret token = section.get("token")
                .required(ValueParsers::secret, "write a variable, such as \"${CLOUDFLARE_TOKEN}\"");
        ConfigNode origins = section.get("origins");
        List<String> list = origins.list(PurgeSettingsReader::origin);
        if (list.size() > MAX_ORIGINS) {
            origins.problem("too many origins: write at most " + MAX_ORIGINS);
        }
        URI apiUrl = section.get("api-url").read(ValueParsers::secureBaseUrl, Cloudflare.API);
        section.rejectUnknownKeys();
        return zone == null || token == null
                ? Optional.empty()
                : Optional.of(new Cloudflare(zone, token, list, apiUrl));
    }

    private static Optional<PurgeSettings.Provider> http(Section section) {
        String method = section.get("method")
                .read(ValueParsers.matching(METHOD, "method", "write an HTTP method, such as PURGE"), "PURGE");
        String url = section.get("url")
                .required(
                        PurgeSettingsReader::template,
                        "write where to send the requests, such as \"http://varnish.internal/{path}\"");
        Map<String, Secret> headers = new HashMap<>();
        ConfigNode node = section.get("headers");
        node.section().members().forEach((name, value) -> {
            if (!HEADER.matcher(name).matches()) {
                value.problem("invalid header: use letters, digits and hyphens");
            }
            value.optional(ValueParsers::secret).ifPresent(secret -> headers.put(name, secret));
        });
        section.rejectUnknownKeys();
        return url == null ? Optional.empty() : Optional.of(new Http(method, url, headers));
    }

    /** As browsers send it in the header Origin. */
    private static String origin(ConfigNode value) {
        URI url = ValueParsers.url(value);
        if (!url.getRawPath().isEmpty() || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw value.invalid("origin", "write scheme and host only, such as https://news.example");
        }
        return url.toString();
    }

    private static String template(ConfigNode value) {
        if (!value.text().contains(Http.PATH)) {
            throw value.invalid("URL", "put {path} where the path of the file belongs");
        }
        ValueParsers.url(value, value.text().replace(Http.PATH, "path"));
        return value.text();
    }
}
