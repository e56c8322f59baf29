package org.chatpress.publish;

import org.chatpress.storage.ObjectKey;

/** Another Chatpress has put its pointer where ours was: nothing there is ours to replace or to remove any more. */
public final class OwnershipLostException extends RuntimeException {
    private final transient ObjectKey pointer;

    public OwnershipLostException(ObjectKey pointer) {
        super("somebody else has put " + pointer);
        this.pointer = pointer;
    }

    public ObjectKey pointer() {
        return pointer;
    }
}
