package org.chatpress.text;

import java.util.ArrayList;
import java.util.List;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.Block.Role;
import org.chatpress.text.document.Span;

/** Collects lines into paragraphs and quotes. */
final class ParagraphBuilder {
    private final List<Block> blocks = new ArrayList<>();
    private final List<Block> quotedBlocks = new ArrayList<>();
    private final List<List<Span>> lines = new ArrayList<>();
    private boolean inQuote;

    /** Sets whether the lines that follow are quoted. */
    void setQuoted(boolean quoted) {
        if (inQuote != quoted) {
            endParagraph();
            endQuote();
            inQuote = quoted;
        }
    }

    /** Adds a line; an empty one ends the paragraph. */
    void addLine(List<Span> spans) {
        if (spans.isEmpty()) {
            endParagraph();
        } else {
            lines.add(spans);
        }
    }

    /** Ends the paragraph and adds a block. */
    void addBlock(Block block) {
        endParagraph();
        current().add(block);
    }

    List<Block> build() {
        setQuoted(false);
        endParagraph();
        return List.copyOf(blocks);
    }

    void endParagraph() {
        if (!lines.isEmpty()) {
            current().add(new Paragraph(Role.BODY, lines));
            lines.clear();
        }
    }

    private void endQuote() {
        if (!quotedBlocks.isEmpty()) {
            blocks.add(new Quote(quotedBlocks));
            quotedBlocks.clear();
        }
    }

    private List<Block> current() {
        return inQuote ? quotedBlocks : blocks;
    }
}
