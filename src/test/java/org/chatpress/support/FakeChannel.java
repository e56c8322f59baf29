package org.chatpress.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.chatpress.model.MessageTs;

/** The messages of one channel of a {@link FakeWorkspace}, with their threads, edits, tombstones and reactions. */
final class FakeChannel {
    final String id;
    final String name;
    final boolean isPrivate;
    boolean botIsIn = true;
    boolean isArchived;

    /** By ts; odd messages without a usable one by the ts at which they were posted. */
    private final NavigableMap<String, JsonNode> messages = new TreeMap<>();

    /** Every message that ever had a reply. */
    private final Set<String> roots = new HashSet<>();

    FakeChannel(String id, String name, boolean isPrivate) {
        this.id = id;
        this.name = name;
        this.isPrivate = isPrivate;
    }

    void put(String ts, JsonNode message) {
        messages.put(ts, message);
        String root = root(message);
        if (!root.isEmpty() && !root.equals(ts)) {
            roots.add(root);
        }
    }

    boolean has(String ts) {
        return messages.containsKey(ts);
    }

    ObjectNode message(String ts) {
        if (!(messages.get(ts) instanceof ObjectNode message)) {
            throw new IllegalArgumentException("no message " + ts + " in " + id);
        }
        return message;
    }

    /** What an edit leaves as it was: the thread, and the reactions where the new version has none. */
    void replace(String ts, ObjectNode newVersion) {
        JsonNode reactions = message(ts).path("reactions");
        ObjectNode copy = newVersion.deepCopy();
        if (!copy.has("reactions") && !reactions.isMissingNode() && !isTombstone(copy)) {
            copy.set("reactions", reactions);
        }
        put(ts, copy);
    }

    /** Gone; but a root with replies leaves a tombstone. */
    void delete(String ts) {
        message(ts);
        if (replies(ts).isEmpty()) {
            messages.remove(ts);
            return;
        }
        ObjectNode tombstone = JsonNodeFactory.instance.objectNode();
        tombstone.put("type", "message");
        tombstone.put("subtype", "tombstone");
        tombstone.put("user", "USLACKBOT");
        tombstone.put("text", "This message was deleted.");
        tombstone.put("hidden", true);
        tombstone.put("ts", ts);
        messages.put(ts, tombstone);
    }

    /** True if the reaction was not there yet. */
    boolean react(String ts, String user, String emoji) {
        ArrayNode users = reactors(message(ts), emoji);
        for (JsonNode other : users) {
            if (other.asText().equals(user)) {
                return false;
            }
        }
        users.add(user);
        return true;
    }

    /** True if the reaction was there. */
    boolean unreact(String ts, String user, String emoji) {
        ArrayNode users = reactors(message(ts), emoji);
        boolean found = false;
        for (int i = users.size() - 1; i >= 0; i--) {
            if (users.get(i).asText().equals(user)) {
                users.remove(i);
                found = true;
            }
        }
        ArrayNode reactions = message(ts).withArray("reactions");
        for (int i = reactions.size() - 1; i >= 0; i--) {
            if (reactions.get(i).path("users").isEmpty()) {
                reactions.remove(i);
            }
        }
        if (reactions.isEmpty()) {
            message(ts).remove("reactions");
        }
        return found;
    }

    /** What the channel shows, newest first: no replies but those that were sent to the channel too. */
    List<Map.Entry<String, JsonNode>> timeline() {
        return messages.descendingMap().entrySet().stream()
                .filter(entry -> !isReply(entry.getKey(), entry.getValue())
                        || entry.getValue().path("subtype").asText().equals("thread_broadcast"))
                .toList();
    }

    /** The ts of a message's root; its own where it is no reply. */
    String rootOf(String ts) {
        return isReply(ts, messages.get(ts)) ? root(messages.get(ts)) : ts;
    }

    /** The replies to a root, oldest first. */
    List<String> replies(String root) {
        return messages.entrySet().stream()
                .filter(entry -> isReply(entry.getKey(), entry.getValue())
                        && root(entry.getValue()).equals(root))
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * A message as Slack's API returns it: a root with the counts of its thread, a broadcast with its root, reactions
     * with their counts.
     *
     * @param reactors how many users each reaction lists, beside our bot
     */
    JsonNode json(String ts, int reactors) {
        if (!(messages.get(ts) instanceof ObjectNode message)) {
            return messages.get(ts);
        }
        ObjectNode json = message.deepCopy();
        if (roots.contains(ts)) {
            describeThread(json, ts);
        }
        String root = root(json);
        boolean isBroadcast = json.path("subtype").asText().equals("thread_broadcast");
        if (isBroadcast && !root.equals(ts) && messages.containsKey(root)) {
            json.set("root", json(root, reactors));
        }
        if (json.get("reactions") instanceof ArrayNode reactions) {
            reactions.forEach(reaction -> shorten(reaction, reactors));
        }
        return json;
    }

    private void describeThread(ObjectNode json, String ts) {
        List<String> replies = replies(ts);
        json.put("thread_ts", ts);
        json.put("reply_count", replies.size());
        var users = new LinkedHashSet<String>();
        for (String reply : replies) {
            users.add(messages.get(reply).path("user").asText(""));
        }
        users.remove("");
        json.put("reply_users_count", users.size());
        ArrayNode list = json.putArray("reply_users");
        users.forEach(list::add);
        // Slack's own way to say that all replies were deleted.
        json.put("latest_reply", replies.isEmpty() ? "0000000000.000000" : replies.get(replies.size() - 1));
    }

    private static void shorten(JsonNode reaction, int reactors) {
        if (!(reaction.path("users") instanceof ArrayNode users) || !(reaction instanceof ObjectNode object)) {
            return;
        }
        if (!object.has("count")) {
            object.put("count", users.size());
        }
        for (int i = users.size() - 1; i >= reactors; i--) {
            if (!users.get(i).asText().equals(FakeWorkspace.BOT)) {
                users.remove(i);
            }
        }
    }

    private static ArrayNode reactors(ObjectNode message, String emoji) {
        ArrayNode reactions = message.withArray("reactions");
        for (JsonNode reaction : reactions) {
            if (reaction.path("name").asText().equals(emoji) && reaction instanceof ObjectNode object) {
                object.remove("count"); // counted when returned
                return object.withArray("users");
            }
        }
        return reactions.addObject().put("name", emoji).putArray("users");
    }

    private static boolean isTombstone(JsonNode message) {
        return message.path("subtype").asText().equals("tombstone");
    }

    private static boolean isReply(String ts, JsonNode message) {
        return !root(message).isEmpty() && !root(message).equals(ts);
    }

    private static String root(JsonNode message) {
        String root = message.path("thread_ts").asText("");
        return MessageTs.isValid(root) ? root : "";
    }
}
