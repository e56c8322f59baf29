package org.chatpress.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.ImageFormat;
import org.chatpress.model.MessageTs;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Additions;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.UserId;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.ChatSource.Change;
import org.chatpress.render.json.ChatSource.Change.Op;
import org.chatpress.render.json.ChatSource.PageRef;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.store.sql.Database;

/** A chat, read from the database when the renderer asks for it. */
final class SqlChatSource implements ChatSource {
    private static final String AFTER_ALL = "9999999999.999999";

    private final Database db;
    private final ChannelRepository.ChannelRow row;

    SqlChatSource(Database db, ChannelRepository.ChannelRow row) {
        this.db = db;
        this.row = row;
    }

    @Override
    public ChatMetadata metadata() {
        return row.metadata().orElseThrow();
    }

    @Override
    public String epoch() {
        return row.epoch();
    }

    @Override
    public long seq() {
        return row.seq();
    }

    @Override
    public long base() {
        return db.first("SELECT pages_seq FROM channel WHERE id = ?", r -> r.number("pages_seq"), row.id())
                .orElseThrow();
    }

    @Override
    public int count() {
        return row.count();
    }

    @Override
    public int countFrom(MessageTs first) {
        return db.count("SELECT COUNT(*) AS n FROM public_message WHERE channel = ? AND ts >= ?", row.id(), first);
    }

    @Override
    public Instant updated() {
        return row.updated();
    }

    @Override
    public Optional<ObjectKey> indexKey(String metadataDigest) {
        return db.first("""
                SELECT key
                FROM channel
                JOIN rendered_file ON rendered_file.channel = channel.id AND rendered_file.role = ?
                WHERE channel.id = ? AND index_digest = ?
                """, r -> new ObjectKey(r.text("key")), FileRole.INDEX, row.id(), metadataDigest);
    }

    @Override
    public boolean hasIndex() {
        return db.exists("SELECT 1 FROM channel WHERE id = ? AND index_digest <> ''", row.id());
    }

    @Override
    public List<PageRef> pages() {
        return db.list(
                "SELECT * FROM page WHERE channel = ? ORDER BY start_ts",
                r -> new PageRef(
                        new MessageTs(r.text("start_ts")),
                        new MessageTs(r.text("first_ts")),
                        (int) r.number("count"),
                        new ObjectKey(r.text("key"))),
                row.id());
    }

    @Override
    public List<Change> newestChanges(int limit) {
        return db.list(
                "SELECT * FROM change WHERE channel = ? ORDER BY seq DESC LIMIT ?",
                r -> new Change(
                        r.number("seq"),
                        Op.valueOf(r.text("op")),
                        r.optionalText("ts").map(MessageTs::new)),
                row.id(),
                limit);
    }

    @Override
    public List<MessageTs> changedAfter(long seq) {
        return db.list(
                "SELECT DISTINCT ts FROM change WHERE channel = ? AND seq > ? AND ts IS NOT NULL",
                r -> new MessageTs(r.text("ts")),
                row.id(),
                seq);
    }

    @Override
    public Optional<PublicMessage> message(MessageTs ts) {
        return message(db, row.id(), ts);
    }

    @Override
    public List<PublicMessage> messages(Optional<MessageTs> from, Optional<MessageTs> before, int limit) {
        return db.list(
                "SELECT * FROM public_message WHERE channel = ? AND ts >= ? AND ts < ? ORDER BY ts LIMIT ?",
                SqlChatSource::message,
                row.id(),
                from.map(MessageTs::value).orElse(""),
                before.map(MessageTs::value).orElse(AFTER_ALL),
                limit);
    }

    @Override
    public Optional<Instant> startedAt() {
        return new PublicMessageRepository(db).startedAt(row.id());
    }

    @Override
    public List<PublicMessage> newestMessages(Optional<MessageTs> before, int limit) {
        return db.list(
                "SELECT * FROM public_message WHERE channel = ? AND ts < ? ORDER BY ts DESC LIMIT ?",
                SqlChatSource::message,
                row.id(),
                before.map(MessageTs::value).orElse(AFTER_ALL),
                limit);
    }

    @Override
    public List<PublicMessage> messagesWithoutSharePage(int limit) {
        return db.list(
                "SELECT * FROM public_message WHERE channel = ? AND share_page_current = 0 ORDER BY ts DESC LIMIT ?",
                SqlChatSource::message,
                row.id(),
                limit);
    }

    @Override
    public Optional<MirroredImage> mirroredImage(String url) {
        return new MirroredImageRepository(db).image(url);
    }

    @Override
    public List<MirroredImage> customEmoji() {
        return db.list("""
                SELECT format, bytes
                FROM mirrored_image
                WHERE url IN (SELECT target
                              FROM public_emoji INDEXED BY public_emoji_of_chat
                              WHERE channel = ? AND target <> '')
                AND format IS NOT NULL
                ORDER BY url
                """, r -> new MirroredImage(ImageFormat.valueOf(r.text("format")), r.bytes("bytes")), row.id());
    }

    @Override
    public List<MessageTs> pinned() {
        return db.list(
                "SELECT ts FROM public_message INDEXED BY public_message_pinned"
                        + " WHERE channel = ? AND pinned = 1 ORDER BY ts DESC",
                r -> new MessageTs(r.text("ts")),
                row.id());
    }

    @Override
    public List<MessageTs> keyEvents() {
        return db.list(
                "SELECT ts FROM public_message INDEXED BY public_message_key_event"
                        + " WHERE channel = ? AND key_event = 1 ORDER BY ts DESC",
                r -> new MessageTs(r.text("ts")),
                row.id());
    }

    @Override
    public List<Author> authors() {
        return db.list("SELECT * FROM author WHERE channel = ? ORDER BY id", SqlChatSource::author, row.id());
    }

    /** The public message; empty if it is not public. */
    static Optional<PublicMessage> message(Database db, ChannelId channel, MessageTs ts) {
        return db.first(
                "SELECT * FROM public_message WHERE channel = ? AND ts = ?", SqlChatSource::message, channel, ts);
    }

    private static PublicMessage message(Database.Row row) {
        String additions = row.text("additions");
        return new PublicMessage(
                new MessageTs(row.text("ts")),
                new UserId(row.text("author")),
                row.text("html"),
                row.text("text"),
                row.instant("published_at").orElseThrow(),
                row.instant("edited_at"),
                row.optionalText("thread_ts").map(MessageTs::new),
                // Most messages have none.
                additions.equals("{}") ? Additions.NONE : RecordJson.read(additions, Additions.class));
    }

    static Author author(Database.Row row) {
        return new Author(
                new UserId(row.text("id")), row.text("display_name"), row.text("title"), row.text("image_48"));
    }
}
