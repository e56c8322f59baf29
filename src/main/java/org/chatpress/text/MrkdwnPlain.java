package org.chatpress.text;

import java.util.List;
import java.util.stream.Collectors;
import org.chatpress.text.MrkdwnBlock.Paragraph;
import org.chatpress.text.MrkdwnBlock.Preformatted;
import org.chatpress.text.MrkdwnBlock.Quote;
import org.chatpress.text.MrkdwnSpan.Code;
import org.chatpress.text.MrkdwnSpan.Link;
import org.chatpress.text.MrkdwnSpan.Mention;
import org.chatpress.text.MrkdwnSpan.Styled;
import org.chatpress.text.MrkdwnSpan.Text;

/** Writes a message as plain text for feeds, previews and search: its words and line ends, no markup. */
final class MrkdwnPlain {
    private MrkdwnPlain() {}

    static String of(List<MrkdwnBlock> blocks) {
        var plain = new StringBuilder();
        MrkdwnBlock before = null;
        for (MrkdwnBlock block : blocks) {
            if (before != null) {
                plain.append(before instanceof Paragraph && block instanceof Paragraph ? "\n\n" : "\n");
            }
            plain.append(words(block));
            before = block;
        }
        return plain.toString();
    }

    static String words(MrkdwnSpan span) {
        if (span instanceof Text text) {
            return text.words();
        }
        if (span instanceof Code code) {
            return code.words();
        }
        if (span instanceof Styled styled) {
            return words(styled.spans());
        }
        if (span instanceof Link link) {
            return link.label();
        }
        return "@" + ((Mention) span).name();
    }

    private static String words(MrkdwnBlock block) {
        if (block instanceof Paragraph paragraph) {
            return paragraph.lines().stream().map(MrkdwnPlain::words).collect(Collectors.joining("\n"));
        }
        if (block instanceof Quote quote) {
            return of(quote.blocks());
        }
        return ((Preformatted) block).words();
    }

    private static String words(List<MrkdwnSpan> spans) {
        return spans.stream().map(MrkdwnPlain::words).collect(Collectors.joining());
    }
}
