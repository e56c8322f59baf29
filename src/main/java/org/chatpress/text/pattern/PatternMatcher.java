package org.chatpress.text.pattern;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.BlockList;
import org.chatpress.text.document.Block.Cell;
import org.chatpress.text.document.Block.Item;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.Block.Table;
import org.chatpress.text.document.Embed;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.document.HtmlWriter;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Link;
import org.chatpress.text.document.Span.Markup;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;
import org.chatpress.text.pattern.PatternRule.PatternTemplate;

/**
 * Applies a channel's patterns to a message, one pattern after the other. Each line is searched by itself, as readers
 * see it; preformatted text is not searched. A pattern that matches far too often in a message is skipped.
 */
public final class PatternMatcher {
    public static final PatternMatcher NONE = new PatternMatcher(List.of());

    private static final int MAX_MATCHES = 10_000;
    private static final int MAX_HTML_LENGTH = 50_000;

    private final List<PatternRule> rules;

    public PatternMatcher(List<PatternRule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * What the patterns add to a message.
     *
     * @param skipped the expressions that matched more than 10,000 times in the message, or wrote more than 50,000
     *     characters of HTML; they changed nothing
     */
    public record PatternMatches(
            List<String> args, Map<String, String> kwargs, List<LinkPreview> previews, List<Regex> skipped) {
        public static final PatternMatches NONE = new PatternMatches(List.of(), Map.of(), List.of(), List.of());

        public PatternMatches {
            args = List.copyOf(args);
            kwargs = Map.copyOf(kwargs);
            previews = List.copyOf(previews);
            skipped = List.copyOf(skipped);
        }
    }

    /** A message with its patterns applied. */
    public record Applied(List<Block> blocks, PatternMatches matches) {}

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    public Applied apply(List<Block> message) {
        Set<String> args = new LinkedHashSet<>();
        Map<String, String> kwargs = new TreeMap<>();
        List<LinkPreview> previews = new ArrayList<>();
        List<Regex> skipped = new ArrayList<>();
        List<Block> blocks = message;
        for (PatternRule rule : rules) {
            var run = new RuleRun(rule);
            try {
                blocks = run.applyToBlocks(blocks);
            } catch (TooManyMatchesException e) {
                skipped.add(rule.match());
                continue;
            }
            args.addAll(run.args);
            run.kwargs.forEach(kwargs::putIfAbsent);
            previews.addAll(run.previews);
        }
        return new Applied(blocks, new PatternMatches(List.copyOf(args), kwargs, previews, skipped));
    }

    private static final class TooManyMatchesException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyMatchesException() {
            super("a pattern matches too often", null, false, false);
        }
    }

    /** Applies one pattern to one message. */
    private static final class RuleRun {
        private final PatternRule rule;
        private final List<String> args = new ArrayList<>();
        private final Map<String, String> kwargs = new TreeMap<>();
        private final List<LinkPreview> previews = new ArrayList<>();
        private int matches;
        private int htmlLength;

        RuleRun(PatternRule rule) {
            this.rule = rule;
        }

        List<Block> applyToBlocks(List<Block> blocks) {
            var changed = new ArrayList<Block>();
            for (Block block : blocks) {
                if (block instanceof Paragraph paragraph) {
                    applyToParagraph(paragraph, changed);
                } else if (block instanceof Quote quote) {
                    changed.add(new Quote(quote.cssClass(), applyToBlocks(quote.blocks())));
                } else if (block instanceof BlockList list) {
                    changed.add(new BlockList(
                            list.numbered(),
                            list.start(),
                            list.items().stream()
                                    .map(item -> new Item(applyToLines(item.lines()), applyToBlocks(item.blocks())))
                                    .toList()));
                } else if (block instanceof Table table) {
                    changed.add(new Table(
                            table.caption(),
                            table.hasHeader(),
                            table.rows().stream()
                                    .map(row -> row.stream()
                                            .map(cell -> new Cell(applyToLines(cell.lines())))
                                            .toList())
                                    .toList()));
                } else {
                    changed.add(block);
                }
            }
            return changed;
        }

        private List<List<Span>> applyToLines(List<List<Span>> lines) {
            return lines.stream()
                    .map(this::applyToLine)
                    .filter(line -> !SpanSlicer.plainText(line).isBlank())
                    .toList();
        }

        /** Splits the paragraph where the pattern writes HTML that a paragraph cannot contain. */
        private void applyToParagraph(Paragraph paragraph, List<Block> to) {
            var lines = new ArrayList<List<Span>>();
            for (List<Span> line : applyToLines(paragraph.lines())) {
                var spans = new ArrayList<Span>();
                for (Span span : line) {
                    if (span instanceof Span.Markup markup && HtmlSanitizer.isBlock(markup.html())) {
                        endLine(spans, lines);
                        endParagraph(paragraph, lines, to);
                        to.add(new Block.Markup(markup.html(), markup.text()));
                    } else {
                        spans.add(span);
                    }
                }
                endLine(spans, lines);
            }
            endParagraph(paragraph, lines, to);
        }

