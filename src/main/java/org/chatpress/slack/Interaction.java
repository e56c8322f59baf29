package org.chatpress.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URI;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;

/**
 * A request that a person makes of the app in Slack (https://docs.slack.dev/interactivity/handling-user-interaction).
 *
 * @param id the same for every copy of this request that Slack sends
 * @param channel where it was made; empty for the App Home and for a form
 * @param message the message of a shortcut
 * @param name the command with its slash, or the {@code callback_id} of the shortcut or form
 * @param text what follows the command; may be empty
 * @param triggerId allows to open one form within three seconds; may be empty
 * @param responseUrl takes one ephemeral answer; empty if Slack sent none
 * @param view the submitted form, with its {@code state} and {@code private_metadata}; else a missing node
 */
public record Interaction(
        Kind kind,
        String id,
        UserId user,
        Optional<ChannelId> channel,
        Optional<MessageTs> message,
        String name,
        String text,
        String triggerId,
        Optional<URI> responseUrl,
        JsonNode view) {
    /** What the person did. */
    public enum Kind {
        SLASH_COMMAND,
        MESSAGE_SHORTCUT,
        /** Sent a form. The acknowledgement says whether the form closes. */
        FORM_SUBMISSION,
        HOME_OPENED
    }

    /** Parses an envelope of Socket Mode; empty if it is about something else, or lacks the person. */
    static Optional<Interaction> of(JsonNode envelope) {
        JsonNode payload = envelope.path("payload");
        return switch (envelope.path("type").asText("")) {
            case "slash_commands" -> of(Kind.SLASH_COMMAND, envelope, payload.path("user_id"));
            case "interactive" ->
                switch (payload.path("type").asText("")) {
                    case "message_action" -> of(Kind.MESSAGE_SHORTCUT, envelope, payload.at("/user/id"));
                    case "view_submission" -> of(Kind.FORM_SUBMISSION, envelope, payload.at("/user/id"));
                    default -> Optional.empty();
                };
            case "events_api" ->
                payload.at("/event/type").asText("").equals("app_home_opened")
                                && payload.at("/event/tab").asText("").equals("home")
                        ? of(Kind.HOME_OPENED, envelope, payload.at("/event/user"))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Interaction> of(Kind kind, JsonNode envelope, JsonNode user) {
        JsonNode payload = envelope.path("payload");
        if (!UserId.isValid(user.asText(""))) {
            return Optional.empty();
        }
        String id = switch (kind) {
            case SLASH_COMMAND, MESSAGE_SHORTCUT, FORM_SUBMISSION ->
                payload.path("trigger_id").asText("");
            case HOME_OPENED -> payload.path("event_id").asText("");
        };
        String name = switch (kind) {
            case SLASH_COMMAND -> payload.path("command").asText("");
            case MESSAGE_SHORTCUT -> payload.path("callback_id").asText("");
            case FORM_SUBMISSION -> payload.at("/view/callback_id").asText("");
            case HOME_OPENED -> "";
        };
        String channel =
                payload.path("channel_id").asText(payload.at("/channel/id").asText(""));
        String message =
                payload.path("message_ts").asText(payload.at("/message/ts").asText(""));
        return Optional.of(new Interaction(
                kind,
                kind + " " + (id.isEmpty() ? envelope.path("envelope_id").asText("") : id),
                new UserId(user.asText()),
                ChannelId.isValid(channel) ? Optional.of(new ChannelId(channel)) : Optional.empty(),
                MessageTs.isValid(message) ? Optional.of(new MessageTs(message)) : Optional.empty(),
                name,
                payload.path("text").asText("").strip(),
                payload.path("trigger_id").asText(""),
                url(payload.path("response_url").asText("")),
                kind == Kind.FORM_SUBMISSION ? payload.path("view") : MissingNode.getInstance()));
    }

    private static Optional<URI> url(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(URI.create(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Without what the person wrote, which must not reach a log. */
    @Override
    public String toString() {
        return kind + " " + name + " by " + user;
    }
}
