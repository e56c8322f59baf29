package org.chatpress.approval.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import org.chatpress.model.Hashes;
import org.chatpress.model.slack.SlackMessage;

/**
 * What an approver approves: text, blocks, files, a bot's own attachments. Link previews that Slack adds later to a
 * person's message are no part of it; {@code edited.ts} is none either, for two edits may share its second.
 *
 * @param text a digest of everything but the files
 * @param files id, size and type of each file that is still there
 */
record ContentFingerprint(String text, Set<String> files) {
    static ContentFingerprint of(SlackMessage message) {
        JsonNode json = message.json();
        ObjectNode words = JsonNodeFactory.instance.objectNode();
        words.put("text", message.text());
        words.set("blocks", ownParts(json.path("blocks")));
        if (message.bot().isPresent()) {
            words.set("attachments", ownParts(json.path("attachments")));
        }
        var files = new LinkedHashSet<String>();
        for (JsonNode file : json.path("files")) {
            if (!isDeleted(file)) {
                files.add(file.path("id").asText()
                        + ' '
                        + file.path("size").asText()
                        + ' '
                        + file.path("mimetype").asText());
            }
        }
        return new ContentFingerprint(Hashes.sha256(words.toString().getBytes(StandardCharsets.UTF_8)), files);
    }

    /** True if this shows nothing that the other doesn't: the same words, and no file beside the other's. */
    boolean addsNothingTo(ContentFingerprint other) {
        return text.equals(other.text) && other.files.containsAll(files);
    }

    /** One text for both parts. */
    String digest() {
        return Hashes.sha256((text + files).getBytes(StandardCharsets.UTF_8));
    }

    /** True for what Slack leaves of a deleted file. */
    static boolean isDeleted(JsonNode file) {
        return file.path("mode").asText().equals("tombstone");
    }

    /** Less what Slack adds by itself: ids of blocks, and previews of links, which say where they come from. */
    private static ArrayNode ownParts(JsonNode array) {
        ArrayNode parts = JsonNodeFactory.instance.arrayNode();
        if (array.isArray()) {
            array.forEach(part -> {
                if (!part.has("from_url")) {
                    parts.add(part.<JsonNode>deepCopy());
                }
            });
        }
        parts.findParents("block_id").forEach(part -> ((ObjectNode) part).remove("block_id"));
        return parts;
    }
}
