package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files of a chat at a seq.
 *
 * @param contents what the index says that was rendered now; empty: it stays as it was, and so do the pages
 * @param sheets what was rendered now: new pages, authors, index, pointer, and whatever else was asked for
 * @param complete roles of which these sheets are all that is wanted from now on
 */
public record RenderedChat(Optional<IndexState> contents, List<RenderedFile> sheets, Set<FileRole> complete) {
    public RenderedChat {
        sheets = List.copyOf(sheets);
        complete = Set.copyOf(complete);
    }

    /** With more sheets, and perhaps more roles of which they are all there is. */
    public RenderedChat with(List<RenderedFile> more, Set<FileRole> completeToo) {
        var allSheets = new ArrayList<>(sheets);
        allSheets.addAll(more);
        var allComplete = EnumSet.copyOf(complete);
        allComplete.addAll(completeToo);
        return new RenderedChat(contents, allSheets, allComplete);
    }
}
