package org.chatpress.store;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.chatpress.model.ChannelId;
import org.chatpress.model.PublicMessage;
import org.chatpress.publish.plan.FileState;
import org.chatpress.publish.plan.FileState.Event;
import org.chatpress.publish.plan.PublishPlan.Upload;
import org.chatpress.publish.plan.PublishState.PendingDelete;
import org.chatpress.render.json.ChannelList;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.store.SqlPublishState.FileStateSql;
import org.chatpress.store.sql.Database;

/**
 * The files to replace or delete on each storage, and the only class that knows which files a takedown affects.
 *
 * <p>A takedown marks files TAKEDOWN_PENDING in the transaction that removes the message. Once a storage has the next
 * pointer and the replacements, or once an upload fails, the files that were not replaced become DELETE_PENDING and are
 * deleted before anything else is uploaded there. {@link FileState} has every transition. What was replaced or deleted is
 * purged from the storage's CDN after that.
 */
final class TakedownQueue {
    /** The states of files that a health check counts as not yet taken down. */
    static final String UNFINISHED =
            Database.literals(EnumSet.of(FileState.TAKEDOWN_PENDING, FileState.DELETE_PENDING));

    private static final String MUTABLE = Database.literals(
            Arrays.stream(FileRole.values()).filter(FileRole::isMutable).toList());

    private static final String DELETE_UNREPLACED =
            "UPDATE storage_file SET state = " + FileStateSql.after(Event.WITHDRAWN)
                    + ", digest = NULL, unreferenced_since = NULL"
                    + " WHERE channel = ? AND (state = 'TAKEDOWN_PENDING' OR role = 'POINTER')";

    private final Database db;

    TakedownQueue(Database db) {
        this.db = db;
    }

    // ON EVERY STORAGE

    /** Marks every file that contains the message, or may contain it. */
    void markFilesHolding(ChannelId channel, PublicMessage message) {
        mark("""
                key IN (SELECT key FROM file_message WHERE channel = ?1 AND ts = ?2)
                AND version <= (SELECT version
                                FROM file_message
                                WHERE channel = ?1 AND ts = ?2 AND file_message.key = storage_file.key)
                """, channel, message.ts());
        // file_message does not list the messages of these files. They are rendered within a budget, and contain what
        // was public when they were last rendered. A message that is newer than the last change was published while the
        // clock was ahead.
        mark(
                "channel = ?1 AND role IN (" + Database.literals(FileRole.WHOLE_CHAT_FILES) + ")"
                        + " AND (SELECT ?2 <= whole_at OR ?2 > updated_at FROM channel WHERE id = ?1)",
                channel,
                message.publishedAt());
        mark(
                "channel = ?1 AND role IN (" + Database.literals(FileRole.NEWEST_FILES) + ")"
                        + " AND (SELECT ?2 <= newest_files_at OR ?2 > updated_at FROM channel WHERE id = ?1)",
                channel,
                message.publishedAt());
        // The share page of the parent message is rendered again later, within a budget. Until then no storage may
        // upload this one.
        db.run("""
                DELETE FROM rendered_file
                WHERE role = 'SHARE_PAGE'
                AND key IN (SELECT key FROM file_message WHERE channel = ? AND ts = ?)
                """, channel, message.ts());
    }

    /** Marks the files with authors' profiles and avatars: an author has no public message left. */
    void markProfiles(ChannelId channel) {
        mark("channel = ?1 AND role IN ('AUTHORS', 'PICTURE')", channel);
    }

    /** Marks the copies of images: no public message shows one of them any longer. */
    void markImages(ChannelId channel) {
        mark("channel = ?1 AND role = 'PICTURE'", channel);
    }

    /** Marks a single file, such as a photo, which is not rendered again. */
    void markFile(ObjectKey key) {
        db.run("DELETE FROM rendered_file WHERE key = ?", key);
        mark("key = ?1", key);
    }

    /** Deletes every file of a hidden channel, without waiting for another upload. */
    void deleteAll(ChannelId channel) {
        db.run("DELETE FROM rendered_file WHERE channel = ?", channel);
        db.run(
                "UPDATE storage_file SET state = %s, digest = NULL, unreferenced_since = NULL WHERE channel = ? AND %s"
                        .formatted(FileStateSql.after(Event.WITHDRAWN), FileStateSql.isChangedBy(Event.WITHDRAWN)),
                channel);
        db.run("""
                DELETE FROM file_message
                WHERE channel = ?
                AND NOT EXISTS (SELECT 1 FROM storage_file WHERE storage_file.key = file_message.key)
                """, channel);
    }

