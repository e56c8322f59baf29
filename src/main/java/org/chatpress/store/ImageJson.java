package org.chatpress.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.chatpress.model.Json;
import org.chatpress.model.slack.SlackImageFile;

/** An image file as text. */
final class ImageJson {
    private ImageJson() {}

    static String write(SlackImageFile image) {
        return Json.of(JsonNodeFactory.instance
                .objectNode()
                .put("id", image.id())
                .put("size", image.size())
                .put("url", image.url())
                .put("thumbnail", image.thumbnail())
                .put("width", image.width())
                .put("height", image.height())
                .put("alt", image.alt()));
    }

    static SlackImageFile read(JsonNode node) {
        return new SlackImageFile(
                node.path("id").asText(),
                node.path("size").asLong(),
                node.path("url").asText(),
                node.path("thumbnail").asText(),
                node.path("width").asInt(),
                node.path("height").asInt(),
                node.path("alt").asText());
    }
}
