package org.chatpress.approval.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.CustomEmoji;
import org.chatpress.text.EmojiTable;
import org.chatpress.text.MessageFormatter;
import org.chatpress.text.MessageFormatter.FormattedText;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.pattern.PatternMatcher;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Messages of every shape that Slack is known to send, nested, incomplete and with members of the wrong type. Each is public
 * whole, or its reason says what is missing, and nothing private is in it.
 */
@Tag("fuzz")
class MessageShapeFuzzTest {
    private static final int MESSAGES = 100_000;
    private static final Pattern VISIBLE_WORD = Pattern.compile("v[0-9]+v");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> SUBTYPES = List.of(
            "file_share",
            "me_message",
            "thread_broadcast",
            "bot_message",
            "channel_join",
            "channel_topic",
            "pinned_item",
            "tombstone",
            "reminder_add",
            "huddle_thread",
            "message_changed",
            "no_such_subtype");
    private static final List<String> INLINE_ELEMENTS = List.of(
            "text",
            "text",
            "text",
            "link",
            "user",
            "channel",
            "usergroup",
            "team",
            "broadcast",
            "emoji",
            "date",
            "color",
            "attachment_mention",
            "canvas",
            "canvas_user_mention",
            "citation",
            "file",
            "list_record",
            "message_mention",
            "salesforce_data_field",
            "tag",
            "work_object_mention",
            "workflow_mention",
            "no_such_element");
    private static final List<String> CONTAINERS = List.of(
            "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted", "rich_text_new");
    private static final List<String> BLOCKS = List.of(
            "rich_text",
            "rich_text",
            "section",
            "header",
            "context",
            "image",
            "video",
            "table",
            "data_table",
            "markdown",
            "divider",
            "actions",
            "context_actions",
            "input",
            "call",
            "file",
            "card",
            "carousel",
            "no_such_block");
    private static final List<String> FILE_MODES = List.of(
            "hosted",
            "snippet",
            "post",
            "space",
            "email",
            "list",
            "external",
            "tombstone",
            "hidden_by_limit",
            "file_access");
    /** Without these, an attachment is what the author posted. */
    private static final Set<String> PRIVATE_MARKS = Set.of("is_share", "is_app_unfurl", "from_url");

    private static final List<String> MIME_TYPES =
            List.of("image/png", "image/heic", "application/pdf", "video/mp4", "text/plain", "");

    private final Random random = new Random(15);
    private final MessageFormatter formatter = new MessageFormatter(EmojiTable.standard());
    private final ApprovalPolicy policy =
            new ApprovalPolicy(Rules.none().bot("B1").build(), Map.of());
    private int words;

    @Test
    void everyMessageIsPublicWholeOrSaysWhatIsMissing() {
        var names = new ResolvedNames(Map.of(), Map.of(), CustomEmoji.none());
        int approved = 0;
        int whole = 0;
        for (int i = 0; i < MESSAGES; i++) {
            ObjectNode json = message();
            if (random.nextBoolean()) {
                spoil(json);
            }
            Optional<SlackMessage> message = SlackMessage.of(json);
            if (message.isEmpty()) {
                continue;
            }
            var snapshot = new MessageSnapshot(
                    message.get(), message.get().reactions(), false, false, Optional.of(Instant.MAX), Optional.empty());
            Decision decision = policy.evaluate(snapshot, ThreadCommands.NONE, Map.of());
            assertThat(decision.reason()).as(json.toString()).isNotBlank();
            if (decision.verdict() != Verdict.APPROVED) {
                continue;
            }
            approved++;
            SlackMessage shown = decision.publicVersion().orElseThrow();
            FormattedText formatted = formatter.format(shown, names, ZoneOffset.UTC, PatternMatcher.NONE);
            String readers = formatted.html() + formatted.text() + formatter.linkPreviews(shown, message.get());
            assertThat(readers).as(json.toString()).doesNotContainIgnoringCase("secret");
            assertThat(HtmlSanitizer.sanitizeMessage(formatted.html())).isEqualTo(formatted.html());
            if (!decision.reason().contains("readers don't see")) {
                whole++;
                assertThat(visibleWords(json))
                        .as(json.toString())
                        .filteredOn(word -> !formatted.text().contains(word))
                        .isEmpty();
            }
        }
        assertThat(approved).isGreaterThan(MESSAGES / 4);
        assertThat(whole).isGreaterThan(MESSAGES / 10);
    }

