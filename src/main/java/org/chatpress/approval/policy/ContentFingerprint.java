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
 * What an approval covers: text, blocks, files, and the attachments that are content. It does not cover the link previews
 * that Slack adds to people's messages later. {@code edited.ts} cannot stand for it, because two edits may share a second.
 *
 * @param text a digest of everything except the files
 * @param files id, size and type of each file that was not deleted
 */
record ContentFingerprint(String text, Set<String> files) {
    static ContentFingerprint of(SlackMessage message) {
        JsonNode json = message.json();
        ObjectNode words = JsonNodeFactory.instance.objectNode();
        words.put("text", message.text());
        words.set("blocks", ownParts(json.path("blocks")));
        if (message.bot().isPresent()) {
            words.set("attachments", ownParts(json.path("attachments")));
        } else if (!message.contentAttachments().isEmpty()) {
            ArrayNode attachments = JsonNodeFactory.instance.arrayNode();
            words.set("attachments", ownParts(attachments.addAll(message.contentAttachments())));
        }
        message.note().ifPresent(note -> words.set("note", json.path(SlackMessage.NOTE)));
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

    /** True if this has the same text as the other content, and no other files. */
    boolean addsNothingTo(ContentFingerprint other) {
        return text.equals(other.text) && other.files.containsAll(files);
    }

    /** A digest of text and files. */
    String digest() {
        return Hashes.sha256((text + files).getBytes(StandardCharsets.UTF_8));
    }

    /** True for the entry that Slack keeps of a deleted file. */
    static boolean isDeleted(JsonNode file) {
        return file.path("mode").asText().equals("tombstone");
    }

    /** Without what Slack itself adds: ids of blocks, and link previews, which have a {@code from_url}. */
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
