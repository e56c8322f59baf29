package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files of a chat at a seq.
 *
 * @param indexState what the index says that was rendered now; empty: it stays as it was, and so do the pages
 * @param files what was rendered now: new pages, authors, index, pointer, and whatever else was asked for
 * @param complete roles of which these sheets are all that is wanted from now on
 */
public record RenderedChat(Optional<IndexState> indexState, List<RenderedFile> files, Set<FileRole> complete) {
    public RenderedChat {
        files = List.copyOf(files);
        complete = Set.copyOf(complete);
    }

    /** With more sheets, and perhaps more roles of which they are all there is. */
    public RenderedChat with(List<RenderedFile> more, Set<FileRole> completeToo) {
        var allSheets = new ArrayList<>(files);
        allSheets.addAll(more);
        var allComplete = EnumSet.copyOf(complete);
        allComplete.addAll(completeToo);
        return new RenderedChat(indexState, allSheets, allComplete);
    }
}