    private ObjectNode message() {
        ObjectNode message = JSON.objectNode().put("type", "message").put("ts", "1793758925.000100");
        if (random.nextInt(3) > 0) {
            message.put("user", "U1");
        }
        if (random.nextInt(3) == 0) {
            message.put("bot_id", "B1").put("username", word());
        }
        if (random.nextInt(8) == 0) {
            message.put("subtype", pick(SUBTYPES));
        }
        boolean hasBlocks = random.nextBoolean();
        if (hasBlocks) {
            message.put("text", word());
            message.set("blocks", oddly(array(this::block)));
        } else if (random.nextInt(6) > 0) {
            message.put("text", visible());
        } else {
            message.set("text", odd());
        }
        if (random.nextInt(3) == 0) {
            message.set("attachments", oddly(array(this::attachment)));
        }
        if (random.nextInt(4) == 0) {
            message.set("files", oddly(array(this::file)));
        }
        if (random.nextInt(6) == 0) {
            message.set("edited", odd());
            message.set(
                    "reactions",
                    oddly(array(() -> JSON.objectNode().put("name", "tada").set("users", odd()))));
        }
        return message;
    }

    private JsonNode block() {
        String type = pick(BLOCKS);
        ObjectNode block = JSON.objectNode().put("type", type).put("block_id", "b");
        switch (type) {
            case "rich_text" -> block.set("elements", oddly(array(() -> container(0))));
            case "section" -> {
                put(block, "text", textObject());
                if (random.nextBoolean()) {
                    block.set("fields", oddly(array(this::textObject)));
                }
                if (random.nextInt(4) == 0) {
                    block.putObject("accessory").put("type", random.nextBoolean() ? "image" : "button");
                }
            }
            case "header" -> put(block, "text", textObject());
            case "context" -> block.set("elements", oddly(array(this::textObject)));
            case "image" -> {
                put(block, "title", textObject());
                put(block, "image_url", JSON.textNode("https://a.example/x.png"));
            }
            case "video" -> {
                put(block, "title", textObject());
                put(block, "title_url", JSON.textNode("https://a.example/x"));
                put(block, "description", textObject());
            }
            case "table", "data_table" -> block.set("rows", oddly(array(() -> oddly(array(this::cell)))));
            case "markdown" -> block.put("text", visible());
            case "divider", "actions", "context_actions", "input" -> block.put("title", word());
            default -> {
                put(block, "title", textObject());
                block.set("elements", oddly(array(this::textObject)));
            }
        }
        return block;
    }

    private JsonNode container(int depth) {
        String type = pick(CONTAINERS);
        ObjectNode container = JSON.objectNode().put("type", type);
        container.set("style", random.nextBoolean() ? JSON.textNode("ordered") : odd());
        container.set("indent", random.nextInt(4) == 0 ? odd() : JSON.numberNode(random.nextInt(9)));
        container.set("border", random.nextInt(4) == 0 ? odd() : JSON.numberNode(random.nextInt(2)));
        container.set(
                "elements", oddly(array(() -> depth < 12 && random.nextInt(3) == 0 ? container(depth + 1) : inline())));
        return container;
    }

    private JsonNode inline() {
        String type = pick(INLINE_ELEMENTS);
        ObjectNode element = JSON.objectNode().put("type", type);
        switch (type) {
            case "text" -> element.put("text", visible() + " ");
            case "link" ->
                element.put("url", random.nextBoolean() ? "https://a.example" : "https://secret.slack.com/x")
                        .put("text", visible());
            case "user" -> element.put("user_id", "U9SECRET");
            case "channel" -> element.put("channel_id", "C9SECRET");
            case "usergroup", "team" -> element.put("usergroup_id", "S9SECRET");
            case "broadcast" -> element.put("range", "here");
            case "emoji" -> element.put("name", "tada");
            case "date" -> element.put("timestamp", 1).put("format", "{date}");
            case "color" -> element.put("value", visible());
            default -> {
                if (random.nextBoolean()) {
                    element.put("text", visible());
                }
            }
        }
        element.set("style", random.nextBoolean() ? JSON.objectNode().put("bold", true) : odd());
        return element;
    }

    private JsonNode cell() {
        return switch (random.nextInt(4)) {
            case 0 -> JSON.objectNode().put("type", "raw_text").put("text", visible());
            case 1 -> JSON.objectNode().put("type", "raw_number").put("value", 7);
            case 2 -> JSON.objectNode().put("type", "rich_text").set("elements", array(() -> container(0)));
            default -> JSON.objectNode().put("type", "chart").set("data", odd());
        };
    }

