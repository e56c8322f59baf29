package org.chatpress.slack;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.chatpress.error.InvalidSettingsException;

/**
 * The HTTP proxy in front of Slack, from the environment variables that curl reads too. Without one, Java's own settings
 * apply, such as {@code -Dhttps.proxyHost}.
 *
 * @param url with scheme, host and port, and maybe user and password
 * @param noProxy the value of NO_PROXY: hosts to reach without the proxy; may be empty
 */
public record ProxySettings(Optional<URI> url, String noProxy) {
    public static final ProxySettings NONE = new ProxySettings(Optional.empty(), "");

    private static final List<String> PROXY_VARIABLES = List.of("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy");
    private static final List<String> NO_PROXY_VARIABLES = List.of("NO_PROXY", "no_proxy");
    private static final int DEFAULT_PORT = 80;

    /**
     * Reads the first proxy variable that is set.
     *
     * @throws InvalidSettingsException if it is not the URL of an HTTP proxy; the message does not contain the value,
     *     which may have a password
     */
    public static ProxySettings of(Map<String, String> environment) {
        Optional<URI> url = firstSet(PROXY_VARIABLES, environment)
                .map(variable -> url(variable, environment.get(variable).strip()));
        return new ProxySettings(
                url,
                firstSet(NO_PROXY_VARIABLES, environment).map(environment::get).orElse(""));
    }

    /** The same proxy, whatever NO_PROXY says. */
    ProxySettings forAllHosts() {
        return new ProxySettings(url, "");
    }

    /** The proxy to reach a host through. */
    Optional<URI> urlFor(String host) {
        return url.filter(proxy -> !bypasses(host));
    }

    /** True for localhost, and for hosts that NO_PROXY lists: {@code *}, a host name, or a domain. */
    boolean bypasses(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.equals("[::1]") || name.matches("127(\\.[0-9]{1,3}){3}")) {
            return true;
        }
        for (String entry : noProxy.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
            String domain = entry.replaceFirst("^\\*?\\.", "");
            if (entry.equals("*") || (!domain.isEmpty() && (name.equals(domain) || name.endsWith("." + domain)))) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> firstSet(List<String> variables, Map<String, String> environment) {
        return variables.stream()
                .filter(variable -> !environment.getOrDefault(variable, "").isBlank())
                .findFirst();
    }

    private static URI url(String variable, String value) {
        String scheme =
                value.contains("://") ? value.substring(0, value.indexOf("://")).toLowerCase(Locale.ROOT) : "http";
        if (!scheme.equals("http")) {
            throw invalid(variable, "only HTTP proxies are supported");
        }
        try {
            URI url = new URI("http://" + value.substring(value.indexOf("://") < 0 ? 0 : value.indexOf("://") + 3));
            if (url.getHost() == null || url.getPort() > 65_535) {
                throw invalid(variable, "not the URL of a proxy");
            }
            int port = url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
            return new URI("http", url.getUserInfo(), url.getHost(), port, null, null, null);
        } catch (URISyntaxException e) {
            // Without the exception, which quotes the value.
            throw invalid(variable, "not the URL of a proxy");
        }
    }

    private static InvalidSettingsException invalid(String variable, String problem) {
        return new InvalidSettingsException(
                "environment", variable, problem + ": write http://host:port, or http://user:password@host:port");
    }
}
