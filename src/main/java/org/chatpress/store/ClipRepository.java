package org.chatpress.store;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.media.model.ClipRecord;
import org.chatpress.media.model.ClipRecord.Rendition;
import org.chatpress.media.model.PhotoState;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackClip;
import org.chatpress.publish.plan.FileState;
import org.chatpress.publish.plan.FileState.Event;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.storage.ObjectKey;
import org.chatpress.store.SqlPublishState.FileStateSql;
import org.chatpress.store.sql.Database;

/**
 * Clips, how far each is processed, and which storages have them. A change that readers or editors can see queues the
 * message for a review and its feedback. Nothing is saved of a clip that its message no longer shows, or that was requested
 * again meanwhile.
 */
public final class ClipRepository {
    private static final String COLUMNS = "clip.channel, ts, file_id, file, attempt, active, stage, tries, stage_since,"
            + " not_before, reason, width, height, length, bytes, clip.key, poster";

    private final Database db;

    ClipRepository(Database db) {
        this.db = db;
    }

    /** The clips of a message: those that it shows, and former ones. */
    public List<ClipRecord> of(ChannelId channel, MessageTs ts) {
        return db.list(
                "SELECT " + COLUMNS + " FROM clip WHERE channel = ? AND ts = ? ORDER BY file_id",
                ClipRepository::clipRecord,
                channel,
                ts);
    }

    /**
     * Clips to convert now, those that failed after those that were not tried. Clips of a chat without files, such as a hidden one, wait. A wait
     * beyond the longest one was saved before the clock was set back.
     */
    public List<ClipRecord> due(Instant now) {
        return db.list("SELECT " + COLUMNS + """

                FROM clip INDEXED BY clip_in_progress
                WHERE active = 1 AND stage IN ('REQUESTED', 'PROCESSED') AND stage = 'REQUESTED'
                AND (not_before <= ? OR not_before > ?)
                AND EXISTS (SELECT 1 FROM rendered_file WHERE rendered_file.channel = clip.channel AND rendered_file.role = 'POINTER')
                ORDER BY not_before, ts, file_id
                """, ClipRepository::clipRecord, now, now.plus(PhotoState.MAX_WAIT));
    }

    /** The clips that are neither live nor failed. */
    public List<ClipProgress> inProgress() {
        return db.list(
                "SELECT " + COLUMNS + """
                , progress
                FROM clip INDEXED BY clip_in_progress
                WHERE active = 1 AND stage IN ('REQUESTED', 'PROCESSED')
                ORDER BY stage = 'REQUESTED', progress DESC, stage_since, ts, file_id
                """, row -> new ClipProgress(clipRecord(row), (int) row.number("progress")));
    }

    /** @param percent how much of the clip is converted */
    public record ClipProgress(ClipRecord clip, int percent) {}

    public void recordProgress(ClipRecord clip, int percent) {
        db.run(
                "UPDATE clip SET progress = ? WHERE channel = ? AND ts = ? AND file_id = ? AND attempt = ?",
                percent,
                clip.channel(),
                clip.ts(),
                clip.file().id(),
                clip.attempt());
    }

    /** The number of a channel's clips that failed. */
    public int failed(ChannelId channel) {
        return db.count("""
                SELECT COUNT(*) AS n
                FROM clip INDEXED BY clip_failed
                WHERE active = 1 AND stage = 'FAILED' AND channel = ?
                """, channel);
    }

    /** True if the message still shows the clip, and it was not requested again. */
    public boolean isWanted(ClipRecord clip) {
        return db.exists(
                "SELECT 1 FROM clip WHERE channel = ? AND ts = ? AND file_id = ? AND attempt = ? AND active = 1",
                clip.channel(),
                clip.ts(),
                clip.file().id(),
                clip.attempt());
    }

    /** Saves the state of a clip; false if the clip is no longer shown or was requested again. */
    public boolean save(ClipRecord clip) {
        return db.inTransaction(() -> {
            Optional<PhotoState> former = db.first(
                    "SELECT " + COLUMNS + " FROM clip WHERE channel = ? AND ts = ? AND file_id = ?",
                    PhotoRepository::state,
                    clip.channel(),
                    clip.ts(),
                    clip.file().id());
            if (!write(clip)) {
                return false;
            }
            if (former.orElseThrow().stage() != clip.stage()) {
                new MessageRepository(db).onMediaChanged(clip.channel(), clip.ts());
            } else if (former.get().isDelayed() != clip.state().isDelayed()) {
                new FeedbackRepository(db).enqueue(clip.channel(), clip.ts());
            }
            return true;
        });
    }

