package org.chatpress.text.document;

import java.util.List;

/** A part of a message that starts on a new line. A line is a list of spans. */
public sealed interface Block {
    /** Consecutive lines; none of them is empty. */
    record Paragraph(Role role, List<List<Span>> lines) implements Block {
        public Paragraph {
            lines = lines.stream().map(List::copyOf).toList();
        }
    }

    /** The Block Kit block that a paragraph comes from. */
    enum Role {
        BODY(""),
        HEADER("chat-header"),
        CONTEXT("chat-context");

        /** The paragraph's class in HTML; empty for none. */
        final String cssClass;

        Role(String cssClass) {
            this.cssClass = cssClass;
        }
    }

    /** Text with its line ends and spaces as typed. */
    record Preformatted(String text) implements Block {}

    /**
     * A quotation, or an attachment.
     *
     * @param cssClass its class in HTML; empty for a quotation
     */
    record Quote(String cssClass, List<Block> blocks) implements Block {
        public Quote {
            blocks = List.copyOf(blocks);
        }

        public Quote(List<Block> blocks) {
            this("", blocks);
        }
    }

    /** @param start the number of the first item; 1 for a list without numbers */
    record BlockList(boolean numbered, int start, List<Item> items) implements Block {
        public BlockList {
            items = List.copyOf(items);
        }
    }

    /**
     * An item of a list. An empty one stays in its list, so that later items keep their numbers.
     *
     * @param blocks what follows the lines, such as a nested list
     */
    record Item(List<List<Span>> lines, List<Block> blocks) {
        public Item {
            lines = lines.stream().map(List::copyOf).toList();
            blocks = List.copyOf(blocks);
        }
    }

    /**
     * A table.
     *
     * @param caption empty for none
     * @param hasHeader whether the first row names the columns
     */
    record Table(List<Span> caption, boolean hasHeader, List<List<Cell>> rows) implements Block {
        public Table {
            caption = List.copyOf(caption);
            rows = rows.stream().map(List::copyOf).toList();
        }
    }

    /** A cell of a table; an empty one has no lines. */
    record Cell(List<List<Span>> lines) {
        public Cell {
            lines = lines.stream().map(List::copyOf).toList();
        }
    }

    /**
     * HTML of an editor's pattern that cannot be part of a paragraph.
     *
     * @param html sanitized
     * @param text the same as plain text
     */
    record Markup(String html, String text) implements Block {}
}
