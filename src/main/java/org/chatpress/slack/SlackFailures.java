package org.chatpress.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.chatpress.failure.Reason;
import org.chatpress.failure.RemoteFailure;

/**
 * Slack's ways to say no, translated. A failure names the call, as in {@code conversations.history of C0123456789}, and
 * never quotes an answer: it may hold what people wrote. The error words are those of Slack's method pages, such as
 * https://docs.slack.dev/reference/methods/conversations.history.
 */
final class SlackFailures {
    private static final String LOOK = "Check the network, the proxy and slack.api-url.";

    private SlackFailures() {}

    /** Slack answered {@code ok: false}. */
    static RemoteFailure notOk(String call, JsonNode body) {
        String error = body.path("error").asText("");
        String message = call + ": " + (isWord(error) ? error : "an error without a name");
        return switch (error) {
            case "fatal_error",
                    "internal_error",
                    "service_unavailable",
                    "request_timeout",
                    "team_added_to_org",
                    "external_channel_migrating" -> unavailable(message);

            case "not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive" ->
                RemoteFailure.denied(
                        message, "Copy the bot token from the Slack app's OAuth page into slack.token.", null);
            case "not_allowed_token_type" ->
                RemoteFailure.denied(message, "Set slack.token to a bot token; it starts with xoxb-.", null);
            case "missing_scope" -> missingScope(message, body.path("needed").asText(""));
            case "not_in_channel" ->
                RemoteFailure.denied(message, "Write /invite and the bot's name in the channel.", null);
            case "channel_not_found" ->
                RemoteFailure.denied(
                        message,
                        "Check the channel's id; if it is right, the channel is private: write /invite and the bot's"
                                + " name in it.",
                        null);
            case "no_such_subteam" -> RemoteFailure.denied(message, "Check the user group's id in approvers.", null);
            case "is_archived" ->
                RemoteFailure.denied(message, "Unarchive the channel in Slack, or take it out of channels.yml.", null);
            case "access_denied",
                    "accesslimited",
                    "no_permission",
                    "org_login_required",
                    "ekm_access_denied",
                    "enterprise_is_restricted",
                    "team_access_not_granted",
                    "two_factor_setup_required" ->
                RemoteFailure.denied(message, "Ask the workspace's admins to let the Slack app in.", null);

            default -> RemoteFailure.refused(message, null);
        };
    }

    /** Slack, or something between it and us, answered with this status. */
    static RemoteFailure http(String call, int status) {
        String message = call + ": HTTP " + status;
        return switch (status) {
            // Slack says these by ok: false; so this is a proxy, or an address that is not Slack's.
            case 401, 403, 404, 405, 407, 410 ->
                RemoteFailure.denied(message, "Check slack.api-url, and the proxy between here and Slack.", null);
            default -> RemoteFailure.unavailable(message, LOOK, null);
        };
    }

    /** Slack wants no call for a while. */
    static RemoteFailure tooMany(String call, Duration retryAfter) {
        return RemoteFailure.unavailable(
                call + ": too many calls, to be asked again in " + retryAfter.toSeconds() + " s", retryAfter);
    }

    /** There was an answer, but hardly one of Slack's. */
    static RemoteFailure noJson(String call, int status) {
        return RemoteFailure.unavailable(call + ": HTTP " + status + " without Slack's JSON", LOOK, null);
    }

    /** There was an answer, but not one that means anything to us. */
    static RemoteFailure unreadable(String call, String what) {
        return unavailable(call + ": " + what);
    }

    /** There was no answer, or a part of one. */
    static RemoteFailure broken(String call, IOException cause) {
        if (cause instanceof InterruptedIOException) {
            return RemoteFailure.unavailable(call + ": no answer in time", LOOK, cause);
        }
        if (cause instanceof UnknownHostException) {
            return RemoteFailure.unavailable(call + ": " + Reason.of(cause), "Check the network and the proxy.", cause);
        }
        if (cause instanceof ProtocolException) {
            // No cause: okhttp quotes what it did not understand.
            return unavailable(call + ": half an answer");
        }
        return RemoteFailure.unavailable(call + ": " + Reason.of(cause), LOOK, cause);
    }

    /** The token can't be one: it would not even fit into a header. */
    static RemoteFailure oddToken(String call) {
        return RemoteFailure.denied(
                call + ": the token holds blanks or other characters that no token has",
                "Copy the bot token from the Slack app's OAuth page into slack.token, without quotes or line breaks.",
                null);
    }

    private static RemoteFailure missingScope(String message, String needed) {
        boolean named = needed.matches("[a-z:._, -]{1,200}");
        return RemoteFailure.denied(
                message + (named ? " " + needed : ""),
                "Add the scope %sto the Slack app and reinstall the app.".formatted(named ? needed + " " : ""),
                null);
    }

    private static boolean isWord(String error) {
        return error.matches("[a-z0-9_.-]{1,80}");
    }

    private static RemoteFailure unavailable(String message) {
        return RemoteFailure.unavailable(message, (Throwable) null);
    }
}
