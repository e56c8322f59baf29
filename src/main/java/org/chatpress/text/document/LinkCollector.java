package org.chatpress.text.document;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.chatpress.text.document.Block.BlockList;
import org.chatpress.text.document.Block.Item;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.Block.Table;
import org.chatpress.text.document.Span.Link;
import org.chatpress.text.document.Span.Styled;

/** Collects the URLs of a message's links. */
public final class LinkCollector {
    private final Set<String> urls = new HashSet<>();

    private LinkCollector() {}

    /** The URLs of all links, each {@link #normalized}. */
    public static Set<String> linksIn(List<Block> blocks) {
        var collector = new LinkCollector();
        collector.collect(blocks);
        return collector.urls;
    }

    /** The URL without a slash at its end: with it, the URL leads to the same page. */
    public static String normalized(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    private void collect(List<Block> blocks) {
        for (Block block : blocks) {
            if (block instanceof Paragraph paragraph) {
                paragraph.lines().forEach(this::collectFromLine);
            } else if (block instanceof Quote quote) {
                collect(quote.blocks());
            } else if (block instanceof BlockList list) {
                for (Item item : list.items()) {
                    item.lines().forEach(this::collectFromLine);
                    collect(item.blocks());
                }
            } else if (block instanceof Table table) {
                table.rows().forEach(row -> row.forEach(cell -> cell.lines().forEach(this::collectFromLine)));
            }
        }
    }

    private void collectFromLine(List<Span> spans) {
        for (Span span : spans) {
            if (span instanceof Styled styled) {
                collectFromLine(styled.spans());
            } else if (span instanceof Link link) {
                urls.add(normalized(link.url()));
            }
        }
    }
}