    /**
     * Deletes the files of a channel that contain what was taken down, without waiting for their replacement, and the
     * pointer, which may name them. Returns whether there were any. Pages that were merely found do not count.
     */
    boolean deleteUnreplaced(ChannelId channel) {
        boolean isPending = db.exists(
                "SELECT 1 FROM storage_file WHERE channel = ? AND state = 'TAKEDOWN_PENDING' AND role <> 'PAGE' LIMIT 1",
                channel);
        if (isPending) {
            db.run(DELETE_UNREPLACED, channel);
        }
        return isPending;
    }

    private void mark(String condition, Object... arguments) {
        db.run(
                "UPDATE storage_file SET state = %s WHERE %s AND %s"
                        .formatted(
                                FileStateSql.after(Event.TAKEN_DOWN),
                                FileStateSql.isChangedBy(Event.TAKEN_DOWN),
                                condition),
                arguments);
    }

    // ON ONE STORAGE

    /** Deletes the files of a channel that contain what was taken down, and the pointer. */
    void deleteUnreplaced(String storage, String channel) {
        db.run(DELETE_UNREPLACED + " AND storage = ?", channel, storage);
    }

    /**
     * Adds files that were found on the storage and that this database did not upload: the next pointer replaces them. One
     * that is named by its content is the same if it is rendered.
     */
    void markFound(String storage, ChannelId channel, Collection<ObjectKey> keys) {
        keys.forEach(key ->
                db.run("""
                INSERT INTO storage_file (storage, key, channel, role, state)
                SELECT ?1, ?2, ?3, ?4, ?5
                WHERE NOT EXISTS (SELECT 1 FROM rendered_file WHERE key = ?2 AND role NOT IN (%s))
                ON CONFLICT (storage, key) DO NOTHING
                """.formatted(MUTABLE), storage, key, channel, FileRole.PAGE, FileState.TAKEDOWN_PENDING));
    }

    /** Adds files to delete, whether they exist there or not, except those that are rendered. */
    void delete(String storage, ChannelId channel, FileRole role, Collection<ObjectKey> keys) {
        keys.forEach(key -> db.run("""
                INSERT INTO storage_file (storage, key, channel, role, state)
                SELECT ?1, ?2, ?3, ?4, ?5
                WHERE NOT EXISTS (SELECT 1 FROM rendered_file WHERE key = ?2)
                ON CONFLICT (storage, key) DO UPDATE SET state = excluded.state, digest = NULL
                """, storage, key, channel, role, FileState.DELETE_PENDING));
    }

    /**
     * The files to delete now, those of takedowns before those whose grace period ended. One that is being uploaded waits
     * until that has stopped.
     */
    List<PendingDelete> pendingDeletes(String storage) {
        return db.list(
                """
                SELECT channel, key, role
                FROM storage_file INDEXED BY storage_file_state
                WHERE storage = ? AND state = 'DELETE_PENDING' AND uploading = 0
                ORDER BY unreferenced_since IS NOT NULL, key
                """,
                row -> new PendingDelete(
                        row.text("channel"), new ObjectKey(row.text("key")), FileRole.valueOf(row.text("role"))),
                storage);
    }

    /** The files that contain, or may contain, what was taken down. */
    Set<ObjectKey> takedowns(String storage) {
        return Set.copyOf(db.list(ofTakedowns("key"), row -> new ObjectKey(row.text("key")), storage));
    }

    Set<ChannelId> channelsWithTakedown(String storage) {
        return Set.copyOf(db.list(ofTakedowns("DISTINCT channel"), row -> new ChannelId(row.text("channel")), storage));
    }

    private static String ofTakedowns(String columns) {
        return """
                SELECT %s
                FROM storage_file INDEXED BY storage_file_state
                WHERE storage = ? AND channel <> '' AND state IN (%s)
                AND (state = 'TAKEDOWN_PENDING' OR unreferenced_since IS NULL)
                """.formatted(columns, UNFINISHED);
    }

    /** The files of a channel that contain what was taken down. */
    Set<ObjectKey> filesToTakeDown(String storage, String channel) {
        return Set.copyOf(db.list("""
                SELECT key
                FROM storage_file INDEXED BY storage_file_state
                WHERE storage = ? AND state = 'TAKEDOWN_PENDING' AND channel = ?
                """, row -> new ObjectKey(row.text("key")), storage, channel));
    }

