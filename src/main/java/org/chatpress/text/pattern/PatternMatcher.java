package org.chatpress.text.pattern;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.model.LinkPreview;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.BlockList;
import org.chatpress.text.document.Block.Cell;
import org.chatpress.text.document.Block.Item;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.Block.Table;
import org.chatpress.text.document.EmbedDetector;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.SanitizedHtmlWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.SpanSlicer;
import org.chatpress.text.pattern.BudgetedCharSequence.Budget;
import org.chatpress.text.pattern.BudgetedCharSequence.SpentException;

/**
 * A channel's patterns, one after the other. An expression is looked for in each line by itself, as readers see its
 * words, but not in preformatted text. One that would take too long on a message is left out there.
 */
public final class PatternMatcher {
    public static final PatternMatcher NONE = new PatternMatcher(List.of());

    /** For one pattern on a message; what is looked at once or twice, however long, is never too much. */
    private static final long CHARACTERS = 200_000;

    private static final long CHARACTERS_FOR_EACH = 20;
    private static final int MOST_HTML = 50_000;

    private final List<Compiled> patterns;

    public PatternMatcher(List<PatternRule> rules) {
        patterns = rules.stream()
                .map(rule -> new Compiled(rule, PatternRule.compiled(rule.match())))
                .toList();
    }

    private record Compiled(PatternRule rule, Pattern expression) {}

    /**
     * What patterns found in a message, beside the words they changed.
     *
     * @param tooSlow the expressions that were left out because they took too long
     */
    public record PatternMatches(
            List<String> args, Map<String, String> kwargs, List<LinkPreview> previews, List<String> tooSlow) {
        public static final PatternMatches NONE = new PatternMatches(List.of(), Map.of(), List.of(), List.of());

        public PatternMatches {
            args = List.copyOf(args);
            kwargs = Map.copyOf(kwargs);
            previews = List.copyOf(previews);
            tooSlow = List.copyOf(tooSlow);
        }
    }

    /** A message after its patterns. */
    public record Applied(List<Block> blocks, PatternMatches matches) {}

    public boolean isEmpty() {
        return patterns.isEmpty();
    }

    public Applied apply(List<Block> message) {
        Set<String> args = new LinkedHashSet<>();
        Map<String, String> kwargs = new TreeMap<>();
        List<LinkPreview> previews = new ArrayList<>();
        List<String> tooSlow = new ArrayList<>();
        List<Block> blocks = message;
        for (Compiled pattern : patterns) {
            var turn = new MatchRun(pattern, PlainTextWriter.of(blocks).length());
            try {
                blocks = turn.blocks(blocks);
                args.addAll(turn.args);
                turn.kwargs.forEach(kwargs::putIfAbsent);
                previews.addAll(turn.previews);
            } catch (SpentException | StackOverflowError tooMuch) {
                // Java's expressions recurse for each character of some repetitions.
                tooSlow.add(pattern.rule().match());
            }
        }
        return new Applied(blocks, new PatternMatches(List.copyOf(args), kwargs, previews, tooSlow));
    }

    /** One pattern on one message. */
    private static final class MatchRun {
        private final PatternRule rule;
        private final Pattern expression;
        private final Budget budget;
        private final List<String> args = new ArrayList<>();
        private final Map<String, String> kwargs = new TreeMap<>();
        private final List<LinkPreview> previews = new ArrayList<>();
        private int written;

        MatchRun(Compiled pattern, int length) {
            this.rule = pattern.rule();
            this.expression = pattern.expression();
            this.budget = new Budget(CHARACTERS + CHARACTERS_FOR_EACH * length);
        }

        List<Block> blocks(List<Block> blocks) {
            var changed = new ArrayList<Block>();
            for (Block block : blocks) {
                if (block instanceof Paragraph paragraph) {
                    paragraph(paragraph, changed);
                } else if (block instanceof Quote quote) {
                    changed.add(new Quote(blocks(quote.blocks())));
                } else if (block instanceof BlockList listing) {
                    changed.add(new BlockList(
                            listing.numbered(),
                            listing.start(),
                            listing.items().stream()
                                    .map(item -> new Item(lines(item.lines()), blocks(item.blocks())))
                                    .toList()));
                } else if (block instanceof Table table) {
                    changed.add(new Table(
                            table.caption(),
                            table.headed(),
                            table.rows().stream()
                                    .map(row -> row.stream()
                                            .map(cell -> new Cell(lines(cell.lines())))
                                            .toList())
                                    .toList()));
                } else {
                    changed.add(block);
                }
            }
            return changed;
        }

