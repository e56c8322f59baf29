package org.chatpress.text;

import java.util.List;
import org.chatpress.text.MrkdwnBlock.Paragraph;
import org.chatpress.text.MrkdwnBlock.Preformatted;
import org.chatpress.text.MrkdwnBlock.Quote;
import org.chatpress.text.MrkdwnSpan.Code;
import org.chatpress.text.MrkdwnSpan.Link;
import org.chatpress.text.MrkdwnSpan.Mention;
import org.chatpress.text.MrkdwnSpan.Styled;
import org.chatpress.text.MrkdwnSpan.Text;

/** Writes a message as HTML, every word escaped. */
final class MrkdwnHtml {
    private final StringBuilder html = new StringBuilder();

    private MrkdwnHtml() {}

    static String of(List<MrkdwnBlock> blocks) {
        var writer = new MrkdwnHtml();
        writer.blocks(blocks);
        return writer.html.toString();
    }

    private void blocks(List<MrkdwnBlock> blocks) {
        for (MrkdwnBlock block : blocks) {
            if (block instanceof Paragraph paragraph) {
                html.append("<p>");
                lines(paragraph.lines());
                html.append("</p>");
            } else if (block instanceof Preformatted preformatted) {
                element("pre", preformatted.words());
            } else if (block instanceof Quote quote) {
                html.append("<blockquote>");
                blocks(quote.blocks());
                html.append("</blockquote>");
            }
        }
    }

    private void lines(List<List<MrkdwnSpan>> lines) {
        spans(lines.get(0));
        for (List<MrkdwnSpan> line : lines.subList(1, lines.size())) {
            html.append("<br>");
            spans(line);
        }
    }

    private void spans(List<MrkdwnSpan> spans) {
        for (MrkdwnSpan span : spans) {
            if (span instanceof Text text) {
                CleanHtmlWriter.escapeText(text.words(), html);
            } else if (span instanceof Code code) {
                element("code", code.words());
            } else if (span instanceof Styled styled) {
                html.append('<').append(styled.style().element).append('>');
                spans(styled.spans());
                html.append("</").append(styled.style().element).append('>');
            } else if (span instanceof Link link) {
                html.append("<a href=\"");
                CleanHtmlWriter.escapeAttribute(link.address(), html);
                html.append("\" rel=\"noopener nofollow ugc\">");
                CleanHtmlWriter.escapeText(link.label(), html);
                html.append("</a>");
            } else if (span instanceof Mention mention) {
                html.append("<span class=\"chat-mention\">@");
                CleanHtmlWriter.escapeText(mention.name(), html);
                html.append("</span>");
            }
        }
    }

    private void element(String element, String words) {
        html.append('<').append(element).append('>');
        CleanHtmlWriter.escapeText(words, html);
        html.append("</").append(element).append('>');
    }
}
