package org.chatpress.text;

import java.util.ArrayList;
import java.util.List;
import org.chatpress.model.VisibleText;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.Block.Role;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Styled;
import org.chatpress.text.document.Span.Text;

/** Collects lines into paragraphs and quotes. */
final class ParagraphBuilder {
    private static final int MAX_INDENT = 32;

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

    /** Adds a line; a blank one ends the paragraph. The first line of a paragraph is not indented. */
    void addLine(List<Span> spans) {
        addLine("", spans);
    }

    /**
     * Adds a line; a blank one ends the paragraph.
     *
     * @param indent the white space at its start, which is kept where the line continues a paragraph: people indent the
     *     items of lists that they type by hand
     */
    void addLine(String indent, List<Span> spans) {
        if (isBlank(spans)) {
            endParagraph();
        } else if (indent.isEmpty() || lines.isEmpty()) {
            lines.add(spans);
        } else {
            var indented = new ArrayList<Span>();
            indented.add(new Text(withNoBreakSpaces(indent)));
            indented.addAll(spans);
            lines.add(indented);
        }
    }

    /** HTML keeps no-break spaces. */
    private static String withNoBreakSpaces(String indent) {
        String spaces = indent.replace("\t", "    ").replace(' ', '\u00a0');
        return spaces.substring(0, Math.min(MAX_INDENT, spaces.length()));
    }

    private static boolean isBlank(List<Span> spans) {
        for (Span span : spans) {
            boolean isBlank = span instanceof Text text
                    ? VisibleText.isBlank(text.text())
                    : span instanceof Styled styled && isBlank(styled.spans());
            if (!isBlank) {
                return false;
            }
        }
        return true;
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
