package org.chatpress.render.formats;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.PublicMessage.PublicMedia;
import org.chatpress.model.VisibleText;
import org.chatpress.render.json.JsonWriter;

/** {@code feed.json}, a <a href="https://www.jsonfeed.org/version/1.1/">JSON Feed 1.1</a>. */
final class JsonFeed {
    private static final String VERSION = "https://jsonfeed.org/version/1.1";

    private JsonFeed() {}

    static byte[] render(FeedContent content) {
        return JsonWriter.bytes(json -> feed(json, content));
    }

    private static void feed(JsonGenerator json, FeedContent content) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", VERSION);
        json.writeStringField("title", content.title());
        optional(json, "home_page_url", content.urls().chat());
        optional(json, "feed_url", content.urls().file("feed.json"));
        text(json, "description", content.description());
        optional(json, "icon", content.publishing().logo().map(URI::toASCIIString));
        if (!content.publisher().isEmpty()) {
            authors(json, content.publisher(), Optional.empty());
        }
        json.writeStringField("language", content.publishing().language());
        if (!content.metadata().live()) {
            json.writeBooleanField("expired", true);
        }
        hubs(json, content.publishing().hubs());
        json.writeObjectFieldStart("_chatpress");
        json.writeNumberField("seq", content.seq());
        json.writeEndObject();
        json.writeArrayFieldStart("items");
        for (PublicMessage message : content.messages()) {
            item(json, content, message);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void hubs(JsonGenerator json, List<URI> hubs) throws IOException {
        if (hubs.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("hubs");
        for (URI hub : hubs) {
            json.writeStartObject();
            json.writeStringField("type", "WebSub");
            json.writeStringField("url", hub.toASCIIString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void item(JsonGenerator json, FeedContent content, PublicMessage message) throws IOException {
        Instant published = FeedContent.published(message);
        Instant updated = FeedContent.updated(message);
        json.writeStartObject();
        json.writeStringField("id", content.urls().id(message.ts()));
        optional(json, "url", content.urls().message(message.ts()));
        text(json, "title", VisibleText.line(message.annotations().headline()));
        json.writeStringField("content_html", MessageHtml.forFeed(content, message));
        text(json, "content_text", VisibleText.visible(message.text()));
        optional(json, "image", content.imageUrls(message).stream().findFirst());
        json.writeStringField("date_published", FeedContent.timestamp(published));
        if (updated.isAfter(published)) {
            json.writeStringField("date_modified", FeedContent.timestamp(updated));
        }
        String byline = content.byline(message);
        if (!byline.isEmpty()) {
            Optional<String> avatar = content.author(message)
                    .map(Author::image48)
                    .filter(content.urls()::isPublishedHere)
                    .flatMap(content.urls()::image);
            authors(json, byline, avatar);
        }
        if (!message.annotations().tags().isEmpty()) {
            json.writeArrayFieldStart("tags");
            for (String tag : message.annotations().tags()) {
                json.writeString(VisibleText.line(tag));
            }
            json.writeEndArray();
        }
        attachments(json, content, message);
        if (message.annotations().pinned() || message.annotations().key()) {
            json.writeObjectFieldStart("_chatpress");
            json.writeBooleanField("pinned", message.annotations().pinned());
            json.writeBooleanField("key", message.annotations().key());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void attachments(JsonGenerator json, FeedContent content, PublicMessage message) throws IOException {
        List<PublicMedia> clips = FeedContent.liveMedia(message).stream()
                .filter(clip -> content.urls().image(clip.url()).isPresent())
                .toList();
        if (clips.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("attachments");
        for (PublicMedia clip : clips) {
            json.writeStartObject();
            json.writeStringField("url", content.urls().image(clip.url()).orElseThrow());
            json.writeStringField("mime_type", clip.kind().contentType());
            text(json, "title", VisibleText.line(clip.caption()));
            json.writeNumberField("duration_in_seconds", clip.seconds());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void authors(JsonGenerator json, String name, Optional<String> avatar) throws IOException {
        json.writeArrayFieldStart("authors");
        json.writeStartObject();
        json.writeStringField("name", name);
        optional(json, "avatar", avatar);
        json.writeEndObject();
        json.writeEndArray();
    }

    private static void optional(JsonGenerator json, String member, Optional<String> text) throws IOException {
        text(json, member, text.orElse(""));
    }

    private static void text(JsonGenerator json, String member, String text) throws IOException {
        if (!text.isEmpty()) {
            json.writeStringField(member, text);
        }
    }
}
