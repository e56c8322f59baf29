package org.chatpress.text.document;

import java.util.List;
import org.chatpress.text.document.Block.BlockList;
import org.chatpress.text.document.Block.Cell;
import org.chatpress.text.document.Block.Item;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Preformatted;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.Block.Table;
import org.chatpress.text.document.Span.EmojiImage;
import org.chatpress.text.document.Span.Link;
import org.chatpress.text.document.Span.Mention;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;
import org.chatpress.text.document.Span.Time;

/**
 * Writes a message as plain text for feeds, previews and search: its text and line ends, a bullet or number before each
 * item of a list, a bar between the cells of a row.
 */
public final class PlainTextWriter {
    private final StringBuilder plain = new StringBuilder(256);

    private PlainTextWriter() {}

    public static String write(List<Block> blocks) {
        var writer = new PlainTextWriter();
        writer.blocks(blocks, "");
        return writer.plain.toString();
    }

    /** Writes one line. */
    public static String writeLine(List<Span> spans) {
        if (spans.size() == 1 && spans.get(0) instanceof Text text) {
            return text.text();
        }
        var writer = new PlainTextWriter();
        writer.spans(spans);
        return writer.plain.toString();
    }

    private void blocks(List<Block> blocks, String indent) {
        Block previous = null;
        for (Block block : blocks) {
            if (previous != null) {
                plain.append(previous instanceof Paragraph && block instanceof Paragraph ? "\n\n" : "\n");
            }
            block(block, indent);
            previous = block;
        }
    }

    private void block(Block block, String indent) {
        if (block instanceof Paragraph paragraph) {
            lines(paragraph.lines(), "\n");
        } else if (block instanceof Preformatted preformatted) {
            plain.append(preformatted.text());
        } else if (block instanceof Quote quote) {
            blocks(quote.blocks(), indent);
        } else if (block instanceof BlockList list) {
            list(list, indent);
        } else if (block instanceof Table table) {
            table(table);
        } else if (block instanceof Block.Markup markup) {
            plain.append(markup.text());
        }
    }

    private void list(BlockList list, String indent) {
        int number = list.start();
        for (Item item : list.items()) {
            if (number > list.start()) {
                plain.append('\n');
            }
            if (isLevelOnly(item)) {
                blocks(item.blocks(), indent + "  ");
                number++;
                continue;
            }
            plain.append(indent);
            String marker = list.numbered() ? number + ". " : "• ";
            plain.append(marker);
            lines(item.lines(), "\n" + indent + "  ");
            if (!item.blocks().isEmpty()) {
                plain.append('\n');
                blocks(item.blocks(), indent + "  ");
            }
            number++;
        }
    }

    /** True for an item without content of its own, which only indents the list in it. */
    private static boolean isLevelOnly(Item item) {
        return item.lines().isEmpty()
                && !item.blocks().isEmpty()
                && item.blocks().stream().allMatch(block -> block instanceof BlockList);
    }

    private void table(Table table) {
        spans(table.caption());
        boolean first = table.caption().isEmpty();
        for (List<Cell> row : table.rows()) {
            if (!first) {
                plain.append('\n');
            }
            first = false;
            for (int i = 0; i < row.size(); i++) {
                plain.append(i > 0 ? " | " : "");
                lines(row.get(i).lines(), " ");
            }
        }
    }

    private void lines(List<List<Span>> lines, String separator) {
        for (int i = 0; i < lines.size(); i++) {
            plain.append(i > 0 ? separator : "");
            spans(lines.get(i));
        }
    }

    private void spans(List<Span> spans) {
        for (Span span : spans) {
            if (span instanceof Text text) {
                plain.append(text.text());
            } else if (span instanceof Styled styled) {
                spans(styled.spans());
            } else if (span instanceof Link link) {
                spans(link.label());
            } else if (span instanceof Mention mention) {
                plain.append('@').append(mention.name());
            } else if (span instanceof EmojiImage image) {
                plain.append(':').append(image.name()).append(':');
            } else if (span instanceof Time time) {
                plain.append(time.text());
            } else if (span instanceof Span.Markup markup) {
                plain.append(markup.text());
            }
        }
    }
}
