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
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.chatpress.model.Secret;
import org.chatpress.support.HttpListener.Request;
import org.chatpress.support.HttpListener.Response;

/**
 * The methods of Slack's Web API that the program calls, on 127.0.0.1, for a {@link FakeWorkspace}. Pages, shortened
 * lists of reactors, tombstones and errors are as in Slack (https://docs.slack.dev/reference/methods); the {@code Date}
 * of a response comes from the test's clock. {@link #faults()} says which calls fail.
 */
public final class FakeSlackServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "xoxb-fake-token-of-the-test";
    private static final String APP_TOKEN = "xapp-fake-token-of-the-test";
    private static final String FILES = "/files-pri/";
    private static final String RESPONSES = "/response/";
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    /**
     * A received call.
     *
     * @param method {@code file} for the download of a file
     */
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
    private final FakeWorkspace workspace;
    private final FakeInteractivity interactivity;
    private final FaultInjector faults;
    private final Map<String, Function<Call, ObjectNode>> methods = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();
    private String socketModeUrl = "";
    private int maxPageSize = Integer.MAX_VALUE;
    private int maxReactors = Integer.MAX_VALUE;
    private boolean returnsRepliesAlone;

    private FakeSlackServer(Clock clock) {
        this.clock = clock;
        this.http = HttpListener.bind();
        this.workspace = new FakeWorkspace(clock, http.uri().resolve(FILES));
        this.interactivity = new FakeInteractivity(clock, http.uri().resolve(RESPONSES));
        this.faults = new FaultInjector(clock);
        methods.put("conversations.history", this::history);
        methods.put("conversations.replies", this::replies);
        methods.put("conversations.info", this::conversation);
        methods.put("users.conversations", this::memberChannels);
        methods.put("reactions.get", this::reactions);
        methods.put("reactions.add", this::addReaction);
        methods.put("reactions.remove", this::removeReaction);
        methods.put("users.info", this::user);
        methods.put("usergroups.users.list", this::groupMembers);
        methods.put("chat.postMessage", this::postMessage);
        methods.put("chat.postEphemeral", this::postEphemeral);
        methods.put("views.open", call -> answer(interactivity.open(call.get("trigger_id"), parsed(call.get("view")))));
        methods.put(
                "views.publish", call -> answer(interactivity.publish(call.get("user_id"), parsed(call.get("view")))));
        methods.put("bots.info", this::botInfo);
        methods.put("files.info", this::fileInfo);
        methods.put("emoji.list", this::emojiList);
        methods.put("auth.test", this::authTest);
        methods.put("apps.connections.open", call -> JSON.createObjectNode().put("url", socketModeUrl));
    }

    /** Serves an empty workspace with the bot in it. */
    public static FakeSlackServer start(Clock clock) {
        var server = new FakeSlackServer(clock);
        server.http.serve(server::respond);
        return server;
    }

    /** The workspace that it serves. */
    public FakeWorkspace workspace() {
        return workspace;
    }

    /** What people do with the app, and what it shows them. */
    public FakeInteractivity interactivity() {
        return interactivity;
    }

    /** Plans which calls fail. */
    public FaultInjector faults() {
        return faults;
    }

    /** For {@code slack.api-url}. */
    public URI apiUri() {
        return http.uri().resolve("/api/");
    }

    /** The only token that is accepted. */
    public Secret token() {
        return new Secret(TOKEN);
    }

    /** The only token that opens a connection of Socket Mode. */
    public Secret appToken() {
        return new Secret(APP_TOKEN);
    }

    /** The URL that apps.connections.open returns from now on. */
    public void socketModeAt(URI url) {
        synchronized (workspace) {
            socketModeUrl = url.toString();
        }
    }

    /** From now on no page is longer, whatever limit is asked for. */
    public void pagesOf(int number) {
        synchronized (workspace) {
            maxPageSize = number;
        }
    }

    /** From now on reactions list so many users at most, and the bot; the count is right. */
    public void shortenReactorsTo(int number) {
        synchronized (workspace) {
            maxReactors = number;
        }
    }

    /** From now on conversations.replies with a reply's ts returns that reply alone, and not its thread. */
    public void returnRepliesAlone() {
        synchronized (workspace) {
            returnsRepliesAlone = true;
        }
    }

    /** How often a method was called. */
    public int calls(String method) {
        return (int)
                calls().stream().filter(call -> call.method().equals(method)).count();
    }

    /** Every call, oldest first, those that failed included. */
    public List<Call> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    public void resetCalls() {
        synchronized (calls) {
            calls.clear();
        }
    }

    @Override
    public void close() {
        http.close();
    }

    private Response respond(Request request) {
        String authorization = request.headers().getOrDefault("authorization", "");
        if (request.path().startsWith(FILES)) {
            String[] parts = request.path().substring(FILES.length()).split("/", -1);
            var call = new Call("file", Map.of("file", parts[0], "authorization", authorization));
            return withFault(call, () -> download(call, parts[1]));
        }
        if (request.path().startsWith(RESPONSES)) {
            String id = request.path().substring(RESPONSES.length());
            var call = new Call("response_url", Map.of("authorization", authorization));
            return withFault(call, () -> respondTo(id, new String(request.body(), StandardCharsets.UTF_8)));
        }
        var call = new Call(request.path().substring(request.path().lastIndexOf('/') + 1), form(request));
        Response response = withFault(call, () -> apiResponse(call, authorization));
        return response.equals(Response.NONE) ? response : response.with("Date", HTTP_DATE.format(clock.instant()));
    }

    private Response withFault(Call call, Supplier<Response> faultless) {
        synchronized (calls) {
            calls.add(call);
        }
        return faults.forCall(call.method())
                .map(fault -> fault.instead(faultless))
                .orElseGet(faultless);
    }

    private Response respondTo(String id, String message) {
        return interactivity.respond(id, parsed(message))
                ? Response.of(200, "text/plain", "ok")
                : Response.of(404, "text/plain", "used_url");
    }

    private Response download(Call call, String which) {
        synchronized (workspace) {
            boolean allowed = call.get("authorization").equals("Bearer " + TOKEN)
                    && workspace.scopes().contains("files:read");
            if (!allowed) {
                return Response.of(200, "text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>");
            }
            Optional<FakeFile> found = workspace.file(call.get("file"));
            if (found.isEmpty()) {
                return Response.of(404, "text/plain", "no such file");
            }
            FakeFile file = found.get();
            byte[] bytes = which.equals("thumb") ? file.thumbnail() : file.bytes();
            String type = which.equals("thumb") ? "image/jpeg" : file.type();
            return new Response(200, Map.of("Content-Type", type), bytes, bytes.length);
        }
    }

    private Response apiResponse(Call call, String authorization) {
        synchronized (workspace) {
            Optional<Duration> wait = faults.retryAfter(call.method());
            if (wait.isPresent()) {
                return response(429, notOk("ratelimited"))
                        .with("Retry-After", String.valueOf(wait.get().toSeconds()));
            }
            ObjectNode answer;
            try {
                answer = authorized(call, authorization);
            } catch (ApiError e) {
                answer = e.answer;
            }
            return response(200, answer).with("x-oauth-scopes", String.join(",", workspace.scopes()));
        }
    }

    private ObjectNode authorized(Call call, String authorization) {
        if (authorization.isEmpty()) {
            throw new ApiError("not_authed");
        }
        String token = call.method().equals("apps.connections.open") ? APP_TOKEN : TOKEN;
        if (!authorization.equals("Bearer " + token)) {
            throw new ApiError("invalid_auth");
        }
        Function<Call, ObjectNode> method = methods.get(call.method());
        if (method == null) {
            throw new ApiError("unknown_method");
        }
        return method.apply(call).put("ok", true);
    }

    // THE METHODS OF THE WEB API

    private ObjectNode history(Call call) {
        FakeChannel channel = readableChannel(call);
        int limit = Math.min(limit(call, 100), maxPageSize);
        String below = call.get("cursor").isEmpty() ? "" : tsOf(call.get("cursor"));

        ObjectNode answer = JSON.createObjectNode();
        ArrayNode page = answer.putArray("messages");
        String last = "";
        for (Map.Entry<String, JsonNode> message : channel.timeline()) {
            String ts = message.getKey();
            if (!isAsked(call, ts) || workspace.isHidden(ts) || (!below.isEmpty() && ts.compareTo(below) >= 0)) {
                continue;
            }
            if (page.size() == limit) {
                return withMore(answer, last);
            }
            page.add(shown(channel, ts, call));
            last = ts;
        }
        return answer.put("has_more", false);
    }

    private ObjectNode replies(Call call) {
        FakeChannel channel = readableChannel(call);
        String asked = call.get("ts");
        if (!channel.has(asked) || workspace.isHidden(asked)) {
            throw new ApiError("thread_not_found");
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode page = answer.putArray("messages");
        String root = returnsRepliesAlone ? asked : channel.rootOf(asked);
        if (channel.has(root)) {
            page.add(shown(channel, root, call)); // first on each page, whatever was asked for
        }
        int limit = Math.min(limit(call, 1000), maxPageSize);
        String above = call.get("cursor").isEmpty() ? "" : tsOf(call.get("cursor"));
        // A page of one holds the root alone; but a later one must get on.
        int left = above.isEmpty() ? limit - page.size() : Math.max(1, limit - page.size());
        String last = "";
        for (String reply : channel.replies(root)) {
            if (!isAsked(call, reply) || workspace.isHidden(reply) || reply.compareTo(above) <= 0) {
                continue;
            }
            if (left == 0) {
                return withMore(answer, last.isEmpty() ? root : last);
            }
            page.add(shown(channel, reply, call));
            left--;
            last = reply;
        }
        return answer.put("has_more", false);
    }

    /** Without metadata unless the call asks for it. */
    private JsonNode shown(FakeChannel channel, String ts, Call call) {
        JsonNode message = channel.json(ts, maxReactors);
        if (message instanceof ObjectNode object
                && !call.get("include_all_metadata").equals("true")) {
            object.remove("metadata");
        }
        return message;
    }

    private ObjectNode conversation(Call call) {
        FakeChannel channel = visibleChannel(call);
        requireScope(channel.isPrivate ? "groups:read" : "channels:read");
        ObjectNode answer = JSON.createObjectNode();
        answer.set("channel", describe(channel));
        return answer;
    }

    /** The channels that the bot is in, one a page. */
    private ObjectNode memberChannels(Call call) {
        requireScope("channels:read");
        requireScope("groups:read");
        List<FakeChannel> channels = workspace.channels().stream()
                .filter(channel -> channel.botIsIn && !channel.isArchived)
                .toList();
        int page = call.get("cursor").isEmpty() ? 0 : Integer.parseInt(call.get("cursor"));
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode list = answer.putArray("channels");
        channels.stream().skip(page).limit(1).forEach(channel -> list.add(describe(channel)));
        answer.putObject("response_metadata")
                .put("next_cursor", page + 1 < channels.size() ? String.valueOf(page + 1) : "");
        return answer;
    }

    private static ObjectNode describe(FakeChannel channel) {
        return JSON.createObjectNode()
                .put("id", channel.id)
                .put("name", channel.name)
                .put("is_channel", true)
                .put("is_private", channel.isPrivate)
                .put("is_member", channel.botIsIn)
                .put("is_archived", channel.isArchived);
    }

    private ObjectNode reactions(Call call) {
        requireScope("reactions:read");
        FakeChannel channel = channelOfMessage(call);
        int reactors = call.get("full").equals("true") ? Integer.MAX_VALUE : maxReactors;
        ObjectNode answer = JSON.createObjectNode();
        answer.put("type", "message").put("channel", channel.id);
        answer.set("message", channel.json(call.get("timestamp"), reactors));
        return answer;
    }

    private ObjectNode addReaction(Call call) {
        requireScope("reactions:write");
        if (!channelOfMessage(call).react(call.get("timestamp"), FakeWorkspace.BOT, call.get("name"))) {
            throw new ApiError("already_reacted");
        }
        return JSON.createObjectNode();
    }

    private ObjectNode removeReaction(Call call) {
        requireScope("reactions:write");
        if (!channelOfMessage(call).unreact(call.get("timestamp"), FakeWorkspace.BOT, call.get("name"))) {
            throw new ApiError("no_reaction");
        }
        return JSON.createObjectNode();
    }

    private ObjectNode user(Call call) {
        requireScope("users:read");
        FakePerson person = workspace.user(call.get("user")).orElseThrow(() -> new ApiError("user_not_found"));
        ObjectNode answer = JSON.createObjectNode();
        answer.set("user", person.json());
        return answer;
    }

    private ObjectNode groupMembers(Call call) {
        requireScope("usergroups:read");
        Set<String> members =
                workspace.members(call.get("usergroup")).orElseThrow(() -> new ApiError("no_such_subteam"));
        ObjectNode answer = JSON.createObjectNode();
        members.forEach(answer.putArray("users")::add);
        return answer;
    }

    private ObjectNode postMessage(Call call) {
        requireScope("chat:write");
        FakeChannel channel = joinedChannel(call);
        if (channel.isArchived) {
            throw new ApiError("is_archived");
        }
        ObjectNode message = workspace.postAsBot(channel, call.get("thread_ts"), call.get("text"));
        if (!call.get("metadata").isEmpty()) {
            message.set("metadata", parsed(call.get("metadata")));
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.put("channel", channel.id).set("ts", message.path("ts"));
        answer.set("message", message.deepCopy());
        return answer;
    }

    private ObjectNode postEphemeral(Call call) {
        requireScope("chat:write");
        FakeChannel channel = joinedChannel(call);
        ObjectNode message = JSON.createObjectNode().put("text", call.get("text"));
        message.set("blocks", parsed(call.get("blocks")));
        return answer(interactivity.postEphemeral(channel.id, call.get("user"), message));
    }

    private ObjectNode botInfo(Call call) {
        requireScope("users:read");
        if (!call.get("bot").equals("B0CHATPRESS")) {
            throw new ApiError("bot_not_found");
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("bot")
                .put("id", "B0CHATPRESS")
                .put("app_id", "A0CHATPRESS")
                .put("user_id", FakeWorkspace.BOT);
        return answer;
    }

    private static ObjectNode answer(String error) {
        if (!error.isEmpty()) {
            throw new ApiError(error);
        }
        return JSON.createObjectNode();
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ApiError("invalid_json");
        }
    }

    private ObjectNode fileInfo(Call call) {
        requireScope("files:read");
        FakeFile file = workspace.file(call.get("file")).orElseThrow(() -> new ApiError("file_not_found"));
        ObjectNode answer = JSON.createObjectNode();
        answer.set("file", workspace.json(file));
        return answer;
    }

    private ObjectNode emojiList(Call call) {
        requireScope("emoji:read");
        ObjectNode answer = JSON.createObjectNode();
        workspace.emoji().forEach(answer.putObject("emoji")::put);
        return answer;
    }

    private ObjectNode authTest(Call call) {
        return JSON.createObjectNode()
                .put("url", "https://newsroom.slack.com/")
                .put("team", "Newsroom")
                .put("team_id", FakeWorkspace.TEAM)
                .put("user", "chatpress")
                .put("user_id", FakeWorkspace.BOT)
                .put("bot_id", "B0CHATPRESS");
    }

    private FakeChannel visibleChannel(Call call) {
        return workspace
                .find(call.get("channel"))
                .filter(channel -> channel.botIsIn || !channel.isPrivate)
                .orElseThrow(() -> new ApiError("channel_not_found"));
    }

    private FakeChannel joinedChannel(Call call) {
        FakeChannel channel = visibleChannel(call);
        if (!channel.botIsIn) {
            throw new ApiError("not_in_channel");
        }
        return channel;
    }

    private FakeChannel readableChannel(Call call) {
        requireScope(visibleChannel(call).isPrivate ? "groups:history" : "channels:history");
        return joinedChannel(call);
    }

    private FakeChannel channelOfMessage(Call call) {
        FakeChannel channel = joinedChannel(call);
        if (!channel.has(call.get("timestamp")) || workspace.isHidden(call.get("timestamp"))) {
            throw new ApiError("message_not_found");
        }
        return channel;
    }

    private void requireScope(String scope) {
        if (!workspace.scopes().contains(scope)) {
            var error = new ApiError("missing_scope");
            error.answer.put("needed", scope).put("provided", String.join(",", workspace.scopes()));
            throw error;
        }
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
            throw new ApiError("invalid_limit");
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

    private static String tsOf(String cursor) {
        String digits;
        try {
            digits = new String(Base64.getDecoder().decode(cursor), StandardCharsets.UTF_8).replace("next_ts:", "");
        } catch (IllegalArgumentException e) {
            throw new ApiError("invalid_cursor");
        }
        if (!digits.matches("[0-9]{16}")) {
            throw new ApiError("invalid_cursor");
        }
        return digits.substring(0, 10) + "." + digits.substring(10);
    }

    private static ObjectNode notOk(String error) {
        return JSON.createObjectNode().put("ok", false).put("error", error);
    }

    private static Response response(int status, ObjectNode json) {
        return Response.of(status, "application/json; charset=utf-8", json.toString());
    }

    private static Map<String, String> form(Request request) {
        var form = new LinkedHashMap<String, String>();
        Arrays.stream(new String(request.body(), StandardCharsets.UTF_8).split("&", -1))
                .filter(pair -> pair.contains("="))
                .forEach(pair -> form.put(
                        decoded(pair.substring(0, pair.indexOf('='))), decoded(pair.substring(pair.indexOf('=') + 1))));
        return form;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Ends a call with {@code ok: false}. */
    private static final class ApiError extends RuntimeException {
        private final transient ObjectNode answer;

        ApiError(String error) {
            super(error);
            this.answer = notOk(error);
        }
    }
}
