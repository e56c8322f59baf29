package org.chatpress.slack;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.slack.api.SlackConfig;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.impl.MethodsClientImpl;
import com.slack.api.util.http.SlackHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import okhttp3.FormBody;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.chatpress.model.Secret;
import org.chatpress.slack.RateLimiter.SlackMethod;

/**
 * Makes Web API calls through the rate limiter and the SDK's HTTP client, and parses the responses as plain JSON. The
 * SDK's response classes are not used: a single message that its Gson model does not expect fails the whole page
 * (https://github.com/slackapi/java-slack-sdk/issues/1450).
 */
final class WebApiTransport implements AutoCloseable {
    /** In bytes. A page of 999 messages has some megabytes. */
    private static final int MAX_RESPONSE = 32 << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Reads what {@link #JSON} refuses, so that one value fails neither its page nor its channel. */
    private static final JsonMapper LENIENT_JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(MAX_RESPONSE)
                            .maxStringLength(MAX_RESPONSE)
                            .maxNameLength(MAX_RESPONSE)
                            .maxNestingDepth(10_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** The Date header has whole seconds, and the answer takes time to arrive. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

    private final SlackHttpClient http;
    private final MethodsClient methods;
    private final Secret token;
    private final RateLimiter limiter;
    private final Clock clock;
    private final Optional<URI> proxy;
    private volatile boolean isCancelled;
    private volatile Optional<Duration> clockDifference = Optional.empty();

    WebApiTransport(Secret token, URI apiUrl, RateLimiter limiter, Clock clock, ProxySettings proxy, Duration timeout) {
        SlackConfig config = SdkConfig.of(apiUrl, proxy, timeout);
        // com.slack.api.Slack is avoided: it would create a second HTTP client.
        this.http = SlackHttpClient.buildSlackHttpClient(config);
        this.proxy = proxy.urlFor(apiUrl.getHost());
        this.methods = new MethodsClientImpl(http);
        methods.setEndpointUrlPrefix(config.getMethodsEndpointUrlPrefix());
        this.token = token;
        this.limiter = limiter;
        this.clock = clock;
    }

    /**
     * Calls a method. After a 429 it waits and calls again if the limiter may wait; otherwise it returns the 429.
     *
     * @param subject the channel, message or user in question, for error messages; may be empty
     */
    ApiResponse call(SlackMethod method, String subject, Map<String, String> parameters) {
        String call = subject.isEmpty() ? method.slackName() : method.slackName() + " of " + subject;
        while (true) {
            limiter.acquire(method);
            ApiResponse response = post(method, call, parameters);
            if (!response.isRateLimited()) {
                return response;
            }
            limiter.block(method, response.retryAfter());
            if (!limiter.mayWait(response.retryAfter())) {
                return response;
            }
        }
    }

    /**
     * Posts JSON to a URL that Slack sent, without the token. Redirects are not followed.
     *
     * @param call names the URL in errors: the URL itself reaches no log, because it needs no token
     */
    void postJson(URI url, String call, String json) {
        var request = new Request.Builder()
                .url(url.toString())
                .post(RequestBody.create(json, MediaType.get("application/json; charset=utf-8")))
                .build();
        try (Response response = http.getOkHttpClient().newCall(request).execute()) {
            if (!response.isSuccessful()) {
                throw SlackErrors.http(call, response.code());
            }
        } catch (IOException e) {
            throw SlackErrors.connectionFailed(call, e);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw SlackErrors.unreadable(call, "not a valid HTTP response");
        }
    }

    /** The HTTP proxy in front of Slack; empty if there is none. */
    Optional<InetSocketAddress> proxy() {
        return proxy.map(url -> new InetSocketAddress(url.getHost(), url.getPort()));
    }

    /** See {@link SlackReader#clockDifference}. */
    Optional<Duration> clockDifference() {
        return clockDifference;
    }

    /** See {@link SlackClient#cancelCalls}. */
    void cancelCalls() {
        isCancelled = true;
        http.getOkHttpClient().dispatcher().cancelAll();
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
        if (isCancelled) {
            throw new CancellationException(call);
        }
        if (!token.reveal().matches("[!-~]+")) {
            throw SlackErrors.malformedToken(call);
        }
        var form = new FormBody.Builder();
        parameters.forEach(form::add);
        try (Response response = methods.runPostFormWithToken(form, method.slackName(), token.reveal());
                ResponseBody body = response.body()) {
            Instant now = clock.instant();
            Date date = response.headers().getDate("Date");
            var answer = new ApiResponse(
                    call,
                    response.code(),
                    response.headers(),
                    json(call, body == null ? InputStream.nullInputStream() : body.byteStream()),
                    date == null ? now : date.toInstant());
            if (answer.body().path("ok").isBoolean()) {
                Duration difference = Duration.between(now, answer.receivedAt());
                clockDifference =
                        Optional.of(difference.abs().compareTo(CLOCK_TOLERANCE) < 0 ? Duration.ZERO : difference);
            }
            limiter.recordResponse(method);
            return answer;
        } catch (ProtocolException e) {
            limiter.recordResponse(method);
            throw SlackErrors.connectionFailed(call, e);
        } catch (IllegalStateException | IllegalArgumentException e) {
            // From okhttp, for instance for two informational responses. Without the cause, which may quote the
            // response.
            limiter.recordResponse(method);
            throw SlackErrors.unreadable(call, "not a valid HTTP response");
        } catch (IOException e) {
            if (isCancelled) {
                throw new CancellationException(call);
            }
            limiter.recordNoResponse(method);
            throw SlackErrors.connectionFailed(call, e);
        }
    }

    private static JsonNode json(String call, InputStream response) throws IOException {
        byte[] body = response.readNBytes(MAX_RESPONSE + 1);
        if (body.length > MAX_RESPONSE) {
            throw SlackErrors.unreadable(call, "more than %d MB".formatted(MAX_RESPONSE >> 20));
        }
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return withoutRefusedMessages(call, body);
        }
    }

    /** Messages that contain a value which {@link #JSON} refuses become null. */
    private static JsonNode withoutRefusedMessages(String call, byte[] body) throws IOException {
        try {
            JsonNode tree = LENIENT_JSON.readTree(body);
            if (tree.path("messages") instanceof ArrayNode messages) {
                for (int i = 0; i < messages.size(); i++) {
                    if (isRefused(messages.get(i))) {
                        messages.setNull(i);
                    }
                }
            }
            return tree;
        } catch (StreamConstraintsException e) {
            throw SlackErrors.unreadable(call, "refused JSON: " + e.getOriginalMessage());
        } catch (JacksonException e) {
            // Without the exception, which quotes the body.
            return MissingNode.getInstance();
        }
    }

    private static boolean isRefused(JsonNode message) throws IOException {
        try {
            JSON.readTree(JSON.writeValueAsBytes(message));
            return false;
        } catch (JacksonException e) {
            return true;
        }
    }
}
