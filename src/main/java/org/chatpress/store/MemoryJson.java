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
import org.chatpress.approval.Mark;
import org.chatpress.approval.Memory;
import org.chatpress.approval.Standing;
import org.chatpress.approval.Verdict;
import org.chatpress.model.JsonText;
import org.chatpress.model.UserId;

/** A {@link Memory} as text; what was approved has a column of its own. */
final class MemoryJson {
    private MemoryJson() {}

    static String write(Memory memory) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("under_rule", memory.underRule());
        node.put("content", memory.content());
        node.put("edited_ts", memory.editedTs());
        var marks = new TreeMap<String, Standing>();
        memory.marks().forEach((mark, standing) -> marks.put(text(mark), standing));
        ObjectNode markNode = node.putObject("marks");
        marks.forEach((mark, standing) -> markNode.put(mark, standing.name()));
        ArrayNode stale = node.putArray("stale");
        memory.stale().stream().map(MemoryJson::text).sorted().forEach(stale::add);
        return JsonText.of(node);
    }

    static Memory read(Verdict verdict, String json, Optional<JsonNode> approved) {
        JsonNode node = JsonText.tree(json);
        Map<Mark, Standing> marks = new LinkedHashMap<>();
        node.path("marks")
                .properties()
                .forEach(entry -> marks.put(
                        mark(entry.getKey()), Standing.valueOf(entry.getValue().asText())));
        Set<Mark> stale = new HashSet<>();
        node.path("stale").forEach(mark -> stale.add(mark(mark.asText())));
        return new Memory(
                verdict,
                node.path("under_rule").asBoolean(),
                node.path("content").asText(),
                node.path("edited_ts").asText(),
                marks,
                stale,
                approved);
    }

    private static String text(Mark mark) {
        return mark.user() + " " + mark.emoji();
    }

    private static Mark mark(String text) {
        int space = text.indexOf(' ');
        return new Mark(new UserId(text.substring(0, space)), text.substring(space + 1));
    }
}
