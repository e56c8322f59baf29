package org.chatpress.render;

import java.util.List;
import org.chatpress.model.MessageTs;
import org.chatpress.storage.Blob;

/**
 * A rendered file.
 *
 * @param holds the messages on a page or in a pointer; empty for other roles
 */
public record Sheet(Role role, Blob blob, List<MessageTs> holds) {
    public Sheet {
        holds = List.copyOf(holds);
    }
}
