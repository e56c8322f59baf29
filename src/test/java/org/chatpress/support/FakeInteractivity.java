package org.chatpress.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What people do with an app in Slack, and what the app shows them: envelopes of Socket Mode, forms, ephemeral messages and
 * App Homes. A {@code trigger_id} opens one form and expires after three seconds; a {@code response_url} takes five
 * messages in half an hour (https://docs.slack.dev/interactivity/handling-user-interaction).
 */
public final class FakeInteractivity {
    private static final Duration TRIGGER = Duration.ofSeconds(3);
    private static final Duration RESPONSE_URL = Duration.ofMinutes(30);
    private static final int MAX_RESPONSES = 5;

    private final Clock clock;
    private final URI responseUrls;
    private final Map<String, Instant> triggers = new HashMap<>();
    private final Map<String, ResponseUrl> responses = new HashMap<>();
    private final LinkedBlockingQueue<Ephemeral> ephemerals = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<OpenedForm> forms = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Home> homes = new LinkedBlockingQueue<>();
    private final List<String> problems = new ArrayList<>();
    private boolean hasHomeTab = true;
    private int ids;

    private record ResponseUrl(String channel, String user, Instant at, int used) {}

    /** A message that one person sees. */
    public record Ephemeral(String channel, String user, JsonNode message) {
        /** All texts of its blocks, one after the other. */
        public String text() {
            return textOf(message.path("blocks"));
        }
    }

    /** A form on a person's screen. */
    public record OpenedForm(String id, JsonNode view) {
        public String text() {
            return textOf(view.path("blocks"));
        }

        /** What a field of the form contains when it is opened. */
        public String value(String key) {
            for (JsonNode block : view.path("blocks")) {
                if (block.path("block_id").asText().startsWith(key + ".")) {
                    JsonNode element = block.path("element");
                    return element.has("initial_options")
                            ? "yes"
                            : element.path("initial_value").asText("");
                }
            }
            throw new IllegalArgumentException("no field " + key);
        }

        /** The keys of its fields. */
        public List<String> keys() {
            return view.path("blocks").findValuesAsText("block_id").stream()
                    .map(id -> id.substring(0, id.indexOf('.')))
                    .toList();
        }
    }

    /** An App Home on a person's screen. */
    public record Home(String user, JsonNode view) {
        public String text() {
            return textOf(view.path("blocks"));
        }
    }

    /** All texts, one after the other. */
    private static String textOf(JsonNode node) {
        var texts = new ArrayList<String>();
        for (JsonNode text : node.findValues("text")) {
            texts.add(text.isTextual() ? text.asText() : text.path("text").asText());
        }
        return String.join("\n", texts);
    }

    FakeInteractivity(Clock clock, URI responseUrls) {
        this.clock = clock;
        this.responseUrls = responseUrls;
    }

    /** The app's settings turn the App Home off. */
    public synchronized void removeHomeTab() {
        hasHomeTab = false;
    }

    // WHAT PEOPLE DO: the payloads of envelopes

    /** A person types {@code /livechat} and a text. */
    public synchronized ObjectNode command(String channel, String user, String text) {
        ObjectNode payload = JsonNodeFactory.instance
                .objectNode()
                .put("command", "/livechat")
                .put("text", text)
                .put("channel_id", channel)
                .put("channel_name", "any")
                .put("user_id", user)
                .put("team_domain", "newsroom")
                .put("trigger_id", newTrigger())
                .put("response_url", newResponseUrl(channel, user));
        return envelope("slash_commands", payload).put("accepts_response_payload", true);
    }

    /** A person chooses a shortcut in a message's menu. */
    public synchronized ObjectNode shortcut(String callback, String channel, String ts, String user) {
        ObjectNode payload = JsonNodeFactory.instance
                .objectNode()
                .put("type", "message_action")
                .put("callback_id", callback)
                .put("message_ts", ts)
                .put("trigger_id", newTrigger())
                .put("response_url", newResponseUrl(channel, user));
        payload.putObject("channel").put("id", channel);
        payload.putObject("user").put("id", user);
        payload.putObject("message").put("ts", ts).put("text", "what the message says");
        return envelope("interactive", payload);
    }

    /** A person submits a form after changing values: those that are not named stay as they are. */
    public synchronized ObjectNode submission(String user, OpenedForm form, Map<String, String> values) {
        ObjectNode payload = JsonNodeFactory.instance
                .objectNode()
                .put("type", "view_submission")
                .put("trigger_id", newTrigger());
        payload.putObject("user").put("id", user);
        ObjectNode view = form.view().deepCopy();
        view.put("id", form.id()).put("hash", form.id() + "." + ids);
        ObjectNode state = view.putObject("state").putObject("values");
        for (JsonNode block : form.view().path("blocks")) {
            if (!block.path("type").asText().equals("input")) {
                continue;
            }
            String blockId = block.path("block_id").asText();
            JsonNode element = block.path("element");
            ObjectNode value =
                    state.putObject(blockId).putObject(element.path("action_id").asText());
            String key = blockId.substring(0, blockId.indexOf('.'));
            value.set("type", element.path("type"));
            if (element.path("type").asText().equals("checkboxes")) {
                boolean isTicked =
                        values.containsKey(key) ? values.get(key).equals("yes") : element.has("initial_options");
                var selected = value.putArray("selected_options");
                if (isTicked) {
                    selected.addAll(List.of(element.path("options").path(0)));
                }
            } else {
                String text =
                        values.getOrDefault(key, element.path("initial_value").asText(""));
                value.put("value", text.isEmpty() ? null : text);
            }
        }
        payload.set("view", view);
        return envelope("interactive", payload);
    }

    /** A person opens the app's Home tab. */
    public synchronized ObjectNode homeOpened(String user) {
        ObjectNode payload = JsonNodeFactory.instance.objectNode().put("event_id", "Ev" + ++ids);
        payload.putObject("event")
                .put("type", "app_home_opened")
                .put("user", user)
                .put("tab", "home");
        return envelope("events_api", payload);
    }

    // WHAT PEOPLE SEE

    /** Waits for the next ephemeral message. */
    public Ephemeral ephemeral() throws InterruptedException {
        return ephemerals.take();
    }

    /** Waits for the next form. */
    public OpenedForm form() throws InterruptedException {
        return forms.take();
    }

    /** Waits for the next App Home that is published. */
    public Home home() throws InterruptedException {
        return homes.take();
    }

    /** The forms that were not waited for. */
    public List<OpenedForm> forms() {
        return List.copyOf(forms);
    }

    /** The App Homes that were not waited for. */
    public List<Home> homes() {
        return List.copyOf(homes);
    }

    /** The form that the response to a submission shows in place of the submitted one. */
    public OpenedForm updated(OpenedForm form, JsonNode response) {
        JsonNode view = response.path("view");
        check(BlockKitValidator.problemsOfView(view));
        return new OpenedForm(form.id(), view);
    }

    /** How many messages the most used response URL took. */
    public synchronized int mostResponses() {
        return responses.values().stream().mapToInt(ResponseUrl::used).max().orElse(0);
    }

    /** What Slack would have refused so far. */
    public synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    // FOR THE SERVER: each returns Slack's error code, or an empty text

    synchronized String open(String trigger, JsonNode view) {
        Instant issued = triggers.remove(trigger);
        if (issued == null) {
            return "exchanged_trigger_id";
        }
        if (issued.plus(TRIGGER).isBefore(clock.instant())) {
            return "expired_trigger_id";
        }
        if (!check(BlockKitValidator.problemsOfView(view))) {
            return "invalid_arguments";
        }
        forms.add(new OpenedForm("V" + ++ids, view));
        return "";
    }

    synchronized String publish(String user, JsonNode view) {
        if (!hasHomeTab) {
            return "not_enabled";
        }
        if (!check(BlockKitValidator.problemsOfView(view))) {
            return "invalid_arguments";
        }
        homes.add(new Home(user, view));
        return "";
    }

    synchronized String postEphemeral(String channel, String user, JsonNode message) {
        if (!check(BlockKitValidator.problemsOfMessage(message.path("blocks")))) {
            return "invalid_blocks";
        }
        ephemerals.add(new Ephemeral(channel, user, message));
        return "";
    }

    /** A message for a response URL; false if Slack would not take it. */
    synchronized boolean respond(String id, JsonNode message) {
        ResponseUrl url = responses.get(id);
        boolean isValid = url != null
                && url.used() < MAX_RESPONSES
                && !url.at().plus(RESPONSE_URL).isBefore(clock.instant())
                && check(BlockKitValidator.problemsOfMessage(message.path("blocks")));
        if (!isValid) {
            return false;
        }
        responses.put(id, new ResponseUrl(url.channel(), url.user(), url.at(), url.used() + 1));
        ephemerals.add(new Ephemeral(url.channel(), url.user(), message));
        return true;
    }

    private synchronized boolean check(List<String> found) {
        problems.addAll(found);
        return found.isEmpty();
    }

    private String newTrigger() {
        String trigger = "trigger." + ++ids;
        triggers.put(trigger, clock.instant());
        return trigger;
    }

    private String newResponseUrl(String channel, String user) {
        String id = "response" + ++ids;
        responses.put(id, new ResponseUrl(channel, user, clock.instant(), 0));
        return responseUrls.resolve(id).toString();
    }

    private ObjectNode envelope(String type, ObjectNode payload) {
        ObjectNode envelope =
                JsonNodeFactory.instance.objectNode().put("type", type).put("envelope_id", "request-" + ++ids);
        envelope.set("payload", payload);
        return envelope;
    }
}
