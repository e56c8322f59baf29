package org.chatpress.publish.plan;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;

/**
 * What one storage has, and what it should have. The store's side of publishing: each method is one transaction, and
 * repeating it changes nothing.
 */
public interface PublishState {
    /** A channel's name among the shelves; {@code ""} stands for channels.json. */
    record StaleChannel(String channel, long version) {}

    /** A file to be removed. */
    record PendingDelete(String channel, ObjectKey key, FileRole role) {}

    /** Where the channel's pointer belongs; empty if it has none. */
    Optional<ObjectKey> pointer(String channel);

    /** Removals that are due, those of the text of messages taken down first. */
    List<PendingDelete> pendingDeletes();

    /**
     * Channels whose newest files are not all there, channels.json among them. A channel that has changed since it was
     * rendered is left out: what was rendered may show what was taken down since.
     */
    List<StaleChannel> staleChannels();

    /** The channel's files that are newer than what was last completed here. */
    List<DesiredFile> desiredFiles(String channel);

    /** A wanted file's content; empty if it isn't wanted. */
    Optional<StoredObject> object(ObjectKey key);

    /** True for a wanted file of which two should not be in memory at the same time. */
    boolean isLong(ObjectKey key);

    /** From now on these may be there, in whatever version. */
    void markUploading(List<PublishPlan.Upload> uploads);

    /** These are surely there. With a pointer, what it superseded may be removed after a while, what is doomed now. */
    void markUploaded(List<PublishPlan.Upload> uploads, Instant now);

    /**
     * A turn has put what it meant to: what was doomed here and is still there, not replaced, is due. If nothing of this
     * version lacks, a channel is no longer behind.
     */
    void markPublished(List<StaleChannel> channels);

    /** The channel's files here that show, or showed, what was taken down, and are to be replaced or removed. */
    Set<ObjectKey> filesToTakeDown(String channel);

    /** A put failed: nothing that holds the text of a message taken down may wait for it any longer. */
    void onUploadFailed();

    /** Files that nothing has referred to since before this: they are owed from now on. */
    List<ObjectKey> expireGrace(Instant retiredBefore);

    /** This file is surely gone. */
    void markDeleted(ObjectKey key);
}
