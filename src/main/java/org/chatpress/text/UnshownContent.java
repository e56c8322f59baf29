package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackClip;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.AttachmentKind;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.PlainTextWriter;

/**
 * Finds what a message contains and readers do not see, or not in full, such as a copy of another message or a PDF. Not
 * counted are buttons and forms, which work only in Slack, and previews of links, which belong to other sites.
 */
public final class UnshownContent {
    private static final int MAX_NAME_LENGTH = 80;

    /** Blocks that readers see in full, and those without content. */
    private static final Set<String> FULLY_SHOWN = Set.of(
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
            "input");

    /** Elements of rich text that contain others or are always shown. */
    private static final Set<String> SHOWN_ELEMENTS = Set.of(
            "rich_text_section",
            "rich_text_list",
            "rich_text_quote",
            "rich_text_preformatted",
            "text",
            "link",
            "user",
            "channel",
            "usergroup",
            "team",
            "broadcast",
            "emoji",
            "date",
            "color");

    private static final ReferenceResolver REFERENCES = new ReferenceResolver(
            new ResolvedNames(Map.of(), Map.of(), CustomEmoji.none()), ZoneOffset.UTC, EmojiTable.empty());

    private final Set<String> unshown = new LinkedHashSet<>();

    private UnshownContent() {}

    /**
     * Returns what readers do not see, as nouns for a sentence.
     *
     * @param photos whether images are published as photos
     * @param videos whether clips of video and sound are published
     */
    public static List<String> of(SlackMessage message, boolean photos, boolean videos) {
        var content = new UnshownContent();
        content.addBlocks(message.json().path("blocks"));
        message.json().path("attachments").forEach(content::addAttachment);
        message.json().path("files").forEach(file -> content.addFile(file, photos, videos));
        return List.copyOf(content.unshown);
    }

    /** True if readers see any text of a message. */
    public static boolean hasText(SlackMessage message) {
        return isPlainlyVisible(message.text())
                || !VisibleText.isBlank(PlainTextWriter.write(MessageFormatter.parse(message, REFERENCES)));
    }

    /** A shortcut for most messages: a letter or digit outside of references and escapes is visible. */
    private static boolean isPlainlyVisible(String text) {
        return text.indexOf('<') < 0
                && text.indexOf('&') < 0
                && text.chars().anyMatch(c -> c < 0x7F && Character.isLetterOrDigit(c));
    }

    private void addAttachment(JsonNode attachment) {
        switch (AttachmentKind.of(attachment)) {
            case MESSAGE_COPY -> unshown.add("a copy of another message");
            case CONTENT -> {
                addBlocks(attachment.path("blocks"));
                if (isPresent(attachment.path("image_url"))) {
                    unshown.add("an image in an attachment");
                }
                if (isPresent(attachment.path("video_url")) || isPresent(attachment.path("video_html"))) {
                    unshown.add("a video in an attachment");
                }
                if (!attachment.path("files").isEmpty()) {
                    unshown.add("a file in an attachment");
                }
            }
            case LINK_PREVIEW, APP_PREVIEW -> {}
        }
    }

    private void addBlocks(JsonNode blocks) {
        if (!blocks.isArray() && !blocks.isMissingNode() && !blocks.isNull()) {
            unshown.add("blocks of an unknown form");
        }
        blocks.forEach(this::addBlock);
    }

    private void addBlock(JsonNode block) {
        String type = block.path("type").asText();
        switch (type) {
            case "rich_text" -> addElements(block.path("elements"));
            case "section" -> {
                if (block.path("accessory").path("type").asText().equals("image")) {
                    unshown.add("an image beside a text");
                }
            }
            case "image", "video" -> {
                if (block.has("slack_file") || !new BlockKitParser(REFERENCES).hasLink(block)) {
                    unshown.add(type.equals("image") ? "an image" : "a video");
                }
            }
            case "table", "data_table" -> block.path("rows").forEach(row -> row.forEach(this::addCell));
            default -> {
                if (!FULLY_SHOWN.contains(type)) {
                    unshown.add(withType("a block", type));
                }
            }
        }
    }

    private void addCell(JsonNode cell) {
        if (cell.path("type").asText().equals("rich_text")) {
            addElements(cell.path("elements"));
        } else if (!cell.path("text").isValueNode() && !cell.path("value").isValueNode()) {
            unshown.add(withType("a table cell", cell.path("type").asText()));
        }
    }

    private void addElements(JsonNode elements) {
        for (JsonNode element : elements) {
            String type = element.path("type").asText();
            boolean hasText = isPresent(element.path("text"))
                    || isPresent(element.path("fallback"))
                    || isPresent(element.path("url"));
            if (!SHOWN_ELEMENTS.contains(type)
                    && !hasText
                    && !element.path("elements").isArray()) {
                unshown.add(withType("a part", type));
            }
            addElements(element.path("elements"));
        }
    }

    private void addFile(JsonNode file, boolean photos, boolean videos) {
        boolean isDeleted = file.path("mode").asText().equals("tombstone");
        boolean isPhoto = photos && SlackImageFile.of(file).isPresent();
        boolean isClip = videos && SlackClip.of(file).isPresent();
        if (!isDeleted && !isPhoto && !isClip) {
            String name =
                    VisibleText.line(file.path("name").asText(file.path("title").asText()));
            unshown.add(name.isEmpty() ? "a file" : shortened(name));
        }
    }

    private static boolean isPresent(JsonNode text) {
        return text.isValueNode() && !VisibleText.isBlank(text.asText(""));
    }

    private static String withType(String noun, String type) {
        return type.matches("[a-z_]{1,40}") ? noun + " of type " + type : noun + " of an unknown type";
    }

    private static String shortened(String name) {
        return name.codePointCount(0, name.length()) <= MAX_NAME_LENGTH
                ? name
                : name.substring(0, name.offsetByCodePoints(0, MAX_NAME_LENGTH)) + "...";
    }
}
