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

/** Writes a message as HTML and escapes all text. examples/front-end/README.md lists the elements and classes. */
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
                escapeText(preformatted.text(), html);
                html.append("</pre>");
            } else if (block instanceof Quote quote) {
                openTag("blockquote", quote.cssClass());
                blocks(quote.blocks());
                html.append("</blockquote>");
            } else if (block instanceof BlockList list) {
                list(list);
            } else if (block instanceof Table table) {
                table(table);
            } else if (block instanceof Block.Markup markup) {
                html.append(markup.html());
            }
        }
    }

    private void paragraph(Paragraph paragraph) {
        openTag("p", paragraph.role().cssClass);
        lines(paragraph.lines());
        html.append("</p>");
    }

    private void openTag(String element, String cssClass) {
        html.append('<').append(element);
        if (!cssClass.isEmpty()) {
            html.append(" class=\"").append(cssClass).append('"');
        }
        html.append('>');
    }

    private void list(BlockList list) {
        html.append(list.numbered() ? "<ol" : "<ul");
        if (list.start() != 1) {
            html.append(" start=\"").append(list.start()).append('"');
        }
        html.append('>');
        for (Item item : list.items()) {
            html.append("<li>");
            lines(item.lines());
            blocks(item.blocks());
            html.append("</li>");
        }
        html.append(list.numbered() ? "</ol>" : "</ul>");
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
                escapeText(text.text(), html);
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
                escapeText(mention.name(), html);
                html.append("</span>");
            } else if (span instanceof EmojiImage image) {
                attribute("<img class=\"emoji\" alt=\":", image.name(), ":\" ");
                attribute("src=\"", image.url(), "\">");
            } else if (span instanceof Time time) {
                attribute("<time datetime=\"", time.instant().toString(), "\">");
                escapeText(time.text(), html);
                html.append("</time>");
            } else if (span instanceof Span.Markup markup) {
                html.append(markup.html());
            }
        }
    }

    private void attribute(String before, String value, String after) {
        html.append(before);
        escapeAttribute(value, html);
        html.append(after);
    }

    /** Escapes text for any place in HTML, within single or double quotes too. */
    public static String escape(String text) {
        var html = new StringBuilder();
        escapeAttribute(text, html);
        return html.toString().replace("'", "&#39;");
    }

    /** Appends the text of an element. */
    static void escapeText(String text, StringBuilder html) {
        escape(text, html, "\"");
    }

    /** Appends the value of an attribute, to be put in double quotes. */
    static void escapeAttribute(String text, StringBuilder html) {
        escape(text, html, "&quot;");
    }

    private static void escape(String text, StringBuilder html, String quote) {
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            String escaped = switch (text.charAt(i)) {
                case '&' -> "&amp;";
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '"' -> quote;
                default -> "";
            };
            if (!escaped.isEmpty()) {
                html.append(text, from, i).append(escaped);
                from = i + 1;
            }
        }
        html.append(text, from, text.length());
    }
}
