package org.chatpress.text.document;

import java.util.List;

/** A part of a message that stands on lines of its own. A line is a list of spans; none of a paragraph's is empty. */
public sealed interface Block {
    /** Lines that belong together. */
    record Paragraph(Role role, List<List<Span>> lines) implements Block {
        public Paragraph {
            lines = lines.stream().map(List::copyOf).toList();
        }
    }

    /** What a paragraph is for. */
    enum Role {
        BODY(""),
        HEADER("chat-header"),
        CONTEXT("chat-context");

        /** The class in HTML; empty for none. */
        final String cssClass;

        Role(String css) {
            this.cssClass = css;
        }
    }

    /** Words shown as they were typed, line ends and spaces included. */
    record Preformatted(String text) implements Block {}

    /** Somebody else's words. */
    record Quote(List<Block> blocks) implements Block {
        public Quote {
            blocks = List.copyOf(blocks);
        }
    }

    /** @param start the number of the first item; 1 where nothing is numbered */
    record BlockList(boolean numbered, int start, List<Item> items) implements Block {
        public BlockList {
            items = List.copyOf(items);
        }
    }

    /** @param lines may be none, so that the items after an empty one keep their numbers */
    record Item(List<List<Span>> lines, List<Block> blocks) {
        public Item {
            lines = lines.stream().map(List::copyOf).toList();
            blocks = List.copyOf(blocks);
        }
    }

    /** @param hasHeader whether the first row names the columns */
    record Table(List<Span> caption, boolean hasHeader, List<List<Cell>> rows) implements Block {
        public Table {
            caption = List.copyOf(caption);
            rows = rows.stream().map(List::copyOf).toList();
        }
    }

    /** A table's cell; an empty one has no lines. */
    record Cell(List<List<Span>> lines) {
        public Cell {
            lines = lines.stream().map(List::copyOf).toList();
        }
    }

    /** An editor's own HTML, already clean, and the same in plain words. */
    record Markup(String html, String text) implements Block {}
}
