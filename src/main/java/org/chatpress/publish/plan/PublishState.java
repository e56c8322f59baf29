package org.chatpress.publish.plan;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.publish.plan.PublishPlan.DesiredFile;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;

/**
 * What one storage has, and what it should have, as the database knows it. Each method is one transaction, and calling it
 * again changes nothing.
 */
public interface PublishState {
    /**
     * A channel whose newest files are not all on the storage.
     *
     * @param channel the channel's id; {@code ""} for channels.json
     * @param version of the files to upload
     */
    record StaleChannel(String channel, long version) {
        public boolean isChannelList() {
            return channel.isEmpty();
        }
    }

    /** After which changes of a file the CDN in front of a storage is to be purged. */
    enum Purging {
        /** None: there is no CDN, or it cannot be purged. */
        NEVER,
        /** After the file was deleted, or replaced because of a takedown. */
        AFTER_REMOVALS,
        /** After each change of a file with a fixed name, too. */
        AFTER_CHANGES
    }

    /** A file to delete. */
    record PendingDelete(String channel, ObjectKey key, FileRole role) {}

    /**
     * Proves that this process may still write to the database, and so to the storage.
     *
     * @throws org.chatpress.error.StoreException if another process may write to it
     */
    void requireLock();

    /** The key of the channel's pointer; empty if it has none. */
    Optional<ObjectKey> pointer(String channel);

    /** The files to delete now, those that contain what was taken down first. */
    List<PendingDelete> pendingDeletes();

    /**
     * The channels with files to upload, channels.json last. A channel that has changed since it was rendered is not
     * listed: its rendered files may contain what was taken down meanwhile.
     */
    List<StaleChannel> staleChannels();

    /** The files of a channel that were rendered since the storage last had all of them, without clips. */
    List<DesiredFile> desiredFiles(String channel);

    /** The content of a file that is to be uploaded; empty if its channel was changed, hidden or rendered again meanwhile. */
    Optional<StoredObject> object(PublishPlan.Upload upload);

    /** True if the file takes megabytes of memory, so that two of this kind must not be read at the same time. */
    boolean isLong(ObjectKey key);

    /**
     * Uploads are about to start: from now on the storage may have any version of these files.
     *
     * @return the channels that were changed, hidden or rendered again since the plan was made: nothing of them may be
     *     uploaded
     */
    Set<String> markUploading(List<PublishPlan.Upload> uploads);

    /**
     * Uploads succeeded. After a new pointer, files that only the old one names enter their grace period, and files that
     * contain what was taken down are to be deleted unless they are replaced. What was changed or rendered again meanwhile
     * is still to be uploaded, and no takedown counts as done by it. The CDN is to be purged of the files that replace what
     * was taken down, in the same transaction.
     */
    void markUploaded(List<PublishPlan.Upload> uploads, Instant now);

    /**
     * Every planned upload of these channels succeeded: files that contain what was taken down and were not replaced are
     * to be deleted. A channel of which the storage has every desired file is no longer stale. A channel that was changed
     * or rendered again meanwhile stays as it is.
     */
    void markPublished(List<StaleChannel> channels);

    /** The files of a channel on the storage that contain what was taken down. */
    Set<ObjectKey> filesToTakeDown(String channel);

    /**
     * Files of the channel that contain what was taken down are to be deleted without waiting for uploads, and with them
     * the pointer, which may name them.
     */
    void deleteUnreplaced(String channel);

    /** An upload failed: files that contain what was taken down are to be deleted without waiting for it. */
    void onUploadFailed();

    /** Ends the grace period of files that entered it before this time; returns them. They are to be deleted now. */
    List<ObjectKey> expireGrace(Instant before);

    /** The file was deleted. The CDN is to be purged of it, in the same transaction. */
    void markDeleted(ObjectKey key);
}
