package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.model.slack.SlackEscapes;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.Cell;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Role;
import org.chatpress.text.document.Block.Table;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Style;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.VisibleText;

/**
 * Reads the {@code blocks} of a message: what people typed, and what bots compose. Buttons and forms are for Slack
 * alone and say nothing to readers; a picture is its title, linked. A block of an unknown kind shows its texts.
 */
final class BlockKitParser {
    /** Real messages nest two deep; a limit keeps hostile ones from nesting HTML any deeper. */
    private static final int DEEPEST = 4;

    private final ReferenceResolver references;
    private final RichTextParser richText;

    BlockKitParser(ReferenceResolver references) {
        this.references = references;
        this.richText = new RichTextParser(references);
    }

    /** Reads an array of blocks; empty if they have nothing to show. */
    List<Block> blocks(JsonNode array) {
        if (array.isEmpty()) {
            return List.of();
        }
        var blocks = new ArrayList<Block>();
        array.forEach(block -> read(block, blocks, 0));
        return List.copyOf(blocks);
    }

    private void read(JsonNode block, List<Block> to, int depth) {
        switch (block.path("type").asText()) {
            case "rich_text" -> to.addAll(richText.blocks(block.path("elements")));
            case "section" -> {
                to.addAll(text(block.path("text")));
                block.path("fields").forEach(field -> to.addAll(text(field)));
            }
            case "header" -> header(block, to);
            case "context" -> context(block, to);
            case "image" -> picture(block, to);
            case "video" -> video(block, to);
            case "table" -> table(block, false, to);
            case "data_table" -> table(block, true, to);
            case "markdown" -> to.addAll(paragraphs(block.path("text").asText()));
            case "divider", "actions", "context_actions", "input", "call", "file" -> {}
            default -> unknown(block, to, depth);
        }
    }

    private void header(JsonNode block, List<Block> to) {
        List<List<Span>> lines = lines(text(block.path("text")));
        if (!lines.isEmpty()) {
            to.add(new Paragraph(
                    Role.HEADER,
                    lines.stream()
                            .map(line -> List.<Span>of(new Styled(Style.BOLD, line)))
                            .toList()));
        }
    }

    /** The texts of a context, each on its own line; its pictures are decoration. */
    private void context(JsonNode block, List<Block> to) {
        var lines = new ArrayList<List<Span>>();
        for (JsonNode element : block.path("elements")) {
            lines.addAll(lines(text(element)));
        }
        if (!lines.isEmpty()) {
            to.add(new Paragraph(Role.CONTEXT, lines));
        }
    }

    private void picture(JsonNode block, List<Block> to) {
        String title = ReferenceResolver.oneLine(string(block.path("title")));
        String shown = title.isEmpty()
                ? ReferenceResolver.oneLine(block.path("alt_text").asText())
                : title;
        linked(block.path("image_url").asText(), shown, to);
    }

    private void video(JsonNode block, List<Block> to) {
        String address = block.path("title_url").asText();
        linked(
                address.isEmpty() ? block.path("video_url").asText() : address,
                ReferenceResolver.oneLine(string(block.path("title"))),
                to);
        to.addAll(text(block.path("description")));
    }

    private void linked(String address, String shown, List<Block> to) {
        if (!shown.isEmpty()) {
            Span link = references.link(VisibleText.visible(address), shown);
            to.add(new Paragraph(Role.BODY, List.of(List.of(link))));
        }
    }

    private void table(JsonNode block, boolean headed, List<Block> to) {
        var rows = new ArrayList<List<Cell>>();
        for (JsonNode row : block.path("rows")) {
            var cells = new ArrayList<Cell>();
            row.forEach(cell -> cells.add(new Cell(cell(cell))));
            if (!cells.stream().allMatch(cell -> cell.lines().isEmpty())) {
                rows.add(cells);
            }
        }
        if (!rows.isEmpty()) {
            String caption = ReferenceResolver.oneLine(string(block.path("caption")));
            to.add(new Table(caption.isEmpty() ? List.of() : references.text(caption), headed, rows));
        }
    }

    private List<List<Span>> cell(JsonNode cell) {
        if (cell.path("type").asText().equals("rich_text")) {
            return lines(richText.blocks(cell.path("elements")));
        }
        String words = cell.path("text").asText();
        return lines(paragraphs(words.isEmpty() ? cell.path("value").asText() : words));
    }

    private void unknown(JsonNode block, List<Block> to, int depth) {
        for (String member : List.of("title", "subtitle", "text", "body", "description")) {
            to.addAll(text(block.path(member)));
        }
        if (depth < DEEPEST) {
            for (String member : List.of("elements", "blocks", "child_blocks")) {
                block.path(member).forEach(inner -> read(inner, to, depth + 1));
            }
        }
    }

    /** A text object, or a text by itself; Slack escapes the three characters in both of its forms. */
    private List<Block> text(JsonNode text) {
        return text.path("type").asText().equals("mrkdwn")
                ? MessageFormatter.blocks(text.path("text").asText(), references)
                : paragraphs(SlackEscapes.unescape(string(text)));
    }

    private List<Block> paragraphs(String plain) {
        var page = new ParagraphBuilder();
        VisibleText.visible(plain)
                .lines()
                .map(String::strip)
                .forEach(line -> page.line(line.isEmpty() ? List.of() : references.text(line)));
        return page.build();
    }

    private static String string(JsonNode text) {
        return text.isTextual() ? text.textValue() : text.path("text").asText();
    }

    /** The lines of blocks, for a place where only lines can stand. */
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
