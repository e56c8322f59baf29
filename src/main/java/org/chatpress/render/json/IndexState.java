package org.chatpress.render.json;

import java.util.List;

/**
 * What the index of a chat says.
 *
 * @param base the seq that the pages show
 * @param pages every page of the chat, oldest first
 * @param metadataDigest a digest of the channel's own words
 */
public record IndexState(long base, List<PageRef> pages, String metadataDigest) {
    public IndexState {
        pages = List.copyOf(pages);
    }
}
