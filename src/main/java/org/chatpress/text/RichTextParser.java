package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.BlockList;
import org.chatpress.text.document.Block.Item;
import org.chatpress.text.document.Block.Preformatted;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Text;
import org.chatpress.text.document.VisibleText;

/** Reads a {@code rich_text} block: what a person typed into Slack's composer, or a bot in the same form. */
final class RichTextParser {
    /** Slack indents eight times at most. */
    private static final int DEEPEST = 8;

    /** Longer numbers than the policy lets pass are no numbers of a list. */
    private static final int LAST_NUMBER = 99_999;

    private final ReferenceResolver references;

    RichTextParser(ReferenceResolver references) {
        this.references = references;
    }

    List<Block> blocks(JsonNode elements) {
        return blocks(elements, 0);
    }

    private List<Block> blocks(JsonNode elements, int depth) {
        var page = new ParagraphBuilder();
        var line = new RichTextLineBuilder(page);
        for (int i = 0; i < elements.size(); i++) {
            JsonNode element = elements.get(i);
            switch (element.path("type").asText()) {
                case "rich_text_section" -> {
                    line.end();
                    page.endParagraph();
                    inline(element.path("elements"), line);
                    line.end();
                    page.endParagraph();
                }
                case "rich_text_list" -> {
                    line.end();
                    int end = endOfLists(elements, i);
                    lists(elements, i, end, depth).forEach(page::block);
                    i = end - 1;
                }
                case "rich_text_quote" -> {
                    line.end();
                    quoted(inside(element, depth)).ifPresent(page::block);
                }
                case "rich_text_preformatted" -> {
                    line.end();
                    preformatted(element).ifPresent(page::block);
                }
                default -> inline(element, line);
            }
        }
        line.end();
        return page.build();
    }

    /** What a quote or an item holds; too deep, its words alone. */
    private List<Block> inside(JsonNode container, int depth) {
        if (depth < DEEPEST) {
            return blocks(container.path("elements"), depth + 1);
        }
        var page = new ParagraphBuilder();
        var line = new RichTextLineBuilder(page);
        inline(container.path("elements"), line);
        line.end();
        return page.build();
    }

    private static Optional<Block> quoted(List<Block> blocks) {
        return blocks.isEmpty() ? Optional.empty() : Optional.of(new Quote(blocks));
    }

    private Optional<Block> preformatted(JsonNode element) {
        var words = new StringBuilder();
        for (JsonNode part : element.path("elements")) {
            words.append(
                    part.path("type").asText().equals("text")
                            ? VisibleText.visible(part.path("text").asText())
                            : PlainTextWriter.writeLine(List.of(span(part, references.inCode()))));
        }
        String shown = MrkdwnParser.withoutOuterLines(LinkPolicy.withoutWorkspaceUrls(words.toString()));
        Optional<Block> block = shown.isEmpty() ? Optional.empty() : Optional.of(new Preformatted(shown));
        return isBordered(element) ? block.map(inner -> new Quote(List.of(inner))) : block;
    }

    // Lists: Slack writes nested ones as siblings, each with its indent.

    private static int endOfLists(JsonNode elements, int start) {
        int end = start + 1;
        while (end < elements.size()
                && elements.get(end).path("type").asText().equals("rich_text_list")
                && isBordered(elements.get(end)) == isBordered(elements.get(start))) {
            end++;
        }
        return end;
    }

    private static boolean isBordered(JsonNode element) {
        return element.path("border").asInt(0) > 0;
    }

    private List<Block> lists(JsonNode elements, int start, int end, int depth) {
        var outermost = new ArrayList<Block>();
        Deque<OpenList> open = new ArrayDeque<>();
        for (JsonNode list : slice(elements, start, end)) {
            var next = OpenList.of(list);
            while (!open.isEmpty()
                    && (open.peek().indent > next.indent || open.peek().differsFrom(next))) {
                close(open, outermost);
            }
            if (open.isEmpty() || open.peek().indent < next.indent) {
                open.push(next);
            }
            for (JsonNode item : list.path("elements")) {
                open.peek().add(inside(item, depth));
            }
        }
        while (!open.isEmpty()) {
            close(open, outermost);
        }
        return isBordered(elements.get(start)) ? quoted(outermost).stream().toList() : outermost;
    }

    private static List<JsonNode> slice(JsonNode elements, int start, int end) {
        var slice = new ArrayList<JsonNode>(end - start);
        for (int i = start; i < end; i++) {
            slice.add(elements.get(i));
        }
        return slice;
    }

