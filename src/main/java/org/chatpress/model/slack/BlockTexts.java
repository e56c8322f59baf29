package org.chatpress.model.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words in a message's blocks, however they will be shown: a text for each place where readers could begin. */
final class BlockTexts {
    /** Parts of Slack's window that readers never see. */
    private static final Set<String> SILENT =
            Set.of("actions", "context_actions", "input", "call", "file", "divider", "button");

    private static final Set<String> WORDS = Set.of(
            "text", "title", "subtitle", "body", "description", "caption", "alt_text", "fallback", "value", "url");

    /** Members that stand for words, which only a directory knows. */
    private static final Set<String> REFERENCES =
            Set.of("user_id", "channel_id", "usergroup_id", "team_id", "range", "timestamp");

    private static final String CONTAINER = "rich_text_";

    private final List<String> texts = new ArrayList<>();
    private final StringBuilder words = new StringBuilder();

    private BlockTexts() {}

    /** The texts that aren't blank. */
    static List<String> textOf(JsonNode blocks) {
        var texts = new BlockTexts();
        blocks.forEach(texts::read);
        return List.copyOf(texts.texts);
    }

    private void read(JsonNode node) {
        String type = node.path("type").asText();
        if (SILENT.contains(type)) {
            return;
        }
        if (type.startsWith(CONTAINER)) {
            end();
            node.path("elements").forEach(this::inline);
            end();
            return;
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (WORDS.contains(member.getKey()) && member.getValue().isValueNode()) {
                end();
                words.append(member.getValue().asText());
                end();
            }
        }
        node.forEach(this::read);
    }

    /** What stands in a line goes on with it. */
    private void inline(JsonNode node) {
        String type = node.path("type").asText();
        if (type.startsWith(CONTAINER)) {
            read(node);
            return;
        }
        if (type.equals("emoji")) {
            words.append(':').append(node.path("name").asText()).append(':');
            return;
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (WORDS.contains(member.getKey()) && member.getValue().isValueNode()) {
                words.append(member.getValue().asText());
            } else if (REFERENCES.contains(member.getKey())) {
                words.append('@');
            }
        }
        node.forEach(this::inline);
    }

    private void end() {
        if (!words.toString().isBlank()) {
            texts.add(words.toString());
        }
        words.setLength(0);
    }
}
