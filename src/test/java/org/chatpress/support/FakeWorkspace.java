package org.chatpress.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.MessageTs;

/**
 * The state of a Slack workspace with our bot in it: channels, messages, files, users, groups, emoji, and the token's
 * scopes. Tests act in it as people do in Slack; {@link FakeSlackServer} shows it to the program.
 */
public final class FakeWorkspace {
    /** The bot's own user id. */
    public static final String BOT = "U0CHATPRESS";

    static final String TEAM = "T0NEWSROOM";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clock clock;
    private final URI fileUrls;
    private final Map<String, FakeChannel> channels = new LinkedHashMap<>();
    private final Map<String, FakePerson> people = new LinkedHashMap<>();
    private final Map<String, FakeFile> files = new HashMap<>();
    private final Map<String, Set<String>> groups = new LinkedHashMap<>();
    private final Map<String, String> emoji = new LinkedHashMap<>();
    private final Set<String> scopes = new LinkedHashSet<>(List.of(
            "channels:history",
            "channels:read",
            "groups:history",
            "groups:read",
            "users:read",
            "usergroups:read",
            "reactions:read",
            "reactions:write",
            "files:read",
            "emoji:read",
            "chat:write",
            "commands"));
    private String newestTs = "0000000000.000000";
    private String hiddenBefore = "0000000000.000000";

    /** @param fileUrls what the private URLs of files begin with */
    FakeWorkspace(Clock clock, URI fileUrls) {
        this.clock = clock;
        this.fileUrls = fileUrls;
        person(BOT, "Chatpress").bot();
    }

    synchronized List<FakeChannel> channels() {
        return List.copyOf(channels.values());
    }

    /** Adds a public channel with the bot in it, named after its id. */
    public synchronized void channel(String id) {
        channel(id, id.toLowerCase(Locale.ROOT), false);
    }

    /** Adds a channel with the bot in it. */
    public synchronized void channel(String id, String name, boolean isPrivate) {
        channels.put(id, new FakeChannel(id, name, isPrivate));
    }

    /** Adds a person, to be described further. */
    public synchronized FakePerson person(String id, String realName) {
        var person = new FakePerson(id, realName);
        people.put(id, person);
        return person;
    }

    /** Adds a custom emoji: {@code target} is an image's URL, or {@code alias:} and another name. */
    public synchronized void emoji(String name, String target) {
        emoji.put(name, target);
    }

    /** Deletes a custom emoji; reactions with it stay. */
    public synchronized void deleteEmoji(String name) {
        emoji.remove(name);
    }

    /** Adds a user group (S...), or replaces its members. */
    public synchronized void group(String id, String... members) {
        groups.put(id, new LinkedHashSet<>(List.of(members)));
    }

    /** Posts a message now; returns its ts. A bot (B...) posts as an app does. */
    public synchronized String post(String channel, String user, String text) {
        return postAt(channel, nextTs(), user, text);
    }

    /** Posts a message with a given ts; returns the ts. */
    public synchronized String postAt(String channel, String ts, String user, String text) {
        inChannel(channel).put(ts, message(ts, user, text));
        newestTs = max(newestTs, ts);
        return ts;
    }

    /**
     * Puts any JSON into the channel, a message object or not. {@code $ts} in the JSON is replaced by a new ts. JSON
     * without a valid ts is kept at the place where a message posted now would be. Returns the ts or the place.
     */
    public synchronized String postRaw(String channel, String json) {
        String place = nextTs();
        JsonNode message = parsed(json.replace("$ts", place));
        String ts = message.path("ts").asText("");
        String key = MessageTs.isValid(ts) && !inChannel(channel).has(ts) ? ts : place;
        inChannel(channel).put(key, message);
        newestTs = max(newestTs, key);
        return key;
    }

    /** Replies in a thread; returns the reply's ts. */
    public synchronized String reply(String channel, String thread, String user, String text) {
        String ts = nextTs();
        inChannel(channel).put(ts, message(ts, user, text).put("thread_ts", thread));
        return ts;
    }

    /** Replies in a thread and sends the reply to the channel too; returns the reply's ts. */
    public synchronized String broadcast(String channel, String thread, String user, String text) {
        String ts = nextTs();
        inChannel(channel)
                .put(ts, message(ts, user, text).put("thread_ts", thread).put("subtype", "thread_broadcast"));
        return ts;
    }

    /** Changes a message's text; Slack dates edits to the second. */
    public synchronized void edit(String channel, String ts, String user, String text) {
        ObjectNode message = inChannel(channel).message(ts);
        message.put("text", text);
        message.remove("blocks");
        message.putObject("edited").put("user", user).put("ts", clock.instant().getEpochSecond() + ".000000");
    }

