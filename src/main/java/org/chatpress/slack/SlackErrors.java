package org.chatpress.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;

/**
 * Slack's ways to say no, translated. A failure names the call, as in {@code conversations.history of C0123456789}, and
 * never quotes an answer: it may hold what people wrote. The error words are those of Slack's method pages, such as
 * https://docs.slack.dev/reference/methods/conversations.history.
 */
final class SlackErrors {
    private static final String LOOK = "Check the network, the proxy and slack.api-url.";

    private SlackErrors() {}

    /** Slack answered {@code ok: false}. */
    static RemoteException notOk(String call, JsonNode body) {
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
                RemoteException.actionRequired(
                        message, "Copy the bot token from the Slack app's OAuth page into slack.token.", null);
            case "not_allowed_token_type" ->
                RemoteException.actionRequired(message, "Set slack.token to a bot token; it starts with xoxb-.", null);
            case "missing_scope" -> missingScope(message, body.path("needed").asText(""));
            case "not_in_channel" ->
                RemoteException.actionRequired(message, "Write /invite and the bot's name in the channel.", null);
            case "channel_not_found" ->
                RemoteException.actionRequired(
                        message,
                        "Check the channel's id; if it is right, the channel is private: write /invite and the bot's"
                                + " name in it.",
                        null);
            case "no_such_subteam" ->
                RemoteException.actionRequired(message, "Check the user group's id in approvers.", null);
            case "is_archived" ->
                RemoteException.actionRequired(
                        message, "Unarchive the channel in Slack, or take it out of channels.yml.", null);
            case "access_denied",
                    "accesslimited",
                    "no_permission",
                    "org_login_required",
                    "ekm_access_denied",
                    "enterprise_is_restricted",
                    "team_access_not_granted",
                    "two_factor_setup_required" ->
                RemoteException.actionRequired(message, "Ask the workspace's admins to let the Slack app in.", null);

            default -> RemoteException.rejected(message, null);
        };
    }

    /** Slack, or something between it and us, answered with this status. */
    static RemoteException http(String call, int status) {
        String message = call + ": HTTP " + status;
        return switch (status) {
            // Slack says these by ok: false; so this is a proxy, or an address that is not Slack's.
            case 401, 403, 404, 405, 407, 410 ->
                RemoteException.actionRequired(
                        message, "Check slack.api-url, and the proxy between here and Slack.", null);
            default -> RemoteException.transientFailure(message, LOOK, null);
        };
    }

    /** Slack wants no call for a while. */
    static RemoteException rateLimited(String call, Duration retryAfter) {
        return RemoteException.transientFailure(
                call + ": too many calls, to be asked again in " + retryAfter.toSeconds() + " s", retryAfter);
    }

    /** There was an answer, but hardly one of Slack's. */
    static RemoteException notJson(String call, int status) {
        return RemoteException.transientFailure(call + ": HTTP " + status + " without Slack's JSON", LOOK, null);
    }

    /** There was an answer, but not one that means anything to us. */
    static RemoteException unreadable(String call, String what) {
        return unavailable(call + ": " + what);
    }

    /** There was no answer, or a part of one. */
    static RemoteException connectionFailed(String call, IOException cause) {
        if (cause instanceof InterruptedIOException) {
            return RemoteException.transientFailure(call + ": no answer in time", LOOK, cause);
        }
        if (cause instanceof UnknownHostException) {
            return RemoteException.transientFailure(
                    call + ": " + ErrorMessages.describe(cause), "Check the network and the proxy.", cause);
        }
        if (cause instanceof ProtocolException) {
            // No cause: okhttp quotes what it did not understand.
            return unavailable(call + ": half an answer");
        }
        return RemoteException.transientFailure(call + ": " + ErrorMessages.describe(cause), LOOK, cause);
    }

    /** The token can't be one: it would not even fit into a header. */
    static RemoteException malformedToken(String call) {
        return RemoteException.actionRequired(
                call + ": the token holds blanks or other characters that no token has",
                "Copy the bot token from the Slack app's OAuth page into slack.token, without quotes or line breaks.",
                null);
    }

    private static RemoteException missingScope(String message, String needed) {
        boolean named = needed.matches("[a-z:._, -]{1,200}");
        return RemoteException.actionRequired(
                message + (named ? " " + needed : ""),
                "Add the scope %sto the Slack app and reinstall the app.".formatted(named ? needed + " " : ""),
                null);
    }

    private static boolean isWord(String error) {
        return error.matches("[a-z0-9_.-]{1,80}");
    }

    private static RemoteException unavailable(String message) {
        return RemoteException.transientFailure(message, (Throwable) null);
    }
}
