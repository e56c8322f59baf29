package org.chatpress.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.chatpress.model.Backoff;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.plan.OwnershipState;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.publish.plan.PublishState.Purging;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.sql.Database;

/**
 * The storages: when each last had every file, its failures, conflicts, what is known of its files, and what is to be purged
 * from its CDN.
 */
public final class StorageStatusRepository {
    /** After the first failure, the next cycle tries again; after that the wait grows. */
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(1));

    private final Database db;

    StorageStatusRepository(Database db) {
        this.db = db;
    }

    /**
     * The status of a storage.
     *
     * @param lastSuccessAt when the storage last had every file; empty: never
     * @param failures in a row, of the storage or of a file that it rejects
     * @param notBefore when to try again; empty: now
     * @param lastError empty if nothing has failed since the last success
     * @param pendingDeletes files of takedowns that are still there; 0 during a conflict, when the other instance must
     *     delete them, and for a storage that the settings no longer name
     * @param conflict empty while this instance publishes to the storage
     * @param purges what is still to be purged from the CDN in front of the storage
     */
    public record StorageStatus(
            String name,
            Optional<Instant> lastSuccessAt,
            int failures,
            Optional<Instant> notBefore,
            String lastError,
            int pendingDeletes,
            Optional<Conflict> conflict,
            PurgeStatus purges) {
        /**
         * True if the storage must not be tried now. A wait beyond the longest one was saved before the clock was set
         * back.
         */
        public boolean mustWait(Instant now) {
            return notBefore
                    .filter(until ->
                            now.isBefore(until) && !now.plus(BACKOFF.max()).isBefore(until))
                    .isPresent();
        }
    }

    /**
     * What is still to be purged from a CDN.
     *
     * @param pendingTakedowns files that may show what was taken down
     * @param failingSince when the first purge failed since the last that succeeded; empty if the last one succeeded
     * @param lastError empty if the last purge succeeded
     */
    public record PurgeStatus(int pendingTakedowns, Optional<Instant> failingSince, String lastError) {
        public static final PurgeStatus NONE = new PurgeStatus(0, Optional.empty(), "");
    }

    /**
     * Another instance publishes to the storage, with a database of its own. This one must not.
     *
     * @param pointer the pointer that it replaced
     * @param since when this instance noticed
     */
    public record Conflict(ObjectKey pointer, Instant since) {}

    public Optional<StorageStatus> status(String storage) {
        return db.first(
                """
                SELECT storage.*,
                    (SELECT COUNT(*)
                     FROM storage_file INDEXED BY storage_file_state
                     WHERE storage_file.storage = name AND state IN (%s)
                     AND conflict_pointer IS NULL AND removed_at IS NULL) AS pending_deletes,
                    (SELECT COUNT(*)
                     FROM purge
                     WHERE purge.storage = name AND takedown = 1 AND ready = 1
                     AND removed_at IS NULL) AS pending_purges
                FROM storage
                WHERE name = ?
                """.formatted(TakedownQueue.UNFINISHED),
                row -> new StorageStatus(
                        row.text("name"),
                        row.instant("last_success_at"),
                        (int) row.number("failures"),
                        row.instant("not_before"),
                        row.text("last_error"),
                        (int) row.number("pending_deletes"),
                        conflict(row),
                        new PurgeStatus(
                                (int) row.number("pending_purges"),
                                row.instant("purge_failing_since"),
                                row.text("purge_error"))),
                storage);
    }

    /** The names of all storages that were ever in the settings. */
    public List<String> names() {
        return db.list("SELECT name FROM storage ORDER BY name", row -> row.text("name"));
    }

    /**
     * Saves which storages the settings name.
     *
     * @return the storages with files of this database that the settings do not name any more
     */
    public List<String> recordSettings(Collection<String> named, Instant now) {
        return db.inTransaction(() -> {
            db.list("SELECT name FROM storage WHERE removed_at IS NOT NULL", row -> row.text("name")).stream()
                    .filter(named::contains)
                    .forEach(name ->
                            db.run("UPDATE storage SET removed_at = NULL, missed_takedowns = 0 WHERE name = ?", name));
            List<String> removed = db.list("""
                            SELECT name
                            FROM storage
                            WHERE removed_at IS NULL
                            AND EXISTS (SELECT 1 FROM storage_file WHERE storage = name)
                            """, row -> row.text("name")).stream()
                    .filter(name -> !named.contains(name))
                    .toList();
            removed.forEach(name -> db.run("UPDATE storage SET removed_at = ? WHERE name = ?", now, name));
            return removed;
        });
    }

    /**
     * The files of takedowns on storages that the settings no longer name, by storage: those storages with more of them
     * than at the last call.
     */
    public Map<String, Set<ObjectKey>> newMissedTakedowns() {
        Map<String, Set<ObjectKey>> missed = new TreeMap<>();
        Map<String, Long> known = new TreeMap<>();
        db.list(
                "SELECT name, missed_takedowns FROM storage WHERE removed_at IS NOT NULL",
                row -> known.put(row.text("name"), row.number("missed_takedowns")));
        known.forEach((storage, count) -> {
            Set<ObjectKey> takedowns = takedowns(storage);
            if (takedowns.size() > count) {
                db.run("UPDATE storage SET missed_takedowns = ? WHERE name = ?", takedowns.size(), storage);
                missed.put(storage, takedowns);
            }
        });
        return missed;
    }

    /** The storage has every file. */
    public void recordSuccess(String storage, Instant now) {
        db.run("""
                INSERT INTO storage (name, last_success_at)
                VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE
                SET last_success_at = excluded.last_success_at, failures = 0, not_before = NULL, last_error = ''
                """, storage, now);
    }

    /**
     * The storage works, but rejects files, for which nothing else waits.
     *
     * @param attempts how many failed since the last call
     * @param error why it rejects them
     */
    public void recordRejections(String storage, int attempts, String error) {
        db.run("""
                INSERT INTO storage (name, failures, last_error)
                VALUES (?, 1, ?)
                ON CONFLICT (name) DO UPDATE
                SET failures = CASE WHEN storage.not_before IS NULL THEN storage.failures + ? ELSE 1 END,
                    not_before = NULL, last_error = excluded.last_error
                """, storage, error, attempts);
    }

    /** Saves an error and returns how long the storage is left alone: longer after each failure. */
    public Duration recordFailure(String storage, String error, Instant now) {
        // Without a wait there were only rejected files, which say nothing about the storage.
        int failures = status(storage)
                .filter(status -> status.notBefore().isPresent())
                .map(StorageStatus::failures)
                .orElse(0);
        Duration wait = failures == 0 ? Duration.ZERO : BACKOFF.delay(failures - 1);
        db.run("""
                INSERT INTO storage (name, failures, not_before, last_error)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET failures = excluded.failures, not_before = excluded.not_before, last_error = excluded.last_error
                """, storage, failures + 1, now.plus(wait), error);
        return wait;
    }

    /** The conflict with another instance that publishes to the storage; empty if there is none. */
    public Optional<Conflict> conflict(String storage) {
        return db.first(
                "SELECT conflict_pointer, conflict_since FROM storage WHERE name = ? AND conflict_pointer IS NOT NULL",
                row -> conflict(row).orElseThrow(),
                storage);
    }

    private static Optional<Conflict> conflict(Database.Row row) {
        return row.optionalText("conflict_pointer")
                .map(pointer -> new Conflict(
                        new ObjectKey(pointer), row.instant("conflict_since").orElseThrow()));
    }

    /** Saves that another instance publishes to the storage. */
    public void recordConflict(String storage, Conflict conflict, String error) {
        db.run("""
                INSERT INTO storage (name, failures, last_error, conflict_pointer, conflict_since)
                VALUES (?, 1, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET failures = MAX(storage.failures, 1), not_before = NULL, last_error = excluded.last_error,
                    conflict_pointer = excluded.conflict_pointer, conflict_since = excluded.conflict_since
                """, storage, error, conflict.pointer(), conflict.since());
    }

    /** This instance publishes to the storage again. */
    public void clearConflict(String storage) {
        db.run(
                "UPDATE storage SET conflict_pointer = NULL, conflict_since = NULL"
                        + " WHERE name = ? AND conflict_pointer IS NOT NULL",
                storage);
    }

    /** True if the storage has held a file of this database. */
    public boolean hasHeldFiles(String storage) {
        // The second query stops at the first uploaded file.
        return db.exists("SELECT 1 FROM storage WHERE name = ? AND last_success_at IS NOT NULL", storage)
                || db.exists("""
                        SELECT 1
                        FROM storage_file INDEXED BY storage_file_state
                        WHERE storage = ? AND version > 0
                        LIMIT 1
                        """, storage);
    }

    /** The files of takedowns that are still on the storage, or may be. */
    public Set<ObjectKey> takedowns(String storage) {
        return new TakedownQueue(db).takedowns(storage);
    }

    /** The channels of {@link #takedowns}. */
    public Set<ChannelId> channelsWithTakedown(String storage) {
        return new TakedownQueue(db).channelsWithTakedown(storage);
    }

    /**
     * True if there is something to upload to the storage or to delete from it.
     *
     * @param graceBefore files whose grace period began before this are to be deleted
     */
    public boolean hasWork(String storage, Instant graceBefore) {
        PublishState state = publishState(storage);
        return !state.pendingDeletes().isEmpty()
                || !state.staleChannels().isEmpty()
                || new TakedownQueue(db).hasGraceEnded(storage, graceBefore);
    }

    /**
     * What is known of a channel's file on a storage. Another channel may have had a file of the same name there.
     *
     * @param found the file that the storage has now; empty if it has none
     */
    public OwnershipState.PublishRecord publishRecord(
            String storage, ChannelId channel, ObjectKey key, Optional<StoredObject> found) {
        return db.first("""
                        SELECT storage_file.digest, storage_file.version,
                            CASE WHEN storage_file.digest = rendered_file.digest THEN 1 ELSE 0 END AS current
                        FROM storage_file
                        LEFT JOIN rendered_file USING (key)
                        WHERE storage = ? AND key = ? AND storage_file.channel = ?
                        """, row -> publishRecord(row, found), storage, key, channel)
                .orElse(OwnershipState.PublishRecord.NEVER);
    }

    private static OwnershipState.PublishRecord publishRecord(Database.Row row, Optional<StoredObject> found) {
        if (row.flag("current")) {
            return OwnershipState.PublishRecord.CURRENT;
        }
        if (row.number("version") == 0) {
            return OwnershipState.PublishRecord.UNCONFIRMED;
        }
        Optional<String> uploaded = row.optionalText("digest");
        boolean isDifferent = found.isPresent()
                && uploaded.isPresent()
                && !RenderedFileRepository.isPointer(found.get(), uploaded.get());
        return isDifferent ? OwnershipState.PublishRecord.DIFFERENT : OwnershipState.PublishRecord.SOME_VERSION;
    }

    /** False if the storage has another version of a file than the one that was uploaded last, or none. */
    public boolean isAsUploaded(String storage, ObjectKey key, Optional<StoredObject> found) {
        return db.first(
                        "SELECT digest FROM storage_file WHERE storage = ? AND key = ? AND digest IS NOT NULL",
                        row -> row.text("digest"),
                        storage,
                        key)
                .filter(uploaded -> found.filter(object -> RenderedFileRepository.isPointer(object, uploaded))
                        .isEmpty())
                .isEmpty();
    }

    /** The pointer of a channel as it was last uploaded to a storage. */
    public record UploadedPointer(ChannelId channel, ObjectKey key, String digest) {
        public boolean isSame(Optional<StoredObject> found) {
            return found.filter(object -> RenderedFileRepository.isPointer(object, digest))
                    .isPresent();
        }
    }

    /** The pointers that the storage should have, except those of which it may have another version. */
    public List<UploadedPointer> uploadedPointers(String storage) {
        return db.list(
                """
                SELECT storage_file.channel, key, digest
                FROM channel
                CROSS JOIN storage_file INDEXED BY storage_file_channel
                    ON storage_file.channel = channel.id AND role = 'POINTER'
                WHERE storage = ? AND digest IS NOT NULL AND state = 'DESIRED'
                """,
                row -> new UploadedPointer(
                        new ChannelId(row.text("channel")), new ObjectKey(row.text("key")), row.text("digest")),
                storage);
    }

    /** The files in a folder that the storage has, as far as this database knows. */
    public Set<ObjectKey> uploadedFiles(String storage, String folder) {
        return files(storage, folder, "digest IS NOT NULL AND state = 'DESIRED'");
    }

    /** The files in a folder that the storage has, or may have. */
    public Set<ObjectKey> knownFiles(String storage, String folder) {
        return files(storage, folder, "1 = 1");
    }

    /** The channel of a file that the storage has, or may have; empty for a file that this database does not know there. */
    public Optional<ChannelId> channel(String storage, ObjectKey key) {
        return db.first(
                "SELECT channel FROM storage_file WHERE storage = ? AND key = ? AND channel <> ''",
                row -> new ChannelId(row.text("channel")),
                storage,
                key);
    }

    // In ASCII, 0 follows the slash: a range, which the primary key answers.
    private Set<ObjectKey> files(String storage, String folder, String condition) {
        return Set.copyOf(db.list(
                """
                SELECT key
                FROM storage_file
                WHERE storage = ? AND key > ? AND key < ? AND %s
                """.formatted(condition), row -> new ObjectKey(row.text("key")), storage, folder + "/", folder + "0"));
    }

    /** Marks channels.json as unknown, so that it is uploaded again. */
    public void markChannelListUnknown(String storage) {
        markUnknown(storage, RenderedFileRepository.NO_CHANNEL);
    }

    /** Marks as unknown what the storage has of a channel, so that every file is uploaded again. */
    public void markUnknown(String storage, ChannelId channel) {
        markUnknown(storage, channel.value());
    }

    private void markUnknown(String storage, String channel) {
        db.inTransaction(() -> {
            db.run(
                    "UPDATE storage_file SET digest = NULL, version = 0 WHERE storage = ? AND channel = ?",
                    storage,
                    channel);
            db.run("DELETE FROM storage_progress WHERE storage = ? AND channel = ?", storage, channel);
        });
    }

    /** Adds files that were found on the storage and are not this database's: they go once the pointer is replaced. */
    public void adopt(String storage, ChannelId channel, Collection<ObjectKey> found) {
        db.inTransaction(() -> new TakedownQueue(db).markFound(storage, channel, found));
    }

    /** Adds files to delete from the storage, whether they exist there or not, except those that are rendered. */
    public void addPendingDeletes(String storage, ChannelId channel, FileRole role, Collection<ObjectKey> keys) {
        db.inTransaction(() -> new TakedownQueue(db).delete(storage, channel, role, keys));
    }

    /** What one storage has and should have, for a publisher to a storage without a CDN that can be purged. */
    public PublishState publishState(String storage) {
        return publishState(storage, Purging.NEVER);
    }

    /** What one storage has and should have, for a publisher. */
    public PublishState publishState(String storage, Purging purging) {
        return new SqlPublishState(db, storage, purging);
    }

    // THE CDN

    /** A file to purge from the CDN in front of a storage. */
    public record PendingPurge(ObjectKey key, long generation) {}

    /** The files to purge now, those of takedowns first. */
    public List<PendingPurge> pendingPurges(String storage, int limit) {
        return db.list(
                """
                SELECT key, generation
                FROM purge INDEXED BY purge_next
                WHERE storage = ? AND ready = 1
                ORDER BY takedown DESC, key
                LIMIT ?
                """, row -> new PendingPurge(new ObjectKey(row.text("key")), row.number("generation")), storage, limit);
    }

    /** These files were purged. A file stays queued if another purge of it was requested meanwhile. */
    public void removePurges(String storage, Collection<PendingPurge> purged) {
        db.inTransaction(() -> purged.forEach(purge -> db.run(
                "DELETE FROM purge WHERE storage = ? AND key = ? AND generation = ?",
                storage,
                purge.key(),
                purge.generation())));
    }

    /** The settings no longer name a CDN that can be purged. */
    public void discardPurges(String storage) {
        db.run("DELETE FROM purge WHERE storage = ?", storage);
        recordPurgeSuccess(storage);
    }

    public void recordPurgeFailure(String storage, String error, Instant now) {
        db.run("""
                INSERT INTO storage (name, purge_error, purge_failing_since)
                VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET purge_error = excluded.purge_error,
                    purge_failing_since = MIN(excluded.purge_failing_since,
                        COALESCE(storage.purge_failing_since, excluded.purge_failing_since))
                """, storage, error, now);
    }

    public void recordPurgeSuccess(String storage) {
        db.run(
                "UPDATE storage SET purge_error = '', purge_failing_since = NULL"
                        + " WHERE name = ? AND purge_failing_since IS NOT NULL",
                storage);
    }
}
