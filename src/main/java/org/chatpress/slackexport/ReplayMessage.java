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
 * One message of a replay, with everything that ever happens to it. Three members that Slack doesn't know let a made-up
 * export say more than a real one: {@code original_text}, shown until the edit; {@code deleted_after}, seconds after
 * the post; and {@code at} in a reaction, likewise.
 */
final class ReplayMessage {
    private final SlackMessage message;
    private final Optional<String> originalText;
    private final Optional<Instant> edited;
    private final Optional<Instant> deleted;
    private final List<ReplayReaction> marks;

    private ReplayMessage(
            SlackMessage message,
            Optional<String> originalText,
            Optional<Instant> edited,
            Optional<Instant> deleted,
            List<ReplayReaction> marks) {
        this.message = message;
        this.originalText = originalText;
        this.edited = edited;
        this.deleted = deleted;
        this.marks = marks;
    }

    static ReplayMessage of(SlackMessage exported, ReplayClock timeline) {
        ObjectNode json = exported.json().deepCopy();
        MessageTs ts = timeline.at(exported.ts());

        Optional<String> originalText =
                Optional.ofNullable(json.remove("original_text")).map(JsonNode::asText);
        Optional<Instant> deleted = Optional.ofNullable(json.remove("deleted_after"))
                .map(seconds -> timeline.at(later(exported, seconds.asDouble())));
        var marks = new ArrayList<ReplayReaction>();
        for (JsonNode reaction : json.path("reactions")) {
            marks.add(ReplayReaction.of(reaction, exported, timeline));
        }
        json.remove("reactions");
        rewriteTimes(json, timeline);
        JsonNode root = json.path("root");
        if (root instanceof ObjectNode object) {
            rewriteTimes(object, timeline);
        }

        Optional<Instant> edited = new SlackMessage(ts, json).editedAt().map(at -> latest(at, ts.instant()));
        // Slack tells an edit's second only; the moment itself must not fall before the post.
        edited.ifPresent(at -> ((ObjectNode) json.get("edited")).put("ts", "%d.000000".formatted(at.getEpochSecond())));
        return new ReplayMessage(new SlackMessage(ts, json), originalText, edited, deleted, List.copyOf(marks));
    }

    MessageTs ts() {
        return message.ts();
    }

    /** The message as it is in the end, but for its reactions. */
    SlackMessage message() {
        return message;
    }

    boolean isPosted(Instant now) {
        return !ts().instant().isAfter(now);
    }

    boolean exists(Instant now) {
        return isPosted(now) && deleted.map(now::isBefore).orElse(true);
    }

    /** A fresh copy of the JSON as Slack would tell it at this moment. */
    ObjectNode json(Instant now) {
        ObjectNode json = message.json().deepCopy();
        if (edited.map(now::isBefore).orElse(false)) {
            json.remove("edited");
            originalText.ifPresent(text -> {
                json.put("text", text);
                json.remove("blocks");
            });
        }
        List<ObjectNode> given = marks.stream()
                .filter(mark -> !mark.at.isAfter(now))
                .map(ReplayReaction::json)
                .toList();
        if (!given.isEmpty()) {
            ArrayNode reactions = json.putArray("reactions");
            given.forEach(reaction -> reactions.add(reaction.deepCopy()));
        }
        return json;
    }

    /** When nothing more happens to it. */
    Instant finalTime() {
        return Stream.of(edited.stream(), deleted.stream(), marks.stream().map(ReplayReaction::at))
                .flatMap(times -> times)
                .reduce(ts().instant(), ReplayMessage::latest);
    }

    private static void rewriteTimes(ObjectNode json, ReplayClock timeline) {
        for (String member : List.of("ts", "thread_ts", "latest_reply", "last_read")) {
            rewrite(json, member, timeline);
        }
        if (json.path("edited") instanceof ObjectNode edited) {
            rewrite(edited, "ts", timeline);
        }
        for (JsonNode reply : json.path("replies")) {
            if (reply instanceof ObjectNode object) {
                rewrite(object, "ts", timeline);
            }
        }
    }

    private static void rewrite(ObjectNode json, String member, ReplayClock timeline) {
        String ts = json.path(member).asText("");
        // Slack writes 0000000000.000000 for "never".
        if (MessageTs.isValid(ts) && !ts.startsWith("0000000000")) {
            json.put(member, timeline.at(new MessageTs(ts)).value());
        }
    }

    private static Instant later(SlackMessage exported, double seconds) {
        return exported.ts().instant().plusMillis(Math.round(seconds * 1000));
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** A reaction and when it is given. */
    private record ReplayReaction(ObjectNode json, Instant at) {
        static ReplayReaction of(JsonNode reaction, SlackMessage exported, ReplayClock timeline) {
            ObjectNode json = reaction.deepCopy();
            JsonNode seconds = json.remove("at");
            return new ReplayReaction(
                    json,
                    seconds == null
                            ? timeline.at(exported.ts().instant()).plus(whim(exported, json))
                            : timeline.at(later(exported, seconds.asDouble())));
        }

        /** Exports don't say when somebody reacted. By chance then, but by the same chance each time. */
        private static Duration whim(SlackMessage exported, JsonNode reaction) {
            String seed = exported.ts() + reaction.path("name").asText();
            return Duration.ofMillis(new SplittableRandom(seed.hashCode()).nextInt(2_000, 20_001));
        }
    }
}
