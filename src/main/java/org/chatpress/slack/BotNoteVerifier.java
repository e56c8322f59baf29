package org.chatpress.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.slack.RateLimiter.SlackMethod;

/**
 * Decides which messages are notes of our own app. Any app can attach metadata to its messages, and a person can type the
 * text of a note; only the ids of the bot, its user and its app, which Slack itself writes, show where a message comes
 * from.
 */
final class BotNoteVerifier {
    private final WebApiTransport web;
    private volatile Optional<App> own = Optional.empty();

    /** Our app as it signs its messages. */
    private record App(String id, String bot, String user) {}

    BotNoteVerifier(WebApiTransport web) {
        this.web = web;
    }

    /**
     * Replaces a message's metadata by {@link SlackMessage#NOTE} if the message is a note by our app; otherwise removes
     * it, because not every method of Slack's API returns it. Asks Slack once who we are, when it first matters.
     */
    SlackMessage verified(SlackMessage message) {
        if (!message.json().has("metadata") && !message.json().has(SlackMessage.NOTE)) {
            return message;
        }
        ObjectNode json = message.json().deepCopy();
        json.remove(List.of("metadata", SlackMessage.NOTE));
        JsonNode metadata = message.json().path("metadata");
        boolean claims = metadata.path("event_type").asText("").equals(SlackMessage.NOTE) && message.isReply();
        if (claims && isOwn(message.json())) {
            json.set(SlackMessage.NOTE, metadata.path("event_payload"));
        }
        return new SlackMessage(message.ts(), json);
    }

    private boolean isOwn(JsonNode message) {
        App app = own();
        return message.path("user").asText("").equals(app.user())
                && message.path("bot_id").asText("").equals(app.bot())
                && message.path("app_id").asText("").equals(app.id());
    }

    private App own() {
        if (own.isEmpty()) {
            ApiResponse identity = web.call(SlackMethod.IDENTITY, "", Map.of()).orThrow();
            String bot = required(identity, identity.body().path("bot_id"));
            ApiResponse info =
                    web.call(SlackMethod.BOT, bot, Map.of("bot", bot)).orThrow();
            own = Optional.of(new App(
                    required(info, info.object("bot").path("app_id")),
                    bot,
                    required(identity, identity.body().path("user_id"))));
        }
        return own.get();
    }

    private static String required(ApiResponse response, JsonNode id) {
        if (id.asText("").isEmpty()) {
            throw response.unreadable("the response does not name the app");
        }
        return id.asText();
    }
}
