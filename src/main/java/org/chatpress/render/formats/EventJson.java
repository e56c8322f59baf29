package org.chatpress.render.formats;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.UserId;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.JsonWriter;
import org.chatpress.render.json.JsonWriter.JsonFragment;
import org.chatpress.render.json.MessageJson;
import org.chatpress.render.json.MirroredImages;

/** The body of a webhook: {@code type}, {@code timestamp} and {@code data}, as Standard Webhooks recommends. */
public final class EventJson {
    private EventJson() {}

    /** The chat was opened or closed, or the message appeared or changed: with the message as it is now. */
    public static byte[] ofPublic(
            String type, Instant time, ChatSource chat, long seq, Optional<PublicMessage> message) {
        ChatMetadata metadata = chat.metadata();
        var urls = new ChatUrls(metadata);
        Optional<String> url = message.map(PublicMessage::ts).map(urls::message).orElseGet(urls::chat);
        Map<UserId, Author> authors =
                message.isEmpty() ? Map.of() : MirroredImages.of(chat).authorsById();
        return event(type, time, json -> {
            json.writeObjectFieldStart("channel");
            json.writeStringField("id", metadata.id().value());
            json.writeStringField("slug", metadata.slug().value());
            json.writeStringField("headline", metadata.headline());
            json.writeEndObject();
            json.writeNumberField("seq", seq);
            JsonWriter.text(json, "url", url.orElse(""));
            if (message.isPresent()) {
                json.writeFieldName("message");
                MessageJson.write(json, message.get(), authors::get);
            }
        });
    }

    /** A message is no longer public, or the whole chat. Contains nothing but ids. */
    public static byte[] ofTakedown(
            String type, Instant time, ChannelId channel, long seq, Optional<MessageTs> message) {
        return event(type, time, json -> {
            json.writeObjectFieldStart("channel");
            json.writeStringField("id", channel.value());
            json.writeEndObject();
            json.writeNumberField("seq", seq);
            if (message.isPresent()) {
                json.writeObjectFieldStart("message");
                json.writeStringField("id", message.get().value());
                json.writeEndObject();
            }
        });
    }

    /** A test of the connection. */
    public static byte[] ofPing(Instant time) {
        return event("ping", time, json -> {});
    }

    private static byte[] event(String type, Instant time, JsonFragment data) {
        return JsonWriter.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("type", type);
            json.writeStringField("timestamp", time.toString());
            json.writeObjectFieldStart("data");
            data.write(json);
            json.writeEndObject();
            json.writeEndObject();
        });
    }
}