    /** Deletes a message; one with replies leaves a tombstone. */
    public synchronized void delete(String channel, String ts) {
        inChannel(channel).delete(ts);
    }

    public synchronized void react(String channel, String ts, String user, String emoji) {
        inChannel(channel).react(ts, user, emoji);
    }

    public synchronized void unreact(String channel, String ts, String user, String emoji) {
        inChannel(channel).unreact(ts, user, emoji);
    }

    /** Every reaction to a message as emoji and user: {@code rocket U0CHATPRESS}. */
    public synchronized List<String> reactions(String channel, String ts) {
        var reactions = new ArrayList<String>();
        for (JsonNode reaction : inChannel(channel).message(ts).path("reactions")) {
            reaction.path("users")
                    .forEach(user -> reactions.add(reaction.path("name").asText() + " " + user.asText()));
        }
        return reactions;
    }

    /** The texts that the bot posted in a thread. */
    public synchronized List<String> botReplies(String channel, String root) {
        FakeChannel in = inChannel(channel);
        return in.replies(root).stream()
                .map(in::message)
                .filter(message -> message.path("user").asText().equals(BOT))
                .map(message -> message.path("text").asText())
                .toList();
    }

    /** The ts of the newest reply of a user in a thread. */
    public synchronized String newestReply(String channel, String root, String user) {
        FakeChannel in = inChannel(channel);
        List<String> replies = in.replies(root).stream()
                .filter(reply -> in.message(reply).path("user").asText().equals(user))
                .toList();
        return replies.get(replies.size() - 1);
    }

    /** Posts files, with or without a text; returns the message's ts. */
    public synchronized String upload(String channel, String user, String text, FakeFile... uploads) {
        String ts = post(channel, user, text);
        for (FakeFile file : uploads) {
            addFile(channel, ts, file);
        }
        return ts;
    }

    /** Adds a file to an existing message. */
    public synchronized void addFile(String channel, String ts, FakeFile file) {
        files.put(file.id(), file);
        inChannel(channel).message(ts).withArray("files").add(json(file));
    }

    /** Gives a file other bytes, as a new version of it does. */
    public synchronized void replaceFile(String channel, String ts, FakeFile file) {
        removeFile(channel, ts, file.id());
        addFile(channel, ts, file);
    }

    /** Deletes a file: its message keeps a tombstone of it. */
    public synchronized void deleteFile(String channel, String ts, String id) {
        removeFile(channel, ts, id);
        inChannel(channel)
                .message(ts)
                .withArray("files")
                .addObject()
                .put("id", id)
                .put("mode", "tombstone");
    }

    /** Adds a file of which the message holds the id alone, as for files of another organization. */
    public synchronized void shareAsStub(String channel, String ts, FakeFile file) {
        files.put(file.id(), file);
        inChannel(channel)
                .message(ts)
                .withArray("files")
                .addObject()
                .put("id", file.id())
                .put("mode", "file_access")
                .put("file_access", "check_file_info");
    }

    /**
     * Applies an event as Slack sends it: a message of any subtype, message_changed, message_deleted, reaction_added,
     * reaction_removed. Changes to unknown messages and events of other types are ignored. An upload in Slack's format
     * until 2018 is kept in today's format.
     */
    public synchronized void event(String channel, String json) {
        if (!channels.containsKey(channel)) {
            channel(channel);
        }
        FakeChannel in = inChannel(channel);
        if (!(parsed(json) instanceof ObjectNode event)) {
            throw new IllegalArgumentException("not an event: " + json);
        }
        switch (event.path("type").asText() + " " + event.path("subtype").asText("")) {
            case "message message_changed" -> {
                String ts = event.path("message").path("ts").asText();
                if (in.has(ts) && event.path("message") instanceof ObjectNode newVersion) {
                    in.replace(ts, withFiles(newVersion));
                }
            }
            case "message message_deleted" -> {
                String ts = event.path("deleted_ts").asText();
                if (in.has(ts)) {
                    in.delete(ts);
                }
            }
            case "message message_replied" -> {} // the reply came as a message of its own
            case "reaction_added ", "reaction_removed " -> reactionEvent(in, event);
            default -> {
                if (event.path("type").asText().equals("message")) {
                    String ts = event.path("ts").asText();
                    event.remove(List.of("channel", "event_ts"));
                    in.put(ts, withFiles(event));
                    newestTs = max(newestTs, ts);
                }
            }
        }
    }

    /** Removes the bot from the channel. */
    public synchronized void removeBot(String channel) {
        inChannel(channel).botIsIn = false;
    }