    /** Saves a PROCESSED clip with its files, which are to be uploaded; false as for {@link #save(ClipRecord)}. */
    public boolean save(ClipRecord clip, RenderedFile file, Optional<RenderedFile> poster) {
        Rendition rendition = clip.rendition().orElseThrow();
        // Before the transaction, during which others would wait: it reads the whole clip
        String digest = RenderedFileRepository.digest(file.object());
        return db.inTransaction(() -> {
            boolean saved = write(clip);
            if (saved) {
                var files = new RenderedFileRepository(db);
                files.add(clip.channel(), file, digest);
                poster.ifPresent(image -> files.add(clip.channel(), image));
                db.run(
                        """
                        UPDATE clip
                        SET width = ?, height = ?, length = ?, bytes = ?, key = ?, poster = ?
                        WHERE channel = ? AND ts = ? AND file_id = ?
                        """,
                        rendition.width(),
                        rendition.height(),
                        rendition.length().toMillis(),
                        rendition.bytes(),
                        rendition.key(),
                        rendition.poster(),
                        clip.channel(),
                        clip.ts(),
                        clip.file().id());
                new MessageRepository(db).onMediaChanged(clip.channel(), clip.ts());
            }
            return saved;
        });
    }

    /** Requests again the clips whose converted file was lost. */
    public void restart(ObjectKey key) {
        db.inTransaction(() -> {
            List<ClipRecord> lost = db.list(
                    "SELECT " + COLUMNS + " FROM clip INDEXED BY clip_key WHERE clip.key = ?",
                    ClipRepository::clipRecord,
                    key);
            restart("clip.key = ?", key);
            lost.forEach(clip -> {
                takeDownFiles(clip);
                new MessageRepository(db).onMediaChanged(clip.channel(), clip.ts());
            });
        });
    }

    /** Requests all clips of a hidden channel again; they wait until it is no longer hidden. */
    void restart(ChannelId channel) {
        db.run("""
                UPDATE message
                SET review_started = 0
                WHERE channel = ?1 AND ts IN (SELECT ts FROM clip WHERE channel = ?1 AND active = 1)
                """, channel);
        restart("channel = ? AND active = 1", channel);
    }

    private void restart(String condition, Object argument) {
        db.run("""
                UPDATE clip
                SET stage = 'REQUESTED', attempt = attempt + 1, tries = 0, reason = '', key = NULL, poster = NULL, progress = 0
                WHERE %s
                """.formatted(condition), argument);
    }

    /** The message shows exactly these clips: requests new ones, and takes down the others. */
    void request(ChannelId channel, MessageTs ts, List<SlackClip> clips, Instant now) {
        Map<String, ClipRecord> known = new HashMap<>();
        of(channel, ts).forEach(clip -> known.put(clip.file().id(), clip));
        for (SlackClip clip : clips) {
            ClipRecord was = known.remove(clip.id());
            if (was == null) {
                start(channel, ts, clip, 1, now);
            } else if (!was.active() || was.file().size() != clip.size()) {
                drop(was);
                start(channel, ts, clip, was.attempt() + 1, now);
            }
        }
        known.values().stream().filter(ClipRecord::active).forEach(this::drop);
    }

    private void start(ChannelId channel, MessageTs ts, SlackClip clip, int attempt, Instant now) {
        PhotoState state = PhotoState.initial(now);
        db.run(
                """
                INSERT INTO clip (channel, ts, file_id, file, attempt, stage, tries, stage_since, not_before, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (channel, ts, file_id) DO UPDATE
                SET file = excluded.file, attempt = excluded.attempt, active = 1, progress = 0,
                    stage = excluded.stage, tries = excluded.tries, stage_since = excluded.stage_since,
                    not_before = excluded.not_before, reason = excluded.reason
                """,
                channel,
                ts,
                clip.id(),
                RecordJson.write(clip),
                attempt,
                state.stage(),
                state.tries(),
                state.since(),
                state.notBefore(),
                state.reason());
        new FeedbackRepository(db).enqueue(channel, ts);
    }

