package org.chatpress.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoRecord.Rendition;
import org.chatpress.media.model.PhotoState;
import org.chatpress.model.ChannelId;
import org.chatpress.model.ImageFormat;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.storage.ObjectKey;
import org.chatpress.store.sql.Database;

/**
 * Photos, and how far each is processed. A change that readers or editors can see queues the message for a review and
 * its feedback. Nothing is saved of a photo that its message no longer shows, or that was requested again meanwhile.
 */
public final class PhotoRepository {
    private static final String COLUMNS =
            "photo.channel, ts, file_id, image, attempt, photo.id, active, stage, tries, stage_since,"
                    + " not_before, reason, width, height, extension, url, key, uploaded";

    private final Database db;

    PhotoRepository(Database db) {
        this.db = db;
    }

    /** The photos of a message: those that it shows, and former ones that the CMS may still have. */
    public List<PhotoRecord> of(ChannelId channel, MessageTs ts) {
        return db.list(
                "SELECT " + COLUMNS + " FROM photo WHERE channel = ? AND ts = ? ORDER BY file_id",
                PhotoRepository::photoRecord,
                channel,
                ts);
    }

    /**
     * Photos to process now, those that need fewest further stages first. Photos of a chat without files, such as a
     * hidden one, wait. A wait beyond the longest one was saved before the clock was set back.
     */
    public List<PhotoRecord> due(Instant now) {
        return db.list("SELECT " + COLUMNS + """

                FROM photo
                WHERE photo.rowid IN (SELECT rowid
                                      FROM photo INDEXED BY photo_due
                                      WHERE active = 1 AND stage IN ('REQUESTED', 'PROCESSED', 'UPLOADED')
                                      AND not_before <= ?
                                      UNION ALL
                                      SELECT rowid
                                      FROM photo INDEXED BY photo_due
                                      WHERE active = 1 AND stage IN ('REQUESTED', 'PROCESSED', 'UPLOADED')
                                      AND not_before > ?)
                AND EXISTS (SELECT 1 FROM rendered_file WHERE rendered_file.channel = photo.channel AND rendered_file.role = 'POINTER')
                ORDER BY stage = 'REQUESTED', stage_since, ts, file_id
                """, PhotoRepository::photoRecord, now, now.plus(PhotoState.MAX_WAIT));
    }

    /** Photos to delete from the hotfolder, because no message shows them any longer. */
    public List<PhotoRecord> pendingUploadDeletes() {
        return db.list("SELECT " + COLUMNS + """

                FROM photo
                WHERE photo.rowid IN (SELECT rowid
                                      FROM photo INDEXED BY photo_upload_delete_pending
                                      WHERE uploaded = 1 AND active = 0
                                      UNION
                                      SELECT photo.rowid
                                      FROM channel
                                      CROSS JOIN photo INDEXED BY photo_uploaded_of_channel ON photo.channel = channel.id
                                      WHERE channel.status = 'HIDDEN' AND uploaded = 1)
                AND NOT EXISTS (SELECT 1
                                FROM photo AS other INDEXED BY photo_uploaded
                                JOIN channel AS theirs ON theirs.id = other.channel
                                WHERE other.uploaded = 1 AND other.id = photo.id
                                AND other.active = 1 AND theirs.status <> 'HIDDEN')
                ORDER BY ts, file_id
                """, PhotoRepository::photoRecord);
    }

    /** The number of photos that are not finished. */
    public int inProgress() {
        return db.count("""
                SELECT COUNT(*) AS n
                FROM photo INDEXED BY photo_due
                WHERE active = 1 AND stage IN ('REQUESTED', 'PROCESSED', 'UPLOADED')
                """);
    }

    /** The number of a channel's photos that failed. */
    public int failed(ChannelId channel) {
        return db.count("""
                SELECT COUNT(*) AS n
                FROM photo INDEXED BY photo_failed
                WHERE active = 1 AND stage = 'FAILED' AND channel = ?
                """, channel);
    }

    /** The content of a PROCESSED photo. */
    public byte[] bytes(PhotoRecord photo) {
        return db.first(
                        "SELECT bytes FROM photo WHERE channel = ? AND ts = ? AND file_id = ?",
                        row -> row.bytes("bytes"),
                        photo.channel(),
                        photo.ts(),
                        photo.image().id())
                .orElseThrow();
    }

    /** Saves the state of a photo; false if the photo is no longer shown or was requested again. */
    public boolean save(PhotoRecord photo) {
        return db.inTransaction(() -> {
            boolean isNextStage = db.exists(
                    "SELECT 1 FROM photo WHERE channel = ? AND ts = ? AND file_id = ? AND stage <> ?",
                    photo.channel(),
                    photo.ts(),
                    photo.image().id(),
                    photo.stage());
            boolean saved = write(photo);
            if (saved && isNextStage) {
                new MessageRepository(db).onMediaChanged(photo.channel(), photo.ts());
            }
            return saved;
        });
    }

