package org.chatpress.store;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.publish.plan.DesiredFile;
import org.chatpress.publish.plan.FileState;
import org.chatpress.publish.plan.PublishPlan;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.render.json.ChannelList;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;
import org.chatpress.store.sql.Database;

/**
 * What one storage has and should have, in the tables {@code delivery} and {@code shelf}. The index of states is named
 * wherever a state is asked for: SQLite would rather go through all that a storage has.
 */
final class SqlPublishState implements PublishState {
    private static final String MUTABLE = Database.literals(
            Arrays.stream(FileRole.values()).filter(FileRole::isMutable).toList());

    private final Database db;
    private final String storage;

    SqlPublishState(Database db, String storage) {
        this.db = db;
        this.storage = storage;
    }

    @Override
    public List<PendingDelete> pendingDeletes() {
        return db.list(
                """
                SELECT channel, key, role
                FROM storage_file INDEXED BY storage_file_state
                WHERE storage = ? AND state = 'DELETE_PENDING'
                ORDER BY unreferenced_since IS NOT NULL, key
                """,
                row -> new PendingDelete(
                        row.text("channel"), new ObjectKey(row.text("key")), FileRole.valueOf(row.text("role"))),
                storage);
    }

    @Override
    public Optional<ObjectKey> pointer(String channel) {
        return db.first(
                "SELECT key FROM rendered_file WHERE channel = ? AND role = ?",
                row -> new ObjectKey(row.text("key")),
                channel,
                FileRole.POINTER);
    }

    @Override
    public List<StaleChannel> staleChannels() {
        return db.list("""
                SELECT id, version
                FROM (SELECT id, version, sort_order, 0 AS is_list FROM channel WHERE pointer_seq = seq
                      UNION ALL
                      SELECT '', version, 0, 1 FROM rendered_file WHERE key = ?2) AS work
                WHERE version > COALESCE((SELECT version FROM storage_progress WHERE storage = ?1 AND channel = work.id), 0)
                ORDER BY is_list, sort_order, id
                """, row -> new StaleChannel(row.text("id"), row.number("version")), storage, ChannelList.KEY);
    }

    @Override
    public List<DesiredFile> desiredFiles(String channel) {
        return db.list(
                """
                SELECT rendered_file.key, rendered_file.role, rendered_file.digest, storage_file.digest AS there, storage_file.key AS may_be
                FROM rendered_file
                LEFT JOIN storage_file ON storage_file.storage = ?1 AND storage_file.key = rendered_file.key
                WHERE rendered_file.channel = ?2
                AND rendered_file.version > COALESCE((SELECT version FROM storage_progress WHERE storage = ?1 AND channel = ?2), 0)
                """,
                row -> new DesiredFile(
                        channel,
                        new ObjectKey(row.text("key")),
                        FileRole.valueOf(row.text("role")),
                        row.text("digest"),
                        row.optionalText("there"),
                        row.optionalText("may_be").isPresent()),
                storage,
                channel);
    }

    @Override
    public Optional<StoredObject> object(ObjectKey key) {
        return new RenderedFileRepository(db).object(key);
    }

    @Override
    public boolean isLong(ObjectKey key) {
        return new RenderedFileRepository(db).isLong(key);
    }

    @Override
    public void markUploading(List<PublishPlan.Upload> uploads) {
        if (uploads.isEmpty()) {
            return;
        }
        db.inTransaction(() -> uploads.forEach(
                upload -> db.run("""
                INSERT INTO storage_file (storage, key, channel, role, state)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (storage, key) DO UPDATE
                SET digest = NULL, unreferenced_since = NULL, channel = excluded.channel, role = excluded.role,
                    state = CASE WHEN state IN ('TAKEDOWN_PENDING', 'DELETE_PENDING') THEN state ELSE excluded.state END
                """, storage, upload.key(), upload.channel(), upload.role(), FileState.DESIRED)));
    }

    @Override
    public void markUploaded(List<PublishPlan.Upload> uploads, Instant now) {
        db.inTransaction(() -> uploads.forEach(upload -> {
            db.run("""
                    INSERT INTO storage_file (storage, key, channel, role, digest, state, version)
                    SELECT ?1, ?2, ?3, ?4, ?5, 'DESIRED', version
                    FROM rendered_file
                    WHERE key = ?2
                    ON CONFLICT (storage, key) DO UPDATE
                    SET digest = excluded.digest, state = excluded.state, version = excluded.version
                    """, storage, upload.key(), upload.channel(), upload.role(), upload.digest());
            if (upload.role() == FileRole.POINTER) {
                pointerMoved(upload.key(), upload.channel(), now);
            }
        }));
    }

    @Override
    public void markPublished(List<StaleChannel> channels) {
        db.inTransaction(() -> channels.forEach(channel -> {
            oweDoomed(channel.channel());
            db.run(
                    "UPDATE storage_file INDEXED BY storage_file_state SET state = 'DESIRED'"
                            + " WHERE storage = ? AND state = 'TAKEDOWN_PENDING' AND channel = ?",
                    storage,
                    channel.channel());
            if (desiredFiles(channel.channel()).stream().allMatch(DesiredFile::isThere)) {
                db.run("""
                        INSERT INTO storage_progress (storage, channel, version)
                        VALUES (?, ?, ?)
                        ON CONFLICT (storage, channel) DO UPDATE
                        SET version = excluded.version
                        """, storage, channel.channel(), channel.version());
            }
        }));
    }

