package org.chatpress.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Secret;
import org.chatpress.support.HttpListener.Request;
import org.chatpress.support.HttpListener.Response;

/**
 * A workspace that keeps state, behind as much of Slack's Web API as we call, on 127.0.0.1. It pages, shortens, leaves
 * tombstones and refuses as Slack does (https://docs.slack.dev/reference/methods), dates its answers by the test's clock,
 * and gets into {@link Fault} when told to.
 */
public final class FakeSlack implements AutoCloseable {
    /** The bot's own user id. */
    public static final String BOT = "U0CHATPRESS";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "xoxb-fake-token-of-the-test";
    private static final String APP_TOKEN = "xapp-fake-token-of-the-test";
    private static final String TEAM = "T0NEWSROOM";
    private static final String FILES = "/files-pri/";
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    /** Slack's limits by method, calls a minute. */
    private static final Map<String, Integer> LIMITS = Map.of(
            "conversations.history", 50,
            "conversations.replies", 50,
            "conversations.info", 50,
            "reactions.get", 50,
            "reactions.add", 50,
            "reactions.remove", 20,
            "users.info", 100,
            "usergroups.users.list", 20,
            "emoji.list", 20,
            "chat.postMessage", 60);

    /** A call that was made: the method and what it was asked. */
    public record Call(String method, Map<String, String> parameters) {
        public Call {
            parameters = Map.copyOf(parameters);
        }

        /** The parameter's value; empty if it was not given. */
        public String get(String parameter) {
            return parameters.getOrDefault(parameter, "");
        }
    }

