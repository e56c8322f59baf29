package org.chatpress.approval.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.Reaction;
import org.chatpress.model.slack.SlackMessage;

/**
 * One message as it changes in Slack, and what the rule says of it: {@link #read} is a reading and its judgement, and
 * keeps what is to be remembered until the next.
 */
final class ReviewedTestMessage {
    static final String REPORTER = "U0REPORTER";
    static final String EDITOR = "U0EDITOR";
    static final String SECOND = "U0SECOND";
    static final String PASSER_BY = "U0PASSERBY";
    static final String BOT = "U0CHATPRESS";
    static final Instant POSTED = Instant.parse("2026-11-03T19:00:00Z");
    static final String TS = MessageTs.at(POSTED).value();
    static final String CHECK = "white_check_mark";

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();

    private final Map<String, ReviewerRole> standings = new HashMap<>(Map.of(
            EDITOR, ReviewerRole.APPROVER,
            SECOND, ReviewerRole.APPROVER,
            REPORTER, ReviewerRole.NOT_APPROVER,
            PASSER_BY, ReviewerRole.NOT_APPROVER,
            BOT, ReviewerRole.BOT));
    private final Map<String, Set<String>> marks = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private ObjectNode json = JSON.createObjectNode()
            .put("type", "message")
            .put("user", REPORTER)
            .put("text", "polls are closed")
            .put("ts", TS);
    private ChannelPolicy rule;
    private boolean deleted;
    private Duration age = Duration.ofHours(1);
    private Optional<ReviewState> memory = Optional.empty();
    private Decision last;

    ReviewedTestMessage(Rules rules) {
        rule = rules.rule();
    }

    // WHAT HAPPENS IN SLACK

    ReviewedTestMessage says(String text) {
        json.put("text", text);
        return this;
    }

    /** The text is another, and Slack says who changed it, to the second. */
    ReviewedTestMessage edited(String user, String text, int second) {
        json.put("text", text).putObject("edited").put("user", user).put("ts", "17937600%02d.000000".formatted(second));
        return this;
    }

    /** Sets a member to this JSON. */
    ReviewedTestMessage has(String member, String value) {
        json.set(member, parsed(value));
        return this;
    }

    ReviewedTestMessage lacks(String member) {
        json.remove(member);
        return this;
    }

    ReviewedTestMessage files(String... idsAndSizes) {
        ArrayNode files = json.putArray("files");
        for (String file : idsAndSizes) {
            String[] parts = file.split(" ", -1);
            files.addObject()
                    .put("id", parts[0])
                    .put("size", Integer.parseInt(parts[1]))
                    .put("mimetype", "image/jpeg");
        }
        return this;
    }

    ReviewedTestMessage marked(String user, String emoji) {
        marks.computeIfAbsent(emoji, e -> new LinkedHashSet<>()).add(user);
        return this;
    }

    ReviewedTestMessage unmarked(String user, String emoji) {
        marks.get(emoji).remove(user);
        return this;
    }

    /** Slack counts so many people with this emoji, whomever it names. */
    ReviewedTestMessage counted(String emoji, int people) {
        counts.put(emoji, people);
        return this;
    }

    ReviewedTestMessage deleted(boolean isDeleted) {
        deleted = isDeleted;
        return this;
    }

    // WHAT HAPPENS IN THE NEWSROOM

    ReviewedTestMessage under(Rules rules) {
        rule = rules.rule();
        return this;
    }

    ReviewedTestMessage standing(String user, ReviewerRole role) {
        standings.put(user, role);
        return this;
    }

    /** Readings come so long after the message was posted. */
    ReviewedTestMessage aged(Duration since) {
        age = since;
        return this;
    }

    /** A reading shows it, and it is judged. */
    Verdict read() {
        return judge(Optional.of(POSTED.plus(age)));
    }

    /** It is judged again, although no reading showed it. */
    Verdict judgedUnread() {
        return judge(Optional.empty());
    }

    /** The text that readers see; empty if none. */
    String shown() {
        return last.publicVersion().map(SlackMessage::text).orElse("");
    }

    /** The files that readers see. */
    List<String> shownFiles() {
        return last.publicVersion()
                .map(message -> message.json().path("files").findValuesAsText("id"))
                .orElse(List.of());
    }

    String reason() {
        return last.reason();
    }

    boolean settled() {
        return last.isFinal();
    }

    private Verdict judge(Optional<Instant> readAt) {
        ArrayNode reactions = JSON.createArrayNode();
        marks.forEach((emoji, users) -> {
            if (!users.isEmpty()) {
                String plain = SlackMessage.baseEmoji(emoji);
                ObjectNode reaction = reactions.addObject().put("name", emoji);
                reaction.put("count", counts.getOrDefault(plain, users.size()));
                users.forEach(reaction.putArray("users")::add);
            }
        });
        ObjectNode now = json.deepCopy();
        if (!now.has("reactions")) {
            now.set("reactions", reactions);
        }
        SlackMessage message = SlackMessage.of(now).orElseThrow();
        List<Reaction> who = message.reactions();
        var approval = new ApprovalPolicy(rule, this::standing);
        last = approval.evaluate(new MessageSnapshot(message, who, deleted, readAt, memory));
        memory = Optional.of(last.reviewState());
        return last.verdict();
    }

    private ReviewerRole standing(UserId user) {
        return standings.getOrDefault(user.value(), ReviewerRole.NOT_APPROVER);
    }

    private static JsonNode parsed(String value) {
        try {
            return JSON.readTree(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
