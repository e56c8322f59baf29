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
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;

/**
 * One message as it changes in Slack, and the decisions on it: {@link #read} reads it from Slack and reviews it, and keeps
 * the review state for the next review.
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

    private final Map<String, ReviewerRole> roles = new HashMap<>(Map.of(
            EDITOR, ReviewerRole.APPROVER,
            SECOND, ReviewerRole.APPROVER,
            REPORTER, ReviewerRole.NOT_APPROVER,
            PASSER_BY, ReviewerRole.NOT_APPROVER,
            BOT, ReviewerRole.BOT));
    private final Map<String, Set<String>> reactions = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private ObjectNode json = JSON.createObjectNode()
            .put("type", "message")
            .put("user", REPORTER)
            .put("text", "polls are closed")
            .put("ts", TS);
    private ChannelPolicy rules;
    private boolean deleted;
    private Duration age = Duration.ofHours(1);
    private Optional<ReviewState> reviewState = Optional.empty();
    private Decision last;

    ReviewedTestMessage(Rules rules) {
        this.rules = rules.build();
    }

    // IN SLACK

    ReviewedTestMessage says(String text) {
        json.put("text", text);
        return this;
    }

    /** Changes the text; Slack names the editor, and the time to the second. */
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

    ReviewedTestMessage react(String user, String emoji) {
        reactions.computeIfAbsent(emoji, e -> new LinkedHashSet<>()).add(user);
        return this;
    }

    ReviewedTestMessage unreact(String user, String emoji) {
        reactions.get(emoji).remove(user);
        return this;
    }

    /** Slack counts this many people for an emoji, however many it names. */
    ReviewedTestMessage counted(String emoji, int people) {
        counts.put(emoji, people);
        return this;
    }

    ReviewedTestMessage deleted(boolean isDeleted) {
        deleted = isDeleted;
        return this;
    }

    // IN THE NEWSROOM

    ReviewedTestMessage under(Rules changed) {
        rules = changed.build();
        return this;
    }

    ReviewedTestMessage role(String user, ReviewerRole role) {
        roles.put(user, role);
        return this;
    }

    /** From now on pages are read this long after the message was posted. */
    ReviewedTestMessage aged(Duration sincePosted) {
        age = sincePosted;
        return this;
    }

    /** A history page shows the message, and it is reviewed. */
    Verdict read() {
        return review(Optional.of(POSTED.plus(age)));
    }

    /** The message is reviewed again although no page showed it. */
    Verdict reviewUnread() {
        return review(Optional.empty());
    }

    /** The text that readers see; empty if the message is not public. */
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

    boolean isFinal() {
        return last.isFinal();
    }

    private Verdict review(Optional<Instant> readAt) {
        ArrayNode array = JSON.createArrayNode();
        reactions.forEach((emoji, users) -> {
            if (!users.isEmpty()) {
                String plain = SlackMessage.baseEmoji(emoji);
                ObjectNode reaction = array.addObject().put("name", emoji);
                reaction.put("count", counts.getOrDefault(plain, users.size()));
                users.forEach(reaction.putArray("users")::add);
            }
        });
        ObjectNode now = json.deepCopy();
        if (!now.has("reactions")) {
            now.set("reactions", array);
        }
        SlackMessage message = SlackMessage.of(now).orElseThrow();
        var snapshot = new MessageSnapshot(message, message.reactions(), deleted, false, readAt, reviewState);
        var policy = new ApprovalPolicy(rules, Map.of());
        Map<UserId, ReviewerRole> lookedUp = new HashMap<>();
        policy.usersToLookUp(snapshot)
                .forEach(user -> lookedUp.put(user, roles.getOrDefault(user.value(), ReviewerRole.NOT_APPROVER)));
        last = policy.evaluate(snapshot, ThreadCommands.NONE, lookedUp);
        reviewState = Optional.of(last.reviewState());
        return last.verdict();
    }

    private static JsonNode parsed(String value) {
        try {
            return JSON.readTree(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
