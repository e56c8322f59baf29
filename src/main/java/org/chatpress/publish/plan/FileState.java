package org.chatpress.publish.plan;

/**
 * What becomes of a file on a storage.
 *
 * <pre>
 *     WANTED -> SUPERSEDED -> RETIRED -> OWED -> gone       a newer file took its place
 *       \-------------------> DOOMED  -> OWED -> gone       it holds the text of a message that was taken down
 * </pre>
 */
public enum FileState {
    /** It should be there. */
    DESIRED,
    /** Nothing that we have refers to it, but the storage's pointer still may: kept until that moves. */
    SUPERSEDED,
    /** Nothing refers to it; readers with an older pointer may ask for it for a while. */
    GRACE,
    /** It holds what was taken down: falls due when the pointer has moved, or when a put fails. */
    TAKEDOWN_PENDING,
    /** To be removed now. It may be gone already. */
    DELETE_PENDING
}
