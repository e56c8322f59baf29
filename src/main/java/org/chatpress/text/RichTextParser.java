package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.VisibleText;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.BlockList;
import org.chatpress.text.document.Block.Item;
import org.chatpress.text.document.Block.Preformatted;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Text;

/** Parses a {@code rich_text} block, the form in which Slack's client sends what a user composes. */
final class RichTextParser {
    /** Slack has at most eight levels of indent. */
    private static final int MAX_DEPTH = 8;

    /** The HTML policy permits start numbers of five digits; larger ones are ignored. */
    private static final int MAX_START = 99_999;

    private final ReferenceResolver references;

    RichTextParser(ReferenceResolver references) {
        this.references = references;
    }

    List<Block> parse(JsonNode elements) {
        return parse(elements, 0);
    }

    private List<Block> parse(JsonNode elements, int depth) {
        if (!elements.isArray()) {
            return List.of();
        }
        var paragraphs = new ParagraphBuilder();
        var line = new RichTextLineBuilder(paragraphs);
        for (int i = 0; i < elements.size(); i++) {
            JsonNode element = elements.get(i);
            switch (element.path("type").asText()) {
                case "rich_text_section" -> {
                    line.end();
                    paragraphs.endParagraph();
                    inline(element.path("elements"), line);
                    line.end();
                    paragraphs.endParagraph();
                }
                case "rich_text_list" -> {
                    line.end();
                    int end = endOfLists(elements, i);
                    parseLists(elements, i, end, depth).forEach(paragraphs::addBlock);
                    i = end - 1;
                }
                case "rich_text_quote" -> {
                    line.end();
                    quote(parseContent(element, depth)).ifPresent(paragraphs::addBlock);
                }
                case "rich_text_preformatted" -> {
                    line.end();
                    parsePreformatted(element).ifPresent(paragraphs::addBlock);
                }
                default -> inline(element, line);
            }
        }
        line.end();
        return paragraphs.build();
    }

    /** The content of a quote or list item; beyond the maximum depth, and for an item that is an inline element, only its text. */
    private List<Block> parseContent(JsonNode container, int depth) {
        JsonNode elements = container.path("elements");
        if (depth < MAX_DEPTH && elements.isArray()) {
            return parse(elements, depth + 1);
        }
        var paragraphs = new ParagraphBuilder();
        var line = new RichTextLineBuilder(paragraphs);
        inline(container, line);
        line.end();
        return paragraphs.build();
    }

    private static Optional<Block> quote(List<Block> blocks) {
        return blocks.isEmpty() ? Optional.empty() : Optional.of(new Quote(blocks));
    }

    private Optional<Block> parsePreformatted(JsonNode element) {
        var text = new StringBuilder();
        appendCode(element.path("elements"), text);
        String code = MrkdwnParser.withoutBlankEnds(LinkPolicy.withoutWorkspaceUrls(text.toString()));
        Optional<Block> block = VisibleText.isBlank(code) ? Optional.empty() : Optional.of(new Preformatted(code));
        return isBordered(element) ? block.map(inner -> new Quote(List.of(inner))) : block;
    }

    private void appendCode(JsonNode elements, StringBuilder text) {
        for (JsonNode element : elements) {
            if (element.path("elements").isArray()) {
                appendCode(element.path("elements"), text);
            } else if (element.path("type").asText().equals("text")) {
                text.append(VisibleText.visible(element.path("text").asText()));
            } else {
                text.append(PlainTextWriter.writeLine(List.of(span(element, references.inCode()))));
            }
        }
    }

    // Lists: Slack sends nested lists as siblings, each with its indent.

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

