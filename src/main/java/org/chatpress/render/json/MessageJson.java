package org.chatpress.render.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Function;
import org.chatpress.model.Annotations;
import org.chatpress.model.Annotations.Correction;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.model.PublicMessage.PublicMedia;
import org.chatpress.model.PublicMessage.PublicPhoto;
import org.chatpress.model.PublicMessage.ReactionCount;
import org.chatpress.model.UserId;

/** Writes a message as pages, ops, the files of the whole chat and webhooks contain it. */
public final class MessageJson {
    private MessageJson() {}

    /** Writes a message with the id of its author, for pages and ops. */
    static void write(JsonGenerator json, PublicMessage message) throws IOException {
        start(json, message);
        json.writeStringField("user", message.author().value());
        end(json, message);
        JsonWriter.array(json, "replies", message.replies(), reply -> write(json, reply));
        json.writeEndObject();
    }

    /** Writes a message with the profile of its author, for the whole chat and for webhooks. */
    public static void write(JsonGenerator json, PublicMessage message, Function<UserId, Author> authors)
            throws IOException {
        start(json, message);
        json.writeFieldName("user");
        author(json, authors.apply(message.author()));
        end(json, message);
        JsonWriter.array(json, "replies", message.replies(), reply -> write(json, reply, authors));
        json.writeEndObject();
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
        JsonWriter.text(json, "text", message.text());
    }

    private static void end(JsonGenerator json, PublicMessage message) throws IOException {
        if (message.threadTs().isPresent()) {
            json.writeStringField("thread_id", message.threadTs().get().value());
        }
        annotations(json, message.annotations());
        JsonWriter.array(json, "photos", message.photos(), photo -> photo(json, photo));
        JsonWriter.array(json, "media", message.media(), clip -> media(json, clip));
        JsonWriter.array(json, "attachments", message.previews(), preview -> preview(json, preview));
        JsonWriter.array(json, "reactions", message.reactions(), reaction -> reaction(json, reaction));
    }

    private static void annotations(JsonGenerator json, Annotations annotations) throws IOException {
        JsonWriter.text(json, "headline", annotations.headline());
        JsonWriter.text(json, "byline", annotations.byline());
        JsonWriter.array(json, "tags", annotations.tags(), json::writeString);
        JsonWriter.array(json, "corrections", annotations.corrections(), correction -> correction(json, correction));
        JsonWriter.array(json, "args", annotations.args(), json::writeString);
        if (!annotations.kwargs().isEmpty()) {
            json.writeObjectFieldStart("kwargs");
            for (Map.Entry<String, String> kwarg : annotations.kwargs().entrySet()) {
                json.writeStringField(kwarg.getKey(), kwarg.getValue());
            }
            json.writeEndObject();
        }
        flag(json, "pinned", annotations.pinned());
        flag(json, "key", annotations.key());
    }

    private static void correction(JsonGenerator json, Correction correction) throws IOException {
        json.writeStartObject();
        json.writeStringField("time", time(correction.time()));
        json.writeStringField("text", correction.text());
        json.writeEndObject();
    }

    private static void photo(JsonGenerator json, PublicPhoto photo) throws IOException {
        json.writeStartObject();
        json.writeStringField("status", photo.status().jsonName());
        json.writeStringField("url", photo.url());
        json.writeNumberField("width", photo.width());
        json.writeNumberField("height", photo.height());
        json.writeStringField("alt", photo.alt());
        json.writeStringField("caption", photo.caption());
        json.writeStringField("credit", photo.credit());
        json.writeEndObject();
    }

    private static void media(JsonGenerator json, PublicMedia clip) throws IOException {
        json.writeStartObject();
        json.writeStringField("kind", clip.kind().jsonName());
        json.writeStringField("status", clip.status().jsonName());
        json.writeStringField("url", clip.url());
        JsonWriter.text(json, "poster", clip.poster());
        if (clip.width() > 0 && clip.height() > 0) {
            json.writeNumberField("width", clip.width());
            json.writeNumberField("height", clip.height());
        }
        if (clip.lengthMillis() > 0) {
            json.writeNumberField("duration", clip.seconds());
        }
        json.writeStringField("alt", clip.alt());
        json.writeStringField("caption", clip.caption());
        json.writeStringField("credit", clip.credit());
        json.writeEndObject();
    }

    private static void preview(JsonGenerator json, LinkPreview preview) throws IOException {
        json.writeStartObject();
        json.writeStringField("title", preview.title());
        json.writeStringField("text", preview.text());
        json.writeStringField("url", preview.url());
        json.writeStringField("image", preview.image());
        json.writeStringField("author", preview.author());
        json.writeStringField("service", preview.service());
        json.writeStringField("kind", preview.kind().jsonName());
        JsonWriter.text(json, "id", preview.id());
        json.writeEndObject();
    }

    private static void reaction(JsonGenerator json, ReactionCount reaction) throws IOException {
        json.writeStartObject();
        json.writeStringField("emoji", reaction.emoji());
        json.writeStringField("character", reaction.character());
        json.writeNumberField("count", reaction.count());
        json.writeEndObject();
    }

    private static void flag(JsonGenerator json, String member, boolean flag) throws IOException {
        if (flag) {
            json.writeBooleanField(member, true);
        }
    }
}