    private JsonNode textObject() {
        return switch (random.nextInt(8)) {
            case 0 -> odd();
            case 1 -> JSON.objectNode().put("type", "mrkdwn").set("text", odd());
            case 2, 3 ->
                JSON.objectNode()
                        .put("type", "mrkdwn")
                        .put("text", "*" + visible() + "* <#C9SECRET|secret> <@U9SECRET>");
            default -> JSON.objectNode().put("type", "plain_text").put("text", visible());
        };
    }

    private JsonNode attachment() {
        ObjectNode attachment = JSON.objectNode().put("id", 1).put("fallback", "[no preview available]");
        switch (random.nextInt(6)) {
            case 0 -> attachment.put("is_share", true).put("text", "a secret").put("author_name", "secret");
            case 1 ->
                attachment
                        .put("from_url", "https://secret.slack.com/x")
                        .put("title", "a secret")
                        .put("text", "secret");
            case 2 -> attachment.put("is_app_unfurl", true).put("title", "a secret");
            case 3, 4 -> {
                attachment.set("blocks", oddly(array(this::block)));
                put(attachment, "color", JSON.textNode("good"));
            }
            default -> {
                attachment
                        .put("pretext", visible())
                        .put("author_name", visible())
                        .put("title", visible());
                attachment.put("text", visible()).put("footer", visible());
                attachment.set(
                        "fields",
                        oddly(array(
                                () -> JSON.objectNode().put("title", visible()).put("value", visible()))));
                put(attachment, "image_url", JSON.textNode("https://a.example/x.png"));
            }
        }
        return attachment;
    }

    private JsonNode file() {
        ObjectNode file =
                JSON.objectNode().put("id", "F1").put("mode", pick(FILE_MODES)).put("mimetype", pick(MIME_TYPES));
        put(file, "name", JSON.textNode("a.pdf"));
        put(file, "url_private", JSON.textNode("https://files.slack.com/secret"));
        return file;
    }

    /** Removes a member at any depth, or puts something else in place of a member or an element. */
    private void spoil(ObjectNode json) {
        JsonNode container = pick(containers(json).toList());
        if (container instanceof ArrayNode array) {
            array.set(random.nextInt(array.size()), odd());
        } else if (container instanceof ObjectNode object) {
            List<String> members = new ArrayList<>();
            object.fieldNames().forEachRemaining(members::add);
            String member = pick(members);
            JsonNode value = odd();
            if (!PRIVATE_MARKS.contains(member) && random.nextInt(3) == 0) {
                object.remove(member);
            } else if (!PRIVATE_MARKS.contains(member) || !value.isNull()) {
                object.set(member, value);
            }
        }
    }

    private static Stream<JsonNode> containers(JsonNode json) {
        return json.isEmpty()
                ? Stream.empty()
                : Stream.concat(
                        Stream.of(json),
                        StreamSupport.stream(json.spliterator(), false).flatMap(MessageShapeFuzzTest::containers));
    }

    /** Sets a member, leaves it out, or sets it to something else. */
    private void put(ObjectNode object, String member, JsonNode value) {
        switch (random.nextInt(8)) {
            case 0 -> {}
            case 1 -> object.set(member, odd());
            default -> object.set(member, value);
        }
    }

    private ArrayNode array(Supplier<JsonNode> element) {
        ArrayNode array = JSON.arrayNode();
        for (int n = random.nextInt(4); n > 0; n--) {
            array.add(random.nextInt(30) == 0 ? odd() : element.get());
        }
        return array;
    }

    /** The array, or rarely something else. */
    private JsonNode oddly(ArrayNode array) {
        return random.nextInt(30) == 0 ? odd() : array;
    }

    private JsonNode odd() {
        return switch (random.nextInt(8)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.numberNode(random.nextLong());
            case 2 -> JSON.booleanNode(true);
            case 3 -> JSON.arrayNode();
            case 4 -> JSON.arrayNode().add(JSON.nullNode()).add(7);
            case 5 -> JSON.objectNode();
            case 6 -> JSON.objectNode().put("type", 7);
            default -> JSON.textNode("");
        };
    }

    /** A word that readers must see unless the reason says that something is missing. */
    private String visible() {
        return "v" + words++ + "v";
    }

    private static List<String> visibleWords(ObjectNode json) {
        return VISIBLE_WORD
                .matcher(json.toString())
                .results()
                .map(MatchResult::group)
                .toList();
    }

    private String word() {
        return "w" + words++ + "w";
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
