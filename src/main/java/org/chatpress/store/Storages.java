package org.chatpress.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.DeliveryState;
import org.chatpress.publish.Encounter;
import org.chatpress.publish.PublishPlan;
import org.chatpress.publish.Shelf;
import org.chatpress.publish.Wanted;
import org.chatpress.render.ChannelList;
import org.chatpress.render.Role;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;

/** What each storage has, as far as we know, and how it fares. */
public final class Storages {
    /** The first failure is tried again in the next cycle; later ones wait longer, up to a minute. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(5);

    private final Sql db;

    Storages(Sql db) {
        this.db = db;
    }

    /**
     * How a storage fares.
     *
     * @param goodAt when everything was last delivered; empty if never
     * @param failures in a row
     * @param notBefore the next try; empty: now
     * @param trouble the last failure; empty if there is none
     * @param owed removals that are due and not done
     */
    public record Health(
            String name,
            Optional<Instant> goodAt,
            int failures,
            Optional<Instant> notBefore,
            String trouble,
            int owed) {}

    public Optional<Health> health(String storage) {
        return db.first(
                """
                SELECT storage.*,
                    (SELECT COUNT(*) FROM delivery WHERE delivery.storage = name AND state IN ('OWED', 'DOOMED')) AS owed
                FROM storage
                WHERE name = ?
                """,
                row -> new Health(
                        row.text("name"),
                        row.instant("good_at"),
                        (int) row.number("failures"),
                        row.instant("not_before"),
                        row.text("trouble"),
                        (int) row.number("owed")),
                storage);
    }

    /** Every storage that ever was in the settings. */
    public List<String> names() {
        return db.list("SELECT name FROM storage ORDER BY name", row -> row.text("name"));
    }

    /** Everything is delivered. */
    public void good(String storage, Instant now) {
        db.run("""
                INSERT INTO storage (name, good_at)
                VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE
                SET good_at = excluded.good_at, failures = 0, not_before = NULL, trouble = ''
                """, storage, now);
    }

    /** Something failed: the storage is left alone for a while, longer each time. Gives how long. */
    public Duration failed(String storage, String trouble, Instant now) {
        int failures = health(storage).map(Health::failures).orElse(0);
        Duration wait = failures == 0 ? Duration.ZERO : SHORTEST_WAIT.multipliedBy(1L << Math.min(failures - 1, 10));
        if (wait.compareTo(LONGEST_WAIT) > 0) {
            wait = LONGEST_WAIT;
        }
        db.run("""
                INSERT INTO storage (name, failures, not_before, trouble)
                VALUES (?, 1, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET failures = failures + 1, not_before = excluded.not_before, trouble = excluded.trouble
                """, storage, now.plus(wait), trouble);
        return wait;
    }

    /** True if the storage lacks something, or has something that must go. */
    public boolean hasWork(String storage, Instant retiredBefore) {
        Shelf shelf = shelf(storage);
        return !shelf.owed().isEmpty()
                || !shelf.behind().isEmpty()
                || db.exists(
                        "SELECT 1 FROM delivery WHERE storage = ? AND state = 'RETIRED' AND since < ? LIMIT 1",
                        storage,
                        retiredBefore);
    }

    /** What is known of a file on a storage. */
    public Encounter.Record record(String storage, Key key) {
        return db.first(
                        """
                        SELECT delivery.digest = file.digest AS exact
                        FROM delivery
                        LEFT JOIN file USING (key)
                        WHERE storage = ? AND key = ?
                        """,
                        row -> row.flag("exact") ? Encounter.Record.DELIVERED : Encounter.Record.SOME,
                        storage,
                        key)
                .orElse(Encounter.Record.NONE);
    }

    /** Who knows what is there: all of the channel's files are put again. */
    public void distrust(String storage, ChannelId channel) {
        db.inTransaction(() -> {
            db.run("UPDATE delivery SET digest = NULL WHERE storage = ? AND channel = ?", storage, channel);
            db.run("DELETE FROM shelf WHERE storage = ? AND channel = ?", storage, channel);
        });
    }

    /** These were found on the storage, and the store knows nothing of them: they go as soon as the pointer has moved. */
    public void adopt(String storage, ChannelId channel, Collection<Key> found) {
        db.inTransaction(
                () -> found.forEach(key -> db.run("""
                INSERT INTO delivery (storage, key, channel, role, state)
                SELECT ?1, ?2, ?3, ?4, ?5
                WHERE NOT EXISTS (SELECT 1 FROM file WHERE key = ?2)
                ON CONFLICT (storage, key) DO NOTHING
                """, storage, key, channel, Role.PAGE, DeliveryState.DOOMED)));
    }

    /** The shelf of one storage. */
    public Shelf shelf(String storage) {
        return new StoredShelf(storage);
    }

    private final class StoredShelf implements Shelf {
        private final String storage;

        StoredShelf(String storage) {
            this.storage = storage;
        }

        @Override
        public List<Key> owed() {
            return db.list(
                    "SELECT key FROM delivery WHERE storage = ? AND state = 'OWED' ORDER BY since IS NOT NULL, key",
                    row -> new Key(row.text("key")),
                    storage);
        }

