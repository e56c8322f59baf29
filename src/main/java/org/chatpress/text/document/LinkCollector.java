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

/** Finds the links in a message. */
public final class LinkCollector {
    private final Set<String> links = new HashSet<>();

    private LinkCollector() {}

    /** Their addresses, each {@link #normalized}. */
    public static Set<String> linksIn(List<Block> blocks) {
        var search = new LinkCollector();
        search.blocks(blocks);
        return search.links;
    }

    /** An address and the same with a slash at its end lead to the same place. */
    public static String normalized(String address) {
        return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }

    private void blocks(List<Block> blocks) {
        for (Block block : blocks) {
            if (block instanceof Paragraph paragraph) {
                paragraph.lines().forEach(this::spans);
            } else if (block instanceof Quote quote) {
                blocks(quote.blocks());
            } else if (block instanceof BlockList listing) {
                for (Item item : listing.items()) {
                    item.lines().forEach(this::spans);
                    blocks(item.blocks());
                }
            } else if (block instanceof Table table) {
                table.rows().forEach(row -> row.forEach(cell -> cell.lines().forEach(this::spans)));
            }
        }
    }

    private void spans(List<Span> spans) {
        for (Span span : spans) {
            if (span instanceof Styled styled) {
                spans(styled.spans());
            } else if (span instanceof Link link) {
                links.add(normalized(link.url()));
            }
        }
    }
}