    /** Saves a PROCESSED photo and its content; false as for {@link #save(PhotoRecord)}. */
    public boolean save(PhotoRecord photo, byte[] bytes) {
        Rendition rendition = photo.rendition().orElseThrow();
        return db.inTransaction(() -> {
            boolean saved = write(photo);
            if (saved) {
                db.run(
                        "UPDATE photo SET width = ?, height = ?, extension = ?, bytes = ?"
                                + " WHERE channel = ? AND ts = ? AND file_id = ?",
                        rendition.width(),
                        rendition.height(),
                        rendition.format().extension(),
                        bytes,
                        photo.channel(),
                        photo.ts(),
                        photo.image().id());
                new MessageRepository(db).onMediaChanged(photo.channel(), photo.ts());
            }
            return saved;
        });
    }

    /** Publishes a photo beside the chat; false as for {@link #save(PhotoRecord)}. */
    public boolean publish(PhotoRecord photo, RenderedFile file) {
        return db.inTransaction(() -> {
            boolean saved = write(photo);
            if (saved) {
                new RenderedFileRepository(db).add(photo.channel(), file);
                db.run(
                        "UPDATE photo SET key = ?, bytes = NULL WHERE channel = ? AND ts = ? AND file_id = ?",
                        file.object().key(),
                        photo.channel(),
                        photo.ts(),
                        photo.image().id());
                new MessageRepository(db).onMediaChanged(photo.channel(), photo.ts());
            }
            return saved;
        });
    }

    /** To be called before an upload to the hotfolder; false if the photo must not be uploaded. */
    public boolean markUploading(PhotoRecord photo, String folder) {
        return db.run("""
                UPDATE photo
                SET uploaded = 1, upload_folder = ?
                WHERE channel = ? AND ts = ? AND file_id = ? AND attempt = ? AND active = 1
                """, folder, photo.channel(), photo.ts(), photo.image().id(), photo.attempt()) > 0;
    }

    /** A photo that was taken down, in an upload folder that the settings no longer name. */
    public record AbandonedUpload(PhotoRecord photo, String folder) {}

    /**
     * Gives up the pending deletes in other folders than this one; empty if the settings name none. They are pending
     * again after {@link #resumeDeletes}.
     */
    public List<AbandonedUpload> abandonDeletes(Optional<String> folder) {
        return db.inTransaction(() -> {
            var abandoned = new ArrayList<AbandonedUpload>();
            for (PhotoRecord photo : pendingUploadDeletes()) {
                Optional<String> uploadedTo = db.first(
                                "SELECT upload_folder FROM photo WHERE channel = ? AND ts = ? AND file_id = ?",
                                row -> row.optionalText("upload_folder"),
                                photo.channel(),
                                photo.ts(),
                                photo.image().id())
                        .flatMap(found -> found);
                if (folder.isEmpty()
                        || uploadedTo
                                .filter(other -> !other.equals(folder.get()))
                                .isPresent()) {
                    db.run(
                            "UPDATE photo SET uploaded = 2 WHERE channel = ? AND ts = ? AND file_id = ?",
                            photo.channel(),
                            photo.ts(),
                            photo.image().id());
                    abandoned.add(new AbandonedUpload(photo, uploadedTo.orElse("the upload folder")));
                }
            }
            return abandoned;
        });
    }

    /** The settings name this upload folder: the deletes that were given up there are pending again. */
    public void resumeDeletes(String folder) {
        db.run(
                "UPDATE photo INDEXED BY photo_upload_abandoned SET uploaded = 1 WHERE uploaded = 2 AND upload_folder = ?",
                folder);
    }

    /** The hotfolder no longer has the photo. */
    public void markUploadDeleted(PhotoRecord photo) {
        db.run(
                "UPDATE photo INDEXED BY photo_uploaded SET uploaded = 0 WHERE uploaded = 1 AND id = ? AND active = 0",
                photo.id());
        db.run(
                "UPDATE photo SET uploaded = 0 WHERE channel = ? AND ts = ? AND file_id = ? AND attempt = ?",
                photo.channel(),
                photo.ts(),
                photo.image().id(),
                photo.attempt());
    }

    /** The message shows exactly these images: requests new ones, and takes down the others. */
    void request(ChannelId channel, MessageTs ts, List<SlackImageFile> images, Instant now) {
        Map<String, PhotoRecord> known = new HashMap<>();
        of(channel, ts).forEach(photo -> known.merge(photo.image().id(), photo, (a, b) -> a.active() ? a : b));
        for (SlackImageFile image : images) {
            PhotoRecord was = known.remove(image.id());
            if (was == null) {
                start(channel, ts, image, 1, image.id(), now);
            } else if (was.image().size() != image.size()) {
                // Another image under the same id; the CMS may have the former one.
                drop(was);
                db.run(
                        "UPDATE photo SET file_id = file_id || '.' || attempt WHERE channel = ? AND ts = ? AND file_id = ?",
                        channel,
                        ts,
                        image.id());
                int attempt = was.attempt() + 1;
                start(channel, ts, image, attempt, image.id() + "-" + attempt, now);
            } else if (!was.active()) {
                start(channel, ts, image, was.attempt() + 1, was.id(), now);
            }
        }
        known.values().stream().filter(PhotoRecord::active).forEach(this::drop);
    }

