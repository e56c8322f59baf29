package org.chatpress.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;

/**
 * A reader of a chat on a storage, by the published format and without code of Chatpress: the pointer, the
 * index, its pages, then the ops above {@code base}. Every file that is named must be there, whole.
 */
public final class SiteReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Storage storage;
    private final String slug;

    public SiteReader(Storage storage, String slug) {
        this.storage = storage;
        this.slug = slug;
    }

    /** The chat's pointer. */
    public JsonNode pointer() {
        return file(slug + "/live.json");
    }

    /** The whole chat's file. */
    public JsonNode whole() {
        return file(slug + ".json");
    }

    /** The messages at the pointer's seq, by id, oldest first. */
    public Map<String, JsonNode> messages() {
        JsonNode pointer = pointer();
        JsonNode index = file(slug + "/" + pointer.path("index").asText());
        JsonNode users = file(slug + "/" + pointer.path("users").asText()).path("users");
        Map<String, JsonNode> messages = new TreeMap<>();
        String before = "";
        int total = 0;
        for (JsonNode entry : index.path("pages")) {
            JsonNode page =
                    file(slug + "/i/" + entry.path(0).asText() + ".json").path("messages");
            assertThat(page.size()).isEqualTo(entry.path(2).asInt()).isBetween(1, 40);
            assertThat(page.path(0).path("ts").asText()).isEqualTo(entry.path(1).asText());
            for (JsonNode message : page) {
                String id = message.path("id").asText();
                assertThat(id).as("pages are in order").isGreaterThan(before);
                before = id;
                messages.put(id, message);
                total++;
            }
        }
        assertThat(index.path("total").asInt()).isEqualTo(total);
        assertThat(index.path("as_of").asLong()).isEqualTo(pointer.path("base").asLong());
        long seq = 0;
        for (JsonNode op : pointer.path("ops")) {
            assertThat(op.path("seq").asLong()).as("ops are in order").isGreaterThan(seq);
            seq = op.path("seq").asLong();
            if (seq > pointer.path("base").asLong()) {
                apply(op, messages);
            }
        }
        assertThat(pointer.path("ops_from").asLong())
                .as("ops reach back to base")
                .isLessThanOrEqualTo(pointer.path("base").asLong() + 1);
        assertThat(messages).hasSize(pointer.path("count").asInt());
        messages.values()
                .forEach(message -> assertThat(users.has(message.path("user").asText()))
                        .as("author of " + message)
                        .isTrue());
        return messages;
    }

    /** The messages' plain texts, oldest first. */
    public java.util.List<String> texts() {
        return messages().values().stream()
                .map(message -> message.path("text").asText())
                .toList();
    }

    /** A file of the site; fails if it isn't there or is no JSON. */
    public JsonNode file(String key) {
        byte[] bytes = storage.read(new ObjectKey(key))
                .orElseThrow(() -> new AssertionError(key + " is not on " + storage.name()))
                .bytes();
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(key + " is torn", e);
        }
    }

    static void apply(JsonNode op, Map<String, JsonNode> messages) {
        switch (op.path("op").asText()) {
            case "put" -> messages.put(op.path("m").path("id").asText(), op.path("m"));
            case "del" -> messages.remove(op.path("id").asText());
            case "meta" -> {}
            default -> throw new AssertionError("no such op: " + op);
        }
    }
}
