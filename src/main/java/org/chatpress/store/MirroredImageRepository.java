package org.chatpress.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ImageFormat;
import org.chatpress.model.MirroredImage;
import org.chatpress.store.sql.Database;

/** Copies of avatars and custom emoji, by Slack's URL, for the chats that publish them. */
public final class MirroredImageRepository {
    private final Database db;

    MirroredImageRepository(Database db) {
        this.db = db;
    }

    /** The copy; empty until it is fetched. */
    public Optional<MirroredImage> image(String url) {
        return db.first(
                "SELECT * FROM mirrored_image WHERE url = ? AND format IS NOT NULL",
                row -> new MirroredImage(ImageFormat.valueOf(row.text("format")), row.bytes("bytes")),
                url);
    }

    /**
     * URLs to fetch now, those that have waited longest first.
     *
     * @param maxWait a longer wait was saved before the clock was set back, and has ended
     */
    public List<String> due(Instant now, Duration maxWait, int limit) {
        return db.list("""
                SELECT url
                FROM mirrored_image
                WHERE url IN (SELECT url FROM mirrored_image WHERE format IS NULL AND not_before <= ?
                              UNION ALL
                              SELECT url FROM mirrored_image WHERE format IS NULL AND not_before > ?)
                ORDER BY not_before, url
                LIMIT ?
                """, row -> row.text("url"), now, now.plus(maxWait), limit);
    }

    /** Saves a copy, so that the chats that use it are rendered again. */
    public void save(String url, MirroredImage image, Instant now) {
        db.inTransaction(() -> {
            db.run("UPDATE mirrored_image SET format = ?, bytes = ? WHERE url = ?", image.format(), image.bytes(), url);
            new PublicMessageRepository(db).onImageMirrored(url, now);
            new EmojiRepository(db).onMirrored(url);
        });
    }

    public void postpone(String url, Instant until) {
        db.run("UPDATE mirrored_image SET not_before = ? WHERE url = ?", until, url);
    }

    /** A chat that mirrors images uses this one. */
    void request(String url, Instant now) {
        if (!url.isEmpty()) {
            db.run("INSERT INTO mirrored_image (url, not_before) VALUES (?, ?) ON CONFLICT DO NOTHING", url, now);
        }
    }

    /** Deletes the copy if no author and no emoji use it. */
    void deleteIfUnused(String url) {
        db.run("""
                DELETE FROM mirrored_image
                WHERE url = ?1
                AND NOT EXISTS (SELECT 1 FROM author WHERE image_48 = ?1)
                AND NOT EXISTS (SELECT 1 FROM public_emoji WHERE target <> '' AND target = ?1)
                """, url);
    }
}
