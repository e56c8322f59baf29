package org.chatpress.publish.plan;

/**
 * What should become of a file that a storage has, or may have.
 *
 * <pre>
 *     DESIRED --> SUPERSEDED --> GRACE --> DELETE_PENDING --> deleted      no rendered file has its name any more
 *         \---> TAKEDOWN_PENDING -------------^                            it contains what was taken down
 * </pre>
 */
public enum FileState {
    /** It should be there. */
    DESIRED,
    /** It was replaced by a file of another name. The pointer on the storage may still name it. */
    SUPERSEDED,
    /** The pointer on the storage does not name it. Readers with an older pointer may still request it. */
    GRACE,
    /** It contains, or may contain, what was taken down. Replace it, or delete it if that is not possible. */
    TAKEDOWN_PENDING,
    /** Delete it now. It may be gone already. */
    DELETE_PENDING;

    /** What changes the state of a file on a storage. */
    public enum Event {
        /** A version of the file was rendered, or its upload started. The storage may still have an older version. */
        RENDERED,
        /** The storage has the rendered version, or gets no other: the names of immutable files follow their content. */
        CURRENT,
        /** The file was left out when its chat was rendered again. */
        LEFT_OUT,
        /** The storage has a new pointer, which does not name the file. */
        POINTER_REPLACED,
        /** Likewise, and readers find the file by no older pointer either. */
        UNREACHABLE,
        /** Readers with an older pointer have had time enough. */
        GRACE_ENDED,
        /** A message, a photo or a profile that the file contains was taken down. */
        TAKEN_DOWN,
        /** The storage has a version that was rendered after the takedown. */
        TAKEDOWN_REPLACED,
        /** No such version was uploaded: its upload failed, or there is none. */
        TAKEDOWN_NOT_REPLACED,
        /** The file must no longer be readable, whatever it contains. */
        WITHDRAWN
    }

    /** The transition table. An event leaves the states as they are that it does not concern. */
    public FileState transition(Event event) {
        return switch (event) {
            // A version with the text of a takedown must be seen to go, whatever is rendered meanwhile.
            case RENDERED -> this == TAKEDOWN_PENDING || this == DELETE_PENDING ? this : DESIRED;
            case CURRENT -> DESIRED;
            case LEFT_OUT -> this == DESIRED ? SUPERSEDED : this;
            case POINTER_REPLACED -> this == SUPERSEDED ? GRACE : this;
            case UNREACHABLE -> this == SUPERSEDED ? DELETE_PENDING : this;
            case GRACE_ENDED -> this == GRACE ? DELETE_PENDING : this;
            case TAKEN_DOWN -> this == DELETE_PENDING ? this : TAKEDOWN_PENDING;
            case TAKEDOWN_REPLACED -> this == TAKEDOWN_PENDING ? DESIRED : this;
            case TAKEDOWN_NOT_REPLACED -> this == TAKEDOWN_PENDING ? DELETE_PENDING : this;
            case WITHDRAWN -> DELETE_PENDING;
        };
    }
}