    @Override
    public Set<ObjectKey> filesToTakeDown(String channel) {
        return Set.copyOf(db.list(
                "SELECT key FROM storage_file INDEXED BY storage_file_state"
                        + " WHERE storage = ? AND state = 'TAKEDOWN_PENDING' AND channel = ?",
                row -> new ObjectKey(row.text("key")),
                storage,
                channel));
    }

    @Override
    public void onUploadFailed() {
        db.inTransaction(() -> {
            // A pointer that has not moved goes with the pages that it names: it must name no file that isn't there.
            db.run("""
                    UPDATE storage_file
                    SET state = 'DELETE_PENDING', digest = NULL, unreferenced_since = NULL
                    WHERE storage = ?1 AND role = 'POINTER'
                    AND channel IN (SELECT channel
                                    FROM storage_file INDEXED BY storage_file_state
                                    WHERE storage = ?1 AND state = 'TAKEDOWN_PENDING' AND role IN ('PAGE', 'AUTHORS', 'INDEX'))
                    AND digest IS NOT (SELECT digest FROM rendered_file WHERE rendered_file.key = storage_file.key)
                    """, storage);
            db.run(
                    "UPDATE storage_file INDEXED BY storage_file_state SET state = 'DELETE_PENDING', digest = NULL, unreferenced_since = NULL"
                            + " WHERE storage = ? AND state = 'TAKEDOWN_PENDING'",
                    storage);
        });
    }

    @Override
    public List<ObjectKey> expireGrace(Instant retiredBefore) {
        String due = " WHERE storage = ? AND state = 'GRACE' AND unreferenced_since < ?";
        List<ObjectKey> keys = db.list(
                "SELECT key FROM storage_file INDEXED BY storage_file_state" + due + " ORDER BY key",
                row -> new ObjectKey(row.text("key")),
                storage,
                retiredBefore);
        if (!keys.isEmpty()) {
            db.run(
                    "UPDATE storage_file INDEXED BY storage_file_state SET state = 'DELETE_PENDING', digest = NULL"
                            + due,
                    storage,
                    retiredBefore);
        }
        return keys;
    }

    @Override
    public void markDeleted(ObjectKey key) {
        db.inTransaction(() -> {
            db.run("DELETE FROM storage_file WHERE storage = ? AND key = ? AND state = 'DELETE_PENDING'", storage, key);
            // If it is wanted all the same, the storage lacks it now.
            db.run("""
                    UPDATE storage_progress
                    SET version = MIN(version, (SELECT version - 1 FROM rendered_file WHERE key = ?1))
                    WHERE storage = ?2 AND channel = (SELECT channel FROM rendered_file WHERE key = ?1)
                    """, key, storage);
            RenderedFileRepository.deleteContentIfUnused(db, key.value());
        });
    }

    /**
     * Readers get the new pointer: what only the old one named may go, after a while; at once where a folder has no
     * pointer any more. Another chat may have taken the folder over, and its pointer may not have moved there yet.
     */
    private void pointerMoved(ObjectKey pointer, String channel, Instant now) {
        oweDoomed(channel);
        // What this pointer names was rendered after the takedown, and holds nothing of it.
        db.run(
                "UPDATE storage_file INDEXED BY storage_file_state SET state = 'DESIRED'"
                        + " WHERE storage = ? AND state = 'TAKEDOWN_PENDING' AND channel = ? AND role NOT IN ("
                        + MUTABLE + ")",
                storage,
                channel);
        // Which messages older versions of the pointer held matters only while a storage may still have one.
        db.run("""
                DELETE FROM file_message
                WHERE key = ?1 AND version < (SELECT MIN(version) FROM storage_file WHERE key = ?1)
                """, pointer);
        String superseded = " WHERE storage = ? AND state = 'SUPERSEDED' AND channel = ?";
        db.run(
                "UPDATE storage_file INDEXED BY storage_file_state SET state = 'DELETE_PENDING', digest = NULL"
                        + superseded
                        + " AND (role IN (" + MUTABLE + ") OR NOT EXISTS ("
                        + "SELECT 1 FROM rendered_file WHERE key = substr(storage_file.key, 1, instr(storage_file.key, '/')) || ?))",
                storage,
                channel,
                pointer.name());
        db.run(
                "UPDATE storage_file INDEXED BY storage_file_state SET state = 'GRACE', unreferenced_since = ?"
                        + superseded,
                now,
                storage,
                channel);
    }

    /** What holds a doomed text and is not about to be replaced is due. */
    private void oweDoomed(String channel) {
        db.run("""
                UPDATE storage_file INDEXED BY storage_file_state
                SET state = 'DELETE_PENDING', digest = NULL, unreferenced_since = NULL
                WHERE storage = ? AND state = 'TAKEDOWN_PENDING' AND channel = ?
                AND NOT EXISTS (SELECT 1 FROM rendered_file WHERE rendered_file.key = storage_file.key)
                """, storage, channel);
    }
}
