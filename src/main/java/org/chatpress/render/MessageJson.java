package org.chatpress.render;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.UserId;

/** A message as it stands in pages, ops and the whole chat's file. */
final class MessageJson {
    private MessageJson() {}

    /** With the author's key only, for pages and ops. */
    static void write(JsonGenerator json, PublicMessage message) throws IOException {
        start(json, message);
        json.writeStringField("user", message.author().value());
        end(json, message);
    }

    /** With the author's profile, for the whole chat. */
    static void write(JsonGenerator json, PublicMessage message, Function<UserId, Author> authors) throws IOException {
        start(json, message);
        json.writeFieldName("user");
        author(json, authors.apply(message.author()));
        end(json, message);
    }

    static void author(JsonGenerator json, Author author) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", author.id().value());
        json.writeStringField("display_name", author.displayName());
        json.writeStringField("title", author.title());
        json.writeStringField("image_48", author.image48());
        json.writeEndObject();
    }

    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static void start(JsonGenerator json, PublicMessage message) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", message.ts().value());
        json.writeStringField("ts", message.ts().value());
        json.writeStringField("time", time(message.ts().instant()));
        json.writeStringField("published_at", time(message.publishedAt()));
        if (message.editedAt().isPresent()) {
            json.writeStringField("edited_at", time(message.editedAt().get()));
        }
        json.writeStringField("html", message.html());
        if (!message.text().isEmpty()) {
            json.writeStringField("text", message.text());
        }
    }

    private static void end(JsonGenerator json, PublicMessage message) throws IOException {
        if (message.thread().isPresent()) {
            json.writeStringField("thread_id", message.thread().get().value());
        }
        json.writeEndObject();
    }
}
