package org.chatpress.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * A reader's page that stays open: it reads the whole chat once and from then on follows the ops, however many polls it
 * misses. It starts afresh only when it must.
 */
public final class PointerClient {
    private final SiteReader reader;
    private String epoch = "";
    private long seq = -1;
    private Map<String, JsonNode> messages = new TreeMap<>();
    private int starts;

    public PointerClient(SiteReader reader) {
        this.reader = reader;
    }

    /** Looks at the pointer, and at no more than it must; gives what it shows then, by id, oldest first. */
    public Map<String, JsonNode> poll() {
        JsonNode pointer = reader.pointer();
        long opsFrom = pointer.path("ops_from").asLong();
        if (!pointer.path("epoch").asText().equals(epoch) || opsFrom > seq + 1) {
            messages = reader.messages();
            starts++;
        } else {
            for (JsonNode op : pointer.path("ops")) {
                if (op.path("seq").asLong() > seq) {
                    SiteReader.apply(op, messages);
                }
            }
        }
        epoch = pointer.path("epoch").asText();
        seq = pointer.path("seq").asLong();
        return messages;
    }

    /** How often it read the whole chat. */
    public int starts() {
        return starts;
    }
}
