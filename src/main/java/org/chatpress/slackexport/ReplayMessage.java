package org.chatpress.slackexport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackMessage;

/**
 * A message of a replay, with its edit, deletion and reactions. The demo's export has three fields that Slack does not
 * send: {@code original_text}, the text before the edit; {@code deleted_after}, in seconds after the message was posted;
 * and {@code at} of a reaction, likewise.
 */
final class ReplayMessage {
    private final SlackMessage message;
    private final Optional<String> originalText;
    private final Optional<Instant> edited;
    private final Optional<Instant> deleted;
    private final List<ReplayReaction> reactions;

    private ReplayMessage(
            SlackMessage message,
            Optional<String> originalText,
            Optional<Instant> edited,
            Optional<Instant> deleted,
            List<ReplayReaction> reactions) {
        this.message = message;
        this.originalText = originalText;
        this.edited = edited;
        this.deleted = deleted;
        this.reactions = reactions;
    }

    static ReplayMessage of(SlackMessage exported, ReplayClock clock) {
        ObjectNode json = exported.json().deepCopy();
        MessageTs ts = clock.at(exported.ts());

        Optional<String> originalText =
                Optional.ofNullable(json.remove("original_text")).map(JsonNode::asText);
        Optional<Instant> deleted = Optional.ofNullable(json.remove("deleted_after"))
                .map(seconds -> clock.at(secondsAfter(exported, seconds.asDouble())));
        var reactions = new ArrayList<ReplayReaction>();
        for (JsonNode reaction : json.path("reactions")) {
            reactions.add(ReplayReaction.of(reaction, exported, clock));
        }
        json.remove("reactions");
        convertTimes(json, clock);
        JsonNode root = json.path("root");
        if (root instanceof ObjectNode object) {
            convertTimes(object, clock);
        }

        Optional<Instant> edited = new SlackMessage(ts, json).editedAt().map(at -> latest(at, ts.instant()));
        // Slack gives only the second of an edit; the edit must not come before the message.
        edited.ifPresent(at -> ((ObjectNode) json.get("edited")).put("ts", "%d.000000".formatted(at.getEpochSecond())));
        return new ReplayMessage(new SlackMessage(ts, json), originalText, edited, deleted, List.copyOf(reactions));
    }

    /** A message that keeps this JSON, reactions included: a visitor of the demo wrote or changed it. */
    static ReplayMessage unchanging(ObjectNode json) {
        var ts = new MessageTs(json.path("ts").asText());
        return new ReplayMessage(
                new SlackMessage(ts, json), Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }

    /** The same message, deleted at this time. */
    ReplayMessage deletedAt(Instant time) {
        return new ReplayMessage(message, originalText, edited, Optional.of(time), reactions);
    }

    MessageTs ts() {
        return message.ts();
    }

    /** The message in its last version, without the reactions that are added later. */
    SlackMessage message() {
        return message;
    }

    boolean isPosted(Instant now) {
        return !ts().instant().isAfter(now);
    }

    boolean exists(Instant now) {
        return isPosted(now) && deleted.map(now::isBefore).orElse(true);
    }

    /** A copy of the JSON that Slack would send at this time. */
    ObjectNode json(Instant now) {
        ObjectNode json = message.json().deepCopy();
        if (edited.map(now::isBefore).orElse(false)) {
            json.remove("edited");
            originalText.ifPresent(text -> {
                json.put("text", text);
                json.remove("blocks");
            });
        }
        List<ObjectNode> added = reactions.stream()
                .filter(reaction -> !reaction.at.isAfter(now))
                .map(ReplayReaction::json)
                .toList();
        if (!added.isEmpty()) {
            ArrayNode array = json.putArray("reactions");
            added.forEach(reaction -> array.add(reaction.deepCopy()));
        }
        return json;
    }

    /** The time of the last change. */
    Instant finalTime() {
        return Stream.of(edited.stream(), deleted.stream(), reactions.stream().map(ReplayReaction::at))
                .flatMap(times -> times)
                .reduce(ts().instant(), ReplayMessage::latest);
    }

    private static void convertTimes(ObjectNode json, ReplayClock clock) {
        for (String field : List.of("ts", "thread_ts", "latest_reply", "last_read")) {
            convert(json, field, clock);
        }
        if (json.path("edited") instanceof ObjectNode edited) {
            convert(edited, "ts", clock);
        }
        for (JsonNode reply : json.path("replies")) {
            if (reply instanceof ObjectNode object) {
                convert(object, "ts", clock);
            }
        }
    }

    private static void convert(ObjectNode json, String field, ReplayClock clock) {
        String ts = json.path(field).asText("");
        // Slack sends 0000000000.000000 for "never".
        if (MessageTs.isValid(ts) && !ts.startsWith("0000000000")) {
            json.put(field, clock.at(new MessageTs(ts)).value());
        }
    }

    private static Instant secondsAfter(SlackMessage exported, double seconds) {
        return exported.ts().instant().plusMillis(Math.round(seconds * 1000));
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** A reaction and when it is added. */
    private record ReplayReaction(ObjectNode json, Instant at) {
        static ReplayReaction of(JsonNode reaction, SlackMessage exported, ReplayClock clock) {
            ObjectNode json = reaction.deepCopy();
            JsonNode seconds = json.remove("at");
            return new ReplayReaction(
                    json,
                    seconds == null
                            ? clock.at(exported.ts().instant()).plus(randomDelay(exported, json))
                            : clock.at(secondsAfter(exported, seconds.asDouble())));
        }

        /** Exports do not say when a reaction was added. The delay is random, but the same in each replay. */
        private static Duration randomDelay(SlackMessage exported, JsonNode reaction) {
            String seed = exported.ts() + reaction.path("name").asText();
            return Duration.ofMillis(new SplittableRandom(seed.hashCode()).nextInt(2_000, 20_001));
        }
    }
}
