package org.chatpress.render;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The files of a chat at a seq.
 *
 * @param pages every page of the chat, new and old, oldest first
 * @param base the seq that the pages show
 * @param sheets what was rendered now: new pages, authors, index, pointer, and whatever else was asked for
 * @param complete roles of which these sheets are all that is wanted from now on
 */
public record Edition(List<Page> pages, long base, List<Sheet> sheets, Set<Role> complete) {
    public Edition {
        pages = List.copyOf(pages);
        sheets = List.copyOf(sheets);
        complete = Set.copyOf(complete);
    }

    /** With more sheets, and perhaps more roles of which they are all there is. */
    public Edition with(List<Sheet> more, Set<Role> completeToo) {
        var allSheets = new ArrayList<>(sheets);
        allSheets.addAll(more);
        var allComplete = EnumSet.copyOf(complete);
        allComplete.addAll(completeToo);
        return new Edition(pages, base, allSheets, allComplete);
    }
}
