package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.Cell;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Role;
import org.chatpress.text.document.Block.Table;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Style;
import org.chatpress.text.document.Span.Styled;

/**
 * Parses the {@code blocks} of a message, in Slack's Block Kit. Buttons and forms are left out, as they work only in Slack.
 * An image becomes a link with its title. A block of an unknown type becomes its texts.
 */
final class BlockKitParser {
    /** Real messages nest blocks two deep; the limit is for hostile ones. */
    private static final int MAX_DEPTH = 4;

    private final ReferenceResolver references;
    private final RichTextParser richText;

    BlockKitParser(ReferenceResolver references) {
        this.references = references;
        this.richText = new RichTextParser(references);
    }

    /** Parses an array of blocks; the result is empty if they contain nothing to show. */
    List<Block> parse(JsonNode array) {
        if (array.isEmpty()) {
            return List.of();
        }
        var blocks = new ArrayList<Block>();
        array.forEach(block -> parse(block, blocks, 0));
        return List.copyOf(blocks);
    }

    private void parse(JsonNode block, List<Block> to, int depth) {
        switch (block.path("type").asText()) {
            case "rich_text" -> to.addAll(richText.parse(block.path("elements")));
            case "section" -> {
                to.addAll(text(block.path("text")));
                block.path("fields").forEach(field -> to.addAll(text(field)));
            }
            case "header" -> parseHeader(block, to);
            case "mrkdwn", "plain_text" -> to.addAll(text(block));
            case "context" -> parseContext(block, to);
            case "image" -> addLink(block, to);
            case "video" -> parseVideo(block, to);
            case "table" -> parseTable(block, false, to);
            case "data_table" -> parseTable(block, true, to);
            case "markdown" -> to.addAll(paragraphs(block.path("text").asText()));
            case "divider", "actions", "context_actions", "input", "call", "file" -> {}
            default -> parseUnknown(block, to, depth);
        }
    }

    private void parseHeader(JsonNode block, List<Block> to) {
        List<List<Span>> lines = lines(text(block.path("text")));
        if (!lines.isEmpty()) {
            to.add(new Paragraph(
                    Role.HEADER,
                    lines.stream()
                            .map(line -> List.<Span>of(new Styled(Style.BOLD, line)))
                            .toList()));
        }
    }

    /** The texts of a context block, one a line; its images are decoration. */
    private void parseContext(JsonNode block, List<Block> to) {
        var lines = new ArrayList<List<Span>>();
        for (JsonNode element : block.path("elements")) {
            lines.addAll(lines(text(element)));
        }
        if (!lines.isEmpty()) {
            to.add(new Paragraph(Role.CONTEXT, lines));
        }
    }

    private void parseVideo(JsonNode block, List<Block> to) {
        addLink(block, to);
        to.addAll(text(block.path("description")));
    }

    /** Adds a link to an image or video. */
    private void addLink(JsonNode block, List<Block> to) {
        String label = linkLabel(block);
        if (!VisibleText.isBlank(label)) {
            Span link = references.link(VisibleText.visible(linkUrl(block)), label);
            to.add(new Paragraph(Role.BODY, List.of(List.of(link))));
        }
    }

    /** True if readers get a link to this image or video. */
    boolean hasLink(JsonNode block) {
        return !VisibleText.isBlank(linkLabel(block))
                && LinkPolicy.linkTarget(VisibleText.visible(linkUrl(block))).isPresent();
    }

    private String linkLabel(JsonNode block) {
        String title = line(block.path("title"));
        boolean hasTitle = !title.isEmpty() || block.path("type").asText().equals("video");
        return hasTitle
                ? title
                : ReferenceResolver.oneLine(block.path("alt_text").asText());
    }

    private static String linkUrl(JsonNode block) {
        return Stream.of("image_url", "title_url", "video_url")
                .map(member -> block.path(member).asText())
                .filter(url -> !url.isEmpty())
                .findFirst()
                .orElse("");
    }

    private void parseTable(JsonNode block, boolean hasHeader, List<Block> to) {
        var rows = new ArrayList<List<Cell>>();
        for (JsonNode row : block.path("rows")) {
            var cells = new ArrayList<Cell>();
            row.forEach(cell -> cells.add(new Cell(cellLines(cell))));
            if (!cells.stream().allMatch(cell -> cell.lines().isEmpty())) {
                rows.add(cells);
            }
        }
        if (!rows.isEmpty()) {
            String caption = line(block.path("caption"));
            to.add(new Table(caption.isEmpty() ? List.of() : references.text(caption), hasHeader, rows));
        }
    }

    private List<List<Span>> cellLines(JsonNode cell) {
        if (cell.path("type").asText().equals("rich_text")) {
            return lines(richText.parse(cell.path("elements")));
        }
        String text = cell.path("text").asText();
        return lines(paragraphs(text.isEmpty() ? cell.path("value").asText() : text));
    }

    private void parseUnknown(JsonNode block, List<Block> to, int depth) {
        for (String field : List.of("title", "subtitle", "text", "body", "description")) {
            to.addAll(text(block.path(field)));
        }
        if (depth < MAX_DEPTH) {
            for (String field : List.of("elements", "blocks", "child_blocks")) {
                block.path(field).forEach(inner -> parse(inner, to, depth + 1));
            }
        }
    }

    /** The content of a text object or a string; Slack escapes both mrkdwn and plain text. */
    private List<Block> text(JsonNode text) {
        return isPlain(text)
                ? paragraphs(SlackEscapes.unescape(string(text)))
                : MessageFormatter.parse(string(text), references);
    }

    /** False if it is not known: read as plain text, a reference in mrkdwn would show the name of a private channel. */
    private static boolean isPlain(JsonNode text) {
        return text.path("type").asText().equals("plain_text");
    }

    private List<Block> paragraphs(String plain) {
        var paragraphs = new ParagraphBuilder();
        VisibleText.visible(plain)
                .lines()
                .map(String::strip)
                .forEach(line -> paragraphs.addLine(line.isEmpty() ? List.of() : references.text(line)));
        return paragraphs.build();
    }

    /** The content of a text object or a string as one line, for a place that cannot contain blocks. */
    private String line(JsonNode text) {
        return ReferenceResolver.oneLine(isPlain(text) ? string(text) : PlainTextWriter.write(text(text)));
    }

    private static String string(JsonNode text) {
        return text.isTextual() ? text.textValue() : text.path("text").asText();
    }

    /** The blocks as lines, for a place that cannot contain blocks. */
    private static List<List<Span>> lines(List<Block> blocks) {
        var lines = new ArrayList<List<Span>>();
        for (Block block : blocks) {
            if (block instanceof Paragraph paragraph) {
                lines.addAll(paragraph.lines());
            } else {
                PlainTextWriter.write(List.of(block))
                        .lines()
                        .filter(line -> !line.isBlank())
                        .forEach(line -> lines.add(List.of(new Span.Text(line))));
            }
        }
        return lines;
    }
}