    private final Clock clock;
    private final HttpListener http;
    private final Map<String, Function<Call, ObjectNode>> methods = new HashMap<>();

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
            "chat:write"));
    private String newestTs = "0000000000.000000";
    private String hiddenBefore = "0000000000.000000";
    private String socketMode = "";
    private int longestPage = Integer.MAX_VALUE;
    private int namedReactors = Integer.MAX_VALUE;
    private boolean repliesStandAlone;

    private final List<Call> calls = new ArrayList<>();
    private final Map<String, Deque<Fault>> troubles = new HashMap<>();
    private final Map<Integer, Fault> failingCalls = new HashMap<>();
    private int callsEver;
    private boolean enforcesLimits;
    private final Map<String, Deque<Instant>> callTimes = new HashMap<>();

    private FakeSlack(Clock clock) {
        this.clock = clock;
        methods.put("conversations.history", this::history);
        methods.put("conversations.replies", this::replies);
        methods.put("conversations.info", this::conversation);
        methods.put("reactions.get", this::reactions);
        methods.put("reactions.add", this::addReaction);
        methods.put("reactions.remove", this::removeReaction);
        methods.put("users.info", this::user);
        methods.put("usergroups.users.list", this::groupMembers);
        methods.put("chat.postMessage", this::postMessage);
        methods.put("files.info", this::fileInfo);
        methods.put("emoji.list", this::emojiList);
        methods.put("auth.test", this::whoAmI);
        methods.put("apps.connections.open", call -> JSON.createObjectNode().put("url", socketMode));
        this.http = HttpListener.start(this::answer);
    }

    /** An empty workspace with a bot in it. */
    public static FakeSlack start(Clock clock) {
        var slack = new FakeSlack(clock);
        slack.person(BOT, "Chatpress").bot();
        return slack;
    }

    /** For {@code slack.api-url}. */
    public URI apiUri() {
        return http.uri().resolve("/api/");
    }

    /** The only token that is let in. */
    public Secret token() {
        return new Secret(TOKEN);
    }

    /** The only token that opens a connection of Socket Mode. */
    public Secret appToken() {
        return new Secret(APP_TOKEN);
    }

    /** Where apps.connections.open sends a client from now on. */
    public synchronized void socketModeAt(URI address) {
        socketMode = address.toString();
    }

    @Override
    public void close() {
        http.close();
    }

    // THE WORKSPACE

    /** A public channel with the bot in it, named after its id. */
    public synchronized void channel(String id) {
        channel(id, id.toLowerCase(Locale.ROOT), false);
    }

    /** A channel with the bot in it. */
    public synchronized void channel(String id, String name, boolean isPrivate) {
        channels.put(id, new FakeChannel(id, name, isPrivate));
    }

    /** A person, to be described further. */
    public synchronized FakePerson person(String id, String realName) {
        var person = new FakePerson(id, realName);
        people.put(id, person);
        return person;
    }

    /** A custom emoji: an address, or {@code alias:} and another name. */
    public synchronized void emoji(String name, String standsFor) {
        emoji.put(name, standsFor);
    }

    /** A user group (S...); again: its new members. */
    public synchronized void group(String id, String... members) {
        groups.put(id, new LinkedHashSet<>(List.of(members)));
    }

    /** Says something now; answers its ts. A bot (B...) says it as an app does. */
    public synchronized String post(String channel, String user, String text) {
        return postAt(channel, nextTs(), user, text);
    }

    /** Posts files, with a text or without one; answers the message's ts. */
    public synchronized String upload(String channel, String user, String text, FakeFile... uploads) {
        String ts = post(channel, user, text);
        for (FakeFile file : uploads) {
            addFile(channel, ts, file);
        }
        return ts;
    }

    /** A file comes into a message that is there. */
    public synchronized void addFile(String channel, String ts, FakeFile file) {
        files.put(file.id(), file);
        room(channel).message(ts).withArray("files").add(json(file));
    }

    /** The file has other bytes from now on, as in a new version of it. */
    public synchronized void replaceFile(String channel, String ts, FakeFile file) {
        removeFile(channel, ts, file.id());
        addFile(channel, ts, file);
    }

    /** The file is deleted: its message keeps a tombstone of it. */
    public synchronized void deleteFile(String channel, String ts, String id) {
        removeFile(channel, ts, id);
        room(channel).message(ts).withArray("files").addObject().put("id", id).put("mode", "tombstone");
    }

    /** The message says nothing of the file but its id, as where another organisation has it. */
    public synchronized void shareAsStub(String channel, String ts, FakeFile file) {
        files.put(file.id(), file);
        room(channel)
                .message(ts)
                .withArray("files")
                .addObject()
                .put("id", file.id())
                .put("mode", "file_access")
                .put("file_access", "check_file_info");
    }

    private void removeFile(String channel, String ts, String id) {
        files.remove(id);
        ArrayNode there = room(channel).message(ts).withArray("files");
        for (int i = there.size() - 1; i >= 0; i--) {
            if (there.get(i).path("id").asText().equals(id)) {
                there.remove(i);
            }
        }
    }

    /** Says something at a given ts. */
    public synchronized String postAt(String channel, String ts, String user, String text) {
        room(channel).put(ts, said(ts, user, text));
        newestTs = max(newestTs, ts);
        return ts;
    }

    /**
     * Puts any JSON into the channel, a message object or not. One without a ts is given one if {@code json} holds
     * {@code $ts} in its place; otherwise it has none, and lies where it was posted. Answers the ts or place.
     */
    public synchronized String postRaw(String channel, String json) {
        String place = nextTs();
        JsonNode message = parsed(json.replace("$ts", place));
        String ts = message.path("ts").asText("");
        String key = MessageTs.isValid(ts) && !room(channel).has(ts) ? ts : place;
        room(channel).put(key, message);
        newestTs = max(newestTs, key);
        return key;
    }

    /** Replies in a thread. */
    public synchronized String reply(String channel, String thread, String user, String text) {
        String ts = nextTs();
        room(channel).put(ts, said(ts, user, text).put("thread_ts", thread));
        return ts;
    }

    /** Replies in a thread and sends the reply to the channel too. */
    public synchronized String broadcast(String channel, String thread, String user, String text) {
        String ts = nextTs();
        room(channel).put(ts, said(ts, user, text).put("thread_ts", thread).put("subtype", "thread_broadcast"));
        return ts;
    }

    /** Changes a message's text; Slack dates edits to the second. */
    public synchronized void edit(String channel, String ts, String user, String text) {
        ObjectNode message = room(channel).message(ts);
        message.put("text", text);
        message.remove("blocks");
        message.putObject("edited").put("user", user).put("ts", clock.instant().getEpochSecond() + ".000000");
    }

    /** Deletes a message; one with replies leaves a tombstone. */
    public synchronized void delete(String channel, String ts) {
        room(channel).delete(ts);
    }

    public synchronized void react(String channel, String ts, String user, String emoji) {
        room(channel).react(ts, user, emoji);
    }

    public synchronized void unreact(String channel, String ts, String user, String emoji) {
        room(channel).unreact(ts, user, emoji);
    }

    /**
     * Applies an event as Slack sends it: a message of any subtype, message_changed, message_deleted, reaction_added,
     * reaction_removed. What it says of a message that is not here is passed over; others are of no consequence. An
     * upload as Slack told it until 2018 is kept as Slack tells it today.
     */
    public synchronized void event(String channel, String json) {
        if (!channels.containsKey(channel)) {
            channel(channel);
        }
        FakeChannel room = room(channel);
        if (!(parsed(json) instanceof ObjectNode event)) {
            throw new IllegalArgumentException("not an event: " + json);
        }
        switch (event.path("type").asText() + " " + event.path("subtype").asText("")) {
            case "message message_changed" -> {
                String ts = event.path("message").path("ts").asText();
                if (room.has(ts) && event.path("message") instanceof ObjectNode newVersion) {
                    room.replace(ts, withFiles(newVersion));
                }
            }
            case "message message_deleted" -> {
                String ts = event.path("deleted_ts").asText();
                if (room.has(ts)) {
                    room.delete(ts);
                }
            }
            case "message message_replied" -> {} // the reply came as a message of its own
            case "reaction_added ", "reaction_removed " -> reactionEvent(room, event);
            default -> {
                if (event.path("type").asText().equals("message")) {
                    String ts = event.path("ts").asText();
                    event.remove(List.of("channel", "event_ts"));
                    room.put(ts, withFiles(event));
                    newestTs = max(newestTs, ts);
                }
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

    /** The bot is thrown out. */
    public synchronized void removeBot(String channel) {
        room(channel).botIsIn = false;
    }

    /** The bot is invited again. */
    public synchronized void inviteBot(String channel) {
        room(channel).botIsIn = true;
    }

    public synchronized void archive(String channel) {
        room(channel).isArchived = true;
    }

    /** Takes a scope from the token. */
    public synchronized void removeScope(String scope) {
        scopes.remove(scope);
    }

    /** Gives the token a scope, as a new installation does. */
    public synchronized void addScope(String scope) {
        scopes.add(scope);
    }

    /** Who put which emoji under a message, as in {@code rocket U0CHATPRESS}. */
    public synchronized List<String> reactions(String channel, String ts) {
        var reactions = new ArrayList<String>();
        for (JsonNode reaction : room(channel).message(ts).path("reactions")) {
            reaction.path("users")
                    .forEach(user -> reactions.add(reaction.path("name").asText() + " " + user.asText()));
        }
        return reactions;
    }

    /** What the bot said in a thread, as Slack tells it. */
    public synchronized List<String> said(String channel, String root) {
        FakeChannel room = room(channel);
        return room.replies(root).stream()
                .map(room::message)
                .filter(message -> message.path("user").asText().equals(BOT))
                .map(message -> message.path("text").asText())
                .toList();
    }

    /** What the plan's retention hides: everything before this ts. */
    public synchronized void hideBefore(String ts) {
        hiddenBefore = ts;
    }

    /** From now on only so many of those who reacted are named, and the bot; the count is right. */
    public synchronized void shortenReactorsTo(int number) {
        namedReactors = number;
    }

    /** From now on no page is longer, whatever is asked for. */
    public synchronized void pagesOf(int number) {
        longestPage = number;
    }

    /** From now on conversations.replies with a reply's ts answers that reply alone, and not its thread. */
    public synchronized void answerRepliesAlone() {
        repliesStandAlone = true;
    }

    // TROUBLE AND BOOKKEEPING

    /** The next calls of a method ({@code "*"}: of any) meet these, one after the other. */
    public synchronized void trouble(String method, Fault... ahead) {
        troubles.computeIfAbsent(method, m -> new ArrayDeque<>()).addAll(List.of(ahead));
    }

    /** The n-th call from now on, counted from 1, is reset; the others are well. */
    public synchronized void failCall(int n) {
        failCall(n, Fault.RESET);
    }

    /** The n-th call from now on, counted from 1, meets this; the others are well. */
    public synchronized void failCall(int n, Fault trouble) {
        failingCalls.put(callsEver + n, trouble);
    }

    /** No trouble is ahead any more. */
    public synchronized void endTrouble() {
        troubles.clear();
        failingCalls.clear();
    }

    /** From now on Slack's own rate limits hold, by the clock. */
    public synchronized void enforceLimits() {
        enforcesLimits = true;
    }

    /** How often a method was called. */
    public synchronized int calls(String method) {
        return (int) calls.stream().filter(call -> call.method().equals(method)).count();
    }

    /** Every call, oldest first, those that met trouble included. */
    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    public synchronized void resetCalls() {
        calls.clear();
    }

    // THE WEB API

    private Response answer(Request request) {
        if (request.path().startsWith(FILES)) {
            return fileAnswer(request);
        }
        String method = request.path().substring(request.path().lastIndexOf('/') + 1);
        var call = new Call(method, form(request));
        Response response = nextTrouble(call)
                .map(trouble -> trouble.instead(() -> wellAnswer(call, request)))
                .orElseGet(() -> wellAnswer(call, request));
        return response.equals(Response.NONE) ? response : response.with("Date", HTTP_DATE.format(clock.instant()));
    }

    /** Calls of {@code file} are those for a file's bytes. */
    private Response fileAnswer(Request request) {
        String[] parts = request.path().substring(FILES.length()).split("/", -1);
        var call = new Call("file", Map.of("file", parts[0], "authorization", authorization(request)));
        return nextTrouble(call)
                .map(trouble -> trouble.instead(() -> bytesOf(call, parts[1])))
                .orElseGet(() -> bytesOf(call, parts[1]));
    }

    private synchronized Response bytesOf(Call call, String which) {
        boolean isIn = call.get("authorization").equals("Bearer " + TOKEN) && scopes.contains("files:read");
        if (!isIn) {
            return Response.of(200, "text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>");
        }
        FakeFile file = files.get(call.get("file"));
        if (file == null) {
            return Response.of(404, "text/plain", "no such file");
        }
        byte[] bytes = which.equals("thumb") ? file.thumbnail() : file.bytes();
        String type = which.equals("thumb") ? "image/jpeg" : file.type();
        return new Response(200, Map.of("Content-Type", type), bytes, bytes.length);
    }

    private static String authorization(Request request) {
        return request.headers().getOrDefault("authorization", "");
    }

    private ObjectNode fileInfo(Call call) {
        need("files:read");
        FakeFile file = files.get(call.get("file"));
        if (file == null) {
            throw new Refusal("file_not_found");
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.set("file", json(file));
        return answer;
    }

    private ObjectNode json(FakeFile file) {
        String address = http.uri().resolve(FILES) + file.id();
        ObjectNode json = JSON.createObjectNode()
                .put("id", file.id())
                .put("name", file.name())
                .put("mimetype", file.type())
                .put("mode", "hosted")
                .put("size", file.bytes().length)
                .put("url_private", address + "/view")
                .put("url_private_download", address + "/download");
        if (!file.alt().isEmpty()) {
            json.put("alt_txt", file.alt());
        }
        if (file.thumbnail().length > 0) {
            json.put("thumb_360", address + "/thumb-of-360").put("thumb_1024", address + "/thumb");
        }
        return json;
    }

    private synchronized Optional<Fault> nextTrouble(Call call) {
        calls.add(call);
        callsEver++;
        Fault failing = failingCalls.remove(callsEver);
        if (failing != null) {
            return Optional.of(failing);
        }
        for (String method : List.of(call.method(), "*")) {
            Fault next = troubles.getOrDefault(method, new ArrayDeque<>()).poll();
            if (next != null) {
                return Optional.of(next);
            }
        }
        return Optional.empty();
    }

    private synchronized Response wellAnswer(Call call, Request request) {
        Optional<Duration> wait = enforcesLimits ? overTheLimit(call.method()) : Optional.empty();
        if (wait.isPresent()) {
            return response(429, notOk("ratelimited"))
                    .with("Retry-After", String.valueOf(wait.get().toSeconds()));
        }
        ObjectNode answer;
        try {
            answer = allowed(call, request.headers().getOrDefault("authorization", ""));
        } catch (Refusal e) {
            answer = e.answer;
        }
        return response(200, answer).with("x-oauth-scopes", String.join(",", scopes));
    }

    private ObjectNode allowed(Call call, String authorization) {
        if (authorization.isEmpty()) {
            throw new Refusal("not_authed");
        }
        String token = call.method().equals("apps.connections.open") ? APP_TOKEN : TOKEN;
        if (!authorization.equals("Bearer " + token)) {
            throw new Refusal("invalid_auth");
        }
        Function<Call, ObjectNode> method = methods.get(call.method());
        if (method == null) {
            throw new Refusal("unknown_method");
        }
        return method.apply(call).put("ok", true);
    }

    private ObjectNode history(Call call) {
        FakeChannel channel = joined(call, "history");
        int limit = Math.min(limit(call, 100), longestPage);
        String below = call.get("cursor").isEmpty() ? "" : timeOf(call.get("cursor"));

        ObjectNode answer = JSON.createObjectNode();
        ArrayNode page = answer.putArray("messages");
        String last = "";
        for (Map.Entry<String, JsonNode> message : channel.timeline()) {
            String ts = message.getKey();
            if (!isAsked(call, ts) || isHidden(ts) || (!below.isEmpty() && ts.compareTo(below) >= 0)) {
                continue;
            }
            if (page.size() == limit) {
                return withMore(answer, last);
            }
            page.add(channel.told(ts, namedReactors, BOT));
            last = ts;
        }
        return answer.put("has_more", false);
    }

    private ObjectNode replies(Call call) {
        FakeChannel channel = joined(call, "history");
        String asked = call.get("ts");
        if (!channel.has(asked) || isHidden(asked)) {
            throw new Refusal("thread_not_found");
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode page = answer.putArray("messages");
        String root = repliesStandAlone ? asked : channel.rootOf(asked);
        if (channel.has(root)) {
            page.add(channel.told(root, namedReactors, BOT)); // first on each page, whatever was asked for
        }
        int limit = Math.min(limit(call, 1000), longestPage);
        String above = call.get("cursor").isEmpty() ? "" : timeOf(call.get("cursor"));
        // A page of one holds the root alone; but a later one must get on.
        int room = above.isEmpty() ? limit - page.size() : Math.max(1, limit - page.size());
        String last = "";
        for (String reply : channel.replies(root)) {
            if (!isAsked(call, reply) || isHidden(reply) || reply.compareTo(above) <= 0) {
                continue;
            }
            if (room == 0) {
                return withMore(answer, last.isEmpty() ? root : last);
            }
            page.add(channel.told(reply, namedReactors, BOT));
            room--;
            last = reply;
        }
        return answer.put("has_more", false);
    }

    private ObjectNode conversation(Call call) {
        FakeChannel channel = visible(call);
        need(channel.isPrivate ? "groups:read" : "channels:read");
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("channel")
                .put("id", channel.id)
                .put("name", channel.name)
                .put("is_channel", true)
                .put("is_private", channel.isPrivate)
                .put("is_member", channel.botIsIn)
                .put("is_archived", channel.isArchived);
        return answer;
    }

    private ObjectNode reactions(Call call) {
        need("reactions:read");
        FakeChannel channel = withMessage(call);
        int named = call.get("full").equals("true") ? Integer.MAX_VALUE : namedReactors;
        ObjectNode answer = JSON.createObjectNode();
        answer.put("type", "message").put("channel", channel.id);
        answer.set("message", channel.told(call.get("timestamp"), named, BOT));
        return answer;
    }

    private ObjectNode addReaction(Call call) {
        need("reactions:write");
        if (!withMessage(call).react(call.get("timestamp"), BOT, call.get("name"))) {
            throw new Refusal("already_reacted");
        }
        return JSON.createObjectNode();
    }

    private ObjectNode removeReaction(Call call) {
        need("reactions:write");
        if (!withMessage(call).unreact(call.get("timestamp"), BOT, call.get("name"))) {
            throw new Refusal("no_reaction");
        }
        return JSON.createObjectNode();
    }

    private ObjectNode user(Call call) {
        need("users:read");
        FakePerson person = people.get(call.get("user"));
        if (person == null) {
            throw new Refusal("user_not_found");
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.set("user", person.json());
        return answer;
    }

    private ObjectNode emojiList(Call call) {
        need("emoji:read");
        ObjectNode answer = JSON.createObjectNode();
        emoji.forEach(answer.putObject("emoji")::put);
        return answer;
    }

    private ObjectNode groupMembers(Call call) {
        need("usergroups:read");
        Set<String> members = groups.get(call.get("usergroup"));
        if (members == null) {
            throw new Refusal("no_such_subteam");
        }
        ObjectNode answer = JSON.createObjectNode();
        members.forEach(answer.putArray("users")::add);
        return answer;
    }

    private ObjectNode postMessage(Call call) {
        need("chat:write");
        FakeChannel channel = visible(call);
        if (!channel.botIsIn) {
            throw new Refusal("not_in_channel");
        }
        if (channel.isArchived) {
            throw new Refusal("is_archived");
        }
        String ts = nextTs();
        ObjectNode message = said(ts, BOT, call.get("text"));
        message.put("bot_id", "B0CHATPRESS").put("app_id", "A0CHATPRESS");
        if (!call.get("thread_ts").isEmpty()) {
            message.put("thread_ts", call.get("thread_ts"));
        }
        channel.put(ts, message);
        ObjectNode answer = JSON.createObjectNode();
        answer.put("channel", channel.id).put("ts", ts);
        answer.set("message", message.deepCopy());
        return answer;
    }

    private ObjectNode whoAmI(Call call) {
        return JSON.createObjectNode()
                .put("url", "https://newsroom.slack.com/")
                .put("team", "Newsroom")
                .put("team_id", TEAM)
                .put("user", "chatpress")
                .put("user_id", BOT)
                .put("bot_id", "B0CHATPRESS");
    }

    private FakeChannel visible(Call call) {
        FakeChannel channel = channels.get(call.get("channel"));
        if (channel == null || (channel.isPrivate && !channel.botIsIn)) {
            throw new Refusal("channel_not_found");
        }
        return channel;
    }

    private FakeChannel joined(Call call, String right) {
        FakeChannel channel = visible(call);
        need((channel.isPrivate ? "groups:" : "channels:") + right);
        if (!channel.botIsIn) {
            throw new Refusal("not_in_channel");
        }
        return channel;
    }

    private FakeChannel withMessage(Call call) {
        FakeChannel channel = visible(call);
        if (!channel.botIsIn) {
            throw new Refusal("not_in_channel");
        }
        if (!channel.has(call.get("timestamp")) || isHidden(call.get("timestamp"))) {
            throw new Refusal("message_not_found");
        }
        return channel;
    }

    private void need(String scope) {
        if (!scopes.contains(scope)) {
            var refusal = new Refusal("missing_scope");
            refusal.answer.put("needed", scope).put("provided", String.join(",", scopes));
            throw refusal;
        }
    }

    private boolean isHidden(String ts) {
        return ts.compareTo(hiddenBefore) < 0;
    }

    private static boolean isAsked(Call call, String ts) {
        boolean inclusive =
                call.get("inclusive").equals("true") || call.get("inclusive").equals("1");
        int ends = inclusive ? 0 : 1;
        return (call.get("latest").isEmpty() || call.get("latest").compareTo(ts) >= ends)
                && (call.get("oldest").isEmpty() || ts.compareTo(call.get("oldest")) >= ends);
    }

    private static int limit(Call call, int otherwise) {
        int limit = call.get("limit").isEmpty() ? otherwise : Integer.parseInt(call.get("limit"));
        if (limit < 1 || (limit > 999 && !call.get("limit").isEmpty())) {
            throw new Refusal("invalid_limit");
        }
        return limit;
    }

    private static ObjectNode withMore(ObjectNode answer, String lastTs) {
        String cursor = "next_ts:" + lastTs.replace(".", "");
        answer.put("has_more", true);
        answer.putObject("response_metadata")
                .put("next_cursor", Base64.getEncoder().encodeToString(cursor.getBytes(StandardCharsets.UTF_8)));
        return answer;
    }

    private static String timeOf(String cursor) {
        String digits;
        try {
            digits = new String(Base64.getDecoder().decode(cursor), StandardCharsets.UTF_8).replace("next_ts:", "");
        } catch (IllegalArgumentException e) {
            throw new Refusal("invalid_cursor");
        }
        if (!digits.matches("[0-9]{16}")) {
            throw new Refusal("invalid_cursor");
        }
        return digits.substring(0, 10) + "." + digits.substring(10);
    }

    private Optional<Duration> overTheLimit(String method) {
        Instant now = clock.instant();
        Deque<Instant> times = callTimes.computeIfAbsent(method, m -> new ArrayDeque<>());
        while (!times.isEmpty() && !times.peekFirst().plusSeconds(60).isAfter(now)) {
            times.removeFirst();
        }
        if (times.size() >= LIMITS.getOrDefault(method, Integer.MAX_VALUE)) {
            return Optional.of(
                    Duration.between(now, times.peekFirst().plusSeconds(60)).plusMillis(999));
        }
        times.addLast(now);
        return Optional.empty();
    }

    private void reactionEvent(FakeChannel room, JsonNode event) {
        String ts = event.path("item").path("ts").asText();
        String user = event.path("user").asText();
        String emoji = event.path("reaction").asText();
        if (!room.has(ts)) {
            return;
        }
        if (event.path("type").asText().equals("reaction_added")) {
            room.react(ts, user, emoji);
        } else {
            room.unreact(ts, user, emoji);
        }
    }

    private FakeChannel room(String id) {
        FakeChannel channel = channels.get(id);
        if (channel == null) {
            throw new IllegalArgumentException("no channel " + id + " in the fake workspace");
        }
        return channel;
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

    private static ObjectNode said(String ts, String user, String text) {
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

    private static ObjectNode notOk(String error) {
        return JSON.createObjectNode().put("ok", false).put("error", error);
    }

    private static Response response(int status, ObjectNode json) {
        return Response.of(status, "application/json; charset=utf-8", json.toString());
    }

    private static Map<String, String> form(Request request) {
        var form = new LinkedHashMap<String, String>();
        Arrays.stream(new String(request.body(), StandardCharsets.UTF_8).split("&"))
                .filter(pair -> pair.contains("="))
                .forEach(pair -> form.put(
                        decoded(pair.substring(0, pair.indexOf('='))), decoded(pair.substring(pair.indexOf('=') + 1))));
        return form;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Ends a call with {@code ok: false}. */
    private static final class Refusal extends RuntimeException {
        private final transient ObjectNode answer;

        Refusal(String error) {
            super(error);
            this.answer = notOk(error);
        }
    }
}
