package org.chatpress.model.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Extracts the texts of a message's Block Kit blocks without formatting: a text per paragraph, list item, cell and so on. */
final class BlockTexts {
    /** Interactive elements and others without text for readers. */
    private static final Set<String> IGNORED_TYPES =
            Set.of("actions", "context_actions", "input", "call", "file", "divider", "button");

    private static final Set<String> TEXT_MEMBERS = Set.of(
            "text", "title", "subtitle", "body", "description", "caption", "alt_text", "fallback", "value", "url");

    /** Members that refer to users, channels and the like, whose names are not in the message. */
    private static final Set<String> REFERENCE_MEMBERS =
            Set.of("user_id", "channel_id", "usergroup_id", "team_id", "range", "timestamp");

    private static final String RICH_TEXT_PREFIX = "rich_text_";

    private final List<String> texts = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    private BlockTexts() {}

    /** The texts that are not blank. */
    static List<String> textOf(JsonNode blocks) {
        var texts = new BlockTexts();
        blocks.forEach(texts::read);
        return List.copyOf(texts.texts);
    }

    private void read(JsonNode node) {
        String type = node.path("type").asText();
        if (IGNORED_TYPES.contains(type)) {
            return;
        }
        if (type.startsWith(RICH_TEXT_PREFIX)) {
            endText();
            node.path("elements").forEach(this::appendInline);
            endText();
            return;
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (TEXT_MEMBERS.contains(member.getKey()) && member.getValue().isValueNode()) {
                endText();
                text.append(member.getValue().asText());
                endText();
            }
        }
        node.forEach(this::read);
    }

    /** Appends an inline element to the current text. */
    private void appendInline(JsonNode node) {
        String type = node.path("type").asText();
        if (type.startsWith(RICH_TEXT_PREFIX)) {
            read(node);
            return;
        }
        if (type.equals("emoji")) {
            text.append(':').append(node.path("name").asText()).append(':');
            return;
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (TEXT_MEMBERS.contains(member.getKey()) && member.getValue().isValueNode()) {
                text.append(member.getValue().asText());
            } else if (REFERENCE_MEMBERS.contains(member.getKey())) {
                text.append('@');
            }
        }
        node.forEach(this::appendInline);
    }

    private void endText() {
        if (!text.toString().isBlank()) {
            texts.add(text.toString());
        }
        text.setLength(0);
    }
}
