package org.chatpress.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.chatpress.approval.policy.ReviewState;
import org.chatpress.approval.policy.ReviewState.EditorReaction;
import org.chatpress.approval.policy.ReviewerRole;
import org.chatpress.approval.policy.Verdict;
import org.chatpress.model.Json;
import org.chatpress.model.UserId;

/** A {@link ReviewState} as text; what was approved has a column of its own. */
final class MemoryJson {
    private MemoryJson() {}

    static String write(ReviewState reviewState) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("under_rule", reviewState.approvalRequired());
        node.put("content", reviewState.content());
        node.put("edited_ts", reviewState.editedTs());
        var marks = new TreeMap<String, ReviewerRole>();
        reviewState.reactions().forEach((mark, role) -> marks.put(text(mark), role));
        ObjectNode markNode = node.putObject("marks");
        marks.forEach((mark, role) -> markNode.put(mark, role.name()));
        ArrayNode stale = node.putArray("stale");
        reviewState.stale().stream().map(MemoryJson::text).sorted().forEach(stale::add);
        return Json.of(node);
    }

    static ReviewState read(Verdict verdict, String json, Optional<JsonNode> approved) {
        JsonNode node = Json.parse(json);
        Map<EditorReaction, ReviewerRole> marks = new LinkedHashMap<>();
        node.path("marks")
                .properties()
                .forEach(entry -> marks.put(
                        mark(entry.getKey()),
                        ReviewerRole.valueOf(entry.getValue().asText())));
        Set<EditorReaction> stale = new HashSet<>();
        node.path("stale").forEach(mark -> stale.add(mark(mark.asText())));
        return new ReviewState(
                verdict,
                node.path("under_rule").asBoolean(),
                node.path("content").asText(),
                node.path("edited_ts").asText(),
                marks,
                stale,
                approved);
    }

    private static String text(EditorReaction mark) {
        return mark.user() + " " + mark.emoji();
    }

    private static EditorReaction mark(String text) {
        int space = text.indexOf(' ');
        return new EditorReaction(new UserId(text.substring(0, space)), text.substring(space + 1));
    }
}
