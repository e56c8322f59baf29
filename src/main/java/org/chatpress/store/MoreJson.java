package org.chatpress.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.chatpress.model.Annotations;
import org.chatpress.model.Annotations.Correction;
import org.chatpress.model.Json;
import org.chatpress.model.LinkPreview;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.ReactionCount;
import org.chatpress.model.PublicPhoto;
import org.chatpress.model.UserId;

/** What a public message bears beside its words, as text; most messages bear nothing. */
final class MoreJson {
    private static final String NOTHING = "{}";

    private MoreJson() {}

    static String write(PublicMessage message) {
        return Json.of(more(message));
    }

    /** The message with what {@link #write} wrote of it. */
    static PublicMessage read(PublicMessage words, String json) {
        return json.equals(NOTHING) ? words : read(words, Json.parse(json));
    }

    private static ObjectNode more(PublicMessage message) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        write(
                node,
                "photos",
                message.photos(),
                (item, photo) -> item.put("status", photo.status().name())
                        .put("url", photo.url())
                        .put("width", photo.width())
                        .put("height", photo.height())
                        .put("alt", photo.alt())
                        .put("caption", photo.caption())
                        .put("credit", photo.credit()));
        write(
                node,
                "attachments",
                message.previews(),
                (item, preview) -> item.put("title", preview.title())
                        .put("text", preview.text())
                        .put("url", preview.url())
                        .put("image", preview.image())
                        .put("author", preview.author())
                        .put("service", preview.service())
                        .put("kind", preview.kind().name())
                        .put("id", preview.id()));
        write(
                node,
                "reactions",
                message.reactions(),
                (item, reaction) -> item.put("emoji", reaction.emoji())
                        .put("character", reaction.character())
                        .put("count", reaction.count()));
        write(node, "replies", message.replies(), MoreJson::writeReply);
        if (!message.annotations().equals(Annotations.NONE)) {
            writeNotes(node.putObject("notes"), message.annotations());
        }
        return node;
    }

    private static PublicMessage read(PublicMessage words, JsonNode node) {
        return words.withAdditions(new PublicMessage.Additions(
                read(node.path("photos"), MoreJson::photo),
                read(node.path("attachments"), MoreJson::attachment),
                read(node.path("reactions"), MoreJson::reaction),
                node.has("notes") ? notes(node.path("notes")) : Annotations.NONE,
                read(node.path("replies"), MoreJson::reply)));
    }

    private static PublicPhoto photo(JsonNode node) {
        return new PublicPhoto(
                PublicPhoto.Status.valueOf(text(node, "status")),
                text(node, "url"),
                node.path("width").asInt(),
                node.path("height").asInt(),
                text(node, "alt"),
                text(node, "caption"),
                text(node, "credit"));
    }

    private static LinkPreview attachment(JsonNode node) {
        return new LinkPreview(
                text(node, "title"),
                text(node, "text"),
                text(node, "url"),
                text(node, "image"),
                text(node, "author"),
                text(node, "service"),
                LinkPreview.Kind.valueOf(text(node, "kind")),
                text(node, "id"));
    }

    private static ReactionCount reaction(JsonNode node) {
        return new ReactionCount(
                text(node, "emoji"), text(node, "character"), node.path("count").asInt());
    }

    private static void writeNotes(ObjectNode node, Annotations annotations) {
        node.put("headline", annotations.headline());
        node.put("byline", annotations.byline());
        annotations.tags().forEach(node.putArray("tags")::add);
        write(
                node,
                "corrections",
                annotations.corrections(),
                (item, correction) ->
                        item.put("time", correction.time().toString()).put("text", correction.text()));
        annotations.args().forEach(node.putArray("args")::add);
        annotations.kwargs().forEach(node.putObject("kwargs")::put);
        node.put("pinned", annotations.pinned());
        node.put("key", annotations.key());
    }

    private static Annotations notes(JsonNode node) {
        Map<String, String> kwargs = new TreeMap<>();
        node.path("kwargs")
                .properties()
                .forEach(entry -> kwargs.put(entry.getKey(), entry.getValue().asText()));
        return new Annotations(
                text(node, "headline"),
                text(node, "byline"),
                read(node.path("tags"), JsonNode::asText),
                read(
                        node.path("corrections"),
                        correction ->
                                new Correction(Instant.parse(text(correction, "time")), text(correction, "text"))),
                read(node.path("args"), JsonNode::asText),
                kwargs,
                node.path("pinned").asBoolean(),
                node.path("key").asBoolean());
    }

    private static void writeReply(ObjectNode node, PublicMessage reply) {
        node.put("ts", reply.ts().value());
        node.put("author", reply.author().value());
        node.put("html", reply.html());
        node.put("text", reply.text());
        node.put("published_at", reply.publishedAt().toString());
        reply.editedAt().ifPresent(at -> node.put("edited_at", at.toString()));
        reply.thread().ifPresent(thread -> node.put("thread_ts", thread.value()));
        node.set("more", more(reply));
    }

    private static PublicMessage reply(JsonNode node) {
        var words = new PublicMessage(
                new MessageTs(text(node, "ts")),
                new UserId(text(node, "author")),
                text(node, "html"),
                text(node, "text"),
                Instant.parse(text(node, "published_at")),
                optionalText(node, "edited_at").map(Instant::parse),
                optionalText(node, "thread_ts").map(MessageTs::new));
        return read(words, node.path("more"));
    }

    private static <T> void write(ObjectNode node, String member, List<T> items, BiConsumer<ObjectNode, T> write) {
        if (!items.isEmpty()) {
            ArrayNode array = node.putArray(member);
            items.forEach(item -> write.accept(array.addObject(), item));
        }
    }

    private static <T> List<T> read(JsonNode array, Function<JsonNode, T> read) {
        var items = new ArrayList<T>();
        array.forEach(item -> items.add(read.apply(item)));
        return items;
    }

    private static String text(JsonNode node, String member) {
        return node.path(member).asText("");
    }

    private static Optional<String> optionalText(JsonNode node, String member) {
        return node.has(member) ? Optional.of(text(node, member)) : Optional.empty();
    }
}
