package org.chatpress.publish;

import org.chatpress.storage.Key;

/** Another Chatpress has put its pointer where ours was: nothing there is ours to replace or to remove any more. */
public final class Overtaken extends RuntimeException {
    private final transient Key pointer;

    public Overtaken(Key pointer) {
        super("somebody else has put " + pointer);
        this.pointer = pointer;
    }

    public Key pointer() {
        return pointer;
    }
}
