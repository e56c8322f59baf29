package org.chatpress.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import okhttp3.Headers;
import org.chatpress.error.RemoteException;

/**
 * The response to one Web API call.
 *
 * @param call names the call in errors, as in {@code conversations.history of C0123456789}
 * @param body a missing node if the body is not JSON
 * @param receivedAt the time of the response, by Slack's clock
 */
record ApiResponse(String call, int status, Headers headers, JsonNode body, Instant receivedAt) {
    private static final Duration MIN_RETRY_AFTER = Duration.ofSeconds(1);

    /** Slack's error code, such as {@code thread_not_found}; empty if there is none. The body of a 5xx is not trusted. */
    String error() {
        boolean isFromSlack = status < 500 && !body.path("ok").asBoolean(false);
        return isFromSlack ? body.path("error").asText("") : "";
    }

    /** Returns this response if Slack answered {@code ok}; otherwise throws what is wrong with it. */
    ApiResponse orThrow() {
        if (isRateLimited()) {
            throw SlackErrors.rateLimited(call, retryAfter());
        }
        if (status / 100 != 2 && error().isEmpty()) {
            throw SlackErrors.http(call, status);
        }
        if (!body.path("ok").isBoolean()) {
            throw SlackErrors.notJson(call, status);
        }
        if (!body.path("ok").booleanValue()) {
            throw SlackErrors.notOk(call, body);
        }
        return this;
    }

    /** A required array. A response without it is unreadable: reading it as an empty list would look like deletions. */
    JsonNode array(String member) {
        return required(member, body.path(member).isArray());
    }

    /** A required object. */
    JsonNode object(String member) {
        return required(member, body.path(member).isObject());
    }

    /** The error for a response that Slack would not send. */
    RemoteException unreadable(String problem) {
        return SlackErrors.unreadable(call, problem);
    }

    boolean isRateLimited() {
        return status == 429 || error().equals("ratelimited") || error().equals("rate_limited");
    }

    /** How long to wait before the next call of the method: {@code Retry-After}, and a second at least. */
    Duration retryAfter() {
        String seconds = headers.get("Retry-After");
        if (seconds == null || !seconds.matches("[0-9]{1,6}")) {
            return MIN_RETRY_AFTER;
        }
        Duration retryAfter = Duration.ofSeconds(Long.parseLong(seconds));
        return retryAfter.compareTo(MIN_RETRY_AFTER) < 0 ? MIN_RETRY_AFTER : retryAfter;
    }

    /** The token's OAuth scopes (https://docs.slack.dev/authentication/installing-with-oauth); empty if not sent. */
    Set<String> scopes() {
        String scopes = headers.get("x-oauth-scopes");
        return scopes == null
                ? Set.of()
                : Arrays.stream(scopes.split(","))
                        .map(String::strip)
                        .filter(scope -> !scope.isEmpty())
                        .collect(Collectors.toUnmodifiableSet());
    }

    private JsonNode required(String member, boolean isPresent) {
        if (!isPresent) {
            throw unreadable("no " + member + " in the response");
        }
        return body.path(member);
    }
}