        @Override
        public List<Behind> behind() {
            return db.list("""
                    SELECT id, version, is_list, place,
                        EXISTS (SELECT 1 FROM delivery
                                WHERE storage = ?1 AND state = 'DOOMED' AND delivery.channel = id) AS urgent
                    FROM (SELECT id, version, place, 0 AS is_list FROM channel
                          UNION ALL
                          SELECT '', version, 0, 1 FROM file WHERE key = ?2) AS work
                    WHERE version > COALESCE((SELECT version FROM shelf WHERE storage = ?1 AND channel = work.id), 0)
                    ORDER BY is_list, urgent DESC, place, id
                    """, row -> new Behind(row.text("id"), row.number("version")), storage, ChannelList.KEY);
        }

        @Override
        public List<Wanted> wanted(String channel) {
            return db.list(
                    """
                    SELECT file.key, file.role, file.digest, delivery.digest AS there, delivery.key AS may_be
                    FROM file
                    LEFT JOIN delivery ON delivery.storage = ?1 AND delivery.key = file.key
                    WHERE file.channel = ?2
                    AND file.version > COALESCE((SELECT version FROM shelf WHERE storage = ?1 AND channel = ?2), 0)
                    """,
                    row -> new Wanted(
                            new Key(row.text("key")),
                            Role.valueOf(row.text("role")),
                            row.text("digest"),
                            row.optionalText("there"),
                            row.optionalText("may_be").isPresent()),
                    storage,
                    channel);
        }

        @Override
        public Optional<Blob> blob(Key key) {
            return new PublishedFiles(db).blob(key);
        }

        @Override
        public void expect(List<PublishPlan.Upload> uploads, String channel) {
            if (uploads.isEmpty()) {
                return;
            }
            db.inTransaction(() -> uploads.forEach(
                    upload -> db.run("""
                    INSERT INTO delivery (storage, key, channel, role, state)
                    VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (storage, key) DO UPDATE
                    SET digest = NULL, since = NULL, channel = excluded.channel, role = excluded.role,
                        state = CASE state WHEN 'DOOMED' THEN state ELSE excluded.state END
                    """, storage, upload.key(), channel, upload.role(), DeliveryState.WANTED)));
        }

        @Override
        public void arrived(PublishPlan.Upload upload, String channel, Instant now) {
            db.inTransaction(() -> {
                db.run(
                        "UPDATE delivery SET digest = ?, state = 'WANTED' WHERE storage = ? AND key = ?",
                        upload.digest(),
                        storage,
                        upload.key());
                if (upload.role() == Role.POINTER) {
                    pointerMoved(upload.key(), channel, now);
                }
            });
        }

        @Override
        public void complete(Behind channel, Instant now) {
            db.inTransaction(() -> {
                oweDoomed(channel.channel());
                db.run(
                        "UPDATE delivery SET state = 'WANTED' WHERE storage = ? AND state = 'DOOMED' AND channel = ?",
                        storage,
                        channel.channel());
                db.run("""
                        INSERT INTO shelf (storage, channel, version)
                        VALUES (?, ?, ?)
                        ON CONFLICT (storage, channel) DO UPDATE
                        SET version = excluded.version
                        """, storage, channel.channel(), channel.version());
            });
        }

        @Override
        public void putFailed() {
            db.run(
                    "UPDATE delivery SET state = 'OWED', digest = NULL, since = NULL WHERE storage = ? AND state = 'DOOMED'",
                    storage);
        }

        @Override
        public List<Key> outOfGrace(Instant retiredBefore) {
            String due = " WHERE storage = ? AND state = 'RETIRED' AND since < ?";
            List<Key> keys = db.list(
                    "SELECT key FROM delivery" + due + " ORDER BY key",
                    row -> new Key(row.text("key")),
                    storage,
                    retiredBefore);
            if (!keys.isEmpty()) {
                db.run("UPDATE delivery SET state = 'OWED', digest = NULL" + due, storage, retiredBefore);
            }
            return keys;
        }

        @Override
        public void removed(Key key) {
            db.inTransaction(() -> {
                db.run("DELETE FROM delivery WHERE storage = ? AND key = ? AND state = 'OWED'", storage, key);
                // If it is wanted all the same, the storage lacks it now.
                db.run("""
                        UPDATE shelf
                        SET version = MIN(version, (SELECT version - 1 FROM file WHERE key = ?1))
                        WHERE storage = ?2 AND channel = (SELECT channel FROM file WHERE key = ?1)
                        """, key, storage);
                PublishedFiles.forgetContent(db, key.value());
            });
        }

        /** Readers get the new pointer: what only the old one named may go, after a while or at once. */
        private void pointerMoved(Key pointer, String channel, Instant now) {
            oweDoomed(channel);
            String superseded = " WHERE storage = ? AND state = 'SUPERSEDED' AND channel = ?";
            db.run(
                    "UPDATE delivery SET state = 'OWED', digest = NULL" + superseded
                            + " AND (role IN ('POINTER', 'WHOLE', 'JSONP') OR key NOT LIKE ?)",
                    storage,
                    channel,
                    pointer.folder() + "/%");
            db.run("UPDATE delivery SET state = 'RETIRED', since = ?" + superseded, now, storage, channel);
        }

        /** What holds a doomed text and is not about to be replaced is due. */
        private void oweDoomed(String channel) {
            db.run("""
                    UPDATE delivery
                    SET state = 'OWED', digest = NULL, since = NULL
                    WHERE storage = ? AND state = 'DOOMED' AND channel = ?
                    AND NOT EXISTS (SELECT 1 FROM file WHERE file.key = delivery.key)
                    """, storage, channel);
        }
    }
}