    private void drop(ClipRecord clip) {
        db.run(
                "UPDATE clip SET active = 0, key = NULL, poster = NULL WHERE channel = ? AND ts = ? AND file_id = ?",
                clip.channel(),
                clip.ts(),
                clip.file().id());
        takeDownFiles(clip);
        new FeedbackRepository(db).enqueue(clip.channel(), clip.ts());
    }

    /** Takes down the files of a clip, unless another message shows the same clip. */
    private void takeDownFiles(ClipRecord clip) {
        clip.rendition()
                .filter(files -> !db.exists("SELECT 1 FROM clip INDEXED BY clip_key WHERE key = ?", files.key()))
                .ifPresent(files -> {
                    var takedowns = new TakedownQueue(db);
                    takedowns.markFile(files.key());
                    files.poster().ifPresent(takedowns::markFile);
                });
    }

    private boolean write(ClipRecord clip) {
        PhotoState state = clip.state();
        return db.run(
                        """
                        UPDATE clip
                        SET stage = ?, tries = ?, stage_since = ?, not_before = ?, reason = ?, progress = 0
                        WHERE channel = ? AND ts = ? AND file_id = ? AND attempt = ? AND active = 1
                        """,
                        state.stage(),
                        state.tries(),
                        state.since(),
                        state.notBefore(),
                        state.reason(),
                        clip.channel(),
                        clip.ts(),
                        clip.file().id(),
                        clip.attempt())
                > 0;
    }

    // STORAGES

    /**
     * A converted clip that a storage lacks.
     *
     * @param digest of the headers and the content
     * @param bytes the size of the file
     */
    public record ClipUpload(
            ObjectKey key, ChannelId channel, String digest, String contentType, String cacheControl, long bytes) {}

    /** The clips that a storage lacks, or of which it may have only a part. */
    public List<ClipUpload> pendingUploads(String storage) {
        return db.list(
                """
                SELECT DISTINCT file.key, file.channel, file.digest, content_type, cache_control, bytes
                FROM rendered_file AS file INDEXED BY rendered_file_clip
                JOIN clip INDEXED BY clip_key ON clip.key = file.key
                WHERE file.role = 'CLIP'
                AND NOT EXISTS (SELECT 1
                                FROM storage_file
                                WHERE storage = ? AND storage_file.key = file.key AND storage_file.digest = file.digest)
                ORDER BY bytes, file.key
                """,
                row -> new ClipUpload(
                        new ObjectKey(row.text("key")),
                        new ChannelId(row.text("channel")),
                        row.text("digest"),
                        row.text("content_type"),
                        row.text("cache_control"),
                        row.number("bytes")),
                storage);
    }

    /** The LIVE clips that a storage lacks, or of which it may have only a part: it was down, or rejects them. */
    public List<ClipRecord> lackedBy(String storage) {
        return db.list("SELECT " + COLUMNS + """

                        FROM rendered_file AS file INDEXED BY rendered_file_clip
                        JOIN clip INDEXED BY clip_key ON clip.key = file.key
                        WHERE file.role = 'CLIP'
                        AND active = 1
                        AND stage = 'LIVE'
                        AND NOT EXISTS (SELECT 1
                                        FROM storage_file
                                        WHERE storage = ?
                                        AND storage_file.key = file.key
                                        AND storage_file.digest = file.digest)
                        ORDER BY stage_since, ts, file_id
                        """, ClipRepository::clipRecord, storage);
    }

    /** The PROCESSED clips that one of the storages has, and that only {@code excused} ones lack. */
    public List<ClipRecord> uploaded(Set<String> storages, Set<String> excused) {
        return db.list("SELECT " + COLUMNS + """

                        FROM clip INDEXED BY clip_in_progress
                        WHERE active = 1 AND stage IN ('REQUESTED', 'PROCESSED') AND stage = 'PROCESSED'
                        ORDER BY stage_since, ts, file_id
                        """, ClipRepository::clipRecord).stream()
                .filter(clip -> isUploaded(clip, storages, excused))
                .toList();
    }

    private boolean isUploaded(ClipRecord clip, Set<String> storages, Set<String> excused) {
        Set<String> having = new HashSet<>(db.list(
                """
                SELECT storage
                FROM storage_file INDEXED BY storage_file_key
                JOIN rendered_file ON rendered_file.key = storage_file.key AND rendered_file.digest = storage_file.digest
                WHERE storage_file.key = ?
                """, row -> row.text("storage"), clip.rendition().orElseThrow().key()));
        having.retainAll(storages);
        return !having.isEmpty()
                && storages.stream().allMatch(storage -> having.contains(storage) || excused.contains(storage));
    }