        private List<List<Span>> lines(List<List<Span>> lines) {
            return lines.stream()
                    .map(this::line)
                    .filter(line -> !SpanSlicer.text(line).isBlank())
                    .toList();
        }

        /** HTML that can't stand in a paragraph parts it. */
        private void paragraph(Paragraph paragraph, List<Block> to) {
            var lines = new ArrayList<List<Span>>();
            for (List<Span> line : lines(paragraph.lines())) {
                var spans = new ArrayList<Span>();
                for (Span span : line) {
                    if (span instanceof Span.Markup markup && HtmlSanitizer.isBlock(markup.html())) {
                        end(spans, lines);
                        end(paragraph, lines, to);
                        to.add(new Block.Markup(markup.html(), markup.text()));
                    } else {
                        spans.add(span);
                    }
                }
                end(spans, lines);
            }
            end(paragraph, lines, to);
        }

        private static void end(List<Span> spans, List<List<Span>> lines) {
            if (!SpanSlicer.text(spans).isBlank()) {
                lines.add(List.copyOf(spans));
            }
            spans.clear();
        }

        private static void end(Paragraph paragraph, List<List<Span>> lines, List<Block> to) {
            if (!lines.isEmpty()) {
                to.add(new Paragraph(paragraph.role(), lines));
                lines.clear();
            }
        }

        private List<Span> line(List<Span> spans) {
            String words = SpanSlicer.text(spans);
            Matcher matcher = expression.matcher(new BudgetedCharSequence(words, budget));
            var changed = new ArrayList<Span>();
            int from = 0;
            while (matcher.find()) {
                if (matcher.end() == matcher.start()) {
                    continue;
                }
                found(matcher);
                if (rule.html().isPresent()) {
                    changed.addAll(SpanSlicer.slice(spans, from, matcher.start()));
                    addMarkup(matcher, changed);
                    from = matcher.end();
                }
            }
            if (from == 0) {
                return spans;
            }
            changed.addAll(SpanSlicer.slice(spans, from, words.length()));
            return changed;
        }

        private void addMarkup(Matcher matcher, List<Span> to) {
            String html = filled(rule.html().orElseThrow(), matcher, SanitizedHtmlWriter::escaped);
            written += html.length();
            if (written > MOST_HTML) {
                throw new SpentException();
            }
            String clean = HtmlSanitizer.sanitize(html);
            if (!clean.isEmpty()) {
                to.add(new Span.Markup(clean, HtmlSanitizer.plainText(clean)));
            }
        }

        private void found(Matcher matcher) {
            rule.args().forEach(arg -> args.add(filled(arg, matcher, UnaryOperator.identity())));
            rule.kwargs()
                    .forEach((key, value) -> kwargs.putIfAbsent(key, filled(value, matcher, UnaryOperator.identity())));
            if (previews.isEmpty() && !rule.attachment().isEmpty()) {
                previews.add(attachment(matcher));
            }
        }

        private LinkPreview attachment(Matcher matcher) {
            String url = LinkPolicy.linkTarget(member("url", matcher))
                    .filter(safe -> safe.regionMatches(true, 0, "http", 0, 4))
                    .orElse("");
            String image = LinkPolicy.imageUrl(member("image", matcher))
                    .filter(safe -> safe.regionMatches(true, 0, "https:", 0, 6))
                    .orElse("");
            EmbedDetector embed = EmbedDetector.of(url);
            return new LinkPreview(
                    member("title", matcher),
                    member("text", matcher),
                    url,
                    image,
                    member("author", matcher),
                    member("service", matcher),
                    embed.kind(),
                    embed.id());
        }

        private String member(String name, Matcher matcher) {
            return filled(rule.attachment().getOrDefault(name, ""), matcher, UnaryOperator.identity());
        }

        private static String filled(String template, Matcher matcher, UnaryOperator<String> escape) {
            return PatternTemplate.of(template).fill(group -> group(matcher, group), escape);
        }

        /** A part of what was harmless may be none. */
        private static String group(Matcher matcher, int group) {
            return matcher.group(group) == null ? "" : LinkPolicy.withoutWorkspaces(matcher.group(group));
        }
    }
}
