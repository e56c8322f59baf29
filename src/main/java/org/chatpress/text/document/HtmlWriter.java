package org.chatpress.text.document;

import java.util.List;
import org.chatpress.text.document.Block.BlockList;
import org.chatpress.text.document.Block.Cell;
import org.chatpress.text.document.Block.Item;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Preformatted;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.Block.Role;
import org.chatpress.text.document.Block.Table;
import org.chatpress.text.document.Span.EmojiImage;
import org.chatpress.text.document.Span.Link;
import org.chatpress.text.document.Span.Mention;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;
import org.chatpress.text.document.Span.Time;

/** Writes a message as HTML, every word escaped. The README lists the elements and classes. */
public final class HtmlWriter {
    private final StringBuilder html = new StringBuilder(256);

    private HtmlWriter() {}

    public static String write(List<Block> blocks) {
        var writer = new HtmlWriter();
        writer.blocks(blocks);
        return writer.html.toString();
    }

    private void blocks(List<Block> blocks) {
        for (Block block : blocks) {
            if (block instanceof Paragraph paragraph) {
                paragraph(paragraph);
            } else if (block instanceof Preformatted preformatted) {
                html.append("<pre>");
                SanitizedHtmlWriter.escapeText(preformatted.text(), html);
                html.append("</pre>");
            } else if (block instanceof Quote quote) {
                html.append("<blockquote>");
                blocks(quote.blocks());
                html.append("</blockquote>");
            } else if (block instanceof BlockList listing) {
                listing(listing);
            } else if (block instanceof Table table) {
                table(table);
            } else if (block instanceof Block.Markup markup) {
                html.append(markup.html());
            }
        }
    }

    private void paragraph(Paragraph paragraph) {
        if (paragraph.role() == Role.BODY) {
            html.append("<p>");
        } else {
            html.append("<p class=\"").append(paragraph.role().cssClass).append("\">");
        }
        lines(paragraph.lines());
        html.append("</p>");
    }

    private void listing(BlockList listing) {
        html.append(listing.numbered() ? "<ol" : "<ul");
        if (listing.start() != 1) {
            html.append(" start=\"").append(listing.start()).append('"');
        }
        html.append('>');
        for (Item item : listing.items()) {
            html.append("<li>");
            lines(item.lines());
            blocks(item.blocks());
            html.append("</li>");
        }
        html.append(listing.numbered() ? "</ol>" : "</ul>");
    }

    private void table(Table table) {
        html.append("<table>");
        if (!table.caption().isEmpty()) {
            html.append("<caption>");
            spans(table.caption());
            html.append("</caption>");
        }
        List<List<Cell>> rows = table.rows();
        if (table.hasHeader()) {
            html.append("<thead>");
            row(rows.get(0), "th");
            html.append("</thead>");
            rows = rows.subList(1, rows.size());
        }
        html.append("<tbody>");
        rows.forEach(row -> row(row, "td"));
        html.append("</tbody></table>");
    }

    private void row(List<Cell> row, String element) {
        html.append("<tr>");
        for (Cell cell : row) {
            html.append('<').append(element).append('>');
            lines(cell.lines());
            html.append("</").append(element).append('>');
        }
        html.append("</tr>");
    }

    private void lines(List<List<Span>> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (i > 0) {
                html.append("<br>");
            }
            spans(lines.get(i));
        }
    }

    private void spans(List<Span> spans) {
        for (Span span : spans) {
            if (span instanceof Text text) {
                SanitizedHtmlWriter.escapeText(text.text(), html);
            } else if (span instanceof Styled styled) {
                html.append('<').append(styled.style().element).append('>');
                spans(styled.spans());
                html.append("</").append(styled.style().element).append('>');
            } else if (span instanceof Link link) {
                attribute("<a href=\"", link.url(), "\" rel=\"noopener nofollow ugc\">");
                spans(link.label());
                html.append("</a>");
            } else if (span instanceof Mention mention) {
                html.append("<span class=\"chat-mention\">@");
                SanitizedHtmlWriter.escapeText(mention.name(), html);
                html.append("</span>");
            } else if (span instanceof EmojiImage picture) {
                attribute("<img class=\"emoji\" alt=\":", picture.name(), ":\" ");
                attribute("src=\"", picture.url(), "\">");
            } else if (span instanceof Time time) {
                attribute("<time datetime=\"", time.instant().toString(), "\">");
                SanitizedHtmlWriter.escapeText(time.text(), html);
                html.append("</time>");
            } else if (span instanceof Span.Markup markup) {
                html.append(markup.html());
            }
        }
    }

    private void attribute(String before, String value, String behind) {
        html.append(before);
        SanitizedHtmlWriter.escapeAttribute(value, html);
        html.append(behind);
    }
}
