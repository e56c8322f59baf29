package org.chatpress.render.formats;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.chatpress.model.Author;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicPhoto;
import org.chatpress.render.json.JsonWriter;
import org.chatpress.text.document.VisibleText;

/** {@code feed.json}, as <a href="https://www.jsonfeed.org/version/1.1/">JSON Feed 1.1</a> says. */
final class JsonFeed {
    private static final String VERSION = "https://jsonfeed.org/version/1.1";

    private JsonFeed() {}

    static byte[] render(FeedContent extract) {
        return JsonWriter.bytes(json -> feed(json, extract));
    }

    private static void feed(JsonGenerator json, FeedContent extract) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", VERSION);
        json.writeStringField("title", extract.title());
        optional(json, "home_page_url", extract.addresses().chat());
        optional(json, "feed_url", extract.addresses().file("feed.json"));
        text(json, "description", PlainText.of(extract.face().description()));
        optional(json, "icon", extract.imprint().logo().map(URI::toASCIIString));
        if (!extract.publisher().isEmpty()) {
            authors(json, extract.publisher(), Optional.empty());
        }
        json.writeStringField("language", extract.imprint().language());
        if (!extract.face().live()) {
            json.writeBooleanField("expired", true);
        }
        json.writeObjectFieldStart("_chatpress");
        json.writeNumberField("seq", extract.seq());
        json.writeEndObject();
        json.writeArrayFieldStart("items");
        for (PublicMessage message : extract.messages()) {
            item(json, extract, message);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void item(JsonGenerator json, FeedContent extract, PublicMessage message) throws IOException {
        Instant published = FeedContent.published(message);
        Instant updated = FeedContent.updated(message);
        json.writeStartObject();
        json.writeStringField("id", extract.addresses().id(message.ts()));
        optional(json, "url", extract.addresses().message(message.ts()));
        text(json, "title", VisibleText.line(message.notes().headline()));
        json.writeStringField("content_html", MessageHtml.ofFeed(extract, message));
        text(json, "content_text", VisibleText.visible(message.text()));
        optional(json, "image", picture(extract, message));
        json.writeStringField("date_published", MessageTimes.utc(published));
        if (updated.isAfter(published)) {
            json.writeStringField("date_modified", MessageTimes.utc(updated));
        }
        String byline = extract.byline(message);
        if (!byline.isEmpty()) {
            Optional<String> avatar = extract.author(message)
                    .map(Author::image48)
                    .filter(extract.addresses()::isOurs)
                    .flatMap(extract.addresses()::picture);
            authors(json, byline, avatar);
        }
        if (!message.notes().tags().isEmpty()) {
            json.writeArrayFieldStart("tags");
            for (String tag : message.notes().tags()) {
                json.writeString(VisibleText.line(tag));
            }
            json.writeEndArray();
        }
        if (message.notes().pinned() || message.notes().key()) {
            json.writeObjectFieldStart("_chatpress");
            json.writeBooleanField("pinned", message.notes().pinned());
            json.writeBooleanField("key", message.notes().key());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static Optional<String> picture(FeedContent extract, PublicMessage message) {
        return FeedContent.photos(message).stream()
                .map(PublicPhoto::url)
                .flatMap(url -> extract.addresses().picture(url).stream())
                .findFirst();
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
