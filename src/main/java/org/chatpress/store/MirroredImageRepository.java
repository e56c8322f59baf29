package org.chatpress.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ImageFormat;
import org.chatpress.model.MirroredImage;
import org.chatpress.store.sql.Database;

/** Pictures of authors and custom emoji, by Slack's address, for the chats that publish them beside their files. */
public final class MirroredImageRepository {
    private final Database db;

    MirroredImageRepository(Database db) {
        this.db = db;
    }

    /** The picture; empty while it was not fetched. */
    public Optional<MirroredImage> image(String url) {
        return db.first(
                "SELECT * FROM mirrored_image WHERE url = ? AND format IS NOT NULL",
                row -> new MirroredImage(ImageFormat.valueOf(row.text("format")), row.bytes("bytes")),
                url);
    }

    /** Addresses whose pictures are to be fetched now, those that have waited longest first. */
    public List<String> due(Instant now, int most) {
        return db.list("""
                SELECT url
                FROM mirrored_image
                WHERE format IS NULL AND not_before <= ?
                ORDER BY not_before, url
                LIMIT ?
                """, row -> row.text("url"), now, most);
    }

    /** The picture was fetched: from now on the chats that show it are not what they should be. */
    public void save(String url, MirroredImage image, Instant now) {
        db.inTransaction(() -> {
            db.run("UPDATE mirrored_image SET format = ?, bytes = ? WHERE url = ?", image.format(), image.bytes(), url);
            new PublicMessageRepository(db).onImageMirrored(url, now);
            new EmojiRepository(db).onMirrored(url);
        });
    }

    /** The picture could not be fetched. */
    public void postpone(String url, Instant until) {
        db.run("UPDATE mirrored_image SET not_before = ? WHERE url = ?", until, url);
    }

    /** Somebody or something has this picture, in a chat that publishes it. */
    void request(String url, Instant now) {
        if (!url.isEmpty()) {
            db.run("INSERT OR IGNORE INTO mirrored_image (url, not_before) VALUES (?, ?)", url, now);
        }
    }

    /** Nobody has it any more. */
    void deleteIfUnused(String url) {
        db.run("""
                DELETE FROM mirrored_image
                WHERE url = ?1
                AND NOT EXISTS (SELECT 1 FROM author WHERE image_48 = ?1)
                AND NOT EXISTS (SELECT 1 FROM public_emoji WHERE target <> '' AND target = ?1)
                """, url);
    }
}
