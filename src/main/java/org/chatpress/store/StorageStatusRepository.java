package org.chatpress.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.Backoff;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.plan.ConflictingInstance;
import org.chatpress.publish.plan.OwnershipState;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;
import org.chatpress.store.sql.Database;

/** What each storage has, as far as we know, and how it fares. */
public final class StorageStatusRepository {
    /** The first failure is tried again in the next cycle; later ones wait longer, up to a minute. */
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(1));

    private final Database db;

    StorageStatusRepository(Database db) {
        this.db = db;
    }

    /**
     * How a storage fares.
     *
     * @param lastSuccessAt when everything was last delivered; empty if never
     * @param failures in a row
     * @param notBefore the next try; empty: now
     * @param lastError the last failure; empty if there is none
     * @param pendingDeletes removals that are due and not done; none where another Chatpress publishes: they are its business
     */
    public record StorageStatus(
            String name,
            Optional<Instant> lastSuccessAt,
            int failures,
            Optional<Instant> notBefore,
            String lastError,
            int pendingDeletes) {
        /** True if it is left alone now. A wait longer than the longest was begun before the clock was set back. */
        public boolean mustWait(Instant now) {
            return notBefore
                    .filter(until ->
                            now.isBefore(until) && !now.plus(BACKOFF.max()).isBefore(until))
                    .isPresent();
        }
    }

    public Optional<StorageStatus> status(String storage) {
        return db.first(
                """
                SELECT storage.*,
                    (SELECT COUNT(*)
                     FROM storage_file INDEXED BY storage_file_state
                     WHERE storage_file.storage = name AND state IN (%s)
                     AND NOT EXISTS (SELECT 1 FROM conflict WHERE conflict.storage = name)) AS owed
                FROM storage
                WHERE name = ?
                """.formatted(TakedownQueue.UNFINISHED),
                row -> new StorageStatus(
                        row.text("name"),
                        row.instant("last_success_at"),
                        (int) row.number("failures"),
                        row.instant("not_before"),
                        row.text("last_error"),
                        (int) row.number("owed")),
                storage);
    }

    /** Every storage that ever was in the settings. */
    public List<String> names() {
        return db.list("SELECT name FROM storage ORDER BY name", row -> row.text("name"));
    }

    /** Everything is delivered. */
    public void recordSuccess(String storage, Instant now) {
        db.run("""
                INSERT INTO storage (name, last_success_at)
                VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE
                SET last_success_at = excluded.last_success_at, failures = 0, not_before = NULL, last_error = ''
                """, storage, now);
    }

    /** Something failed: the storage is left alone for a while, longer each time. Gives how long. */
    public Duration recordFailure(String storage, String trouble, Instant now) {
        int failures = status(storage).map(StorageStatus::failures).orElse(0);
        Duration wait = failures == 0 ? Duration.ZERO : BACKOFF.delay(failures - 1);
        db.run("""
                INSERT INTO storage (name, failures, not_before, last_error)
                VALUES (?, 1, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET failures = failures + 1, not_before = excluded.not_before, last_error = excluded.last_error
                """, storage, now.plus(wait), trouble);
        return wait;
    }

    /** The other Chatpress that publishes on the storage; empty if it is ours. */
    public Optional<ConflictingInstance> conflict(String storage) {
        return db.first(
                "SELECT * FROM conflict WHERE storage = ?",
                row -> new ConflictingInstance(
                        new ObjectKey(row.text("pointer")),
                        row.instant("since").orElseThrow(),
                        row.instant("looked_at").orElseThrow(),
                        row.text("shown"),
                        row.instant("moved_at").orElseThrow(),
                        row.number("changes"),
                        row.instant("changed_at").orElseThrow(),
                        row.instant("behind_since")),
                storage);
    }

    /** Notes what was seen of the other Chatpress that publishes on the storage. */
    public void recordConflict(String storage, ConflictingInstance conflict, String trouble) {
        db.inTransaction(() -> {
            db.run(
                    """
                    INSERT OR REPLACE INTO conflict
                        (storage, pointer, since, looked_at, shown, moved_at, changes, changed_at, behind_since)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    storage,
                    conflict.pointer(),
                    conflict.since(),
                    conflict.lookedAt(),
                    conflict.shown(),
                    conflict.movedAt(),
                    conflict.changes(),
                    conflict.changedAt(),
                    conflict.behindSince());
            db.run("""
                    INSERT INTO storage (name, failures, last_error)
                    VALUES (?, 1, ?)
                    ON CONFLICT (name) DO UPDATE
                    SET failures = MAX(failures, 1), not_before = NULL, last_error = excluded.last_error
                    """, storage, trouble);
        });
    }

    /** Whoever published on the storage does not matter any more. */
    public void clearConflict(String storage) {
        db.run("DELETE FROM conflict WHERE storage = ?", storage);
    }

    /** True if the storage lacks something, or has something that must go. */
    public boolean hasWork(String storage, Instant retiredBefore) {
        PublishState state = publishState(storage);
        return !state.pendingDeletes().isEmpty()
                || !state.staleChannels().isEmpty()
                || new TakedownQueue(db).hasGraceEnded(storage, retiredBefore);
    }

    /** What is known of a file of the channel on a storage; another channel may have had one of that name. */
    public OwnershipState.PublishRecord publishRecord(
            String storage, ChannelId channel, ObjectKey key, Optional<StoredObject> there) {
        return db.first(
                        """
                        SELECT storage_file.digest = rendered_file.digest AS exact, storage_file.version > 0 AS arrived, storage_file.digest
                        FROM storage_file
                        LEFT JOIN rendered_file USING (key)
                        WHERE storage = ? AND key = ? AND storage_file.channel = ?
                        """,
                        row -> {
                            if (row.flag("exact")) {
                                return OwnershipState.PublishRecord.CURRENT;
                            }
                            if (!row.flag("arrived")) {
                                return OwnershipState.PublishRecord.UNCONFIRMED;
                            }
                            Optional<String> put = row.optionalText("digest");
                            boolean isThere = there.isEmpty()
                                    || put.isEmpty()
                                    || RenderedFileRepository.isPointer(there.get(), put.get());
                            return isThere
                                    ? OwnershipState.PublishRecord.SOME_VERSION
                                    : OwnershipState.PublishRecord.DIFFERENT;
                        },
                        storage,
                        key,
                        channel)
                .orElse(OwnershipState.PublishRecord.NEVER);
    }

    /** Who knows what is there: all of the channel's files are put again. */
    public void markUnknown(String storage, ChannelId channel) {
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

    /** The shelf of one storage. */
    public PublishState publishState(String storage) {
        return new SqlPublishState(db, storage);
    }
}
