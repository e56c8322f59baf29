package org.chatpress.approval;

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
import org.chatpress.model.Message;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Reaction;
import org.chatpress.model.UserId;

/**
 * One message as it changes in Slack, and what the rule says of it: {@link #read} is a reading and its judgement, and
 * keeps what is to be remembered until the next.
 */
final class JudgedMessage {
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

    private final Map<String, Standing> standings = new HashMap<>(Map.of(
            EDITOR, Standing.APPROVER,
            SECOND, Standing.APPROVER,
            REPORTER, Standing.SOMEBODY,
            PASSER_BY, Standing.SOMEBODY,
            BOT, Standing.BOT));
    private final Map<String, Set<String>> marks = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private ObjectNode json = JSON.createObjectNode()
            .put("type", "message")
            .put("user", REPORTER)
            .put("text", "polls are closed")
            .put("ts", TS);
    private ChannelRule rule;
    private boolean deleted;
    private Duration age = Duration.ofHours(1);
    private Optional<Memory> memory = Optional.empty();
    private Judgement last;

    JudgedMessage(Rules rules) {
        rule = rules.rule();
    }

    // WHAT HAPPENS IN SLACK

    JudgedMessage says(String text) {
        json.put("text", text);
        return this;
    }

    /** The text is another, and Slack says who changed it, to the second. */
    JudgedMessage edited(String user, String text, int second) {
        json.put("text", text).putObject("edited").put("user", user).put("ts", "17937600%02d.000000".formatted(second));
        return this;
    }

    /** Sets a member to this JSON. */
    JudgedMessage has(String member, String value) {
        json.set(member, parsed(value));
        return this;
    }

    JudgedMessage lacks(String member) {
        json.remove(member);
        return this;
    }

    JudgedMessage files(String... idsAndSizes) {
        ArrayNode files = json.putArray("files");
        for (String file : idsAndSizes) {
            String[] parts = file.split(" ");
            files.addObject()
                    .put("id", parts[0])
                    .put("size", Integer.parseInt(parts[1]))
                    .put("mimetype", "image/jpeg");
        }
        return this;
    }

    JudgedMessage marked(String user, String emoji) {
        marks.computeIfAbsent(emoji, e -> new LinkedHashSet<>()).add(user);
        return this;
    }

    JudgedMessage unmarked(String user, String emoji) {
        marks.get(emoji).remove(user);
        return this;
    }

    /** Slack counts so many people with this emoji, whomever it names. */
    JudgedMessage counted(String emoji, int people) {
        counts.put(emoji, people);
        return this;
    }

    JudgedMessage deleted(boolean isDeleted) {
        deleted = isDeleted;
        return this;
    }

    // WHAT HAPPENS IN THE NEWSROOM

    JudgedMessage under(Rules rules) {
        rule = rules.rule();
        return this;
    }

    JudgedMessage standing(String user, Standing standing) {
        standings.put(user, standing);
        return this;
    }

    /** Readings come so long after the message was posted. */
    JudgedMessage aged(Duration since) {
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
        return last.shown().map(Message::text).orElse("");
    }

    /** The files that readers see. */
    List<String> shownFiles() {
        return last.shown()
                .map(message -> message.json().path("files").findValuesAsText("id"))
                .orElse(List.of());
    }

    String reason() {
        return last.reason();
    }

    boolean settled() {
        return last.settled();
    }

    private Verdict judge(Optional<Instant> readAt) {
        ArrayNode reactions = JSON.createArrayNode();
        marks.forEach((emoji, users) -> {
            if (!users.isEmpty()) {
                String plain = Message.withoutSkinTone(emoji);
                ObjectNode reaction = reactions.addObject().put("name", emoji);
                reaction.put("count", counts.getOrDefault(plain, users.size()));
                users.forEach(reaction.putArray("users")::add);
            }
        });
        ObjectNode now = json.deepCopy();
        if (!now.has("reactions")) {
            now.set("reactions", reactions);
        }
        Message message = Message.of(now).orElseThrow();
        List<Reaction> who = message.reactions();
        var approval = new Approval(rule, this::standing);
        last = approval.judge(new Situation(message, who, deleted, readAt, memory));
        memory = Optional.of(last.memory());
        return last.verdict();
    }

    private Standing standing(UserId user) {
        return standings.getOrDefault(user.value(), Standing.SOMEBODY);
    }

    private static JsonNode parsed(String value) {
        try {
            return JSON.readTree(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