    /** Requests all photos of a hidden channel again; they wait until it is no longer hidden. */
    void restart(ChannelId channel) {
        db.run("""
                UPDATE message
                SET review_started = 0
                WHERE channel = ?1 AND ts IN (SELECT ts FROM photo WHERE channel = ?1 AND active = 1)
                """, channel);
        db.run("""
                UPDATE photo
                SET stage = 'REQUESTED', attempt = attempt + 1, tries = 0, reason = '', url = '', key = NULL, bytes = NULL
                WHERE channel = ? AND active = 1
                """, channel);
    }

    private void start(ChannelId channel, MessageTs ts, SlackImageFile image, int attempt, String id, Instant now) {
        PhotoState state = PhotoState.initial(now);
        db.run(
                """
                INSERT INTO photo (channel, ts, file_id, image, attempt, id, stage, tries, stage_since, not_before, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (channel, ts, file_id) DO UPDATE
                SET image = excluded.image, attempt = excluded.attempt, id = excluded.id, active = 1,
                    stage = excluded.stage, tries = excluded.tries, stage_since = excluded.stage_since,
                    not_before = excluded.not_before, reason = excluded.reason
                """,
                channel,
                ts,
                image.id(),
                RecordJson.write(image),
                attempt,
                id,
                state.stage(),
                state.tries(),
                state.since(),
                state.notBefore(),
                state.reason());
        new FeedbackRepository(db).enqueue(channel, ts);
    }

    /** Takes down the photo's file beside the chat, unless another message shows the same photo. */
    private void drop(PhotoRecord photo) {
        db.run(
                "UPDATE photo SET active = 0, key = NULL, url = '', bytes = NULL WHERE channel = ? AND ts = ? AND file_id = ?",
                photo.channel(),
                photo.ts(),
                photo.image().id());
        if (!photo.uploaded() && photo.url().isEmpty()) {
            db.run(
                    "DELETE FROM photo WHERE channel = ? AND ts = ? AND file_id = ?",
                    photo.channel(),
                    photo.ts(),
                    photo.image().id());
        }
        photo.key()
                .filter(key -> !db.exists("SELECT 1 FROM photo INDEXED BY photo_key WHERE key = ?", key))
                .ifPresent(new TakedownQueue(db)::markFile);
        new FeedbackRepository(db).enqueue(photo.channel(), photo.ts());
    }

    private boolean write(PhotoRecord photo) {
        PhotoState state = photo.state();
        return db.run(
                        """
                        UPDATE photo
                        SET stage = ?, tries = ?, stage_since = ?, not_before = ?, reason = ?, url = ?,
                            bytes = CASE WHEN ? = 1 THEN bytes END
                        WHERE channel = ? AND ts = ? AND file_id = ? AND attempt = ? AND active = 1
                        """,
                        state.stage(),
                        state.tries(),
                        state.since(),
                        state.notBefore(),
                        state.reason(),
                        photo.url(),
                        state.stage() == PhotoState.Stage.PROCESSED,
                        photo.channel(),
                        photo.ts(),
                        photo.image().id(),
                        photo.attempt())
                > 0;
    }

    private static Optional<Rendition> rendition(Database.Row row) {
        if (row.text("extension").isEmpty()) {
            return Optional.empty();
        }
        ImageFormat format = ImageFormat.ofExtension(row.text("extension"));
        return Optional.of(new Rendition(format, (int) row.number("width"), (int) row.number("height")));
    }

    /** The state in a row of {@code photo} or {@code clip}. */
    static PhotoState state(Database.Row row) {
        return new PhotoState(
                PhotoState.Stage.valueOf(row.text("stage")),
                (int) row.number("tries"),
                row.instant("stage_since").orElseThrow(),
                row.instant("not_before").orElseThrow(),
                row.text("reason"));
    }

    private static PhotoRecord photoRecord(Database.Row row) {
        return new PhotoRecord(
                new ChannelId(row.text("channel")),
                new MessageTs(row.text("ts")),
                RecordJson.read(row.text("image"), SlackImageFile.class),
                (int) row.number("attempt"),
                row.text("id"),
                row.flag("active"),
                state(row),
                rendition(row),
                row.text("url"),
                row.optionalText("key").map(ObjectKey::new),
                row.flag("uploaded"));
    }
}
