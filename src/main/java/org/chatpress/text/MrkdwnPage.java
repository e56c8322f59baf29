package org.chatpress.text;

import java.util.ArrayList;
import java.util.List;
import org.chatpress.text.MrkdwnBlock.Paragraph;
import org.chatpress.text.MrkdwnBlock.Preformatted;
import org.chatpress.text.MrkdwnBlock.Quote;

/** Gathers lines into paragraphs and quotes. */
final class MrkdwnPage {
    private final List<MrkdwnBlock> blocks = new ArrayList<>();
    private final List<MrkdwnBlock> quoted = new ArrayList<>();
    private final List<List<MrkdwnSpan>> paragraph = new ArrayList<>();
    private boolean inQuote;

    /** Lines from here on are quoted, or no longer quoted. */
    void quoted(boolean quoted) {
        if (inQuote != quoted) {
            endParagraph();
            endQuote();
            inQuote = quoted;
        }
    }

    /** Adds a line; an empty one ends the paragraph. */
    void line(List<MrkdwnSpan> spans) {
        if (spans.isEmpty()) {
            endParagraph();
        } else {
            paragraph.add(spans);
        }
    }

    void preformatted(String words) {
        endParagraph();
        current().add(new Preformatted(words));
    }

    List<MrkdwnBlock> finished() {
        quoted(false);
        endParagraph();
        return List.copyOf(blocks);
    }

    private void endParagraph() {
        if (!paragraph.isEmpty()) {
            current().add(new Paragraph(paragraph));
            paragraph.clear();
        }
    }

    private void endQuote() {
        if (!quoted.isEmpty()) {
            blocks.add(new Quote(quoted));
            quoted.clear();
        }
    }

    private List<MrkdwnBlock> current() {
        return inQuote ? quoted : blocks;
    }
}
