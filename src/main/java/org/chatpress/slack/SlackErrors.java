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
 * Translates failed calls into {@link RemoteException}s. Messages name the call, as in {@code conversations.history of
 * C0123456789}, and never quote a response, which may contain what people wrote. The error codes are documented on the
 * pages of the methods, such as https://docs.slack.dev/reference/methods/conversations.history.
 */
final class SlackErrors {
    private static final String NETWORK_HINT = "Check the network, the proxy and slack.api-url.";

    private static final String TOKEN_HINT =
            "Copy the Bot User OAuth Token from the Slack app's OAuth & Permissions page and export it as"
                    + " SLACK_BOT_TOKEN, or as the variable that slack.token names.";

    private SlackErrors() {}

    /** Slack answered {@code ok: false}. */
    static RemoteException notOk(String call, JsonNode body) {
        String error = body.path("error").asText("");
        String message = call + ": " + (isErrorCode(error) ? error : "unknown error");
        return switch (error) {
            case "fatal_error",
                    "internal_error",
                    "service_unavailable",
                    "request_timeout",
                    "team_added_to_org",
                    "external_channel_migrating" -> transientFailure(message);

            case "not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive" ->
                RemoteException.actionRequired(message, TOKEN_HINT, null);
            case "not_allowed_token_type" ->
                RemoteException.actionRequired(
                        message, "Set slack.token to a bot token, which starts with xoxb-.", null);
            case "missing_scope" -> missingScope(message, body.path("needed").asText(""));
            case "not_enabled" ->
                RemoteException.actionRequired(message, "Turn on the Home Tab under App Home in the Slack app.", null);
            case "not_in_channel" ->
                RemoteException.actionRequired(message, "Type /invite and the bot's name in the channel.", null);
            case "channel_not_found" ->
                RemoteException.actionRequired(
                        message,
                        "Check the channel's id. If it is correct, the channel is private: type /invite and the bot's"
                                + " name in it.",
                        null);
            case "no_such_subteam" ->
                RemoteException.actionRequired(message, "Check the user group's id in approvers.", null);
            case "is_archived" ->
                RemoteException.actionRequired(
                        message, "Unarchive the channel in Slack, or remove it from channels.yml.", null);
            case "access_denied",
                    "accesslimited",
                    "no_permission",
                    "org_login_required",
                    "ekm_access_denied",
                    "enterprise_is_restricted",
                    "team_access_not_granted",
                    "two_factor_setup_required" ->
                RemoteException.actionRequired(message, "Ask a workspace admin to approve the Slack app.", null);

            default -> RemoteException.rejected(message, null);
        };
    }

    /** Slack, or a proxy in front of it, answered with an HTTP error. */
    static RemoteException http(String call, int status) {
        String message = call + ": HTTP " + status;
        return switch (status) {
            // Slack reports these errors as ok: false, so the answer comes from a proxy or another server.
            case 401, 403, 404, 405, 407, 410 ->
                RemoteException.actionRequired(message, "Check slack.api-url and the proxy.", null);
            default -> RemoteException.transientFailure(message, NETWORK_HINT, null);
        };
    }

    /** Slack answered 429. */
    static RemoteException rateLimited(String call, Duration retryAfter) {
        return RemoteException.transientFailure(
                call + ": rate limited by Slack, retry in " + retryAfter.toSeconds() + " s", retryAfter);
    }

    /** The body is not JSON, so the answer may not come from Slack. */
    static RemoteException notJson(String call, int status) {
        return RemoteException.transientFailure(call + ": HTTP " + status + " without a JSON body", NETWORK_HINT, null);
    }

    /** The JSON is not what Slack documents. */
    static RemoteException unreadable(String call, String problem) {
        return transientFailure(call + ": " + problem);
    }

    /** There was no response, or only a part of one. */
    static RemoteException connectionFailed(String call, IOException cause) {
        if (cause instanceof InterruptedIOException) {
            return RemoteException.transientFailure(call + ": timed out", NETWORK_HINT, cause);
        }
        if (cause instanceof UnknownHostException) {
            return RemoteException.transientFailure(
                    call + ": " + ErrorMessages.describe(cause), "Check DNS, network and proxy settings.", cause);
        }
        if (cause instanceof ProtocolException) {
            // Without the cause: okhttp quotes what it could not parse.
            return transientFailure(call + ": incomplete response");
        }
        return RemoteException.transientFailure(call + ": " + ErrorMessages.describe(cause), NETWORK_HINT, cause);
    }

    /** The token contains characters that an HTTP header cannot hold. */
    static RemoteException malformedToken(String call) {
        return RemoteException.actionRequired(
                call + ": the token contains whitespace or other invalid characters",
                TOKEN_HINT + " Leave out quotes and line breaks.",
                null);
    }

    private static RemoteException missingScope(String message, String needed) {
        boolean isNamed = needed.matches("[a-z:._, -]{1,200}");
        return RemoteException.actionRequired(
                message + (isNamed ? " " + needed : ""),
                "Add the scope %sto the Slack app and reinstall the app.".formatted(isNamed ? needed + " " : ""),
                null);
    }

    private static boolean isErrorCode(String error) {
        return error.matches("[a-z0-9_.-]{1,80}");
    }

    private static RemoteException transientFailure(String message) {
        return RemoteException.transientFailure(message, (Throwable) null);
    }
}
