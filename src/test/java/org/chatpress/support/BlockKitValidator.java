package org.chatpress.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Slack's documented limits of views, blocks, elements and texts (https://docs.slack.dev/reference/block-kit, and
 * https://docs.slack.dev/reference/views), for the types that the program uses. An unknown type is a problem, too. Beyond
 * Slack's rules, a mrkdwn text must be verbatim, so that Slack makes no links and mentions of words.
 */
public final class BlockKitValidator {
    private static final int MAX_MESSAGE_BLOCKS = 50;
    private static final int MAX_VIEW_BLOCKS = 100;

    private final List<String> problems = new ArrayList<>();
    private final Set<String> blockIds = new HashSet<>();

    private BlockKitValidator() {}

    /** What Slack would refuse in the blocks of a message. */
    public static List<String> problemsOfMessage(JsonNode blocks) {
        var validator = new BlockKitValidator();
        validator.blocks(blocks, MAX_MESSAGE_BLOCKS, false);
        return validator.problems;
    }

    /** What Slack would refuse in a view. */
    public static List<String> problemsOfView(JsonNode view) {
        var validator = new BlockKitValidator();
        validator.view(view);
        return validator.problems;
    }

    private void view(JsonNode view) {
        String type = view.path("type").asText();
        require(Set.of("modal", "home").contains(type), "view type " + type);
        boolean isModal = type.equals("modal");
        blocks(view.path("blocks"), MAX_VIEW_BLOCKS, isModal);
        length(view, "private_metadata", 0, 3000);
        length(view, "callback_id", 0, 255);
        if (isModal) {
            require(view.has("title"), "a modal without a title");
            for (String member : List.of("title", "submit", "close")) {
                if (view.has(member)) {
                    plainText(view.path(member), 24, member);
                }
            }
            boolean hasInput = view.path("blocks").findValuesAsText("type").contains("input");
            require(!hasInput || view.has("submit"), "inputs without a submit button");
        } else {
            require(
                    !view.has("title") && !view.has("submit") && !view.has("close"),
                    "a home view with a title or button");
        }
    }

    private void blocks(JsonNode blocks, int max, boolean mayHaveInputs) {
        require(blocks.isArray() && !blocks.isEmpty() && blocks.size() <= max, "number of blocks: " + blocks.size());
        for (JsonNode block : blocks) {
            length(block, "block_id", 0, 255);
            String id = block.path("block_id").asText("");
            require(id.isEmpty() || blockIds.add(id), "block_id twice: " + id);
            switch (block.path("type").asText()) {
                case "header" -> plainText(block.path("text"), 150, "header");
                case "section" -> text(block.path("text"), 3000, "section");
                case "context" -> {
                    JsonNode elements = block.path("elements");
                    require(!elements.isEmpty() && elements.size() <= 10, "context elements: " + elements.size());
                    elements.forEach(element -> text(element, 3000, "context"));
                }
                case "divider" -> {}
                case "input" -> {
                    require(mayHaveInputs, "an input outside a modal");
                    input(block);
                }
                default -> problems.add("unknown block " + block.path("type").asText());
            }
        }
    }

    private void input(JsonNode block) {
        plainText(block.path("label"), 2000, "label");
        if (block.has("hint")) {
            plainText(block.path("hint"), 2000, "hint");
        }
        JsonNode element = block.path("element");
        length(element, "action_id", 1, 255);
        switch (element.path("type").asText()) {
            case "plain_text_input" -> {
                int max = element.path("max_length").asInt(3000);
                require(max >= 1 && max <= 3000, "max_length " + max);
                require(element.path("initial_value").asText("").length() <= max, "initial_value beyond max_length");
                require(
                        !element.has("initial_value")
                                || !element.path("initial_value").asText().isEmpty(),
                        "an empty initial_value");
                if (element.has("placeholder")) {
                    plainText(element.path("placeholder"), 150, "placeholder");
                }
            }
            case "checkboxes" -> {
                JsonNode options = element.path("options");
                require(!options.isEmpty() && options.size() <= 10, "options: " + options.size());
                options.forEach(option -> {
                    text(option.path("text"), 75, "option");
                    length(option, "value", 1, 150);
                });
                if (element.has("initial_options")) {
                    require(!element.path("initial_options").isEmpty(), "empty initial_options");
                    element.path("initial_options").forEach(initial -> {
                        boolean isOption = false;
                        for (JsonNode option : options) {
                            isOption |= option.equals(initial);
                        }
                        require(isOption, "an initial option that is no option");
                    });
                }
            }
            default -> problems.add("unknown element " + element.path("type").asText());
        }
    }

    private void text(JsonNode text, int max, String where) {
        String type = text.path("type").asText();
        require(Set.of("plain_text", "mrkdwn").contains(type), where + ": text type " + type);
        length(text, "text", 1, max);
        require(!text.path("text").asText().isBlank(), where + ": a blank text");
        boolean isMrkdwn = type.equals("mrkdwn");
        require(!isMrkdwn || !text.has("emoji"), where + ": emoji is for plain_text");
        require(!isMrkdwn || text.path("verbatim").asBoolean(), where + ": a mrkdwn text that is not verbatim");
    }

    private void plainText(JsonNode text, int max, String where) {
        require(text.path("type").asText().equals("plain_text"), where + " is not plain_text");
        require(!text.has("verbatim"), where + ": verbatim is for mrkdwn");
        text(text, max, where);
    }

    private void length(JsonNode parent, String member, int min, int max) {
        int length = parent.path(member).asText("").length();
        require(length >= min && length <= max, member + " has " + length + " characters");
    }

    private void require(boolean condition, String problem) {
        if (!condition) {
            problems.add(problem);
        }
    }
}
