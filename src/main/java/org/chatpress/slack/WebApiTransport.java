package org.chatpress.slack;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.slack.api.SlackConfig;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.impl.MethodsClientImpl;
import com.slack.api.util.http.SlackHttpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import okhttp3.FormBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.chatpress.model.Secret;

/**
 * One call of Slack's Web API: through the limiter, over the SDK's HTTP client, into raw JSON. The SDK's own classes are
 * not used for answers: one message that its Gson model does not expect makes a whole page throw
 * (https://github.com/slackapi/java-slack-sdk/issues/1450).
 */
final class WebApiTransport implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final SlackHttpClient http;
    private final MethodsClient methods;
    private final Secret token;
    private final RateLimiter limiter;
    private final Clock clock;
    private final Optional<URI> proxy;

    WebApiTransport(Secret token, URI apiUrl, RateLimiter limiter, Clock clock, String noProxy, Duration timeout) {
        SlackConfig config = config(apiUrl, noProxy, timeout);
        // Without com.slack.api.Slack, whose first use makes a second client of its own.
        this.http = SlackHttpClient.buildSlackHttpClient(config);
        this.proxy = Optional.ofNullable(config.getProxyUrl()).map(URI::create);
        this.methods = new MethodsClientImpl(http);
        methods.setEndpointUrlPrefix(config.getMethodsEndpointUrlPrefix());
        this.token = token;
        this.limiter = limiter;
        this.clock = clock;
    }

    /**
     * Asks Slack. Where the limiter is patient a 429 is waited out; otherwise it is an answer like the others.
     *
     * @param subject what the call is about, for failures; may be empty
     */
    ApiResponse call(SlackMethod method, String subject, Map<String, String> parameters) {
        String call = subject.isEmpty() ? method.slackName() : method.slackName() + " of " + subject;
        while (true) {
            limiter.acquire(method);
            ApiResponse response = post(method, call, parameters);
            if (!response.isTooMany()) {
                return response;
            }
            limiter.block(method, response.retryAfter());
            if (!limiter.maySleep(response.retryAfter())) {
                return response;
            }
        }
    }

    /** What Slack is reached through; empty: directly. */
    Optional<InetSocketAddress> proxy() {
        return proxy.map(url -> new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort()));
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot close the Slack client", e);
        }
    }

    private ApiResponse post(SlackMethod method, String call, Map<String, String> parameters) {
        if (!token.reveal().matches("[!-~]+")) {
            throw SlackErrors.malformedToken(call);
        }
        var form = new FormBody.Builder();
        parameters.forEach(form::add);
        try (Response response = methods.runPostFormWithToken(form, method.slackName(), token.reveal());
                ResponseBody body = response.body()) {
            Date date = response.headers().getDate("Date");
            return new ApiResponse(
                    call,
                    response.code(),
                    response.headers(),
                    json(body == null ? new byte[0] : body.bytes()),
                    date == null ? clock.instant() : date.toInstant());
        } catch (IOException e) {
            throw SlackErrors.connectionFailed(call, e);
        }
    }

    private static JsonNode json(byte[] body) throws IOException {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            // The exception is not kept: it quotes the answer.
            return MissingNode.getInstance();
        }
    }

    static SlackConfig config(URI apiUrl, String noProxy, Duration timeout) {
        int millis = Math.toIntExact(timeout.toMillis());
        var config = new SlackConfig();
        config.setMethodsEndpointUrlPrefix(apiUrl.toString().endsWith("/") ? apiUrl.toString() : apiUrl + "/");
        // No statistics: for them the SDK keeps threads, asks auth.test, and logs a part of the token at DEBUG.
        config.setStatsEnabled(false);
        config.setHttpClientResponseHandlers(List.of());
        // Connecting has okhttp's own limit of ten seconds.
        config.setHttpClientReadTimeoutMillis(millis);
        config.setHttpClientWriteTimeoutMillis(millis);
        config.setHttpClientCallTimeoutMillis(millis);
        if (bypassesProxy(apiUrl.getHost(), noProxy)) {
            // The SDK takes HTTPS_PROXY by itself, but ignores NO_PROXY.
            config.setProxyUrl(null);
        }
        return config;
    }

    /** True for this machine, and for hosts that NO_PROXY lists: {@code *}, a host, or the end of one. */
    static boolean bypassesProxy(String host, String noProxy) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.equals("[::1]") || name.matches("127(\\.[0-9]{1,3}){3}")) {
            return true;
        }
        for (String listed : noProxy.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
            String end = listed.replaceFirst("^\\*?\\.", "");
            if (listed.equals("*") || (!end.isEmpty() && (name.equals(end) || name.endsWith("." + end)))) {
                return true;
            }
        }
        return false;
    }
}