    /** True if the clip is still to be published. */
    public boolean isWanted(ClipUpload upload) {
        return db.exists("SELECT 1 FROM rendered_file WHERE key = ? AND digest = ?", upload.key(), upload.digest());
    }

    /**
     * An upload is about to start: from now on the storage may have the file. Nothing deletes it there until {@link
     * #endUpload}.
     *
     * @return false if the clip must not be uploaded, or not yet: a delete of the same file may be under way, and could
     *     remove it later
     */
    public boolean startUpload(String storage, ClipUpload upload) {
        return db.inTransaction(() -> {
            if (!isWanted(upload) || isBeingDeleted(storage, upload.key())) {
                return false;
            }
            db.run(
                    """
                    INSERT INTO storage_file (storage, key, channel, role, state, uploading)
                    VALUES (?, ?, ?, ?, ?, 1)
                    ON CONFLICT (storage, key) DO UPDATE
                    SET digest = NULL, unreferenced_since = NULL, channel = excluded.channel, role = excluded.role,
                        uploading = 1, state = %s
                    """.formatted(FileStateSql.after(Event.RENDERED)),
                    storage,
                    upload.key(),
                    upload.channel(),
                    FileRole.CLIP,
                    FileState.DESIRED);
            return true;
        });
    }

    /**
     * Saves why a storage rejects a converted clip, for {@code status} and {@code messages}. It is tried again. The clip may
     * be LIVE, because another storage has it.
     */
    public void recordRejection(ClipUpload upload, String reason) {
        saveReason(upload, reason);
    }

    private void saveReason(ClipUpload upload, String reason) {
        db.run("UPDATE clip SET reason = ? WHERE key = ? AND stage IN ('PROCESSED', 'LIVE')", reason, upload.key());
    }

    private boolean isBeingDeleted(String storage, ObjectKey key) {
        return db.exists(
                "SELECT 1 FROM storage_file WHERE storage = ? AND key = ? AND state = ?",
                storage,
                key,
                FileState.DELETE_PENDING);
    }

    /**
     * An upload ended. A clip that was taken down meanwhile is deleted next.
     *
     * @return true if the storage has the clip, and it is still to be published
     */
    public boolean endUpload(String storage, ClipUpload upload, boolean succeeded) {
        return db.inTransaction(() -> {
            db.run("UPDATE storage_file SET uploading = 0 WHERE storage = ? AND key = ?", storage, upload.key());
            if (succeeded) {
                saveReason(upload, "");
            }
            return succeeded
                    && db.run("""
                            UPDATE storage_file
                            SET digest = ?1,
                                version = (SELECT version FROM rendered_file WHERE key = ?2),
                                state = %s
                            WHERE storage = ?3 AND key = ?2
                            AND EXISTS (SELECT 1 FROM rendered_file WHERE key = ?2 AND digest = ?1)
                            """.formatted(FileStateSql.after(Event.CURRENT)), upload.digest(), upload.key(), storage)
                            > 0;
        });
    }

    /** To be called when a process starts: no upload is under way. */
    void forgetUploads() {
        db.run("UPDATE storage_file SET uploading = 0 WHERE uploading = 1");
    }

    /** The names of the converted files that are kept for uploads. */
    public Set<String> fileNames() {
        return Set.copyOf(db.list(
                "SELECT key FROM rendered_file INDEXED BY rendered_file_clip WHERE role = 'CLIP'",
                row -> new ObjectKey(row.text("key")).name()));
    }

    private static ClipRecord clipRecord(Database.Row row) {
        Optional<Rendition> rendition = row.optionalText("key")
                .map(key -> new Rendition(
                        new ObjectKey(key),
                        row.optionalText("poster").map(ObjectKey::new),
                        row.number("bytes"),
                        (int) row.number("width"),
                        (int) row.number("height"),
                        Duration.ofMillis(row.number("length"))));
        return new ClipRecord(
                new ChannelId(row.text("channel")),
                new MessageTs(row.text("ts")),
                RecordJson.read(row.text("file"), SlackClip.class),
                (int) row.number("attempt"),
                row.flag("active"),
                PhotoRepository.state(row),
                rendition);
    }
}