    private List<Block> parseLists(JsonNode elements, int start, int end, int depth) {
        var outermost = new ArrayList<Block>();
        Deque<OpenList> open = new ArrayDeque<>();
        for (JsonNode list : slice(elements, start, end)) {
            var next = OpenList.of(list);
            boolean endsSublist = !open.isEmpty() && open.peek().indent > next.indent;
            while (!open.isEmpty()
                    && (open.peek().indent > next.indent || open.peek().differsFrom(next, endsSublist))) {
                close(open, outermost);
            }
            while (!open.isEmpty() && open.peek().indent < next.indent - 1) {
                open.push(new OpenList(open.peek().indent + 1, false, 1));
            }
            if (open.isEmpty() || open.peek().indent < next.indent) {
                open.push(next);
            }
            for (JsonNode item : list.path("elements")) {
                open.peek().add(parseContent(item, depth));
            }
        }
        while (!open.isEmpty()) {
            close(open, outermost);
        }
        return isBordered(elements.get(start)) ? quote(outermost).stream().toList() : outermost;
    }

    private static List<JsonNode> slice(JsonNode elements, int start, int end) {
        var slice = new ArrayList<JsonNode>(end - start);
        for (int i = start; i < end; i++) {
            slice.add(elements.get(i));
        }
        return slice;
    }

    /** Adds the innermost list to the last item of the list around it. */
    private static void close(Deque<OpenList> open, List<Block> outermost) {
        OpenList closed = open.pop();
        if (closed.isBlank()) {
            return;
        }
        BlockList list = new BlockList(closed.numbered, closed.start, closed.items);
        if (open.isEmpty()) {
            outermost.add(list);
        } else {
            open.peek().nest(list);
        }
    }

    /** A list to which items are being added. */
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
            boolean hasStart = numbered && offset > 0 && offset < MAX_START;
            return new OpenList(
                    Math.max(0, Math.min(MAX_DEPTH, list.path("indent").asInt(0))),
                    numbered,
                    hasStart ? offset + 1 : 1);
        }

        /**
         * True for a list of the same indent that does not continue this one. After a sublist Slack goes on with the numbers
         * of the list around it, whether the next list has an offset or not.
         */
        boolean differsFrom(OpenList next, boolean endsSublist) {
            boolean continuesNumbers = next.start == start + items.size() || (endsSublist && next.start == 1);
            return indent == next.indent && (numbered != next.numbered || (numbered && !continuesNumbers));
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

        void nest(BlockList list) {
            Item last = items.isEmpty() ? new Item(List.of(), List.of()) : items.remove(items.size() - 1);
            var blocks = new ArrayList<>(last.blocks());
            blocks.add(list);
            items.add(new Item(last.lines(), blocks));
        }

        boolean isBlank() {
            return items.stream()
                    .allMatch(item -> item.lines().isEmpty() && item.blocks().isEmpty());
        }
    }

    // Elements of a line.

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
            case "user" -> references.user(element.path("user_id").asText(), "");
            case "channel" -> references.channel(element.path("channel_id").asText());
            case "usergroup", "team" -> ReferenceResolver.USER_GROUP;
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

    /** Slack sends the characters of a Unicode emoji, with its skin tone, and the name of any emoji. */
    private static Span emoji(JsonNode element, ReferenceResolver references) {
        String characters = EmojiTable.charactersOf(element.path("unicode").asText());
        if (!characters.isEmpty()) {
            return new Text(characters);
        }
        String name = ReferenceResolver.oneLine(element.path("name").asText());
        int skinTone = element.path("skin_tone").asInt(0);
        return references.emoji(skinTone == 0 ? name : name + "::skin-tone-" + skinTone);
    }

    /** The text of an element of an unknown type, linked if it has a URL. */
    private static Span unknown(JsonNode element, ReferenceResolver references) {
        String text = ReferenceResolver.oneLine(element.path("text").asText());
        String label = text.isEmpty()
                ? ReferenceResolver.oneLine(element.path("fallback").asText())
                : text;
        String url = ReferenceResolver.oneLine(element.path("url").asText());
        return url.isEmpty() && label.isEmpty() ? new Text("") : references.link(url, label);
    }
}
