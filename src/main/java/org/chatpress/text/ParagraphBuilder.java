package org.chatpress.text;

import java.util.ArrayList;
import java.util.List;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.Block.Role;
import org.chatpress.text.document.Span;

/** Gathers lines into paragraphs and quotes. */
final class ParagraphBuilder {
    private final List<Block> blocks = new ArrayList<>();
    private final List<Block> quoted = new ArrayList<>();
    private final List<List<Span>> paragraph = new ArrayList<>();
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
    void line(List<Span> spans) {
        if (spans.isEmpty()) {
            endParagraph();
        } else {
            paragraph.add(spans);
        }
    }

    /** Adds a block between paragraphs. */
    void block(Block block) {
        endParagraph();
        current().add(block);
    }

    List<Block> build() {
        quoted(false);
        endParagraph();
        return List.copyOf(blocks);
    }

    void endParagraph() {
        if (!paragraph.isEmpty()) {
            current().add(new Paragraph(Role.BODY, paragraph));
            paragraph.clear();
        }
    }

    private void endQuote() {
        if (!quoted.isEmpty()) {
            blocks.add(new Quote(quoted));
            quoted.clear();
        }
    }

    private List<Block> current() {
        return inQuote ? quoted : blocks;
    }
}
