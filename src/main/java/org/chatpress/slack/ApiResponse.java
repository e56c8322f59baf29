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
 * What came back from one call: a JSON object, or nothing of that kind.
 *
 * @param call names it in failures, {@code conversations.history of C0123456789}
 * @param body missing where the answer was not JSON
 * @param receivedAt Slack's clock
 */
record ApiResponse(String call, int status, Headers headers, JsonNode body, Instant receivedAt) {
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    /** Slack's word for what is wrong, as in {@code thread_not_found}; empty if nothing is, or if a server broke down. */
    String error() {
        boolean isVerdict = status < 500 && !body.path("ok").asBoolean(false);
        return isVerdict ? body.path("error").asText("") : "";
    }

    /** The same, or the failure that it is. */
    ApiResponse orThrow() {
        if (isTooMany()) {
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

    /** A member that must be there. An answer without it proves nothing: it must not read as "there are none". */
    JsonNode array(String member) {
        return checked(member, body.path(member).isArray());
    }

    /** Likewise. */
    JsonNode object(String member) {
        return checked(member, body.path(member).isObject());
    }

    /** What to throw when the answer is well-formed and still makes no sense. */
    RemoteException unreadable(String what) {
        return SlackErrors.unreadable(call, what);
    }

    boolean isTooMany() {
        return status == 429 || error().equals("ratelimited") || error().equals("rate_limited");
    }

    /** How long Slack wants no call; a second where it doesn't say. */
    Duration retryAfter() {
        String seconds = headers.get("Retry-After");
        if (seconds == null || !seconds.matches("[0-9]{1,6}")) {
            return SHORTEST_WAIT;
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(seconds));
        return asked.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : asked;
    }

    /** What the token may do (https://docs.slack.dev/authentication/installing-with-oauth); empty where Slack is silent. */
    Set<String> scopes() {
        String scopes = headers.get("x-oauth-scopes");
        return scopes == null
                ? Set.of()
                : Arrays.stream(scopes.split(","))
                        .map(String::strip)
                        .filter(scope -> !scope.isEmpty())
                        .collect(Collectors.toUnmodifiableSet());
    }

    private JsonNode checked(String member, boolean good) {
        if (!good) {
            throw unreadable("no " + member + " in the answer");
        }
        return body.path(member);
    }
}
