package org.chatpress.store;

import static java.util.stream.Collectors.toSet;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.chatpress.publish.plan.FileState;
import org.chatpress.publish.plan.FileState.Event;
import org.chatpress.publish.plan.PublishPlan;
import org.chatpress.publish.plan.PublishPlan.DesiredFile;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.render.json.ChannelList;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.sql.Database;

/** The {@link PublishState} of one storage, in the tables {@code storage_file} and {@code storage_progress}. */
final class SqlPublishState implements PublishState {
    private static final String UPLOADING = """
            INSERT INTO storage_file (storage, key, channel, role, state)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (storage, key) DO UPDATE
            SET digest = NULL, unreferenced_since = NULL, channel = excluded.channel, role = excluded.role, state = %s
            """.formatted(FileStateSql.after(Event.RENDERED));

    private static final String UPLOADED = uploaded(Event.CURRENT);

    /** The version with the text of a takedown may be the one that was uploaded. */
    private static final String UPLOADED_BEFORE_CHANGE = uploaded(Event.RENDERED);

    private static String uploaded(Event event) {
        return """
                INSERT INTO storage_file (storage, key, channel, role, digest, state, version)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, version
                FROM rendered_file
                WHERE key = ?2 AND digest = ?5
                ON CONFLICT (storage, key) DO UPDATE
                SET digest = excluded.digest, version = excluded.version, state = %s
                """.formatted(FileStateSql.after(event));
    }

    /** The digest of a file that was rendered from its channel as it is now, so that it contains nothing taken down. */
    private static final String CURRENT_DIGEST = """
            SELECT file.digest
            FROM rendered_file AS file
            LEFT JOIN channel ON channel.id = file.channel
            WHERE file.key = ?
            AND (file.channel = '' OR pointer_seq = seq)
            """;

    private final Database db;
    private final TakedownQueue takedowns;
    private final String storage;
    private final Purging purging;

    SqlPublishState(Database db, String storage, Purging purging) {
        this.db = db;
        this.takedowns = new TakedownQueue(db);
        this.storage = storage;
        this.purging = purging;
    }

    @Override
    public void requireLock() {
        db.requireSession();
    }

