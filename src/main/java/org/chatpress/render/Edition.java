package org.chatpress.render;

import java.util.List;

/**
 * The files of a chat at a seq.
 *
 * @param pages every page of the chat, new and old, oldest first
 * @param base the seq that the pages show
 * @param sheets what was rendered now: new pages, authors, index, pointer, and the whole chat where that was asked
 */
public record Edition(List<Page> pages, long base, List<Sheet> sheets) {
    public Edition {
        pages = List.copyOf(pages);
        sheets = List.copyOf(sheets);
    }
}
