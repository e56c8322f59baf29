package org.chatpress.render.formats;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.PublicMedia;
import org.chatpress.model.PublicMessage.PublicMedia.Kind;
import org.chatpress.model.VisibleText;
import org.chatpress.render.json.JsonWriter;

/** {@code liveblogposting.json}: <a href="https://schema.org/LiveBlogPosting">JSON-LD</a> for search engines. */
final class LiveBlogPosting {
    private LiveBlogPosting() {}

    static byte[] render(FeedContent content) {
        return inline(content).getBytes(StandardCharsets.UTF_8);
    }

    /** For the script element of a page, which no text in it can end. */
    static String inline(FeedContent content) {
        return new String(JsonWriter.bytes(json -> posting(json, content)), StandardCharsets.UTF_8)
                .replace("<", "\\u003c");
    }

    private static void posting(JsonGenerator json, FeedContent content) throws IOException {
        Optional<String> chat = content.urls().chat();
        String start = FeedContent.timestamp(content.startedAt());
        json.writeStartObject();
        json.writeStringField("@context", "https://schema.org");
        json.writeStringField("@type", "LiveBlogPosting");
        json.writeStringField("@id", chat.orElse(content.urls().id()));
        JsonWriter.text(json, "url", chat.orElse(""));
        JsonWriter.text(json, "mainEntityOfPage", chat.orElse(""));
        json.writeStringField("headline", HeadlineExtractor.shortened(content.title()));
        JsonWriter.text(json, "description", content.description());
        json.writeStringField("inLanguage", content.publishing().language());
        json.writeStringField("datePublished", start);
        json.writeStringField("dateModified", FeedContent.timestamp(content.updated()));
        json.writeStringField("coverageStartTime", start);
        JsonWriter.text(
                json,
                "coverageEndTime",
                content.closedAt().map(FeedContent::timestamp).orElse(""));
        List<String> firstImage = content.messages().stream()
                .flatMap(message -> content.imageUrls(message).stream())
                .limit(1)
                .toList();
        JsonWriter.array(json, "image", firstImage, json::writeString);
        if (!content.publisher().isEmpty()) {
            publisher(json, "publisher", content);
            publisher(json, "author", content);
        }
        json.writeArrayFieldStart("liveBlogUpdate");
        for (PublicMessage message : content.messages()) {
            update(json, content, message);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void update(JsonGenerator json, FeedContent content, PublicMessage message) throws IOException {
        Optional<String> url = content.urls().message(message.ts());
        json.writeStartObject();
        json.writeStringField("@type", "BlogPosting");
        json.writeStringField("@id", url.orElse(content.urls().id(message.ts())));
        JsonWriter.text(json, "url", url.orElse(""));
        json.writeStringField("headline", headline(content, message));
        json.writeStringField("datePublished", FeedContent.timestamp(FeedContent.published(message)));
        json.writeStringField("dateModified", FeedContent.timestamp(FeedContent.updated(message)));
        json.writeStringField("articleBody", VisibleText.visible(message.text()));
        String byline = content.byline(message);
        if (!byline.isEmpty()) {
            json.writeObjectFieldStart("author");
            json.writeStringField("@type", "Person");
            json.writeStringField("name", byline);
            json.writeEndObject();
        }
        JsonWriter.array(json, "image", content.imageUrls(message), json::writeString);
        for (Kind kind : Kind.values()) {
            List<PublicMedia> clips = content.clips(message).stream()
                    .filter(clip -> clip.kind() == kind)
                    .toList();
            JsonWriter.array(json, kind.jsonName(), clips, clip -> clip(json, content, message, clip));
        }
        JsonWriter.array(
                json, "keywords", message.annotations().tags(), tag -> json.writeString(VisibleText.line(tag)));
        json.writeEndObject();
    }

    private static String headline(FeedContent content, PublicMessage message) {
        return HeadlineExtractor.of(message).orElse(HeadlineExtractor.shortened(content.title()));
    }

    private static void publisher(JsonGenerator json, String member, FeedContent content) throws IOException {
        json.writeObjectFieldStart(member);
        json.writeStringField("@type", "Organization");
        json.writeStringField("name", content.publisher());
        Optional<String> logo = content.publishing().logo().map(URI::toASCIIString);
        if (logo.isPresent()) {
            json.writeObjectFieldStart("logo");
            json.writeStringField("@type", "ImageObject");
            json.writeStringField("url", logo.get());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void clip(JsonGenerator json, FeedContent content, PublicMessage message, PublicMedia clip)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("@type", clip.kind() == Kind.VIDEO ? "VideoObject" : "AudioObject");
        String caption = VisibleText.line(clip.caption());
        json.writeStringField("name", caption.isEmpty() ? headline(content, message) : caption);
        json.writeStringField("contentUrl", content.urls().media(clip.url()).orElseThrow());
        json.writeStringField("encodingFormat", clip.kind().contentType());
        JsonWriter.text(
                json, "thumbnailUrl", content.urls().media(clip.poster()).orElse(""));
        json.writeStringField("uploadDate", FeedContent.timestamp(FeedContent.published(message)));
        json.writeStringField("duration", "PT" + clip.seconds() + "S");
        json.writeEndObject();
    }
}
