package org.chatpress.render;

import java.util.List;

/**
 * What the index of a chat says.
 *
 * @param base the seq that the pages show
 * @param pages every page of the chat, oldest first
 * @param words a digest of the channel's own words
 */
public record Contents(long base, List<Page> pages, String words) {
    public Contents {
        pages = List.copyOf(pages);
    }
}
