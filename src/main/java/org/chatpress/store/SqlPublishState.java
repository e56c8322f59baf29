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

/**
 * What one storage has and should have, in the tables {@code delivery} and {@code shelf}. The index of states is named
 * wherever a state is asked for: SQLite would rather go through all that a storage has.
 */
final class SqlPublishState implements PublishState {
    private static final String MUTABLE = Database.words(
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
                FROM delivery INDEXED BY delivery_state
                WHERE storage = ? AND state = 'OWED'
                ORDER BY since IS NOT NULL, key
                """,
                row -> new PendingDelete(
                        row.text("channel"), new ObjectKey(row.text("key")), FileRole.valueOf(row.text("role"))),
                storage);
    }

    @Override
    public Optional<ObjectKey> pointer(String channel) {
        return db.first(
                "SELECT key FROM file WHERE channel = ? AND role = ?",
                row -> new ObjectKey(row.text("key")),
                channel,
                FileRole.POINTER);
    }

    @Override
    public List<StaleChannel> staleChannels() {
        return db.list("""
                SELECT id, version
                FROM (SELECT id, version, place, 0 AS is_list FROM channel WHERE rendered = seq
                      UNION ALL
                      SELECT '', version, 0, 1 FROM file WHERE key = ?2) AS work
                WHERE version > COALESCE((SELECT version FROM shelf WHERE storage = ?1 AND channel = work.id), 0)
                ORDER BY is_list, place, id
                """, row -> new StaleChannel(row.text("id"), row.number("version")), storage, ChannelList.KEY);
    }

    @Override
    public List<DesiredFile> desiredFiles(String channel) {
        return db.list(
                """
                SELECT file.key, file.role, file.digest, delivery.digest AS there, delivery.key AS may_be
                FROM file
                LEFT JOIN delivery ON delivery.storage = ?1 AND delivery.key = file.key
                WHERE file.channel = ?2
                AND file.version > COALESCE((SELECT version FROM shelf WHERE storage = ?1 AND channel = ?2), 0)
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
                INSERT INTO delivery (storage, key, channel, role, state)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (storage, key) DO UPDATE
                SET digest = NULL, since = NULL, channel = excluded.channel, role = excluded.role,
                    state = CASE WHEN state IN ('DOOMED', 'OWED') THEN state ELSE excluded.state END
                """, storage, upload.key(), upload.channel(), upload.role(), FileState.WANTED)));
    }

    @Override
    public void markUploaded(List<PublishPlan.Upload> uploads, Instant now) {
        db.inTransaction(() -> uploads.forEach(upload -> {
            db.run("""
                    INSERT INTO delivery (storage, key, channel, role, digest, state, version)
                    SELECT ?1, ?2, ?3, ?4, ?5, 'WANTED', version
                    FROM file
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
                    "UPDATE delivery INDEXED BY delivery_state SET state = 'WANTED'"
                            + " WHERE storage = ? AND state = 'DOOMED' AND channel = ?",
                    storage,
                    channel.channel());
            if (desiredFiles(channel.channel()).stream().allMatch(DesiredFile::isThere)) {
                db.run("""
                        INSERT INTO shelf (storage, channel, version)
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
                "SELECT key FROM delivery INDEXED BY delivery_state"
                        + " WHERE storage = ? AND state = 'DOOMED' AND channel = ?",
                row -> new ObjectKey(row.text("key")),
                storage,
                channel));
    }

    @Override
    public void onUploadFailed() {
        db.inTransaction(() -> {
            // A pointer that has not moved goes with the pages that it names: it must name no file that isn't there.
            db.run("""
                    UPDATE delivery
                    SET state = 'OWED', digest = NULL, since = NULL
                    WHERE storage = ?1 AND role = 'POINTER'
                    AND channel IN (SELECT channel
                                    FROM delivery INDEXED BY delivery_state
                                    WHERE storage = ?1 AND state = 'DOOMED' AND role IN ('PAGE', 'AUTHORS', 'INDEX'))
                    AND digest IS NOT (SELECT digest FROM file WHERE file.key = delivery.key)
                    """, storage);
            db.run(
                    "UPDATE delivery INDEXED BY delivery_state SET state = 'OWED', digest = NULL, since = NULL"
                            + " WHERE storage = ? AND state = 'DOOMED'",
                    storage);
        });
    }

    @Override
    public List<ObjectKey> expireGrace(Instant retiredBefore) {
        String due = " WHERE storage = ? AND state = 'RETIRED' AND since < ?";
        List<ObjectKey> keys = db.list(
                "SELECT key FROM delivery INDEXED BY delivery_state" + due + " ORDER BY key",
                row -> new ObjectKey(row.text("key")),
                storage,
                retiredBefore);
        if (!keys.isEmpty()) {
            db.run(
                    "UPDATE delivery INDEXED BY delivery_state SET state = 'OWED', digest = NULL" + due,
                    storage,
                    retiredBefore);
        }
        return keys;
    }

    @Override
    public void markDeleted(ObjectKey key) {
        db.inTransaction(() -> {
            db.run("DELETE FROM delivery WHERE storage = ? AND key = ? AND state = 'OWED'", storage, key);
            // If it is wanted all the same, the storage lacks it now.
            db.run("""
                    UPDATE shelf
                    SET version = MIN(version, (SELECT version - 1 FROM file WHERE key = ?1))
                    WHERE storage = ?2 AND channel = (SELECT channel FROM file WHERE key = ?1)
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
                "UPDATE delivery INDEXED BY delivery_state SET state = 'WANTED'"
                        + " WHERE storage = ? AND state = 'DOOMED' AND channel = ? AND role NOT IN (" + MUTABLE + ")",
                storage,
                channel);
        // Which messages older versions of the pointer held matters only while a storage may still have one.
        db.run("""
                DELETE FROM held
                WHERE key = ?1 AND version < (SELECT MIN(version) FROM delivery WHERE key = ?1)
                """, pointer);
        String superseded = " WHERE storage = ? AND state = 'SUPERSEDED' AND channel = ?";
        db.run(
                "UPDATE delivery INDEXED BY delivery_state SET state = 'OWED', digest = NULL" + superseded
                        + " AND (role IN (" + MUTABLE + ") OR NOT EXISTS ("
                        + "SELECT 1 FROM file WHERE key = substr(delivery.key, 1, instr(delivery.key, '/')) || ?))",
                storage,
                channel,
                pointer.name());
        db.run(
                "UPDATE delivery INDEXED BY delivery_state SET state = 'RETIRED', since = ?" + superseded,
                now,
                storage,
                channel);
    }

    /** What holds a doomed text and is not about to be replaced is due. */
    private void oweDoomed(String channel) {
        db.run("""
                UPDATE delivery INDEXED BY delivery_state
                SET state = 'OWED', digest = NULL, since = NULL
                WHERE storage = ? AND state = 'DOOMED' AND channel = ?
                AND NOT EXISTS (SELECT 1 FROM file WHERE file.key = delivery.key)
                """, storage, channel);
    }
}