    /**
     * The storage has a new pointer. Files that only older pointers name enter their grace period, except where readers
     * cannot have an older pointer: files with a fixed name, and a folder that no longer has a pointer because the chat
     * moved. Another chat may have taken that folder over without having published its own pointer there yet.
     */
    void onPointerReplaced(String storage, ObjectKey pointer, String channel, Instant now) {
        deleteUnlessRendered(storage, channel);
        // The new pointer names only files that were rendered after the takedown.
        update(
                Event.TAKEDOWN_REPLACED,
                "",
                "storage = ?1 AND channel = ?2 AND role NOT IN (" + MUTABLE + ")",
                storage,
                channel);
        // Older versions of the pointer matter only while a storage may still have one.
        db.run("""
                DELETE FROM file_message
                WHERE key = ?1 AND version < (SELECT MIN(version) FROM storage_file WHERE key = ?1)
                """, pointer);
        update(Event.UNREACHABLE, ", digest = NULL", """
                storage = ?1 AND channel = ?2
                AND (role IN (%s)
                     OR NOT EXISTS (SELECT 1
                                    FROM rendered_file
                                    WHERE key = substr(storage_file.key, 1, instr(storage_file.key, '/')) || ?3))
                """.formatted(MUTABLE), storage, channel, pointer.name());
        update(
                Event.POINTER_REPLACED,
                ", unreferenced_since = ?3",
                "storage = ?1 AND channel = ?2",
                storage,
                channel,
                now);
    }

    /** Every upload that was planned for the channel succeeded. */
    void onPublished(String storage, String channel) {
        deleteUnlessRendered(storage, channel);
        update(Event.TAKEDOWN_REPLACED, "", "storage = ?1 AND channel = ?2", storage, channel);
    }

    /** An upload failed: files that contain what was taken down are deleted without waiting for it. */
    void onUploadFailed(String storage) {
        // Pages are deleted, so a pointer that may still name them must be deleted too.
        db.run("""
                UPDATE storage_file
                SET state = %s, digest = NULL, unreferenced_since = NULL
                WHERE storage = ?1 AND role = 'POINTER'
                AND channel IN (SELECT channel
                                FROM storage_file INDEXED BY storage_file_state
                                WHERE storage = ?1 AND state = 'TAKEDOWN_PENDING' AND role IN ('PAGE', 'AUTHORS', 'INDEX'))
                AND digest IS DISTINCT FROM (SELECT digest FROM rendered_file WHERE rendered_file.key = storage_file.key)
                """.formatted(FileStateSql.after(Event.WITHDRAWN)), storage);
        update(Event.TAKEDOWN_NOT_REPLACED, ", digest = NULL, unreferenced_since = NULL", "storage = ?1", storage);
    }

    /** True if the grace period of a file ended. */
    boolean hasGraceEnded(String storage, Instant before) {
        return db.exists("""
                SELECT 1
                FROM storage_file INDEXED BY storage_file_state
                WHERE storage = ? AND state = 'GRACE' AND unreferenced_since < ?
                LIMIT 1
                """, storage, before);
    }

    /** Ends the grace period of files that entered it before this time; returns them. */
    List<ObjectKey> endGrace(String storage, Instant before) {
        List<ObjectKey> keys = db.list("""
                SELECT key
                FROM storage_file INDEXED BY storage_file_state
                WHERE storage = ? AND state = 'GRACE' AND unreferenced_since < ?
                ORDER BY key
                """, row -> new ObjectKey(row.text("key")), storage, before);
        if (!keys.isEmpty()) {
            update(Event.GRACE_ENDED, ", digest = NULL", "storage = ?1 AND unreferenced_since < ?2", storage, before);
        }
        return keys;
    }

    /** The storage no longer has the file. */
    void onDeleted(String storage, ObjectKey key) {
        db.run("DELETE FROM storage_file WHERE storage = ? AND key = ? AND state = 'DELETE_PENDING'", storage, key);
        // If the file was rendered again meanwhile, it has to be uploaded again.
        db.run("""
                UPDATE storage_progress
                SET version = MIN(version, (SELECT version - 1 FROM rendered_file WHERE key = ?1))
                WHERE storage = ?2 AND channel = (SELECT channel FROM rendered_file WHERE key = ?1)
                """, key, storage);
        forgetMessages(key.value());
    }

    // THE CDN IN FRONT OF ONE STORAGE

