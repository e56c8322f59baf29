package org.chatpress.render.formats;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
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
        JsonWriter.text(json, "home_page_url", content.urls().chat().orElse(""));
        JsonWriter.text(json, "feed_url", content.urls().file("feed.json").orElse(""));
        JsonWriter.text(json, "description", content.description());
        JsonWriter.text(
                json,
                "icon",
                content.publishing().logo().map(URI::toASCIIString).orElse(""));
        if (!content.publisher().isEmpty()) {
            authors(json, content.publisher(), Optional.empty());
        }
        json.writeStringField("language", content.publishing().language());
        if (!content.metadata().live()) {
            json.writeBooleanField("expired", true);
        }
        JsonWriter.array(json, "hubs", content.publishing().hubs(), hub -> hub(json, hub));
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

    private static void hub(JsonGenerator json, URI hub) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "WebSub");
        json.writeStringField("url", hub.toASCIIString());
        json.writeEndObject();
    }

    private static void item(JsonGenerator json, FeedContent content, PublicMessage message) throws IOException {
        Instant published = FeedContent.published(message);
        Instant updated = FeedContent.updated(message);
        json.writeStartObject();
        json.writeStringField("id", content.urls().id(message.ts()));
        JsonWriter.text(json, "url", content.urls().message(message.ts()).orElse(""));
        JsonWriter.text(json, "title", VisibleText.line(message.annotations().headline()));
        json.writeStringField("content_html", MessageHtml.forFeed(content, message));
        JsonWriter.text(json, "content_text", VisibleText.visible(message.text()));
        JsonWriter.text(
                json, "image", content.imageUrls(message).stream().findFirst().orElse(""));
        json.writeStringField("date_published", FeedContent.timestamp(published));
        if (updated.isAfter(published)) {
            json.writeStringField("date_modified", FeedContent.timestamp(updated));
        }
        String byline = content.byline(message);
        if (!byline.isEmpty()) {
            Optional<String> avatar = content.author(message)
                    .map(Author::image48)
                    .filter(content.urls()::isPublishedHere)
                    .flatMap(content.urls()::media);
            authors(json, byline, avatar);
        }
        JsonWriter.array(json, "tags", message.annotations().tags(), tag -> json.writeString(VisibleText.line(tag)));
        JsonWriter.array(json, "attachments", content.clips(message), clip -> attachment(json, content.urls(), clip));
        if (message.annotations().pinned() || message.annotations().key()) {
            json.writeObjectFieldStart("_chatpress");
            json.writeBooleanField("pinned", message.annotations().pinned());
            json.writeBooleanField("key", message.annotations().key());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void attachment(JsonGenerator json, ChatUrls urls, PublicMedia clip) throws IOException {
        json.writeStartObject();
        json.writeStringField("url", urls.media(clip.url()).orElseThrow());
        json.writeStringField("mime_type", clip.kind().contentType());
        JsonWriter.text(json, "title", VisibleText.line(clip.caption()));
        json.writeNumberField("duration_in_seconds", clip.seconds());
        json.writeEndObject();
    }

    private static void authors(JsonGenerator json, String name, Optional<String> avatar) throws IOException {
        json.writeArrayFieldStart("authors");
        json.writeStartObject();
        json.writeStringField("name", name);
        JsonWriter.text(json, "avatar", avatar.orElse(""));
        json.writeEndObject();
        json.writeEndArray();
    }
}
