package org.chatpress.slack;

import com.slack.api.SlackConfig;
import com.slack.api.audit.AuditConfig;
import com.slack.api.methods.MethodsConfig;
import com.slack.api.rate_limits.metrics.MetricsDatastore;
import com.slack.api.scim.SCIMConfig;
import com.slack.api.scim2.SCIM2Config;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How the HTTP client of Slack's SDK is configured. The SDK starts a thread for statistics of each of its four APIs: once
 * for each configuration, and twice for its defaults. They wake every second; here all of them are ended at once.
 */
final class SdkConfig {
    static {
        endStatistics(SlackConfig.DEFAULT);
        end(
                MethodsConfig.DEFAULT_SINGLETON.getMetricsDatastore(),
                AuditConfig.DEFAULT_SINGLETON.getMetricsDatastore(),
                SCIMConfig.DEFAULT_SINGLETON.getMetricsDatastore(),
                SCIM2Config.DEFAULT_SINGLETON.getMetricsDatastore());
    }

    private SdkConfig() {}

    /** @param timeout of reads, of writes, and of each call as a whole */
    static SlackConfig of(URI apiUrl, ProxySettings proxy, Duration timeout) {
        int millis = Math.toIntExact(timeout.toMillis());
        var config = new SlackConfig();
        config.setMethodsEndpointUrlPrefix(apiUrl.toString().endsWith("/") ? apiUrl.toString() : apiUrl + "/");
        // Statistics would also call auth.test, and log part of the token at DEBUG.
        config.setStatsEnabled(false);
        endStatistics(config);
        config.setHttpClientResponseHandlers(List.of());
        // The connect timeout stays at okhttp's default of 10 s.
        config.setHttpClientReadTimeoutMillis(millis);
        config.setHttpClientWriteTimeoutMillis(millis);
        config.setHttpClientCallTimeoutMillis(millis);
        // Without this, the SDK would read HTTPS_PROXY and HTTP_PROXY by itself.
        config.setProxyUrl(proxy.urlFor(apiUrl.getHost()).map(URI::toString).orElse(null));
        return config;
    }

    /** {@code setStatsEnabled} of the configuration leaves the thread for SCIM 2 running. */
    private static void endStatistics(SlackConfig config) {
        end(
                config.getMethodsConfig().getMetricsDatastore(),
                config.getAuditConfig().getMetricsDatastore(),
                config.getSCIMConfig().getMetricsDatastore(),
                config.getSCIM2Config().getMetricsDatastore());
    }

    private static void end(MetricsDatastore... statistics) {
        for (MetricsDatastore ofOneApi : statistics) {
            ofOneApi.setStatsEnabled(false);
        }
    }
}