        private static void endLine(List<Span> spans, List<List<Span>> lines) {
            if (!SpanSlicer.plainText(spans).isBlank()) {
                lines.add(List.copyOf(spans));
            }
            spans.clear();
        }

        private static void endParagraph(Paragraph paragraph, List<List<Span>> lines, List<Block> to) {
            if (!lines.isEmpty()) {
                to.add(new Paragraph(paragraph.role(), lines));
                lines.clear();
            }
        }

        private List<Span> applyToLine(List<Span> spans) {
            String text = SpanSlicer.plainText(spans);
            Regex.Search search = rule.match().search(text);
            var changed = new ArrayList<Span>();
            int from = 0;
            while (search.find()) {
                countMatch();
                if (search.end() == search.start()) {
                    continue;
                }
                addValues(search);
                if (rule.html().isPresent()) {
                    changed.addAll(SpanSlicer.slice(spans, from, search.start()));
                    addMarkup(search, changed);
                    from = search.end();
                }
            }
            if (from == 0) {
                return spans;
            }
            changed.addAll(SpanSlicer.slice(spans, from, text.length()));
            return changed;
        }

        private void addMarkup(Regex.Search match, List<Span> to) {
            String html = fill(rule.html().orElseThrow(), match, HtmlWriter::escape);
            htmlLength += html.length();
            if (htmlLength > MAX_HTML_LENGTH) {
                throw new TooManyMatchesException();
            }
            String clean = HtmlSanitizer.sanitize(html);
            if (!clean.isEmpty()) {
                to.add(new Span.Markup(clean, HtmlSanitizer.plainText(clean)));
            }
        }

        /** Each match takes linear time, so many matches in a long line could take quadratic time. */
        private void countMatch() {
            matches++;
            if (matches > MAX_MATCHES) {
                throw new TooManyMatchesException();
            }
        }

        private void addValues(Regex.Search match) {
            rule.args().forEach(arg -> args.add(fill(arg, match, UnaryOperator.identity())));
            rule.kwargs()
                    .forEach((key, value) -> kwargs.putIfAbsent(key, fill(value, match, UnaryOperator.identity())));
            if (previews.isEmpty() && !rule.attachment().isEmpty()) {
                previews.add(preview(match));
            }
        }

        private LinkPreview preview(Regex.Search match) {
            String url = LinkPolicy.linkTarget(field("url", match))
                    .filter(safe -> safe.regionMatches(true, 0, "http", 0, 4))
                    .orElse("");
            String image = LinkPolicy.imageUrl(field("image", match))
                    .filter(safe -> safe.regionMatches(true, 0, "https:", 0, 6))
                    .orElse("");
            Embed embed = Embed.of(url);
            return new LinkPreview(
                    field("title", match),
                    field("text", match),
                    url,
                    image,
                    field("author", match),
                    field("service", match),
                    embed.kind(),
                    embed.id());
        }

        private String field(String name, Regex.Search match) {
            return fill(rule.attachment().getOrDefault(name, ""), match, UnaryOperator.identity());
        }

        private static String fill(String template, Regex.Search match, UnaryOperator<String> escape) {
            // A group may look like the URL of a workspace although the text around it does not.
            return PatternTemplate.of(template)
                    .fill(group -> LinkPolicy.withoutWorkspaceUrls(match.group(group)), escape);
        }
    }

    /** Cuts a line by positions in its plain text. */
    private static final class SpanSlicer {
        /** U+FFFC, the object replacement character: patterns must not match the text of another pattern's HTML. */
        private static final String MARKUP = "\ufffc";

        private SpanSlicer() {}

        /** The line as patterns see it, and by whose positions {@link #slice} cuts. */
        static String plainText(List<Span> spans) {
            var text = new StringBuilder();
            spans.forEach(span -> text.append(plainText(span)));
            return text.toString();
        }

        /** The part of the line between two positions; the second one is excluded. Styles and links are cut with it. */
        static List<Span> slice(List<Span> spans, int from, int to) {
            var slice = new ArrayList<Span>();
            int position = 0;
            for (Span span : spans) {
                int length = plainText(span).length();
                int start = Math.max(from - position, 0);
                int end = Math.min(to - position, length);
                if (start == 0 && end == length) {
                    slice.add(span);
                } else if (start < end) {
                    slice.add(slice(span, start, end));
                }
                position += length;
            }
            return slice;
        }

        private static Span slice(Span span, int from, int to) {
            if (span instanceof Styled styled) {
                return new Styled(styled.style(), slice(styled.spans(), from, to));
            }
            if (span instanceof Link link) {
                return new Link(link.url(), slice(link.label(), from, to));
            }
            return new Text(plainText(span).substring(from, to));
        }

        private static String plainText(Span span) {
            if (span instanceof Markup) {
                return MARKUP;
            }
            if (span instanceof Styled styled) {
                return plainText(styled.spans());
            }
            return span instanceof Link link ? plainText(link.label()) : PlainTextWriter.writeLine(List.of(span));
        }
    }
}