    @Override
    public List<PendingDelete> pendingDeletes() {
        return takedowns.pendingDeletes(storage);
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
                WHERE version > COALESCE((SELECT version
                                          FROM storage_progress
                                          WHERE storage = ?1 AND channel = work.id), 0)
                ORDER BY is_list, sort_order, id
                """, row -> new StaleChannel(row.text("id"), row.number("version")), storage, ChannelList.KEY);
    }

    @Override
    public List<DesiredFile> desiredFiles(String channel) {
        return db.list(
                """
                SELECT file.key, file.role, file.digest,
                    storage_file.digest AS uploaded_digest, CASE WHEN storage_file.key IS NULL THEN 0 ELSE 1 END AS may_be_there
                FROM rendered_file AS file
                LEFT JOIN storage_file ON storage_file.storage = ?1 AND storage_file.key = file.key
                WHERE file.channel = ?2 AND file.role <> 'CLIP'
                AND file.version > COALESCE((SELECT version
                                             FROM storage_progress
                                             WHERE storage = ?1 AND channel = ?2), 0)
                """,
                row -> new DesiredFile(
                        channel,
                        new ObjectKey(row.text("key")),
                        FileRole.valueOf(row.text("role")),
                        row.text("digest"),
                        row.optionalText("uploaded_digest"),
                        row.flag("may_be_there")),
                storage,
                channel);
    }

    @Override
    public Optional<StoredObject> object(PublishPlan.Upload upload) {
        return db.inTransaction(
                () -> isCurrent(upload) ? new RenderedFileRepository(db).object(upload.key()) : Optional.empty());
    }

    @Override
    public boolean isLong(ObjectKey key) {
        return new RenderedFileRepository(db).isLong(key);
    }

    @Override
    public Set<String> markUploading(List<PublishPlan.Upload> uploads) {
        if (uploads.isEmpty()) {
            return Set.of();
        }
        return db.inTransaction(() -> {
            Set<String> outdated = uploads.stream()
                    .filter(upload -> !isCurrent(upload))
                    .map(PublishPlan.Upload::channel)
                    .collect(toSet());
            uploads.stream()
                    .filter(upload -> !outdated.contains(upload.channel()))
                    .forEach(upload -> db.run(
                            UPLOADING, storage, upload.key(), upload.channel(), upload.role(), FileState.DESIRED));
            return outdated;
        });
    }

    @Override
    public void markUploaded(List<PublishPlan.Upload> uploads, Instant now) {
        db.inTransaction(() -> uploads.forEach(upload -> {
            boolean isCurrent = isCurrent(upload);
            if (purging != Purging.NEVER) {
                takedowns.requestPurgeAfterUpload(storage, upload, isCurrent, purging == Purging.AFTER_CHANGES);
            }
            db.run(
                    isCurrent ? UPLOADED : UPLOADED_BEFORE_CHANGE,
                    storage,
                    upload.key(),
                    upload.channel(),
                    upload.role(),
                    upload.digest(),
                    FileState.DESIRED);
            if (isCurrent && upload.role() == FileRole.POINTER) {
                takedowns.onPointerReplaced(storage, upload.key(), upload.channel(), now);
            }
        }));
    }

    @Override
    public void markPublished(List<StaleChannel> channels) {
        db.inTransaction(() -> channels.stream().filter(this::isCurrent).forEach(channel -> {
            if (purging != Purging.NEVER) {
                takedowns.requestPurgeOfUnchanged(storage, channel.channel());
            }
            takedowns.onPublished(storage, channel.channel());
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

    private boolean isCurrent(PublishPlan.Upload upload) {
        return db.first(CURRENT_DIGEST, row -> row.text("digest"), upload.key())
                .filter(upload.digest()::equals)
                .isPresent();
    }

    private boolean isCurrent(StaleChannel channel) {
        return channel.isChannelList()
                ? db.exists(
                        "SELECT 1 FROM rendered_file WHERE key = ? AND version = ?", ChannelList.KEY, channel.version())
                : db.exists(
                        "SELECT 1 FROM channel WHERE id = ? AND version = ? AND pointer_seq = seq",
                        channel.channel(),
                        channel.version());
    }

    @Override
    public Set<ObjectKey> filesToTakeDown(String channel) {
        return takedowns.filesToTakeDown(storage, channel);
    }

    @Override
    public void deleteUnreplaced(String channel) {
        db.inTransaction(() -> takedowns.deleteUnreplaced(storage, channel));
    }

    @Override
    public void onUploadFailed() {
        db.inTransaction(() -> takedowns.onUploadFailed(storage));
    }

    @Override
    public List<ObjectKey> expireGrace(Instant before) {
        return takedowns.endGrace(storage, before);
    }

    @Override
    public void markDeleted(ObjectKey key) {
        db.inTransaction(() -> {
            if (purging != Purging.NEVER) {
                takedowns.requestPurgeAfterDelete(storage, key);
            }
            takedowns.onDeleted(storage, key);
        });
    }

    /** The transition table of {@link FileState} as SQL for the column {@code state}. */
    static final class FileStateSql {
        private FileStateSql() {}

        /** An expression: the state after the event. */
        static String after(Event event) {
            return changed(event).stream()
                    .map(state -> " WHEN '" + state + "' THEN '" + state.transition(event) + "'")
                    .collect(Collectors.joining("", "CASE storage_file.state", " ELSE storage_file.state END"));
        }

        /** A condition: the event changes the state. */
        static String isChangedBy(Event event) {
            return "state IN (" + Database.literals(changed(event)) + ")";
        }

        private static List<FileState> changed(Event event) {
            return Arrays.stream(FileState.values())
                    .filter(state -> state.transition(event) != state)
                    .toList();
        }
    }
}