    /** The innermost list is complete: it belongs to the last item of the one around it. */
    private static void close(Deque<OpenList> open, List<Block> outermost) {
        OpenList closed = open.pop();
        if (closed.isBlank()) {
            return;
        }
        BlockList listing = new BlockList(closed.numbered, closed.start, closed.items);
        if (open.isEmpty()) {
            outermost.add(listing);
        } else {
            open.peek().nest(listing);
        }
    }

    /** A list whose items are still coming. */
    private static final class OpenList {
        final int indent;
        final boolean numbered;
        final int start;
        final List<Item> items = new ArrayList<>();

        private OpenList(int indent, boolean numbered, int start) {
            this.indent = indent;
            this.numbered = numbered;
            this.start = start;
        }

        static OpenList of(JsonNode list) {
            boolean numbered = list.path("style").asText().equals("ordered");
            int offset = list.path("offset").asInt(0);
            boolean usable = numbered && offset > 0 && offset < LAST_NUMBER;
            return new OpenList(
                    Math.max(0, Math.min(DEEPEST, list.path("indent").asInt(0))), numbered, usable ? offset + 1 : 1);
        }

        /** True for a list of the same indent that doesn't go on where this one stops. */
        boolean differsFrom(OpenList next) {
            return indent == next.indent
                    && (numbered != next.numbered || (numbered && next.start != start + items.size()));
        }

        void add(List<Block> content) {
            List<List<Span>> lines = List.of();
            List<Block> rest = content;
            if (!content.isEmpty() && content.get(0) instanceof Block.Paragraph first) {
                lines = first.lines();
                rest = content.subList(1, content.size());
            }
            items.add(new Item(lines, rest));
        }

        void nest(BlockList listing) {
            Item last = items.isEmpty() ? new Item(List.of(), List.of()) : items.remove(items.size() - 1);
            var blocks = new ArrayList<>(last.blocks());
            blocks.add(listing);
            items.add(new Item(last.lines(), blocks));
        }

        boolean isBlank() {
            return items.stream()
                    .allMatch(item -> item.lines().isEmpty() && item.blocks().isEmpty());
        }
    }

    // What stands in a line.

    private void inline(JsonNode elements, RichTextLineBuilder line) {
        if (elements.isArray()) {
            elements.forEach(element -> inline(element, line));
        } else if (elements.path("elements").isArray()) {
            inline(elements.path("elements"), line);
        } else {
            int styles = RichTextLineBuilder.styles(elements.path("style"));
            if (elements.path("type").asText().equals("text")) {
                line.append(VisibleText.visible(elements.path("text").asText()), styles);
            } else {
                line.add(span(elements, references), styles);
            }
        }
    }

    private Span span(JsonNode element, ReferenceResolver references) {
        return switch (element.path("type").asText()) {
            case "link" ->
                references.link(
                        ReferenceResolver.oneLine(element.path("url").asText()),
                        ReferenceResolver.oneLine(element.path("text").asText()));
            case "user" -> references.user(element.path("user_id").asText());
            case "channel" -> references.channel(element.path("channel_id").asText());
            case "usergroup", "team" -> ReferenceResolver.GROUP;
            case "broadcast" ->
                ReferenceResolver.broadcast(element.path("range").asText());
            case "emoji" -> emoji(element, references);
            case "date" ->
                references.date(
                        element.path("timestamp").asText(),
                        ReferenceResolver.oneLine(element.path("format").asText()),
                        ReferenceResolver.oneLine(element.path("url").asText()),
                        ReferenceResolver.oneLine(element.path("fallback").asText()));
            case "color" ->
                new Text(ReferenceResolver.oneLine(element.path("value").asText()));
            default -> unknown(element, references);
        };
    }

    /** Slack gives the characters of what Unicode knows, the skin tone among them. */
    private static Span emoji(JsonNode element, ReferenceResolver references) {
        String characters = EmojiCharacters.of(element.path("unicode").asText());
        if (!characters.isEmpty()) {
            return new Text(characters);
        }
        String name = ReferenceResolver.oneLine(element.path("name").asText());
        int tone = element.path("skin_tone").asInt(0);
        return references.emoji(tone == 0 ? name : name + "::skin-tone-" + tone);
    }

    /** The words of an element that is not known here, linked if it is a link. */
    private static Span unknown(JsonNode element, ReferenceResolver references) {
        String text = ReferenceResolver.oneLine(element.path("text").asText());
        String shown = text.isEmpty()
                ? ReferenceResolver.oneLine(element.path("fallback").asText())
                : text;
        String address = ReferenceResolver.oneLine(element.path("url").asText());
        return address.isEmpty() && shown.isEmpty() ? new Text("") : references.link(address, shown);
    }
}