    /**
     * Queues a file to be purged from the CDN.
     *
     * @param isTakedown true if the CDN may show what was taken down
     */
    private void requestPurge(String storage, ObjectKey key, boolean isTakedown) {
        requestPurge(storage, key, isTakedown, true);
    }

    private void requestPurge(String storage, ObjectKey key, boolean isTakedown, boolean isReady) {
        db.run("""
                INSERT INTO purge (storage, key, takedown, ready, generation)
                VALUES (?, ?, ?, ?, 1)
                ON CONFLICT (storage, key) DO UPDATE
                SET takedown = MAX(purge.takedown, excluded.takedown), ready = MAX(purge.ready, excluded.ready),
                    generation = purge.generation + 1
                """, storage, key, isTakedown, isReady);
    }

    /** The storage has a new version of the file. */
    void requestPurgeAfterUpload(String storage, Upload upload, boolean isCurrent, boolean purgesChanges) {
        boolean isTakedown = isCurrent && replacesTakedown(storage, upload);
        if (isTakedown || (purgesChanges && upload.role().isMutable())) {
            requestPurge(storage, upload.key(), isTakedown);
        }
        db.run(
                "UPDATE purge SET ready = 1, generation = generation + 1 WHERE storage = ? AND key = ? AND ready = 0",
                storage,
                upload.key());
    }

    /** A CDN may still have an older version of the pointer, with messages that the last one no longer listed. */
    private boolean replacesTakedown(String storage, Upload upload) {
        return db.exists("""
                SELECT 1
                FROM storage_file INDEXED BY storage_file_state
                WHERE storage = ?1 AND state IN (%s) AND (key = ?2 OR (?3 = 'POINTER' AND channel = ?4))
                LIMIT 1
                """.formatted(UNFINISHED), storage, upload.key(), upload.role(), upload.channel());
    }

    /**
     * Every upload that was planned for the channel succeeded. Files that a takedown marked, but that rendered the same, were
     * not uploaded. The CDN may still have older versions of them.
     */
    void requestPurgeOfUnchanged(String storage, String channel) {
        db.list("""
                SELECT key
                FROM storage_file INDEXED BY storage_file_state
                WHERE storage = ? AND state = 'TAKEDOWN_PENDING' AND channel = ?
                AND EXISTS (SELECT 1 FROM rendered_file WHERE rendered_file.key = storage_file.key)
                """, row -> new ObjectKey(row.text("key")), storage, channel)
                .forEach(key -> requestPurge(storage, key, true));
    }

    /** The storage no longer has the file. Without its pointer, the next channels.json no longer names the chat. */
    void requestPurgeAfterDelete(String storage, ObjectKey key) {
        db.list(
                """
                SELECT role, unreferenced_since
                FROM storage_file
                WHERE storage = ? AND key = ? AND state = 'DELETE_PENDING'
                """,
                row -> {
                    requestPurge(
                            storage, key, row.optionalText("unreferenced_since").isEmpty());
                    if (row.text("role").equals(FileRole.POINTER.name())) {
                        requestPurge(storage, ChannelList.KEY, true, false);
                    }
                    return key;
                },
                storage,
                key);
    }

    /** Forgets which messages a file contains, once it is neither rendered nor on any storage. */
    void forgetMessages(String key) {
        db.run("""
                DELETE FROM file_message
                WHERE key = ?1
                AND NOT EXISTS (SELECT 1 FROM storage_file WHERE key = ?1)
                AND NOT EXISTS (SELECT 1 FROM rendered_file WHERE key = ?1)
                """, key);
    }

    /** Files that no rendered version will replace are deleted. */
    private void deleteUnlessRendered(String storage, String channel) {
        update(Event.TAKEDOWN_NOT_REPLACED, ", digest = NULL, unreferenced_since = NULL", """
                storage = ?1 AND channel = ?2
                AND NOT EXISTS (SELECT 1 FROM rendered_file WHERE rendered_file.key = storage_file.key)
                """, storage, channel);
    }

    /** @param andSet further assignments, with a comma before each */
    private void update(Event event, String andSet, String condition, Object... arguments) {
        // SQLite would search all files of the storage without the name of the index.
        db.run(
                "UPDATE storage_file INDEXED BY storage_file_state SET state = %s%s WHERE %s AND %s"
                        .formatted(FileStateSql.after(event), andSet, FileStateSql.isChangedBy(event), condition),
                arguments);
    }
}
