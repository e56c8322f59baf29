package org.chatpress.publish;

import org.chatpress.storage.ObjectKey;

/** Another instance replaced a pointer of this one: nothing may be uploaded to the storage or deleted there any more. */
public final class OwnershipLostException extends RuntimeException {
    private final transient ObjectKey pointer;

    public OwnershipLostException(ObjectKey pointer) {
        super("another instance replaced " + pointer);
        this.pointer = pointer;
    }

    public ObjectKey pointer() {
        return pointer;
    }
}