    /** Invites the bot again. */
    public synchronized void inviteBot(String channel) {
        inChannel(channel).botIsIn = true;
    }

    public synchronized void archive(String channel) {
        inChannel(channel).isArchived = true;
    }

    /** Takes a scope from the token. */
    public synchronized void removeScope(String scope) {
        scopes.remove(scope);
    }

    /** Gives the token a scope, as a new installation does. */
    public synchronized void addScope(String scope) {
        scopes.add(scope);
    }

    /** Hides everything before this ts, as the retention of a free plan does. */
    public synchronized void hideBefore(String ts) {
        hiddenBefore = ts;
    }

    // FOR THE SERVER

    Optional<FakeChannel> find(String channel) {
        return Optional.ofNullable(channels.get(channel));
    }

    Optional<FakePerson> user(String id) {
        return Optional.ofNullable(people.get(id));
    }

    Optional<FakeFile> file(String id) {
        return Optional.ofNullable(files.get(id));
    }

    Optional<Set<String>> members(String group) {
        return Optional.ofNullable(groups.get(group));
    }

    Map<String, String> emoji() {
        return emoji;
    }

    Set<String> scopes() {
        return scopes;
    }

    boolean isHidden(String ts) {
        return ts.compareTo(hiddenBefore) < 0;
    }

    /** Posts as the bot, in a thread unless {@code thread} is empty; returns the message. */
    ObjectNode postAsBot(FakeChannel channel, String thread, String text) {
        String ts = nextTs();
        ObjectNode message = message(ts, BOT, text);
        message.put("bot_id", "B0CHATPRESS").put("app_id", "A0CHATPRESS");
        if (!thread.isEmpty()) {
            message.put("thread_ts", thread);
        }
        channel.put(ts, message);
        return message;
    }

    /** The file object of Slack's API. */
    ObjectNode json(FakeFile file) {
        String url = fileUrls + file.id();
        ObjectNode json = JSON.createObjectNode()
                .put("id", file.id())
                .put("name", file.name())
                .put("mimetype", file.type())
                .put("mode", "hosted")
                .put("size", file.bytes().length)
                .put("url_private", url + "/view")
                .put("url_private_download", url + "/download");
        if (!file.alt().isEmpty()) {
            json.put("alt_txt", file.alt());
        }
        if (file.thumbnail().length > 0) {
            json.put("thumb_360", url + "/thumb-of-360").put("thumb_1024", url + "/thumb");
        }
        return json;
    }

    private void removeFile(String channel, String ts, String id) {
        files.remove(id);
        ArrayNode present = inChannel(channel).message(ts).withArray("files");
        for (int i = present.size() - 1; i >= 0; i--) {
            if (present.get(i).path("id").asText().equals(id)) {
                present.remove(i);
            }
        }
    }

    /** An old upload's one {@code file} as today's {@code files}, and the uploader's comment as the text. */
    private static ObjectNode withFiles(ObjectNode message) {
        JsonNode file = message.path("file");
        if (!message.path("subtype").asText().equals("file_share") || !file.isObject()) {
            return message;
        }
        message.remove(List.of("subtype", "file"));
        message.putArray("files").add(file);
        JsonNode comment = file.path("initial_comment").path("comment");
        if (comment.isTextual()) {
            message.set("text", comment);
        }
        return message;
    }

    private static void reactionEvent(FakeChannel channel, JsonNode event) {
        String ts = event.path("item").path("ts").asText();
        String user = event.path("user").asText();
        String emoji = event.path("reaction").asText();
        if (!channel.has(ts)) {
            return;
        }
        if (event.path("type").asText().equals("reaction_added")) {
            channel.react(ts, user, emoji);
        } else {
            channel.unreact(ts, user, emoji);
        }
    }

    private FakeChannel inChannel(String id) {
        return find(id).orElseThrow(() -> new IllegalArgumentException("no channel " + id + " in the fake workspace"));
    }

    /** The clock's ts, or the next microsecond after the newest. */
    private String nextTs() {
        String now = MessageTs.at(clock.instant()).value();
        String next =
                MessageTs.at(new MessageTs(newestTs).instant().plusNanos(1000)).value();
        newestTs = max(now, next);
        return newestTs;
    }

    private static String max(String a, String b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static ObjectNode message(String ts, String user, String text) {
        ObjectNode message = JSON.createObjectNode().put("type", "message");
        if (user.startsWith("B")) {
            message.put("subtype", "bot_message").put("bot_id", user);
        } else {
            message.put("user", user);
        }
        return message.put("text", text).put("team", TEAM).put("ts", ts);
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
